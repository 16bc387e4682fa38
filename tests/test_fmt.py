"""The formatter: one layout, the same meaning, no comment lost, on every Turtle file there is and on random ones."""

from __future__ import annotations

import os
import string
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT, Ran, shared
from hypothesis import given, settings
from hypothesis import strategies as st

from kgtool.turtle import Kind, tokens
from kgtool.write.layout import layout

_FORMATS = {".ttl": ox.RdfFormat.TURTLE, ".trig": ox.RdfFormat.TRIG}
_EXAMPLES = 3000 if os.environ.get("KGTOOL_FULL") else 300


def _files(folder: Path) -> list[Path]:
    return sorted(path for suffix in _FORMATS for path in folder.rglob(f"*{suffix}") if ".venv" not in path.parts)


def _canonical(text: str, form: ox.RdfFormat) -> list[str] | None:
    """The quads with canonical blank-node labels, None when the text does not parse.

    RDFC-1.0 in pyoxigraph 0.5 recurses and dies on a list of 20,000 items, so a graph of that size is compared with its
    blank nodes numbered as they come (asking for more: the same order too).
    """
    try:
        quads = list(ox.parse(text.encode("utf-8"), format=form, base_iri="http://base.example/"))
    except SyntaxError:
        return None
    if len(quads) <= 5000:
        dataset = ox.Dataset(quads)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        return sorted(map(str, dataset))
    numbers: dict[str, str] = {}
    rows = ([str(quad.subject), str(quad.predicate), str(quad.object), str(quad.graph_name)] for quad in quads)
    return [
        " ".join(numbers.setdefault(t, f"_:{len(numbers)}") if t.startswith("_:") else t for t in row) for row in rows
    ]


def _comments(text: str) -> Counter[str]:
    return Counter(token.text.rstrip() for token in tokens(text) if token.kind is Kind.COMMENT)


def _problem(text: str, form: ox.RdfFormat) -> str:
    """What is wrong with a text's layout: "" when nothing is."""
    after = layout(text)
    if layout(after) != after:
        return "not idempotent"
    if _comments(after) != _comments(text.removeprefix("\ufeff")):
        return "a comment was lost or changed"
    if _canonical(after, form) != _canonical(text, form):
        return "the meaning changed"
    return ""


def _check_all(paths: list[Path]) -> int:
    seen = 0
    for path in paths:
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            continue
        if len(text) > 300_000 or _canonical(text, _FORMATS[path.suffix]) is None:
            continue
        seen += 1
        assert _problem(text, _FORMATS[path.suffix]) == "", path
    return seen


def test_every_file_of_the_project_keeps_its_meaning_and_comments() -> None:
    assert _check_all(_files(ROOT)) > 200


def test_every_file_of_the_public_suites_keeps_its_meaning_and_comments() -> None:
    assert _check_all(_files(shared())) > 150


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("# only a comment", "# only a comment\n"),
        ("<a:s>   <a:p>\t<a:o>.", "<a:s> <a:p> <a:o> .\n"),
        ("<a:s> <a:p> 1,2 ;a <a:T>.", "<a:s> <a:p> 1 , 2 ; a <a:T> .\n"),
        ("<a:s> <a:p> <a:o> ;; .", "<a:s> <a:p> <a:o> .\n"),
        ("<a:s> a <a:T> ;\n<a:p> 1 ,\n2 .\r\n", "<a:s> a <a:T> ;\n  <a:p> 1 ,\n    2 .\n"),
        ("<a:s> <a:p> [a <a:T>;<a:q> 1] .", "<a:s> <a:p> [ a <a:T> ; <a:q> 1 ] .\n"),
        ("<a:s> <a:p> [] , () .", "<a:s> <a:p> [] , () .\n"),
        ("<a:s> <a:p> (1 2\n3) .", "<a:s> <a:p> ( 1 2\n    3 ) .\n"),
        ('<a:s> <a:p> "x"@zh-Hant , "1"^^<a:t> .', '<a:s> <a:p> "x"@zh-Hant , "1"^^<a:t> .\n'),
        ("@prefix b: <b:> .\n@prefix a: <a:> .\na:s a a:T .", "@prefix a: <a:> .\n@prefix b: <b:> .\na:s a a:T .\n"),
        ("PREFIX b: <b:>\nPREFIX a: <a:>\na:s a a:T .", "PREFIX a: <a:>\nPREFIX b: <b:>\na:s a a:T .\n"),
        ("@prefix a: <a:> .\n@prefix a: <b:> .\n", "@prefix a: <a:> .\n@prefix a: <b:> .\n"),
        ("# top\nPREFIX b: <b:>\nPREFIX a: <a:>\n# below\n", "# top\nPREFIX a: <a:>\nPREFIX b: <b:>\n# below\n"),
        ("PREFIX b: <b:>\nPREFIX a: <a:> # of a\n", "PREFIX b: <b:>\nPREFIX a: <a:>  # of a\n"),
        (
            "PREFIX c: <c:>\n# of b\nPREFIX b: <b:>\nPREFIX a: <a:>\n",
            "PREFIX c: <c:>\n# of b\nPREFIX b: <b:>\nPREFIX a: <a:>\n",
        ),
        ("PREFIX b: <b:>\nPREFIX # of a\na: <a:>\n", "PREFIX b: <b:>\nPREFIX  # of a\n  a: <a:>\n"),
        ("PREFIX b: <b:>\nPREFIX a: <a:>\n# end\nBASE <c:>\n", "PREFIX a: <a:>\nPREFIX b: <b:>\n# end\nBASE <c:>\n"),
        ("<a:s> <a:p> 1 # one\n; # two\n.", "<a:s> <a:p> 1  # one\n  # two\n  .\n"),
        ("<a:s> <a:p> 1 # one\n; # two\n a <a:T> .", "<a:s> <a:p> 1  # one\n  ;  # two\n  a <a:T> .\n"),
        ("<a:s> <a:p> 1 . # why\n\n\n\n<a:t> <a:p> 2 .", "<a:s> <a:p> 1 .  # why\n\n<a:t> <a:p> 2 .\n"),
        ('<a:s> <a:p> """two\r\nlines""" .', '<a:s> <a:p> """two\r\nlines""" .\n'),
        ("\ufeff<a:s> a <a:T> .", "<a:s> a <a:T> .\n"),
    ],
)
def test_the_layout_is_this(before: str, after: str) -> None:
    assert layout(before) == after


