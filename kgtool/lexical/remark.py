"""What one of the room's functions says of a term."""

from __future__ import annotations

from msgspec import Struct

from kgtool.errors import Texts, texts
from kgtool.finding import Severity


class Remark(Struct, frozen=True):
    """A rule's code, how much it matters, and the words."""

    code: str
    severity: Severity
    message: Texts


def error(code: str, zh: str, en: str) -> Remark:
    return Remark(code, Severity.ERROR, texts(zh=zh, en=en))


def warning(code: str, zh: str, en: str) -> Remark:
    return Remark(code, Severity.WARNING, texts(zh=zh, en=en))


def info(code: str, zh: str, en: str) -> Remark:
    return Remark(code, Severity.INFO, texts(zh=zh, en=en))


def shown(text: str, most: int = 60) -> str:
    """A text as a message quotes it: one line, not too long, characters that cannot be seen as \\u escapes."""
    cut = text if len(text) <= most else text[:most] + "…"
    return "".join(one if one.isprintable() else f"\\u{ord(one):04X}" for one in cut)
