"""What click finds wrong with a command line, as an error of our own: one line, two languages, a next step."""

from __future__ import annotations

from collections.abc import Sequence

import click

from kgtool.errors import Texts, UsageError, did_you_mean, texts
from kgtool.late import closest, late

# What click says of an option, a value or arguments, without more to tell them by than its words.
_IN_CHINESE = (
    (late(r"Option '(.+)' requires an argument\."), "選項「{}」須有值。"),
    (late(r"Option '(.+)' does not take a value\."), "選項「{}」不接值。"),
    (late(r"Got unexpected extra arguments? \((.+)\)\."), "多了 {}。"),
    (
        late(r"Invalid value for '(.+?)': '(.+)' is not a valid (?:integer|float)(?: range)?\."),
        "{} 須為數字,不是「{}」。",
    ),
    (late(r"Invalid value for '(.+?)': (\S+) is not in the range (.+)\."), "{} 之值 {} 不在範圍 {} 之內。"),
    (late(r"Invalid value for '(.+?)': (?:File|Path|Directory) '(.+)' does not exist\."), "{}:沒有「{}」。"),
    (late(r"Invalid value for '(.+?)': File '(.+)' is a directory\."), "{}:「{}」是資料夾。"),
    (late(r"Invalid value for '(.+?)': Directory '(.+)' is a file\."), "{}:「{}」不是資料夾。"),
)


def usage_error(error: click.ClickException, commands: Sequence[str], asked: str) -> UsageError:
    """click's error as `E-USAGE`.

    Args:
        commands: the program's commands, for "did you mean".
        asked: the command as it was called, for an error that does not say which (an option without its value).
    """
    context = getattr(error, "ctx", None)
    path = context.command_path if context else asked
    near = _near(error, list(commands) if path == "kgtool" else [])
    hint = did_you_mean(near) or texts(zh=f"`{path} --help` 說明用法。", en=f"`{path} --help` shows how.")
    return UsageError("E-USAGE", _message(error), hint)


def _message(error: click.ClickException) -> Texts:
    said = " ".join(error.format_message().split()).rstrip(".") + "."
    command = getattr(error, "command_name", "")
    if isinstance(error, click.NoSuchOption):
        return texts(zh=f"沒有選項「{error.option_name}」。", en=f"no option '{error.option_name}'.")
    if command:
        return texts(zh=f"沒有指令「{command}」。", en=f"no command '{command}'.")
    if isinstance(error, click.MissingParameter):
        name = _name(error.param) if error.param else ""
        return texts(zh=f"缺少 {name}。", en=f"{name} is missing.")
    if isinstance(error, click.BadParameter) and error.param and isinstance(error.param.type, click.Choice):
        name, allowed = _name(error.param), [str(choice) for choice in error.param.type.choices]
        return texts(zh=f"{name} 須為 {'、'.join(allowed)} 之一。", en=f"{name} must be one of {', '.join(allowed)}.")
    found = ((words, pattern.fullmatch(said)) for pattern, words in _IN_CHINESE)
    return texts(zh=next((words.format(*got.groups()) for words, got in found if got), f"用法有誤:{said}"), en=said)


def _name(param: click.Parameter) -> str:
    return "/".join(param.opts) if isinstance(param, click.Option) else param.human_readable_name


def _near(error: click.ClickException, commands: list[str]) -> str:
    command = getattr(error, "command_name", "")
    possible = getattr(error, "possibilities", None)
    return closest(command, commands) if command else str(possible[0]) if possible else ""