def test_trig_blocks_are_indented_and_kept() -> None:
    text = "@prefix : <a:> .\n:g {:s :p 1 . :t :p 2}\nGRAPH :h { :u :p [ :q 3 ] . }"
    after = layout(text)
    assert _canonical(after, ox.RdfFormat.TRIG) == _canonical(text, ox.RdfFormat.TRIG)
    assert layout(after) == after


_name = st.text(string.ascii_lowercase, min_size=1, max_size=4)
_literal = st.one_of(
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters='"\\\r\n'), max_size=8).map(
        lambda t: f'"{t}"'
    ),
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="'\\"), max_size=8).map(
        lambda t: f"'''{t}\n'''"
    ),
    st.sampled_from(['"x"@en', '"高"@zh-Hant', '"1"^^a:t', "1", "-2.5", "1e3", "true", '"a # b"', '"." ']),
)
_node = st.recursive(
    st.one_of(
        _name.map(lambda n: f"a:{n}"),
        _name.map(lambda n: f"_:{n}"),
        _name.map(lambda n: f"<http://e.example/{n}#x>"),
        _literal,
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "(" + " ".join(items) + ")"),
        st.lists(st.tuples(_name, inner), max_size=2).map(
            lambda items: "[" + ";".join(f" a:{n} {o}" for n, o in items) + "]"
        ),
    ),
    max_leaves=8,
)
_gap = st.sampled_from([" ", "\n", "\n\n\n", "\t", " # note\n", "\r\n", "\n  # own line\n"])


@st.composite
def _documents(draw: st.DrawFn) -> str:
    out = ["@prefix a: <http://a.example/> .\n"]
    for _ in range(draw(st.integers(0, 4))):
        subject = draw(
            st.one_of(
                _name.map(lambda n: f"a:{n}"), _name.map(lambda n: f"_:{n}"), st.just("[ a:x 1 ]"), st.just("( 1 )")
            )
        )
        parts = [subject, draw(_gap)]
        for number in range(draw(st.integers(1, 3))):
            parts += [draw(_gap), ";", draw(_gap)] if number else []
            parts += [draw(st.sampled_from(["a:p", "a", "<http://e.example/p>"])), draw(_gap)]
            objects = draw(st.lists(_node, min_size=1, max_size=3))
            for position, item in enumerate(objects):
                parts += [draw(_gap), ",", draw(_gap)] if position else []
                parts.append(item)
        out += ["".join(parts), draw(_gap), ".", draw(_gap)]
    return "".join(out)


@settings(max_examples=_EXAMPLES, deadline=None)
@given(_documents())
def test_random_turtle_keeps_its_meaning_and_comments(text: str) -> None:
    if _canonical(text, ox.RdfFormat.TURTLE) is not None:
        assert _problem(text, ox.RdfFormat.TURTLE) == ""


@settings(max_examples=_EXAMPLES, deadline=None)
@given(st.text())
def test_tokens_joined_are_the_text_again(text: str) -> None:
    assert "".join(token.text for token in tokens(text)) == text


