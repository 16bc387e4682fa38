"""What every command shares: the options, the project they open, and how an error is said."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kgtool.errors import KgError, UsageError, texts, why
from kgtool.lang import message_language, pick

if TYPE_CHECKING:
    from kgtool.project import Project, Remote

_LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")


class Running:
    """The command line that runs.

    Attributes:
        own: it is all that its process is for: set by `main`, not by who calls `status` in a program of their own.
        project: what it opened; errors are said in its language.
    """

    own = False
    project: Project | None = None


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


def endpoint_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--endpoint`, for commands that can ask an engine elsewhere instead of reading the files."""
    option = click.option(
        "--endpoint", metavar="URL|NAME", default=None,
        help="改問遠端引擎 / Ask an engine elsewhere: an address, or a name of [remotes].",
    )  # fmt: skip
    return option(function)


def remote_of(project: Project, endpoint: str) -> Remote:
    """What `--endpoint` names."""
    from kgtool.project import remote_at

    return remote_at(project.remotes, endpoint)


def open_from(start: Path | None, options: Mapping[str, str | None]) -> Project:
    """The project at or above `start`, the working folder by default."""
    from kgtool.project import open_project

    Running.project = open_project(start or Path(), os.environ, options)
    return Running.project


def language_of(option: str | None, project: Project | None = None) -> str:
    """`--lang`, KGTOOL_LANG, the settings' `lang`, the locale, the project's first language; in this order."""
    settings: list[str | None] = []
    if project is not None:
        settings = [project["lang"], *(os.environ.get(name) for name in _LOCALES), *project["languages"]]
    else:
        settings = [os.environ.get(name) for name in _LOCALES]
    return message_language([option, os.environ.get("KGTOOL_LANG"), *settings])


def message_language_of(arguments: Sequence[str]) -> str:
    """The language for an error that stopped the program: the command's, as far as its options and project were known."""
    wanted = None
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            wanted = arguments[position + 1]
        elif argument.startswith("--lang="):
            wanted = argument.removeprefix("--lang=")
    return language_of(wanted, Running.project)


def complain(error: KgError, language: str) -> None:
    """One line: code, message, and what to do next; in GitHub's Actions also an annotation of it.

    It may quote a file's name or an argument, which a terminal must not obey (`visible`).
    """
    from kgtool.report.model import visible

    said = f"{pick(error.message, language)} {pick(error.hint, language)}"
    said = " ".join(line.strip() for line in said.splitlines()).strip()
    line = f"kgtool: {error.code}: {visible(said)}"
    if os.environ.get("GITHUB_ACTIONS") != "true":
        click.echo(line, err=True)
        return
    from kgtool.report.github import plain, stopped

    click.echo(plain(line), err=True)
    click.echo(stopped(error.code, said), err=True)


def write_out(text: str | bytes) -> None:
    """Results to standard output, text as UTF-8 with LF, whatever the locale says; a byte of a path that is none as `\\udcff`.

    Raises:
        UsageError: standard output is closed or full.
    """
    if not sys.stdout:  # `kgtool … >&-`
        raise _unwritable(OSError(errno.EBADF, os.strerror(errno.EBADF)))
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        discard_output()  # the reader has gone (`kgtool query … | head`): nothing more to say; the exit status stands
    except OSError as error:
        discard_output()
        raise _unwritable(error) from error


def _unwritable(error: OSError) -> UsageError:
    said = why(error)
    return UsageError(
        "E-OUTPUT",
        texts(zh=f"無法寫入標準輸出({said['zh-Hant']})。", en=f"standard output cannot be written ({said['en']})."),
        texts(zh="請確認輸出之去處可寫入且磁碟未滿。", en="Check that it leads somewhere writable and not full."),
    )


def discard_output() -> None:
    """Point standard output at nothing, so that what is left in its buffer fails no second time on the way out."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def on_terminal() -> bool:
    """Whether a person reads standard output; it is None when it was closed."""
    return bool(sys.stdout) and sys.stdout.isatty()


def coloured() -> bool:
    """Colour only for a person: a terminal, no NO_COLOR, not in CI."""
    return on_terminal() and not os.environ.get("NO_COLOR") and not os.environ.get("CI")
