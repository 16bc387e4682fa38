"""File, line and column of a finding, over a generated corpus that knows where everything stands."""

from __future__ import annotations

import os
import random
import re
import sys
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kgtool.finding import Place
from kgtool.load import load
from kgtool.locate import Locator
from kgtool.project import ProjectFile
from kgtool.turtle import Blocks, Lines

_DOCUMENTS = 600 if os.environ.get("KGTOOL_FULL") else 90
_XSD = "http://www.w3.org/2001/XMLSchema#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


@dataclass
class _Writer:
    """Text being written, and the place of each term: line and column are counted here, not by the program."""

    random: random.Random
    end: str
    out: list[str] = field(default_factory=list)
    line: int = 1
    column: int = 1
    number: int = 0
    prefix: str = "http://one.example/"
    # (subject, predicate, object in N-Triples form) to the object's place; subjects and predicates to their first place
    objects: dict[tuple[str, str, str], tuple[int, int]] = field(default_factory=dict)
    subjects: dict[str, tuple[int, int]] = field(default_factory=dict)

    def put(self, text: str) -> tuple[int, int]:
        """Write a text and return where its first code point stands."""
        here = self.line, self.column
        self.out.append(text)
        lines = text.split("\r\n" if self.end == "\r\n" else self.end)
        self.line += len(lines) - 1
        self.column = len(lines[-1]) + 1 + (self.column - 1 if len(lines) == 1 else 0)
        return here

    def gap(self) -> None:
        self.put(
            self.random.choice(
                [
                    " ",
                    "  ",
                    "\t",
                    self.end,
                    f"{self.end}  ",
                    f' # 註解 <a:b> "x" 𠮷{self.end}',
                    f"{self.end}{self.end} ",
                ]
            )
        )

    def fresh(self) -> int:
        self.number += 1
        return self.number

    def iri(self) -> tuple[str, str]:
        """A new IRI as (text, IRI)."""
        n = self.fresh()
        form = self.random.randrange(4)
        if form == 0:
            return f"<http://full.example/{n}#x>", f"http://full.example/{n}#x"
        if form == 1:
            return f"p:高雄{n}", f"{self.prefix}高雄{n}"
        if form == 2:
            return f"p:a{n}\\-b.c", f"{self.prefix}a{n}-b.c"
        return f"p:{n}", f"{self.prefix}{n}"

    def literal(self) -> tuple[str, str]:
        """A new literal as (text, N-Triples form)."""
        n = self.fresh()
        e = self.end.replace("\r", "\\r").replace("\n", "\\n")
        return self.random.choice([
            (f'"{n}"', f'"{n}"'),
            (f"'{n} # no comment'", f'"{n} # no comment"'),
            (f'"𠮷{n}"@zh-Hant', f'"𠮷{n}"@zh-hant'),
            (f'"""{n}{self.end}"two" lines{self.end}."""', f'"{n}{e}\\"two\\" lines{e}."'),
            (f'"\\u9AD8{n}\\t"', f'"高{n}\\t"'),
            (f'"{n}"^^<{_XSD}date>', f'"{n}"^^<{_XSD}date>'),
            (f"{n}", f'"{n}"^^<{_XSD}integer>'),
            (f"-{n}.50", f'"-{n}.50"^^<{_XSD}decimal>'),
            (f"{n}e0", f'"{n}e0"^^<{_XSD}double>'),
        ])  # fmt: skip

    def verb(self) -> tuple[str, str]:
        return self.random.choice(
            [
                ("a", _RDF + "type"),
                ("p:verb", f"{self.prefix}verb"),
                ("<http://full.example/verb>", "http://full.example/verb"),
            ]
        )

    def predicates(self, subject: str | None, depth: int) -> None:
        """A predicate list; objects of a subject with an IRI are recorded."""
        for number in range(self.random.randint(1, 3)):
            if number:
                self.gap()
                self.put(";")
                if self.random.random() < 0.2:
                    self.put(" ;")
            self.gap()
            text, verb = self.verb()
            self.put(text)
            for position in range(self.random.randint(1, 3)):
                if position:
                    self.gap()
                    self.put(",")
                self.gap()
                self.value(subject, verb, depth)

    def value(self, subject: str | None, verb: str, depth: int) -> None:
        form = self.random.randrange(8) if depth < 3 else self.random.randrange(5)
        if form < 3:
            text, key = self.literal()
            here = self.put(text)
        elif form < 5:
            text, iri = self.iri()
            key = f"<{iri}>"
            here = self.put(text)
        elif form < 7:
            self.put("[")
            if form == 5:
                self.predicates(None, depth + 1)
                self.gap()
            self.put("]")
            return
        else:
            self.put("(")
            for _ in range(self.random.randint(0, 3)):
                self.gap()
                self.value(None, "", depth + 1)
            self.gap()
            self.put(")")
            return
        if subject is not None:
            self.objects.setdefault((subject, verb, key), here)

    def statement(self) -> None:
        if self.random.random() < 0.2:
            self.put("[")
            self.predicates(None, 2)
            self.put(" ]")
            if self.random.random() < 0.5:
                self.predicates(None, 2)
        else:
            text, iri = self.iri()
            self.subjects.setdefault(iri, self.put(text))
            self.predicates(iri, 0)
        self.gap()
        self.put(".")
        self.gap()

    def document(self) -> str:
        self.put(f"@prefix p: <{self.prefix}> .{self.end}")
        for _ in range(self.random.randint(2, 6)):
            if self.random.random() < 0.2:
                self.prefix = f"http://other{self.fresh()}.example/"
                self.put(f"{self.end}PREFIX p: <{self.prefix}>{self.end}")
            self.statement()
        return "".join(self.out)