def test_a_superfluous_semicolon_behind_a_string_changes_no_meaning(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    folder = make_project({"data/a.ttl": '<a:s> <a:p> [ <a:q> "x" ; ] , [ <a:q> ( "x" [ <a:q> "x" ;; ] ) ; ] ; .'})
    assert kgtool("fmt", folder) == Ran(0, "data/a.ttl\n", "")
    text = '<a:s> <a:p> [ <a:q> "x" ] , [ <a:q> ( "x" [ <a:q> "x" ] ) ] .\n'
    assert (folder / "data/a.ttl").read_text() == text


def test_fmt_writes_only_what_changes_and_check_writes_nothing(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    folder = make_project({"data/a.ttl": "<a:s>   a <a:T> .", "data/b.ttl": "<a:s> a <a:T> .\n"})
    untouched = (folder / "data/b.ttl").stat().st_mtime_ns
    assert kgtool("fmt", "--check", folder) == Ran(1, "data/a.ttl\n", "")
    assert (folder / "data/a.ttl").read_text() == "<a:s>   a <a:T> ."
    shown = kgtool("fmt", "--diff", folder)
    assert (shown.status, "-<a:s>   a <a:T> ." in shown.out, "+<a:s> a <a:T> ." in shown.out) == (1, True, True)
    assert kgtool("fmt", folder) == Ran(0, "data/a.ttl\n", "")
    assert (folder / "data/a.ttl").read_text() == "<a:s> a <a:T> .\n"
    assert (folder / "data/b.ttl").stat().st_mtime_ns == untouched
    assert kgtool("fmt", "--check", folder) == Ran(0, "", "")


@pytest.mark.parametrize(
    "text",
    [
        "<a:s>   a <a:T> .",
        "<a:s>   a <a:T> .\n",
        "<a:s>\r\n a\r\n <a:T>\r\n .",
        "<a:s>\r a <a:T>\r .\r",
        '<a:s>   <a:p> "one\u2028two\x0cthree\x85four" .\n# \x1c\u2029\n<a:t> a <a:T> .',
        "\ufeff<a:s> a <a:T> .\n\n",
        "\n\n",
        "<a:s> a <a:T> .\n" * 9 + "<a:t>   a <a:T> .\n" + "<a:u> a <a:T> .\n" * 9 + " ",
    ],
)
def test_the_difference_is_one_that_patch_takes(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran], text: str
) -> None:
    folder = make_project({"data/a.ttl": text})
    shown = kgtool("fmt", "--diff", folder)
    subprocess.run(
        ["git", "apply", "-p0", "--whitespace=nowarn", "-"], cwd=folder, input=shown.out.encode("utf-8"), check=True
    )
    assert (folder / "data/a.ttl").read_bytes().decode("utf-8") == layout(text)
    assert kgtool("fmt", "--diff", folder) == Ran(0, "", "")


def test_fmt_takes_a_byte_order_mark_away_and_what_check_says_of_it(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    marked, broken = b"\xef\xbb\xbf<a:s> a <a:T> .\n", b"\xef\xbb\xbf<a:s> a .\n"
    folder = make_project({"data/a.ttl": marked, "data/b.ttl": broken})
    assert (kgtool("fmt", "--check", folder / "data/a.ttl").status, (folder / "data/a.ttl").read_bytes()) == (1, marked)
    assert kgtool("fmt", folder / "data/a.ttl") == Ran(0, "data/a.ttl\n", "")
    assert (folder / "data/a.ttl").read_bytes() == b"<a:s> a <a:T> .\n"
    assert kgtool("fmt", "--check", folder / "data/a.ttl") == Ran(0, "", "")
    ran = kgtool("fmt", folder)
    assert (ran.status, "KG001" in ran.err, "KG009" in ran.err) == (1, True, False)
    assert (folder / "data/b.ttl").read_bytes() == broken


def test_fmt_leaves_a_broken_file_alone_and_says_where(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    folder = make_project({"data/a.ttl": "<a:s>   a <a:T> .\n<a:s> a ."})
    ran = kgtool("fmt", folder, "--lang", "en")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("data/a.ttl:2:9: KG001 syntax error: ")
    assert (folder / "data/a.ttl").read_text() == "<a:s>   a <a:T> .\n<a:s> a ."


def test_the_project_itself_is_laid_out(kgtool: Callable[..., Ran]) -> None:
    assert kgtool("fmt", "--check", "--project", ROOT) == Ran(0, "", "")


def test_fmt_says_so_when_a_path_is_not_there(make_project: Callable[..., Path], kgtool: Callable[..., Ran]) -> None:
    """Passed over, a slip in a list of files would look like a pass; a file of another kind is no slip."""
    loose = "<a:s>   a <a:T> ."
    folder = make_project({"data/a.ttl": loose, "data/b.nt": "<a:s> <a:p> <a:o> .\n", "other.ttl": loose})
    for path, code in (("data/none.ttl", "E-PATH-NONE"), ("../other.ttl", "E-PATH-OUTSIDE")):
        for arguments in (("--check", "data/a.ttl", path), ("data/a.ttl", path)):
            ran = kgtool("fmt", *arguments, cwd=folder)
            assert (ran.status, ran.out, code in ran.err) == (2, "", True)
        assert (folder / "data/a.ttl").read_text() == loose
    assert kgtool("fmt", "--check", "data/b.nt", "other.ttl", cwd=folder) == Ran(0, "", "")
    assert kgtool("fmt", "data/b.nt", "data", cwd=folder) == Ran(0, "data/a.ttl\n", "")
