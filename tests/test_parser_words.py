"""What the parser finds wrong is said in both languages: each slip that hands make, read by the real parser."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest

from kgtool.load.said import said

HEAD = "@prefix : <http://e/> .\n"
SLIPS = [
    (":a :b c .", "語法錯誤:c 不可作受詞;", "syntax error: c is not a valid object;"),
    (":a :b .", "語法錯誤:. 不可作受詞;", "syntax error: . is not a valid object;"),
    (":a :b [ :c 1 ;", "檔案在敘述或字串中途結束。", "the file ends inside"),
    (':a :b [ :c 1 "x" ] .', "空白節點 [ … ] 缺少 ]。", "a blank node [ … ] lacks its ]."),
    (':a :b "x\ny" .', "字串缺少結尾引號;", "the string lacks its closing quote;"),
    (r':a :b "C:\dir" .', r"字串中不可有 \d;反斜線本身請寫為 \\。", r"\d must not stand in a string; write a backslash as \\."),
    (r':a :b "\u12x4" .', r"不是正確之 \u 跳脫。", r"is no correct \u escape."),
    (":a :b :100%x .", "% 之後須為兩位十六進位數字", "two hexadecimal digits must follow %"),
    (r":a :b :x\y .", r"前綴名稱中不可有 \y", r"\y must not stand in a prefixed name"),
    (":a :b 1e .", "指數 e 之後須為數字。", "digits must follow the exponent's e."),
    (":a :b + .", "正負號之後須為數字。", "a number must follow its sign."),
    (":a :b _: .", "_: 之後須有空白節點之名稱。", "a blank node's label must follow _:."),
    (':a :b "x"^^ .', "^^ 之後須為資料型別之 IRI,此處為 .。", "the IRI of a datatype must follow ^^, here is .."),
    ("@prefix ex <http://x/> .", "前綴宣告須為 @prefix 名稱: <IRI> .", "a prefix is declared as @prefix name: <IRI> ."),
    ("@prefix ex: http://x/ .", "前綴宣告須為 @prefix 名稱: <IRI> .", "a prefix is declared as @prefix name: <IRI> ."),
    ("@base http://x/ .", "@base 之後須為 <IRI>。", "<IRI> must follow @base."),
    ("@prefix e.: <http://x/> .", "前綴「e.」不得以句點結尾。", "the prefix 'e.' must not end with a dot."),
    ("%x:a :b :c .", "前綴不可以「%」開頭。", "a prefix must not begin with '%'."),
    (":a :b :c }", "}", "}"),
    ("1 :b :c .", "不可作主詞", "is not a valid subject"),
]  # fmt: skip
IN_TRIG = [
    ("GRAPH :g :a :b :c .", "GRAPH 之後須為圖名與 { … }。", "a graph's name and { … } must follow GRAPH."),
    (":g { :a :b :c ; :d }", "} 不可作受詞;", "} is not a valid object;"),
    (":g { :a :b :c :d }", "圖之區塊缺少 } 或句點。", "the graph's block lacks its } or a dot."),
]
IN_QUADS = [
    ('"x" <http://e/b> <http://e/c> .', "主詞須為 IRI 或空白節點。", "a subject is an IRI or a blank node."),
    ('<http://e/a> "x" <http://e/c> .', "述詞須為 IRI。", "a predicate is an IRI."),
]


def sentence(text: str, form: ox.RdfFormat) -> str:
    with pytest.raises(SyntaxError) as raised:
        list(ox.parse(text.encode(), format=form))
    return str(raised.value.msg)


@pytest.mark.parametrize(
    ("text", "form", "zh", "en"),
    [(HEAD + text, ox.RdfFormat.TURTLE, zh, en) for text, zh, en in SLIPS]
    + [(HEAD + text, ox.RdfFormat.TRIG, zh, en) for text, zh, en in IN_TRIG]
    + [(text, ox.RdfFormat.N_QUADS, zh, en) for text, zh, en in IN_QUADS],
)
def test_a_slip_is_said_in_both_languages(text: str, form: ox.RdfFormat, zh: str, en: str) -> None:
    code, message = said(sentence(text, form))
    assert code == "KG001"
    assert zh in message["zh-Hant"]
    assert en in message["en"]
    # No sentence of the parser's is left in it: three English words in a row.
    assert not re.search(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}", message["zh-Hant"])


def test_a_sentence_that_is_not_known_stays_as_it_is() -> None:
    assert said("Parser error at line 1 column 2: Nothing like it") == (
        "KG001", {"zh-Hant": "語法錯誤:Nothing like it", "en": "syntax error: Nothing like it"},
    )  # fmt: skip


def test_what_a_lost_quote_takes_in_is_not_said_whole() -> None:
    lines = "line\n" * 10_000
    lost = f'{HEAD}:a """{lines}""" :c .'
    code, message = said(sentence(lost, ox.RdfFormat.TURTLE))
    assert code == "KG001"
    for text in message.values():
        assert len(text) < 300
        assert "\n" not in text
        assert '"""line\\nline' in text
    whole = f'{HEAD}:a "line" :c .'
    assert '"line" is not a valid predicate' in said(sentence(whole, ox.RdfFormat.TURTLE))[1]["en"]
