"""What every command shares: the options, the project they open, and how an error is said."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kgtool.errors import KgError
from kgtool.lang import message_language, pick

if TYPE_CHECKING:
    from kgtool.project import Project

_LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")


def common_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--project`, `--sources`, `--as-of` and `--lang`, which every command that opens a project takes."""
    for option in reversed((
        click.option("--project", "project_dir", type=click.Path(path_type=Path), default=None, metavar="DIR",
                     help="專案資料夾 / Project folder (default: upwards from here)."),
        click.option("--sources", default=None, metavar="DIR", help="來源文字資料夾 / Folder of source texts."),
        click.option("--as-of", default=None, metavar="DATE", help="基準日 / The date to judge by (default: today)."),
        click.option("--lang", default=None, metavar="TAG", help="訊息語言 / Language of messages: zh-Hant or en."),
    )):  # fmt: skip
        function = option(function)
    return function


def open_from(start: Path | None, options: Mapping[str, str | None]) -> Project:
    """The project at or above `start`, the working folder by default."""
    from kgtool.project import open_project

    return open_project(start or Path(), os.environ, options)


def language_of(option: str | None, project: Project | None = None) -> str:
    """`--lang`, KGTOOL_LANG, the settings' `lang`, the locale, the project's first language; in this order."""
    settings: list[str | None] = []
    if project is not None:
        settings = [project["lang"], *(os.environ.get(name) for name in _LOCALES), *project["languages"]]
    else:
        settings = [os.environ.get(name) for name in _LOCALES]
    return message_language([option, os.environ.get("KGTOOL_LANG"), *settings])


def message_language_of(arguments: Sequence[str]) -> str:
    """The language for an error that stopped the program before its options were known."""
    wanted = None
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            wanted = arguments[position + 1]
        elif argument.startswith("--lang="):
            wanted = argument.removeprefix("--lang=")
    return language_of(wanted)


def complain(error: KgError, language: str) -> None:
    """One line: code, message, and what to do next."""
    hint = pick(error.hint, language)
    click.echo(f"kgtool: {error.code}: {pick(error.message, language)}" + (f" {hint}" if hint else ""), err=True)


def write_out(text: str) -> None:
    """Results to standard output as UTF-8 with LF, whatever the locale says."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
    sys.stdout.buffer.flush()


def coloured() -> bool:
    """Colour only for a person: a terminal, no NO_COLOR, not in CI."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and not os.environ.get("CI")
