"""What click finds wrong with a command line, as an error of our own: one line, two languages, a next step."""

from __future__ import annotations

from collections.abc import Sequence

import click

from kgtool.errors import Texts, UsageError, did_you_mean, texts
from kgtool.late import closest


def usage_error(error: click.ClickException, commands: Sequence[str]) -> UsageError:
    """click's error as `E-USAGE`.

    Args:
        commands: the program's commands, for "did you mean".
    """
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "kgtool"
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
    if isinstance(error, click.BadOptionUsage):
        return texts(zh=f"選項「{error.option_name}」用法有誤:{said}", en=said)
    if isinstance(error, click.BadParameter) and error.param and isinstance(error.param.type, click.Choice):
        name, allowed = _name(error.param), [str(choice) for choice in error.param.type.choices]
        return texts(zh=f"{name} 須為 {'、'.join(allowed)} 之一。", en=f"{name} must be one of {', '.join(allowed)}.")
    return texts(zh=f"用法有誤:{said}", en=said)


def _name(param: click.Parameter) -> str:
    return "/".join(param.opts) if isinstance(param, click.Option) else param.human_readable_name


def _near(error: click.ClickException, commands: list[str]) -> str:
    command = getattr(error, "command_name", "")
    possible = getattr(error, "possibilities", None)
    return closest(command, commands) if command else str(possible[0]) if possible else ""
