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
    (r"The predicate of a triple must be an IRI", "KG001", "語法錯誤:述詞須為 IRI。", "syntax error: a predicate is an IRI."),
    (r"A dot is expected at the end of statements", "KG001",
     "語法錯誤:此處之前的敘述缺句點。", "syntax error: the statement before this place lacks its dot."),
    (r"(.*) is not a valid predicate", "KG001",
     "語法錯誤:{0} 不可作述詞,述詞須為 IRI。", "syntax error: {0} is not a valid predicate; a predicate is an IRI."),
    (r"'([“”‘’＂＇])' is not allowed at the beginning of a prefix name", "KG001",
     '語法錯誤:{0} 不是字串之引號;請用直引號 \"。', "syntax error: {0} is no quotation mark of Turtle; write a straight one, \"."),
    (r"(.*) is not a valid subject or graph name", "KG001",
     "語法錯誤:{0} 不可作主詞或圖名。", "syntax error: {0} is not a valid subject or graph name."),
    (r"(.*) is not a valid graph name", "KG001", "語法錯誤:{0} 不可作圖名。", "syntax error: {0} is not a valid graph name."),
    (r"(.*) is not a valid RDF subject", "KG001", "語法錯誤:{0} 不可作主詞。", "syntax error: {0} is not a valid subject."),
    (r"TOKEN is not a valid RDF subject|The subject of a triple must be an IRI or a blank node", "KG001",
     "語法錯誤:主詞須為 IRI 或空白節點。", "syntax error: a subject is an IRI or a blank node."),
    (r"(.*) is not a valid RDF object", "KG001",
     "語法錯誤:{0} 不可作受詞;受詞為 IRI、前綴名稱、字面值(文字須加引號)或空白節點。",
     "syntax error: {0} is not a valid object; an object is an IRI, a prefixed name, a literal (texts in quotes) or a blank node."),
    (r"(.*) is not a valid RDF quoted triple (?:object|subject: .*)", "KG001",
     "語法錯誤:{0} 不可作三元組項之成員。", "syntax error: {0} is not a valid part of a triple term."),
    (r"Expecting '(.*)' to close a (?:triple term|reified triple), found (.*)", "KG001",
     "語法錯誤:三元組項須以 {0} 結束,此處為 {1}。", "syntax error: the triple term must end with {0}, here is {1}."),
    (r"Annotations should end with '(.*)'", "KG001", "語法錯誤:註記須以 {0} 結束。", "syntax error: an annotation ends with {0}."),
    (r"Expecting a datatype IRI after \^\^, found (.*)", "KG001",
     "語法錯誤:^^ 之後須為資料型別之 IRI,此處為 {0}。", "syntax error: the IRI of a datatype must follow ^^, here is {0}."),
    (r"blank node property lists should end with a '\]'", "KG001",
     "語法錯誤:空白節點 [ … ] 缺少 ]。", "syntax error: a blank node [ … ] lacks its ]."),
    (r"A blank node ID cannot be empty", "KG001",
     "語法錯誤:_: 之後須有空白節點之名稱。", "syntax error: a blank node's label must follow _:."),
    (r"A '\}' or a '\.' is expected at the end of a graph block", "KG001",
     "語法錯誤:圖之區塊缺少 }} 或句點。", "syntax error: the graph's block lacks its }} or a dot."),
    (r"The GRAPH keyword should be followed .*", "KG001",
     "語法錯誤:GRAPH 之後須為圖名與 {{ … }}。", "syntax error: a graph's name and {{ … }} must follow GRAPH."),
    (r"The PREFIX (?:keyword|declaration) should be followed .*", "KG001",
     "語法錯誤:前綴宣告須為 @prefix 名稱: <IRI> .", "syntax error: a prefix is declared as @prefix name: <IRI> ."),
    (r"The BASE keyword should be followed by an IRI", "KG001",
     "語法錯誤:@base 之後須為 <IRI>。", "syntax error: <IRI> must follow @base."),
    (r"'(.*)' is not a valid prefix: .*", "KG001",
     "語法錯誤:前綴「{0}」不得以句點結尾。", "syntax error: the prefix '{0}' must not end with a dot."),
    (r"'(.*)' is not allowed at the beginning of a prefix name", "KG001",
     "語法錯誤:前綴不可以「{0}」開頭。", "syntax error: a prefix must not begin with '{0}'."),
    (r"Line jumps are not allowed in string literals, use \\n", "KG001",
     "語法錯誤:字串缺少結尾引號;跨行之字串須以三個引號括住。",
     "syntax error: the string lacks its closing quote; one of several lines stands between three quotes each."),
    (r"Unexpected escape character '(.*)'", "KG001",
     "語法錯誤:字串中不可有 {0};反斜線本身請寫為 \\\\。", "syntax error: {0} must not stand in a string; write a backslash as \\\\."),
    (r"The escape sequence '(.*)' is not a valid hexadecimal string", "KG001",
     "語法錯誤:「{0}」不是正確之 \\u 跳脫。", "syntax error: '{0}' is no correct \\u escape."),
    (r"escapes in IRIs should be % followed by two hexadecimal characters, found '(.*)'", "KG001",
     "語法錯誤:% 之後須為兩位十六進位數字,此處為「{0}」。", "syntax error: two hexadecimal digits must follow %, here is '{0}'."),
    (r"The character that are allowed to be escaped in IRIs are (.*), found '(.*)'", "KG001",
     "語法錯誤:前綴名稱中不可有 \\{1};可跳脫者為 {0}。",
     "syntax error: \\{1} must not stand in a prefixed name; {0} may be escaped."),
    (r"An? (?:integer|double|decimal) should not be empty", "KG001",
     "語法錯誤:正負號之後須為數字。", "syntax error: a number must follow its sign."),
    (r"A double exponent cannot be empty", "KG001",
     "語法錯誤:指數 e 之後須為數字。", "syntax error: digits must follow the exponent's e."),
    (r"Unexpected character '(.*)'", "KG001", "語法錯誤:此處不可有字元「{0}」。", "syntax error: '{0}' must not stand here."),
)  # fmt: skip
_COMPILED = tuple((late(pattern, re.DOTALL), code, zh, en) for pattern, code, zh, en in _KNOWN)
_LONGEST = 120  # code points
_LEAD = late(r"Parser error (?:at|between) .*?: |error while parsing IRI '.*': ", re.DOTALL)


def said(sentence: str) -> tuple[str, Texts]:
    """The rule that a parser's sentence belongs to, and the message in both languages."""
    detail = sentence
    while lead := _LEAD.match(detail):
        detail = detail[lead.end() :]
    for pattern, code, zh, en in _COMPILED:
        found = pattern.fullmatch(detail)
        if found:
            groups = [_cut(part) for part in found.groups()]
            return code, texts(zh=zh.format(*groups), en=en.format(*groups))
    return "KG001", texts(zh=f"語法錯誤:{_cut(detail)}", en=f"syntax error: {_cut(detail)}")


def _cut(part: str) -> str:
    """The beginning of what the sentence quotes, in one line: behind a lost quote it may be all the rest of the file."""
    return (part if len(part) <= _LONGEST else part[:_LONGEST] + "…").replace("\n", "\\n")