def _locator(folder: Path, text: str, large: int = 1 << 30) -> Locator:
    path = folder / "doc.ttl"
    path.write_bytes(text.encode("utf-8"))
    dataset = load([ProjectFile("data/doc.ttl", path, "data")])
    assert not [one for one in dataset.findings if one.rule != "KG009"], dataset.findings  # a BOM is a warning
    return Locator(dataset, large)


@pytest.mark.parametrize("large", [1 << 30, 0], ids=["whole", "by blocks"])
def test_every_statement_of_the_corpus_is_found_where_it_stands(tmp_path: Path, large: int) -> None:
    asked = 0
    for seed in range(_DOCUMENTS):
        writer = _Writer(random.Random(seed), ["\n", "\r\n", "\r"][seed % 3])
        text = writer.document()
        locator = _locator(tmp_path, text, large)
        for (subject, verb, value), here in writer.objects.items():
            assert locator.place(subject, verb, value) == Place("data/doc.ttl", *here), (seed, subject, verb, value)
            asked += 1
        for subject, here in writer.subjects.items():
            assert locator.place(subject) == Place("data/doc.ttl", *here), (seed, subject)
            asked += 1
    print(f"{asked} places, seeds 0 to {_DOCUMENTS - 1}")
    assert asked >= 500


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        ("<a:s> <a:p> [ <a:q> 7 ] .", ("_:0", "a:q", '"7"^^<' + _XSD + "integer>"), (1, 21)),
        ("_:x <a:q>\n _:y .\n_:y <a:q> 1 .", ("_:1", "a:q", ""), (3, 5)),
        ("<a:s> <a:p> <a:o> .", ("a:s", "a:none", ""), (1, 1)),
        ("<a:s> <a:p> <a:o> .", ("a:s", "a:p", "<a:none>"), (1, 7)),
        ("@base <http://b.example/> .\n<s> <p> <o> .", ("http://b.example/s", "http://b.example/p", ""), (2, 5)),
        ("\ufeff<a:s> <a:p> <a:o> .", ("a:s", "a:p", "<a:o>"), (1, 13)),
    ],
)
def test_what_is_missing_points_at_what_is_there(
    tmp_path: Path, text: str, question: tuple[str, str, str], answer: tuple[int, int]
) -> None:
    locator = _locator(tmp_path, text)
    subject = question[0]
    if subject.startswith("_:"):
        nodes = sorted({str(q.subject) for q in locator._dataset.quads() if str(q.subject).startswith("_:")})
        subject = nodes[int(subject[2:])]
    assert locator.place(subject, *question[1:]) == Place("data/doc.ttl", *answer)


