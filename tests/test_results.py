"""Writers: solutions as SPARQL results, and files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import signal
import stat
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from kgtool.errors import ProjectError, QueryError
from kgtool.terms import XSD
from kgtool.write import results
from kgtool.write.files import write_file

XML = "{http://www.w3.org/2005/sparql-results#}"
IRI = ox.NamedNode("https://example.org/id/a?b=1&c=<2>".replace("<", "%3C").replace(">", "%3E"))
TERMS: dict[str, ox.NamedNode | ox.BlankNode | ox.Literal] = {
    "iri": IRI,
    "bnode": ox.BlankNode("x1"),
    "text": ox.Literal('a, "b" <c> & d\\'),
    "lines": ox.Literal("one\ntwo\r\nthree\rfour\tfive"),
    "empty": ox.Literal(""),
    "tagged": ox.Literal("北港", language="zh-hant-tw"),
    "number": ox.Literal("012", datatype=ox.NamedNode(XSD + "integer")),
    "astral": ox.Literal("𠮷\u202e\ufeff"),
}
NAMES = tuple(TERMS)


def test_json_has_every_kind_of_term() -> None:
    table = json.loads(results.to_json(["none", *NAMES], [[None, *TERMS.values()]]))
    assert table["head"]["vars"] == ["none", *NAMES]
    (row,) = table["results"]["bindings"]
    assert row == {
        "iri": {"type": "uri", "value": IRI.value},
        "bnode": {"type": "bnode", "value": "x1"},
        "text": {"type": "literal", "value": 'a, "b" <c> & d\\'},
        "lines": {"type": "literal", "value": "one\ntwo\r\nthree\rfour\tfive"},
        "empty": {"type": "literal", "value": ""},
        "tagged": {"type": "literal", "value": "北港", "xml:lang": "zh-Hant-TW"},
        "number": {"type": "literal", "value": "012", "datatype": XSD + "integer"},
        "astral": {"type": "literal", "value": "𠮷\u202e\ufeff"},
    }


def test_xml_has_every_kind_of_term() -> None:
    root = ET.fromstring(results.to_xml(["none", *NAMES], [[None, *TERMS.values()]]))  # noqa: S314 - our own output
    assert root.tag == XML + "sparql"
    assert [child.tag for child in root] == [XML + "head", XML + "results"]
    assert [variable.attrib["name"] for variable in root[0]] == ["none", *NAMES]
    cells = {binding.attrib["name"]: binding[0] for binding in root[1][0]}
    assert {name: cell.text or "" for name, cell in cells.items()} == {
        "iri": IRI.value, "bnode": "x1", "text": 'a, "b" <c> & d\\', "lines": "one\ntwo\r\nthree\rfour\tfive", "empty": "",
        "tagged": "北港", "number": "012", "astral": "𠮷\u202e\ufeff",
    }  # fmt: skip
    assert cells["iri"].tag == XML + "uri"
    assert cells["bnode"].tag == XML + "bnode"
    assert cells["text"].attrib == {}
    assert cells["tagged"].attrib == {"{http://www.w3.org/XML/1998/namespace}lang": "zh-Hant-TW"}
    assert cells["number"].attrib == {"datatype": XSD + "integer"}


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x0c", "\x1f", "\ufffe", "\uffff"])
def test_character_that_xml_has_no_form_for_is_refused(character: str) -> None:
    with pytest.raises(QueryError) as caught:
        results.to_xml(["x"], [[ox.Literal(f"a{character}b")]])
    assert caught.value.code == "E-FORMAT"
    assert f"U+{ord(character):04X}" in caught.value.message["en"]
    assert f"U+{ord(character):04X}" in caught.value.message["zh-Hant"]


def test_csv_has_bare_values_and_crlf_and_tsv_has_terms() -> None:
    text = results.to_csv(["none", *NAMES], [[None, *TERMS.values()]])
    assert text.startswith("none,iri,bnode,text,lines,empty,tagged,number,astral\r\n")
    assert text.endswith("\r\n")
    (row,) = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert row == [
        "", IRI.value, "_:x1", 'a, "b" <c> & d\\', "one\ntwo\r\nthree\rfour\tfive", "", "北港", "012", "𠮷\u202e\ufeff",
    ]  # fmt: skip
    assert results.to_tsv(["none", *NAMES], [[None, *TERMS.values()]]).splitlines()[1].split("\t") == [
        "", f"<{IRI.value}>", "_:x1", '"a, \\"b\\" <c> & d\\\\"', '"one\\ntwo\\r\\nthree\\rfour\\tfive"', '""',
        '"北港"@zh-Hant-TW', f'"012"^^<{XSD}integer>', '"𠮷\u202e\ufeff"',
    ]  # fmt: skip


def test_a_table_without_rows_or_columns_is_still_one() -> None:
    assert json.loads(results.to_json(["a"], [])) == {"head": {"vars": ["a"]}, "results": {"bindings": []}}
    assert results.to_csv(["a", "b"], []) == "a,b\r\n"
    assert results.to_tsv(["a", "b"], []) == "?a\t?b\n"
    assert len(ET.fromstring(results.to_xml([], []))[1]) == 0  # noqa: S314 - our own output


TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=300, deadline=None, print_blob=True)
@given(st.lists(st.tuples(TEXT, TEXT), max_size=4))
def test_any_text_is_read_back_as_it_was(rows: list[tuple[str, str]]) -> None:
    cells = [[ox.Literal(a), ox.Literal(b, language="zh-Hant")] for a, b in rows]
    table = json.loads(results.to_json(["a", "b"], cells))
    assert [(row["a"]["value"], row["b"]["value"]) for row in table["results"]["bindings"]] == rows
    assert list(csv.reader(io.StringIO(results.to_csv(["a", "b"], cells), newline="")))[1:] == [
        list(row) for row in rows
    ]
    lines = results.to_tsv(["a", "b"], cells).split("\n")[1:-1]
    parsed = [[quad.object for quad in ox.parse(f"<a:s> <a:p> {line.replace(chr(9), ' , ')} .", format=ox.RdfFormat.TURTLE)]
              for line in lines]  # fmt: skip
    assert [[str(term) for term in row] for row in parsed] == [[str(term) for term in row] for row in cells]
    with contextlib.suppress(QueryError):
        root = ET.fromstring(results.to_xml(["a", "b"], cells))  # noqa: S314 - our own output
        assert [tuple(cell[0].text or "" for cell in row) for row in root[1]] == rows


def test_language_tag_with_a_direction_keeps_it() -> None:
    (solution,) = ox.Store().query('SELECT ("x"@ar-egy--rtl AS ?x) {}')  # type: ignore[misc]
    assert results.n3(solution[0]) == '"x"@ar-egy--rtl'


# Files.


def test_file_is_written_as_utf8_with_line_feeds(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_file(path, "一\r\n二\n")
    assert path.read_bytes() == "一\r\n二\n".encode()
    write_file(path, "")
    assert path.read_bytes() == b""
    assert [child.name for child in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_permissions_of_a_replaced_file_are_kept(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(mode)
    write_file(path, "new")
    assert (stat.S_IMODE(path.stat().st_mode), path.read_text()) == (mode, "new")


def test_new_file_can_be_read_by_all(tmp_path: Path) -> None:
    write_file(tmp_path / "a.txt", "new")
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o644


def test_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.txt").write_text("old")
    (tmp_path / "a.txt").symlink_to("real/a.txt")
    write_file(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").is_symlink()
    assert (tmp_path / "real" / "a.txt").read_text() == "new"


@pytest.mark.parametrize("target", ["missing/a.txt", "file/a.txt", "folder", "loop"])
def test_target_that_cannot_be_written_is_named_in_both_languages(tmp_path: Path, target: str) -> None:
    (tmp_path / "file").write_text("old")
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(ProjectError) as caught:
        write_file(tmp_path / target, "new")
    assert caught.value.code == "E-FILE-WRITE"
    assert caught.value.message["en"].startswith(f"{tmp_path / target}: cannot be written (")
    assert caught.value.message["zh-Hant"].startswith(f"{tmp_path / target}:無法寫入(")
    assert sorted(child.name for child in tmp_path.iterdir()) == ["file", "folder", "loop"]
    assert list((tmp_path / "folder").iterdir()) == []


# A child that writes a file again and again; its first line on standard output says that it began.
WRITER = """
import sys
from pathlib import Path
from kgtool.write.files import write_file
path = Path(sys.argv[1])
print(flush=True)
while True:
    for letter in "ab":
        write_file(path, letter * 3_000_000)
