"""The parser's own sentences: which rule they belong to, and what they say in both languages.

The sentences are those of pyoxigraph 0.5.13 (oxiri, oxilangtag, oxttl); one that is not known stays as it is.
"""

from __future__ import annotations

import re

from kgtool.errors import Texts, texts
from kgtool.late import late

_LANGUAGE = "A subtag |The given language subtag|A language code should|If an extension subtag|If the `x` subtag"
# Sentence, rule, what to say in Chinese and in English; \1 is the sentence's own part.
_KNOWN: tuple[tuple[str, str, str, str], ...] = (
    (r"No scheme found in an absolute IRI", "KG011",
     "相對 IRI:意義會隨檔案所在而變;請寫完整 IRI 或使用前綴。",
     "a relative IRI: its meaning would depend on where the file is read; write it in full or with a prefix."),
    (r"Invalid IRI percent encoding '(.*)'", "KG012",
     "IRI 之百分號編碼有誤:「{0}」;% 之後須為兩位十六進位數字。",
     "the IRI's percent-encoding is wrong: '{0}'; two hexadecimal digits must follow %."),
    (r"Invalid IRI code point '(.*)'", "KG012",
     "IRI 中不可有字元「{0}」;請以百分號編碼書寫。", "'{0}' must not stand in an IRI; percent-encode it."),
    (r"Invalid character '(.*)' in host", "KG012", "IRI 之主機名稱有誤:「{0}」。", "'{0}' must not stand in the IRI's host."),
    (r"Invalid character '(.*)'", "KG012", "IRI 之連接埠有誤:「{0}」不是數字。", "the IRI's port is wrong: '{0}' is no digit."),
    (r"Invalid host IP \((.*)\)", "KG012", "IRI 之主機位址有誤({0})。", "the IRI's host address is wrong ({0})."),
    (r"An IRI path is not allowed to start with //.*", "KG012", "IRI 之路徑有誤。", "the IRI's path is wrong."),
    (r"The allowed base directions are .* found (.*)", "KG010",
     "「{0}」是 RDF 1.2 之書寫方向,此處不支援。", "'{0}' is a base direction of RDF 1.2, which is not supported."),
    (rf"((?:{_LANGUAGE}).*)", "KG600", "語言標籤不合 BCP 47({0})。", "the language tag is not BCP 47 ({0})."),
    (r"The VERSION keyword .*", "KG010", "VERSION 是 RDF 1.2 語法,此處不支援。", "VERSION is RDF 1.2, which is not supported."),
    (r"The prefix (.*) has not been declared", "KG001",
     "前綴 {0} 尚未宣告;請於檔首以 @prefix 宣告。", "the prefix {0} has not been declared; declare it with @prefix at the top."),
    (r"Unexpected end of file|Unexpected end", "KG001",
     "語法錯誤:檔案在敘述或字串中途結束。", "syntax error: the file ends inside a statement or a string."),
    (r"A dot is expected at the end of statements", "KG001",
     "語法錯誤:此處之前的敘述缺句點。", "syntax error: the statement before this place lacks its dot."),
    (r"(.*) is not a valid predicate", "KG001",
     "語法錯誤:{0} 不可作述詞,述詞須為 IRI。", "syntax error: {0} is not a valid predicate; a predicate is an IRI."),
    (r"(.*) is not a valid subject or graph name", "KG001",
     "語法錯誤:{0} 不可作主詞或圖名。", "syntax error: {0} is not a valid subject or graph name."),
)  # fmt: skip
_COMPILED = tuple((late(pattern, re.DOTALL), code, zh, en) for pattern, code, zh, en in _KNOWN)
_LEAD = late(r"Parser error (?:at|between) .*?: |error while parsing IRI '.*': ", re.DOTALL)


def said(sentence: str) -> tuple[str, Texts]:
    """The rule that a parser's sentence belongs to, and the message in both languages."""
    detail = sentence
    while lead := _LEAD.match(detail):
        detail = detail[lead.end() :]
    for pattern, code, zh, en in _COMPILED:
        found = pattern.fullmatch(detail)
        if found:
            groups = found.groups()
            return code, texts(zh=zh.format(*groups), en=en.format(*groups))
    return "KG001", texts(zh=f"語法錯誤:{detail}", en=f"syntax error: {detail}")
