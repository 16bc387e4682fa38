"""Files to quads: nothing is rewritten, nothing is shared between files, and every error of a file has its place."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgtool.finding import Place, Severity
from kgtool.load import Dataset, load
from kgtool.load.reader import MOST_ERRORS
from kgtool.project import ProjectFile

EX = "https://example.org/isle/"
PREFIX = f"@prefix ex: <{EX}> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Dataset]:
    """Load texts (or bytes) by file name."""

    def run(**texts: str | bytes) -> Dataset:
        files = []
        for name, text in texts.items():
            path = tmp_path / name.replace("_", ".")
            path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
            files.append(ProjectFile(f"data/{path.name}", path, "data"))
        return load(files)

    return run


def literals(dataset: Dataset) -> list[str]:
    return [str(quad.object) for quad in dataset.quads() if isinstance(quad.object, ox.Literal)]


# --- what is read is what was written


KEPT = [
    ('"012"^^xsd:integer', '"012"^^<http://www.w3.org/2001/XMLSchema#integer>'),
    ("012", '"012"^^<http://www.w3.org/2001/XMLSchema#integer>'),
    ("+1.50", '"+1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
    ("1e0", '"1e0"^^<http://www.w3.org/2001/XMLSchema#double>'),
    ('"1"^^xsd:boolean', '"1"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
    ('"2013-13-45"^^xsd:date', '"2013-13-45"^^<http://www.w3.org/2001/XMLSchema#date>'),
    ('"yes"^^xsd:boolean', '"yes"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
    ('"e\u0301"', '"e\u0301"'),
    ('"\u00e9"', '"\u00e9"'),
    ('"𠮷"', '"𠮷"'),
    ('" 　"', '" 　"'),
    ('"""a\r\nb"""', '"a\\r\\nb"'),
    ('"渡輪"@zh-Hant', '"渡輪"@zh-hant'),
]


@pytest.mark.parametrize(("written", "term"), KEPT, ids=[row[0].replace("\r\n", "CRLF") for row in KEPT])
def test_a_literal_keeps_its_lexical_form(written: str, term: str, read: Callable[..., Dataset]) -> None:
    """No number is normalised, no text composed, no line end translated; tags compare in lower case (RFC 5646 §2.1.1)."""
    assert literals(read(a_ttl=f"{PREFIX}ex:a ex:b {written} .\n")) == [term]


def test_each_file_is_a_named_graph_of_its_own(read: Callable[..., Dataset]) -> None:
    dataset = read(b_ttl=f"{PREFIX}ex:b ex:p 2 .", a_ttl=f"{PREFIX}ex:a ex:p 1 .", c_ttl="")
    assert [file.name for file in dataset.files] == ["data/a.ttl", "data/b.ttl", "data/c.ttl"]
    assert {name: len(quads) for name, quads in dataset.graphs.items()} == {
        "urn:kgtool:graph:data/a.ttl": 1, "urn:kgtool:graph:data/b.ttl": 1, "urn:kgtool:graph:data/c.ttl": 0,
    }  # fmt: skip
    assert [(str(quad.subject), str(quad.graph_name)) for quad in dataset.quads()] == [
        (f"<{EX}a>", "<urn:kgtool:graph:data/a.ttl>"), (f"<{EX}b>", "<urn:kgtool:graph:data/b.ttl>"),
    ]  # fmt: skip
    assert (dataset.size, dataset.findings) == (2, ())
    assert [list(dataset.quads("shapes")), len(list(dataset.quads("data")))] == [[], 2]


def test_the_order_of_the_paths_does_not_matter(read: Callable[..., Dataset]) -> None:
    one = read(a_ttl=f"{PREFIX}ex:a ex:p _:x .", b_ttl=f"{PREFIX}ex:b ex:p [] .")
    other = read(b_ttl=f"{PREFIX}ex:b ex:p [] .", a_ttl=f"{PREFIX}ex:a ex:p _:x .")
    assert one == other


@pytest.mark.parametrize(
    ("name", "text", "graph"),
    [
        ("a_nt", f"<{EX}a> <{EX}b> <{EX}c> .", "urn:kgtool:graph:data/a.nt"),
        ("a_nq", f"<{EX}a> <{EX}b> <{EX}c> <{EX}g> .", EX + "g"),
        ("a_trig", f"<{EX}g> {{ <{EX}a> <{EX}b> <{EX}c> }}", EX + "g"),
        ("a_trig", f"<{EX}a> <{EX}b> <{EX}c> .", "urn:kgtool:graph:data/a.trig"),
    ],
)
def test_every_format_is_read_and_a_graph_that_a_file_names_is_kept(
    name: str, text: str, graph: str, read: Callable[..., Dataset]
) -> None:
    dataset = read(**{name: text})
    assert [(str(quad.subject), str(quad.graph_name)) for quad in dataset.quads()] == [(f"<{EX}a>", f"<{graph}>")]
    assert dataset.findings == ()


def test_a_byte_order_mark_is_no_part_of_the_text(read: Callable[..., Dataset]) -> None:
    """And the line of an error is the line that an editor shows."""
    marked, plain = read(a_ttl=f"\ufeff{PREFIX}ex:a ex:b 1 ."), read(a_ttl=f"{PREFIX}ex:a ex:b 1 .")
    assert marked.graphs == plain.graphs
    assert all(found.severity < Severity.ERROR for found in marked.findings)
    errors = [found for found in read(a_ttl=f"\ufeff{PREFIX}ex:a ex:b .").findings if found.severity is Severity.ERROR]
    assert [(found.rule, found.place) for found in errors] == [("KG001", Place("data/a.ttl", 3, 11))]


# --- blank nodes


def test_blank_nodes_have_one_label_in_a_file_and_none_in_common_with_another(read: Callable[..., Dataset]) -> None:
    text = f"{PREFIX}_:a ex:p _:b . _:b ex:q [ ex:r _:a ] ."
    dataset = read(one_ttl=text, two_ttl=text)
    labels = [
        {term.value for quad in quads for term in (quad.subject, quad.object) if isinstance(term, ox.BlankNode)}
        for quads in dataset.graphs.values()
    ]
    assert [len(found) for found in labels] == [3, 3]
    assert not labels[0] & labels[1]
    assert all(re.fullmatch(r"f[0-9a-f]{10}n[0-2]", label) for found in labels for label in found)
    assert read(one_ttl=text, two_ttl=text) == dataset


def test_labels_of_a_file_do_not_depend_on_what_else_is_read(read: Callable[..., Dataset]) -> None:
    text = f"{PREFIX}_:a ex:p _:b ."
    alone = read(one_ttl=text).graphs["urn:kgtool:graph:data/one.ttl"]
    assert read(all_ttl=text, one_ttl=text).graphs["urn:kgtool:graph:data/one.ttl"] == alone


def test_a_file_with_triple_terms_is_the_same_in_every_run(read: Callable[..., Dataset]) -> None:
    """RDF 1.2: `<<( … )>>`. The parser's labels are new in every run, inside such a term too."""
    text = f"{PREFIX}ex:a ex:says <<( _:x ex:p _:y )>> . _:x ex:q _:y ."
    dataset = read(a_ttl=text)
    assert read(a_ttl=text) == dataset
    assert [quad.predicate.value for quad in dataset.quads()][-1] == EX + "q"