"""


def test_kill_at_any_moment_leaves_the_old_file_or_the_new_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_file(path, "a" * 3_000_000)
    whole = {hash(letter * 3_000_000) for letter in "ab"}
    leftovers = 0
    for attempt in range(20):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
        ) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(0.002 * attempt)
            child.kill()
            assert child.wait() == -signal.SIGKILL
        assert hash(path.read_text()) in whole
        for other in tmp_path.iterdir():
            if other != path:
                leftovers += 1
                assert other.name.startswith(".a.txt."), (
                    "what a killed write leaves behind is hidden and named after its target"
                )
                other.unlink()
    assert leftovers, "no kill came in the middle of a write: the attempts prove nothing"


FULL = """
import resource, signal, sys
from pathlib import Path
from kgtool.errors import ProjectError
from kgtool.write.files import write_file
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
try:
    write_file(Path(sys.argv[1]), "b" * 100_000)
except ProjectError as error:
    print(error.code)
"""


def test_disk_that_is_full_leaves_the_old_file_whole_and_nothing_beside_it(tmp_path: Path) -> None:
    """A limit of the process's file sizes stands for the disk: the write fails in the middle in the same way."""
    path = tmp_path / "a.txt"
    path.write_text("a" * 50_000)
    done = subprocess.run(
        [sys.executable, "-c", FULL, path],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == (b"E-FILE-WRITE\n", 0), done.stderr
    assert path.read_text() == "a" * 50_000
    assert [child.name for child in tmp_path.iterdir()] == ["a.txt"]
