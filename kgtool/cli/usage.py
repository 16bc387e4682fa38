"""What click finds wrong with a command line, as an error of our own: one line, two languages, a next step."""

from __future__ import annotations

from collections.abc import Sequence

import click

from kgtool.errors import Texts, UsageError, did_you_mean, texts
from kgtool.late import closest, late

# click's own sentences.
_NEEDS_VALUE = late(r"requires (?:an argument|[0-9]+ arguments)")
_TAKES_NO_VALUE = late(r"does not take a value")
_EXTRA = late(r"Got unexpected extra arguments? \((.*)\)\.")


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
        needs = _NEEDS_VALUE.search(said)
        fault = "須有值。" if needs else "不可有值。" if _TAKES_NO_VALUE.search(said) else f"用法有誤:{said}"
        return texts(zh=f"選項「{error.option_name}」{fault}", en=said)
    if isinstance(error, click.BadParameter) and error.param and isinstance(error.param.type, click.Choice):
        name, allowed = _name(error.param), [str(choice) for choice in error.param.type.choices]
        return texts(zh=f"{name} 須為 {'、'.join(allowed)} 之一。", en=f"{name} must be one of {', '.join(allowed)}.")
    extra = _EXTRA.fullmatch(said)
    return texts(zh=f"多出之引數:{extra[1]}。" if extra else f"用法有誤:{said}", en=said)


def _name(param: click.Parameter) -> str:
    return "/".join(param.opts) if isinstance(param, click.Option) else param.human_readable_name


def _near(error: click.ClickException, commands: list[str]) -> str:
    command = getattr(error, "command_name", "")
    possible = getattr(error, "possibilities", None)
    return closest(command, commands) if command else str(possible[0]) if possible else ""
