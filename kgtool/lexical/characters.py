"""Characters that look like others, that cannot be seen, or that come in two forms. Source: Unicode 15, UAX 15, UTS 39.

Chinese with Latin, full-width punctuation, and joiners and marks inside scripts that need them are what they should be.
Cost: one C test for a text in ASCII; otherwise a few regular expressions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from kgtool.late import late
from kgtool.lexical.remark import Remark, error, shown, warning

# A literal longer than this is a document, not a value; one longer than the second bound is no value of anything.
BIG, HUGE = 64 * 1024, 16 * 1024 * 1024
_CONTROL = late("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_BIDI = late("[\u202a-\u202e\u2066-\u2069]")
_MARK = late("[\u200e\u200f\u061c]")
_ZERO = late("[\u00ad\u034f\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\U000e0001]")
_JOINER = late("[\u200c\u200d]")
_RIGHT_TO_LEFT = late("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
# Scripts and pictures whose spelling uses joiners.
_JOINING = late("[\u0590-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\u2190-\u2bff\ufb50-\ufefc\U0001f000-\U0001faff]")
_WIDE = late("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]+")
_HALF_KANA = late("[\uff66-\uff9f]+")
_COMPATIBILITY = late("[\uf900-\ufaff\U0002f800-\U0002fa1f]")
_WORD = late(r"[^\W\d_]+")
_LATIN = late("[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]")
# Cyrillic and Armenian letters, and the Greek ones that have a Latin twin; the micro sign and the ohm are no words.
_TWIN = late("[\u0400-\u052f\u0531-\u0587ΑΒΕΖΗΙΚΜΝΟΡΤΥΧανικουρχγ]")
_SUSPECT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Everything above in one class: a text without any of these is well but for its normal form.
_ANY = re.compile("|".join(one.pattern.rstrip("+") for one in (
    _CONTROL, _BIDI, _MARK, _ZERO, _JOINER, _WIDE, _HALF_KANA, _COMPATIBILITY, _TWIN,
)).replace("]|[", ""))  # fmt: skip


def usual(value: str) -> bool:
    """Whether there is surely nothing to remark on a literal: a short text in ASCII without controls, or in NFC."""
    if len(value) > BIG:
        return False
    if value.isascii():
        return not _SUSPECT.search(value)
    return not _ANY.search(value) and unicodedata.is_normalized("NFC", value)


def characters(value: str, *, iri: bool = False) -> Iterator[Remark]:
    """Remarks on the characters of a literal, or of an IRI."""
    if len(value) > BIG and not iri:
        yield _big(value)
    if value.isascii():
        if _SUSPECT.search(value):
            yield from _controls(value)
        return
    if not _ANY.search(value) and unicodedata.is_normalized("NFC", value):
        return
    yield from _controls(value)
    yield from _invisible(value)
    if not unicodedata.is_normalized("NFC", value):
        yield _not_nfc(value, iri)
    yield from _compatible(value)
    if _TWIN.search(value):
        yield from _mixed(value)


def _big(value: str) -> Remark:
    size, huge = len(value.encode("utf-8", "surrogatepass")), len(value) > HUGE
    make = error if huge else warning
    return make("KG008", f"字串長達 {size // 1024} KiB;請另存檔案並以 IRI 指向。",
                f"a literal of {size // 1024} KiB; keep it in a file of its own and point at it.")  # fmt: skip


def _controls(value: str) -> Iterator[Remark]:
    found = _CONTROL.search(value)
    if found:
        code = f"U+{ord(found[0]):04X}"
        yield warning("KG017", f"含控制字元 {code};XML 無法表示,請移除。",
                      f"it holds the control character {code}, which XML cannot hold; remove it.")  # fmt: skip


def _invisible(value: str) -> Iterator[Remark]:
    found = _BIDI.search(value) or _ZERO.search(value)
    found = found or _outside(_MARK, _RIGHT_TO_LEFT, value) or _outside(_JOINER, _JOINING, value)
    if found:
        code, name = f"U+{ord(found[0]):04X}", unicodedata.name(found[0], "")
        yield warning("KG016", f"含不可見字元 {code}({name.lower()});看來相同之文字因此不同,請移除。",
                      f"it holds the invisible character {code} ({name.lower()}), "
                      "so that equal-looking texts differ; remove it.")  # fmt: skip


def _outside(mark: re.Pattern[str], scripts: re.Pattern[str], value: str) -> re.Match[str] | None:
    """The first such mark of a text that has nothing of the scripts that use it."""
    found = mark.search(value)
    return found if found and not scripts.search(value) else None


def _not_nfc(value: str, iri: bool) -> Remark:
    composed = unicodedata.normalize("NFC", value)
    at = next(
        (n for n, (one, other) in enumerate(zip(value, composed, strict=False)) if one != other), len(composed) - 1
    )
    code = f"U+{ord(value[min(at, len(value) - 1)]):04X}"
    if iri:
        return warning("KG015", f"IRI 不是 NFC({code} 起);與看來相同之 IRI 是兩個節點,請改寫為「{shown(composed)}」。",
                       f"the IRI is not in NFC (from {code} on), so it is another node than the one "
                       f"that looks the same: write '{shown(composed)}'.")  # fmt: skip
    return warning("KG015", f"文字不是 NFC({code} 起);請改寫為「{shown(composed)}」。",
                   f"the text is not in NFC (from {code} on); write '{shown(composed)}'.")  # fmt: skip


def _compatible(value: str) -> Iterator[Remark]:
    for pattern in (_WIDE, _HALF_KANA):
        found = pattern.search(value)
        if found:
            plain = unicodedata.normalize("NFKC", found[0])
            yield warning("KG018", f"「{shown(found[0])}」是相容字元;請寫「{shown(plain)}」。",
                          f"'{shown(found[0])}' are compatibility characters; write '{shown(plain)}'.")  # fmt: skip
            return
    found = _COMPATIBILITY.search(value)
    if found and unicodedata.is_normalized("NFC", value) and unicodedata.normalize("NFKC", found[0]) != found[0]:
        yield warning("KG018", f"「{found[0]}」是相容字元。", f"'{found[0]}' is a compatibility character.")


def _mixed(value: str) -> Iterator[Remark]:
    for word in _WORD.findall(value):
        twin = _TWIN.search(word)
        if twin and _LATIN.search(word):
            name = unicodedata.name(twin[0], "").lower()
            yield warning("KG014", f"「{shown(word)}」混用拉丁字母與外形相似之字母「{twin[0]}」(U+{ord(twin[0]):04X},{name})。",
                          f"'{shown(word)}' mixes Latin letters with the look-alike '{twin[0]}' "
                          f"(U+{ord(twin[0]):04X}, {name}).")  # fmt: skip
            return
