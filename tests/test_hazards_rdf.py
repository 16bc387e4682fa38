"""The hazard corpus, RDF kinds: every file ends as tests/hazards/EXPECT.tsv says, within bounds, touching nothing else."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

HAZARDS = ROOT / "tests" / "hazards"
KINDS = ("turtle", "trig", "ntriples", "nquads", "jsonld", "rdfxml")
SECONDS, MEBIBYTES = 20, 2048
CANARY = 18977  # where every address in the corpus points
SETTINGS = 'accept = ["jsonld", "rdfxml"]\n'

# A word of EXPECT.tsv to the rules that stand for it.
RULES: dict[str, frozenset[str]] = {
    word: frozenset(codes.split())
    for word, codes in {
        "syntax-error": "KG001 KG003 KG004 KG005 KG011 KG012",
        "limit": "KG006",
        "bad-iri": "KG012",
        "bad-lang": "KG600",
        "bad-list": "KG026",
        "big-literal": "KG008",
        "bom": "KG009",
        "compat-char": "KG018",
        "control-char": "KG017",
        "cycle": "KG154",
        "dup-id": "KG028",
        "dup-key": "KG027",
        "dup-prefix": "KG024",
        "ill-typed": "KG020",
        "lang-case": "KG601",
        "mixed-script": "KG014",
        "not-nfc": "KG015",
        "personal-data": "KG703",
        "prefix-hijack": "KG025",
        "rdf12": "KG010",
        "relative-iri": "KG011",
        "suspicious-year": "KG022",
        "unknown-datatype": "KG021",
        "unsafe-scheme": "KG013",
        "": "KG001 KG003 KG023",  # `error` and `warn` without a word: an encoding that is none; legal and unusual values
    }.items()
}
# EXPECT.tsv counts the header of this file one line short: the collection stands in line 5.
CORRECTED = {"turtle/cyclic-list.ttl": "error:bad-list@5"}
# Rules of other families that speak of the same thing: the reasoner takes a literal's text as it stands.
BESIDE = {"turtle/legal-whitespace-int.ttl": {"KG101"}}
_PREFIXES = (
    "@prefix : <http://example.org/kg/> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
)
_DEEP = 100_000
_LONG = 1 << 22
_XML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'


def _described(attributes: str) -> str:
    return f'{_XML}<rdf:Description rdf:about="http://e/a"{attributes}/></rdf:RDF>'


# Files above 64 KB, which the corpus names and leaves to its readers to make.
GENERATED: dict[str, Callable[[], str]] = {
    "turtle/deep-bnode-100k.ttl": lambda: _PREFIXES + ":a :p " + "[ :p " * _DEEP + ":b" + " ]" * _DEEP + " .\n",
    "turtle/deep-collection-100k.ttl": lambda: _PREFIXES + ":a :p " + "(" * _DEEP + ")" * _DEEP + " .\n",
    "turtle/giant-literal-1mb.ttl": lambda: _PREFIXES + f':a rdfs:label "{"x" * (1 << 20)}" .\n',
    "trig/deep-100k.trig": lambda: _PREFIXES + ":g { :a :p " + "[ :p " * _DEEP + ":b" + " ]" * _DEEP + " }\n",
    "jsonld/deep-100k.jsonld": lambda: '{"@id": "http://e/a", "http://e/n": ' + "[" * _DEEP + "]" * _DEEP + "}",
    "jsonld/deep-objects-100k.jsonld": lambda: '{"http://e/n": ' * _DEEP + "1" + "}" * _DEEP,
    "rdfxml/deep-100k.rdf": lambda: (
        f'<?xml version="1.0"?>\n{_XML}'
        + "<rdf:Description><e:p>" * (_DEEP // 2) + "</e:p></rdf:Description>" * (_DEEP // 2) + "</rdf:RDF>"
    ),
    "rdfxml/quadratic-blowup.rdf": lambda: (
        f'<?xml version="1.0"?>\n<!DOCTYPE r [<!ENTITY x "{"a" * 100_000}">]>\n{_XML}\n'
        '<rdf:Description rdf:about="http://e/a"><e:p>' + "&x;" * 10_000 + "</e:p></rdf:Description></rdf:RDF>"
    ),
    # Not in EXPECT.tsv: what killed pyoxigraph's parsers when measured.
    "turtle/deep-triple-term-100k.ttl": lambda: _PREFIXES + ":a :p " + "<<( :a :p " * _DEEP + ":b" + " )>>" * _DEEP + " .\n",
    "ntriples/deep-triple-term-100k.nt": lambda: "<x:a> <x:p> " + "<<( <x:a> <x:p> " * _DEEP + "<x:b>" + " )>>" * _DEEP + " .\n",
    # What the program's own patterns went back over at 200 bytes a character.
    "turtle/long-string.ttl": lambda: _PREFIXES + f':a :p """{"[x" * _LONG}""" .\n',
    "turtle/long-percents.ttl": lambda: _PREFIXES + f':a :p "http://e/{"%41" * _LONG}"^^xsd:anyURI .\n',
    "turtle/long-base64.ttl": lambda: _PREFIXES + f':a :p "{"abcd" * (_LONG - 9)}"^^xsd:base64Binary .\n',
    "jsonld/long-string.jsonld": lambda: f'{{"@id": "http://e/a", "http://e/p": "{"[" * _LONG}"}}',
    # What their buffer does not hold.
    "turtle/longest-string.ttl": lambda: _PREFIXES + f':a :p 1 .\n:a :p "{"abcd" * _LONG}" .\n',
    "turtle/longest-comment.ttl": lambda: _PREFIXES + f"#{'abcd' * _LONG}\n:a :p 1 .\n",
    "ntriples/longest-iri.nt": lambda: f"<http://e/a> <http://e/p> <http://e/{'abcd' * _LONG}> .\n",
    "jsonld/longest-string.jsonld": lambda: f'{{"@id": "http://e/a",\n"http://e/p": "{"abcd" * _LONG}"}}',
    # Each term defined by the next killed pyoxigraph too; all by one other did not.
    "jsonld/chained-terms.jsonld": lambda: json.dumps(
        {"@context": {f"t{n}": f"t{n + 1}:x" for n in range(_DEEP)}, "@id": "http://e/a", "t0:p": 1}
    ),
    "jsonld/terms-in-a-circle.jsonld": lambda: json.dumps(
        {"@context": [{f"t{n}": {"@id": f"t{(n + 1) % _DEEP}:x"} for n in range(_DEEP)}], "@id": "http://e/a", "t0:p": 1}
    ),
    "jsonld/terms-of-one.jsonld": lambda: json.dumps(
        {"@context": {"e": "http://e/", **{f"t{n}": f"e:{n}" for n in range(_DEEP)}}, "@id": "http://e/a", "t9": 1, "t7": 2}
    ),
    # It compares each attribute of an element, and each namespace, with all others: 100,000 took half a minute.
    "rdfxml/attributes-100k.rdf": lambda: _described("".join(f' e:p{n}="x"' for n in range(_DEEP))),
    "rdfxml/attributes-900.rdf": lambda: _described("".join(f' e:p{n}="x"' for n in range(900))),
    "rdfxml/namespaces-100k.rdf": lambda: _described("".join(f' xmlns:n{n}="http://e/"' for n in range(_DEEP))),
    "rdfxml/namespaces-one-by-one.rdf": lambda: (
        _XML + "".join(f'<n:A xmlns:n="http://e/{n}/" rdf:about="http://e/a"/>' for n in range(2000)) + "</rdf:RDF>"
    ),
    "turtle/deep-behind-strings.ttl": lambda: _PREFIXES + ':a rdfs:label """]]]\n"]""" ; :p ' + '[ :q "]" ; :p ' * _DEEP + ":b .\n",
}  # fmt: skip
OWN = {
    "turtle/deep-triple-term-100k.ttl": "limit",
    "ntriples/deep-triple-term-100k.nt": "limit",
    "turtle/deep-behind-strings.ttl": "limit",
    "turtle/long-string.ttl": "accept:1+warn:big-literal",
    "turtle/long-percents.ttl": "accept:1+warn:big-literal",
    "turtle/long-base64.ttl": "accept:1+warn:big-literal",
    "jsonld/long-string.jsonld": "accept:1+warn:big-literal",
    "turtle/longest-string.ttl": "error:limit@5",
    "turtle/longest-comment.ttl": "error:limit@4",
    "ntriples/longest-iri.nt": "error:limit@1",
    "jsonld/longest-string.jsonld": "error:limit@2",
    "jsonld/chained-terms.jsonld": "limit",
    "jsonld/terms-in-a-circle.jsonld": "limit",
    "jsonld/terms-of-one.jsonld": "accept:2",
    "rdfxml/attributes-100k.rdf": "limit",
    "rdfxml/attributes-900.rdf": "accept:900",
    "rdfxml/namespaces-100k.rdf": "limit",
    "rdfxml/namespaces-one-by-one.rdf": "accept:2000",
}