# --- errors are findings


def test_every_error_of_a_file_is_a_finding_and_the_rest_is_read(read: Callable[..., Dataset]) -> None:
    lines = [
        "ex:a ex:p 1 .",
        'ex:b "p" 2 .',
        "ex:c ex:p 3 .",
        "ex:d ex:p no .",
        "ex:e ex:p 5 .",
        "ex:f nope:p 6 .",
        "ex:g ex:p 7 .",
    ]
    dataset = read(a_ttl=PREFIX + "\n".join(lines))
    assert [(found.rule, found.place.path, found.place.line, found.severity) for found in dataset.findings] == [
        ("KG001", "data/a.ttl", line, Severity.ERROR) for line in (4, 6, 8)
    ]
    assert [str(quad.subject) for quad in dataset.quads()] == [f"<{EX}{name}>" for name in "aceg"]
    for found in dataset.findings:
        assert set(found.message) == {"zh-Hant", "en"}
        assert "Parser error" not in found.message["en"]
    assert dataset.findings[0].message["en"].startswith("syntax error: ")
    assert dataset.findings[0].message["zh-Hant"].startswith("語法錯誤:")
    assert "nope:" in dataset.findings[2].message["en"]
    assert "nope:" in dataset.findings[2].message["zh-Hant"]


@pytest.mark.parametrize(
    ("text", "rule"), [("ex:a ex:b + .", "KG001"), ('ex:a ex:b "x"@1 .', "KG600"), ("ex:a ex:b <c> .", "KG011")]
)
def test_an_error_is_reported_under_the_rule_that_it_breaks(text: str, rule: str, read: Callable[..., Dataset]) -> None:
    found = read(a_ttl=PREFIX + text).findings
    assert [(item.rule, item.place.line) for item in found] == [(rule, 3)]


def test_a_file_of_nothing_but_errors_ends_with_one_that_says_so(read: Callable[..., Dataset]) -> None:
    dataset = read(a_ttl=PREFIX + "".join(f'ex:a "{number}" 1 .\n' for number in range(MOST_ERRORS + 50)))
    assert len(dataset.findings) == MOST_ERRORS + 1
    assert dataset.findings[-1].message == {
        "en": "too many errors; the rest of the file is left out.",
        "zh-Hant": "錯誤過多,其後略去。",
    }
    assert dataset.size == 0


BYTES = [
    ("a surrogate", b"# \xed\xa0\x80", 1, 3, "0xED"),
    ("cut short", "# 港".encode()[:-1], 1, 3, "0xE6"),
    ("behind wide characters", "# 港灣\n# 港灣".encode() + b"\xff", 2, 5, "0xFF"),
]