def test_a_subject_that_no_file_describes_has_no_place(tmp_path: Path) -> None:
    assert _locator(tmp_path, "<a:s> <a:p> <a:o> .").place("a:other") == Place("")


def test_places_behind_a_syntax_error_are_still_right(tmp_path: Path, make_project: Callable[..., Path]) -> None:
    path = (
        make_project({"data/a.ttl": "<a:s> <a:p> 1 .\n<a:s> a .\n<a:lost> a <a:T> .\n<a:s> <a:p>\n  2 .\n"})
        / "data/a.ttl"
    )
    locator = Locator(load([ProjectFile("data/a.ttl", path, "data")]))
    integer = f"^^<{_XSD}integer>"
    assert locator.place("a:s", "a:p", f'"1"{integer}') == Place("data/a.ttl", 1, 13)
    assert locator.place("a:s", "a:p", f'"2"{integer}') == Place("data/a.ttl", 5, 3)


def test_trig_and_n_quads_have_places_too(tmp_path: Path) -> None:
    for name, text, answer in (
        ("a.trig", "@prefix : <a:> .\n:g { :s :p 1 .\n :t :p 2 }\nGRAPH :h { :u :p [ :q 3 ] }", (3, 2)),
        ("a.nq", '<a:x> <a:p> "1" <a:g> .\n# c\n<a:t> <a:p> "2" <a:g> .', (3, 1)),
        ("a.nt", '<a:x> <a:p> "1" .\n\n<a:t> <a:p> "2" .', (3, 1)),
    ):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        dataset = load([ProjectFile(name, path, "data")])
        assert not dataset.findings
        assert Locator(dataset).place("a:t") == Place(name, *answer), name


_BLOCKS = [
    ("a dot inside a name", "@prefix p: <a:> .\np:x p:y p:z.w . p:k p:y 1 .", "a:k", (2, 17)),
    ("an escaped dot and comma", "@prefix p: <a:> .\np:x p:y p:z\\,.w\\. . p:k p:y 1 .", "a:k", (2, 21)),
    (
        "a number that begins with its dot",
        "@prefix p: <a:> .\np:x p:y .5 , 1.5 , 1.e0 , 5. p:k p:y 1 .",
        "a:k",
        (2, 30),
    ),
    ("no space behind a dot", "<a:x> <a:y> <a:z>.<a:k> <a:y> 1 .", "a:k", (1, 19)),
    (
        "quotes and comments that hold dots",
        '<a:x> <a:y> "a. b" , """c. "d" .""" . # <a:k> .\n<a:k> <a:y> 1 .',
        "a:k",
        (2, 1),
    ),
    ("a prefix declared anew", "PREFIX p: <a:>\np:k p:y 1 .\nPREFIX p: <b:>\np:k p:y 2 .", "b:k", (4, 1)),
    ("a base", "BASE <http://b.example/a/>\n<k> <y> 1 .", "http://b.example/a/k", (2, 1)),
    ("a comment inside a directive", "@prefix # one\n p: <a:> .\np:k p:y 1 .", "a:k", (3, 1)),
    ("an escape in an IRI", "<a:\\u006B> <a:y> 1 .", "a:k", (1, 1)),
]