@dataclass(frozen=True)
class Row:
    """A file of the corpus and how it must end."""

    name: str
    expected: str


def rows() -> tuple[Row, ...]:
    lines = (HAZARDS / "EXPECT.tsv").read_text(encoding="utf-8").splitlines()[1:]
    found = [line.split("\t") for line in lines]
    listed = [Row(name, CORRECTED.get(name, expected)) for name, kind, expected, _ in found if kind in KINDS]
    return (*listed, *(Row(name, expected) for name, expected in OWN.items()))


def _stem(name: str) -> str:
    return name.replace("/", "--")


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Every row's outcome by name; `connections` is how many reached the canary's port."""
    top = tmp_path_factory.mktemp("hazards")
    for row in rows():
        folder = top / _stem(row.name)
        (folder / "data").mkdir(parents=True)
        (folder / "kgtool.toml").write_text(SETTINGS, encoding="utf-8")
        target = folder / "data" / Path(row.name).name
        if row.name in GENERATED:
            target.write_text(GENERATED[row.name](), encoding="utf-8")
        else:
            shutil.copy(HAZARDS / row.name, target)
    with socket.socket() as canary:
        canary.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        canary.bind(("127.0.0.1", CANARY))
        canary.listen()
        canary.settimeout(0.1)
        done = subprocess.run(
            [sys.executable, str(HAZARDS / "run_check.py"), str(top), str(SECONDS), str(MEBIBYTES)],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        connections = 0
        while True:
            try:
                canary.accept()[0].close()
            except TimeoutError:
                break
            connections += 1
    found = {one["name"]: one for one in map(json.loads, done.stdout.splitlines())}
    return {row.name: {**found[_stem(row.name)], "connections": connections} for row in rows()}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.name)
def test_hostile_file_ends_as_expected(row: Row, outcomes: dict[str, dict[str, Any]]) -> None:
    end = outcomes[row.name]
    assert end["status"] == 0, f"ended by status {end['status']} after {end['seconds']:.1f} s"
    assert end["touched"] == []
    assert end["connections"] == 0
    for code, _, _, english, chinese in end["findings"]:
        assert english, code
        assert chinese, code
    beside = BESIDE.get(row.name, set())
    wrong = _difference(row.expected, {**end, "findings": [one for one in end["findings"] if one[0] not in beside]})
    assert not wrong, f"{row.expected}: {wrong}\n{end['triples']} triples, {end['findings']}"


def _difference(expected: str, end: dict[str, Any]) -> str:
    """What of an expectation is not so, "" when all of it is."""
    if expected in {"no-network", "no-file-read"}:
        return ""  # asserted of every row
    errors = [one for one in end["findings"] if one[1] == "error"]
    warnings = [one for one in end["findings"] if one[1] == "warning"]
    found = re.fullmatch(r"(?:accept(?::(\d+))?)?(?:\+?(warn)(?::([a-z0-9-]+))?(?:@(\S+))?)?", expected)
    if found and expected:
        count, warn, word, lines = found.groups()
        if errors:
            return "an error"
        if count is not None and end["triples"] != int(count):
            return f"{end['triples']} triples"
        return _missing(warnings, word or "", lines) if warn else ("a warning" if warnings else "")
    word, _, lines = expected.removeprefix("error:").partition("@")
    return _missing(errors, "" if word == "error" else word, lines)


def _missing(findings: list[list[Any]], word: str, lines: str | None) -> str:
    rules = RULES[word]
    first, _, last = (lines or "").partition("-")
    for code, _, line, *_ in findings:
        if code in rules and (not lines or int(first) <= line <= int(last or first)):
            return ""
    return f"no {'/'.join(sorted(rules))}" + (f" in line {lines}" if lines else "")


def test_corpus_is_whole(outcomes: dict[str, dict[str, Any]]) -> None:
    present = {path.relative_to(HAZARDS).as_posix() for kind in KINDS for path in (HAZARDS / kind).iterdir()}
    assert present | GENERATED.keys() == {row.name for row in rows()}
    assert max(one["seconds"] for one in outcomes.values()) < SECONDS
    assert max(one["rss"] for one in outcomes.values()) < MEBIBYTES


@pytest.mark.parametrize("name", ["jsonld/script-breakout.jsonld", "rdfxml/namespace-entities.rdf"])
def test_json_ld_and_rdf_xml_are_off_unless_the_project_accepts_them(
    name: str, make_project: Callable[..., Path], kgtool: Callable[..., Any]
) -> None:
    file = Path(name).name
    folder = make_project({f"data/{file}": (HAZARDS / name).read_bytes()})
    found = json.loads(kgtool("check", "--format", "json", "--project", folder).out)["findings"]
    assert [(one["rule"], one["severity"]) for one in found] == [("KG007", "warning")]