@pytest.mark.parametrize(("data", "line", "column", "byte"), [row[1:] for row in BYTES], ids=[row[0] for row in BYTES])
def test_bytes_that_are_not_utf_8_are_a_finding_at_their_line_and_character(
    data: bytes, line: int, column: int, byte: str, read: Callable[..., Dataset]
) -> None:
    dataset = read(a_ttl=data)
    assert [(found.rule, found.place) for found in dataset.findings] == [("KG003", Place("data/a.ttl", line, column))]
    message = dataset.findings[0].message
    assert message["en"].startswith(f"byte {byte} is not UTF-8")
    assert message["zh-Hant"].startswith(f"位元組 {byte} 不是 UTF-8")
    assert dataset.size == 0


@pytest.mark.parametrize("encoding", ["big5", "utf-16", "utf-16-le", "utf-32", "gb18030", "shift_jis"])
def test_a_file_in_another_encoding_is_an_error_and_not_read(encoding: str, read: Callable[..., Dataset]) -> None:
    dataset = read(a_ttl=f'{PREFIX}ex:a ex:name "望津港灣渡輪碼頭大橋".'.encode(encoding))
    assert dataset.size == 0
    assert dataset.findings
    assert {found.place.path for found in dataset.findings} == {"data/a.ttl"}
    assert all(found.severity is Severity.ERROR and found.rule.startswith("KG0") for found in dataset.findings)


def test_a_file_that_is_gone_or_refused_is_a_finding(tmp_path: Path) -> None:
    files = [
        ProjectFile("data/gone.ttl", tmp_path / "gone.ttl", "data"),
        ProjectFile("data/link.ttl", Path("/etc/hostname"), "data", "symlink"),
        ProjectFile("data/pipe.ttl", tmp_path / "pipe.ttl", "data", "special"),
    ]
    dataset = load(files)
    assert [(found.rule, found.place, found.message["en"], found.message["zh-Hant"]) for found in dataset.findings] == [
        ("KG002", Place("data/gone.ttl"), "cannot be read: No such file or directory", "無法讀取:沒有這個檔案或資料夾"),
        ("KG002", Place("data/link.ttl"), "a link to a folder, or out of its own folder; not read.",
         "符號連結指向資料夾,或指向所屬資料夾之外,未讀取。"),
        ("KG002", Place("data/pipe.ttl"), "a device, pipe or socket; not read.", "不是一般檔案(裝置、管線或插座),未讀取。"),
    ]  # fmt: skip
    assert dataset.size == 0
    assert len(dataset.files) == 3


TURTLE = st.lists(
    st.sampled_from([
        PREFIX, "ex:a ", "ex:b ", "a ", '"x"', '"""', "'", "@zh-Hant ", "^^xsd:date ", "[ ", "] ", "( ", ") ", "; ", ", ", ". ", "\n",
        "_:a ", "12.5e3 ", "<http://x/> ", "<", "#c\n", "<<( ", ")>> ", "{| ", "|} ", "\\u12", "\x00", "港", "GRAPH ", "~ ",
    ]),
    max_size=40,
).map("".join)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.one_of(TURTLE.map(str.encode), st.binary(max_size=80)), st.sampled_from(["ttl", "nt", "trig", "nq"]))
def test_any_file_is_read_to_the_end_or_reported(data: bytes, suffix: str) -> None:
    """Whatever the bytes: no exception, no endless loop, the same result twice, and places inside the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x.{suffix}"
        path.write_bytes(data)
        dataset = load([ProjectFile(f"data/x.{suffix}", path, "data")])
        assert load([ProjectFile(f"data/x.{suffix}", path, "data")]) == dataset
    lines = data.count(b"\n") + 1
    for found in dataset.findings:
        assert found.rule.startswith(("KG0", "KG600"))
        assert 0 <= found.place.line <= lines + 1
        assert all(found.message.values())


SLIPS = [
    ('<a:s> <a:p> "two\nlines" .', "字串缺少結尾引號", "the string lacks its closing quote"),
    ("<a:s> <a:p> “V” .", "“ 不是字串之引號", "“ is no quotation mark of Turtle"),
    ('<a:s> <a:p> "C:\\quay" .', "字串中不可有 \\q", "\\q must not stand in a string"),
    ("<a:s> <a:p> 1 ， 2 .", "， 不可作主詞或圖名", "， is not a valid subject"),
    ("<a:s> <a:p> ， .", "， 不可作受詞", "， is not a valid object"),
]


@pytest.mark.parametrize(("text", "zh", "en"), SLIPS)
def test_slips_of_those_who_type_chinese_are_told_in_both_languages(
    tmp_path: Path, text: str, zh: str, en: str
) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(text, encoding="utf-8")
    first, *_ = load([ProjectFile("a.ttl", path, "data")]).findings
    assert first.rule == "KG001"
    assert zh in first.message["zh-Hant"]
    assert en in first.message["en"]
    assert not re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}", first.message["zh-Hant"])
