"""Language tags: well-formed, in their usual case, and what Chinese texts should be tagged with. Source: RFC 5646 §2.1.

The parser lower-cases tags, so their case is read from the file's text, and only their case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from kgtool.lang import canonical
from kgtool.lexical.remark import Remark, error, shown, warning

_GRANDFATHERED = frozenset(
    {
        "en-gb-oed",
        "i-ami",
        "i-bnn",
        "i-default",
        "i-enochian",
        "i-hak",
        "i-klingon",
        "i-lux",
        "i-mingo",
        "i-navajo",
        "i-pwn",
        "i-tao",
        "i-tay",
        "i-tsu",
        "sgn-be-fr",
        "sgn-be-nl",
        "sgn-ch-de",
        "art-lojban",
        "cel-gaulish",
        "no-bok",
        "no-nyn",
        "zh-guoyu",
        "zh-hakka",
        "zh-min",
        "zh-min-nan",
        "zh-xiang",
    }
)
_TAG = re.compile(
    "(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    "(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)(?P<extensions>(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*)"
    "(?:-x(?:-[a-z0-9]{1,8})+)?|x(?:-[a-z0-9]{1,8})+"
)
# Country codes and older names that are written where a language belongs, and what is meant.
_MISTAKEN: Mapping[str, str] = MappingProxyType({
    "jp": "ja", "cn": "zh-Hans", "gr": "el", "dk": "da", "cz": "cs", "chs": "zh-Hans", "cht": "zh-Hant", "chi": "zh",
    "eng": "en", "jpn": "ja", "kor": "ko", "zho": "zh", "fre": "fr", "fra": "fr", "ger": "de", "deu": "de", "spa": "es",
    "iw": "he", "in": "id", "ji": "yi",
})  # fmt: skip
_SCRIPT_OF: Mapping[str, str] = MappingProxyType({
    "zh-tw": "zh-Hant", "zh-hk": "zh-Hant-HK", "zh-mo": "zh-Hant-MO", "zh-cn": "zh-Hans", "zh-sg": "zh-Hans-SG",
})  # fmt: skip
# A tag behind a string, as far as a text can be read without a tokenizer; a literal may quote one.
_IN_TEXT = tuple(re.compile(quote + rb"[ \t\r\n]*@([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)") for quote in (rb'"', rb"'"))


def language_tag(tag: str) -> Iterator[Remark]:
    """Remarks on a tag but for its case."""
    lowered = tag.lower()
    found = _TAG.fullmatch(lowered)
    if lowered in _GRANDFATHERED:
        return
    if found is None:
        yield error("KG600", f"語言標籤 @{shown(tag)} 不合 BCP 47。", f"the language tag @{shown(tag)} is not BCP 47.")
        return
    for group, pattern in (("variants", "-([a-z0-9]+)"), ("extensions", "-([0-9a-wy-z])(?=-)")):
        parts = re.findall(pattern, found[group] or "")
        if len(parts) != len(set(parts)):
            yield error(
                "KG600", f"語言標籤 @{shown(tag)} 有重複之子標籤。", f"the language tag @{shown(tag)} repeats a subtag."
            )
    first, _, rest = lowered.partition("-")
    meant = _MISTAKEN.get(first)
    if meant:
        better = "-".join(filter(None, (meant, canonical(f"und-{rest}")[4:] if rest else "")))
        yield warning(
            "KG600",
            f"@{canonical(tag)} 不是語言之慣用標籤;請寫 @{better}。",
            f"@{canonical(tag)} is not how the language is tagged; write @{better}.",
        )
    script = _SCRIPT_OF.get(lowered)
    if script:
        yield warning("KG602", f"@{canonical(tag)} 是地區,不是文字;請寫 @{script}(與 zh-Hant 並存會使同一名稱變成兩個)。",
                      f"@{canonical(tag)} names a region, not a script; write @{script} "
                      "(beside zh-Hant it would make one name two).")  # fmt: skip


def bare_chinese() -> Remark:
    """What is said of `@zh`."""
    return warning(
        "KG603",
        "@zh 未註明文字;請寫 @zh-Hant 或 @zh-Hans。",
        "@zh does not say which script; write @zh-Hant or @zh-Hans.",
    )


def tag_case(tag: str) -> Remark | None:
    """A tag that is not in its usual case, as it stands in the file."""
    usual = canonical(tag)
    if tag == usual or tag.lower() in _GRANDFATHERED:
        return None
    return warning(
        "KG601", f"@{tag} 之大小寫請寫成 @{usual};兩者是同一標籤。", f"write @{tag} as @{usual}; the two are one tag."
    )


def tags_in(data: bytes) -> frozenset[str]:
    """The distinct tags of a file's text. Cost: two searches over it."""
    found = {match[1] for pattern in _IN_TEXT for match in pattern.finditer(data)}
    return frozenset(tag.decode("ascii") for tag in found)
