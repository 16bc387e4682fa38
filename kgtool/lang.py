"""Language choice: which language a message or label is shown in, deterministically.

Tags are compared as BCP 47 says (case-insensitively); pyoxigraph lower-cases them, so `canonical` restores the
registered case (`zh-hant` -> `zh-Hant`) in everything that is written. Source: RFC 5646 §2.1.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

MESSAGE_LANGUAGES = ("zh-Hant", "en")
_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo", "zh")


@lru_cache(maxsize=1024)
def canonical(tag: str) -> str:
    """A language tag in the case that RFC 5646 §2.1.1 recommends: language-Script-REGION."""
    parts = tag.split("-")
    out = [parts[0].lower()]
    extension = False
    for part in parts[1:]:
        if len(part) == 1:
            extension = True
        if extension:
            out.append(part.lower())
        elif len(part) == 2:
            out.append(part.upper())
        elif len(part) == 4 and part.isalpha():
            out.append(part.title())
        else:
            out.append(part.lower())
    return "-".join(out)


def message_language(wanted: Iterable[str | None]) -> str:
    """The first of `wanted` (BCP 47 tags or POSIX locales such as zh_TW.UTF-8) that messages exist in, else zh-Hant."""
    for value in wanted:
        if not value:
            continue
        tag = value.split(".")[0].split("@")[0].replace("_", "-").lower()
        if tag in _TRADITIONAL or tag.startswith("zh-hant"):
            return "zh-Hant"
        if tag.split("-")[0] == "en":
            return "en"
    return MESSAGE_LANGUAGES[0]


def plural(count: int, one: str, many: str = "") -> str:
    """The English words for a number of things: `row` for 1, `rows` for any other; `many` where it is not `one` and an s."""
    return one if count == 1 else many or one + "s"


class Fields(dict[str, object]):
    """What fills a text (`str.format_map`): `{n}` is a value, `{n?row|rows}` the first form where the value reads 1."""

    def __missing__(self, field: str) -> str:
        name, mark, forms = field.partition("?")
        if not mark:
            raise KeyError(field)
        one, _, many = forms.partition("|")
        return one if str(self[name]) == "1" else many


def pick(texts: Mapping[str, str], language: str) -> str:
    """The text in `language`, else in a tag that shares its primary subtag, else zh-Hant, en, then the first by tag."""
    if not texts:
        return ""
    wanted = language.lower()
    lowered = {tag.lower(): text for tag, text in texts.items()}
    if wanted in lowered:
        return lowered[wanted]
    for tag in sorted(lowered):
        if tag.split("-")[0] == wanted.split("-")[0]:
            return lowered[tag]
    for tag in ("zh-hant", "en", ""):
        if tag in lowered:
            return lowered[tag]
    return lowered[min(lowered)]