@pytest.mark.parametrize(("text", "subject", "place"), [row[1:] for row in _BLOCKS], ids=[row[0] for row in _BLOCKS])
def test_a_text_read_by_blocks_gives_the_place_that_the_whole_text_gives(
    tmp_path: Path, text: str, subject: str, place: tuple[int, int]
) -> None:
    for large in (0, 1 << 30):
        assert _locator(tmp_path, text, large).place(subject) == Place("data/doc.ttl", *place)


def test_blocks_tell_every_statement_of_the_corpus_apart() -> None:
    """Without this a place would still be found, by reading the whole text."""
    for seed in range(_DOCUMENTS):
        writer = _Writer(random.Random(seed), ["\n", "\r\n", "\r"][seed % 3])
        text = writer.document()
        blocks, lines = Blocks(), Lines(text)
        for (subject, verb, value), here in writer.objects.items():
            found = blocks.statements(text, f"<{subject}>")
            spots = [lines.place(one.object_at) for one in found if one.predicate == f"<{verb}>"]
            assert here in spots, (seed, subject, verb, value)


def test_many_subjects_are_found_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Statements that were put in order of their subjects, against those that are looked through, some taken in turns."""
    made = random.Random(11)
    lines = []
    for _ in range(300):
        space = made.choice("ab")
        lines.append(
            made.choice([f"PREFIX p: <{space}:>", *[f"p:k{made.randrange(40)} p:y {made.randrange(9)} ."] * 12])
        )
    text = "\n".join(["PREFIX p: <a:>", *lines, "<a:last> <a:y> 1 ."])
    subjects = [f"<{space}:k{number}>" for space in "ab" for number in range(41)] + ["<a:last>", "<b:last>"]
    few = {subject: [one.subject_at for one in Blocks().statements(text, subject)] for subject in subjects}
    assert sum(map(len, few.values())) == sum(line.startswith("p:k") for line in lines) + 1
    monkeypatch.setattr(sys.modules[Blocks.__module__], "_AT_ONCE", 7)
    for many, segment in ((1, 3), (5, 7), (40, 1000), (10**6, 7)):
        monkeypatch.setattr(sys.modules[Blocks.__module__], "_MANY", many)
        monkeypatch.setattr(sys.modules[Blocks.__module__], "_SEGMENT", segment)
        blocks = Blocks()
        taken = {subject: blocks.statements(text, subject) for subject in made.sample(subjects, len(subjects))}
        found: dict[str, list[int]] = {subject: [] for subject in subjects}
        while taken:
            subject = made.choice(list(taken))
            one = next(taken[subject], None)
            if one is None:
                del taken[subject]
            else:
                found[subject].append(one.subject_at)
        assert found == few, (many, segment)


def test_a_search_for_many_subjects_does_not_look_through_all_statements_for_each() -> None:
    class Counted(array):  # type: ignore[type-arg]
        looked = 0

        def index(self, value: int, start: int = 0, stop: int = sys.maxsize) -> int:  # type: ignore[override]
            Counted.looked += stop - start
            return super().index(value, start, stop)

    count = 5000
    text = "".join(f"<a:{number}> <a:y> 1 .\n" for number in range(count))
    blocks = Blocks()
    blocks._hashes = Counted("q")
    for number in range(count - 1, -1, -1):
        (one,) = blocks.statements(text, f"<a:{number}>")
        assert one.subject == f"<a:{number}>"
    assert 0 < Counted.looked < 200 * count


def test_lines_are_counted_as_they_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against a list of all ends; pieces so small that each end falls on their edges somewhere."""
    monkeypatch.setattr(sys.modules[Lines.__module__], "_PIECE", 3)
    made = random.Random(7)
    for _ in range(400):
        text = "".join(made.choices(["\n", "\r", "\r\n", "a", "文", "\U0001f600"], k=made.randrange(14)))
        starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
        lines = Lines(text)
        for offset in range(len(text) + 1):
            line = sum(start <= offset for start in starts)
            assert lines.place(offset) == (line, offset - starts[line - 1] + 1), (text, offset)
