"""Mutations of the clean fictional project: one triple dropped or altered, and whether some check notices.

`KGTOOL_FULL=1` runs 300 mutants, else the first 30 of them; `KGTOOL_REGENERATE=1` beside it rewrites docs/mutation.md.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import itertools
import os
import random
import re
from collections.abc import Iterator, Mapping

import pyoxigraph as ox
import pytest
from conftest import ROOT, WANGJIN

from kgtool.check import read_inputs
from kgtool.checks import Inputs
from kgtool.checks.dates import check_dates
from kgtool.checks.evidence import check_evidence
from kgtool.checks.hygiene import check_hygiene
from kgtool.checks.profile import check_profile
from kgtool.checks.queries import check_queries
from kgtool.checks.reasoning import check_reasoning
from kgtool.checks.shapes import check_shapes
from kgtool.finding import Finding
from kgtool.load import Dataset
from kgtool.project import open_project
from kgtool.terms import RDF, XSD
from kgtool.write.curie import Curies
from kgtool.write.results import n3

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
SEED = 20211231
PER_KIND = 60
FULL = bool(os.environ.get("KGTOOL_FULL"))
REGENERATE = bool(os.environ.get("KGTOOL_REGENERATE"))
PAGE = ROOT / "docs" / "mutation.md"
FLOOR = 0.78
CD = "https://w3id.org/city-diplomacy/ns#"
TYPE = ox.NamedNode(RDF + "type")
NUMBERS = {XSD + "integer", XSD + "decimal"}
YEAR = re.compile(r"[0-9]{4}")
# The cheapest first: a mutant is killed by the first family that finds something new. Syntax cannot change here.
FAMILIES = (
    check_evidence, check_profile, check_dates, check_hygiene, check_reasoning, check_shapes, check_queries,
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Mutant:
    """One triple of the data, and what takes its place (None: nothing)."""

    kind: str
    before: ox.Quad
    after: ox.Quad | None


def with_object(quad: ox.Quad, value: ox.NamedNode | ox.Literal) -> ox.Quad:
    return ox.Quad(quad.subject, quad.predicate, value, quad.graph_name)


def year_later(quad: ox.Quad) -> Iterator[ox.Quad]:
    """A date, or an EDTF text of a property that has bounds, a year later; 29 February does not occur."""
    value = quad.object
    if not isinstance(value, ox.Literal):
        return
    edtf = quad.predicate.value.removeprefix(CD) in {
        "when",
        "started",
        "ended",
        "validUntil",
        "attested",
        "established",
        "due",
        "period",
    }
    if edtf or value.datatype.value == XSD + "date":
        moved = YEAR.sub(lambda year: str(int(year[0]) + 1), value.value)
        yield with_object(quad, ox.Literal(moved, datatype=value.datatype))


def other_tag(quad: ox.Quad) -> Iterator[ox.Quad]:
    value = quad.object
    if isinstance(value, ox.Literal) and value.language:
        tag = "zh-Hant" if value.language == "en" else "en"
        yield with_object(quad, ox.Literal(value.value, language=tag))


def other_number(quad: ox.Quad) -> Iterator[ox.Quad]:
    value = quad.object
    if isinstance(value, ox.Literal) and value.datatype.value in NUMBERS:
        whole, dot, rest = value.value.partition(".")
        yield with_object(quad, ox.Literal(f"{int(whole) + 1}{dot}{rest}", datatype=value.datatype))


def candidates(inputs: Inputs, draw: random.Random) -> dict[str, list[Mutant]]:
    """Every mutant of each kind, in the order of the files."""
    data = list(inputs.dataset.quads("data"))
    classes: Mapping[object, list[object]] = collections.defaultdict(list)
    members: Mapping[object, list[ox.NamedNode]] = collections.defaultdict(list)
    for quad in inputs.dataset.quads("ontology", "data"):
        if quad.predicate == TYPE and isinstance(quad.subject, ox.NamedNode):
            classes[quad.subject].append(quad.object)
            members[quad.object].append(quad.subject)
    out: dict[str, list[Mutant]] = {kind: [] for kind in ("drop", "date", "swap", "tag", "number")}
    for quad in data:
        out["drop"].append(Mutant("drop", quad, None))
        out["date"] += [Mutant("date", quad, after) for after in year_later(quad)]
        out["tag"] += [Mutant("tag", quad, after) for after in other_tag(quad)]
        out["number"] += [Mutant("number", quad, after) for after in other_number(quad)]
        same = [] if quad.predicate == TYPE else [
            other for cls in classes.get(quad.object, [])[:1] for other in members[cls] if other != quad.object
        ]  # fmt: skip
        if same:
            out["swap"].append(Mutant("swap", quad, with_object(quad, draw.choice(same))))
    return out


def mutants(inputs: Inputs) -> list[Mutant]:
    """Sixty of each kind, the kinds in turn."""
    draw = random.Random(SEED)
    chosen = [draw.sample(found, PER_KIND) for found in candidates(inputs, draw).values()]
    return [mutant for five in zip(*chosen, strict=True) for mutant in five]


def changed(inputs: Inputs, mutant: Mutant) -> Inputs:
    """The project with that one change."""
    name = str(mutant.before.graph_name)[1:-1]
    graphs = {file: tuple(inputs.dataset.of_file(file)) for file in inputs.dataset.files}
    file = next(file for file in graphs if file.graph == name)
    place = graphs[file].index(mutant.before)
    after = [mutant.after] if mutant.after else []
    graphs[file] = (*graphs[file][:place], *after, *graphs[file][place + 1 :])
    dataset = Dataset.of(graphs, inputs.dataset.findings)
    return Inputs(inputs.project, dataset, inputs.catalog, inputs.today, inputs.curies)


def keys(findings: tuple[Finding, ...]) -> set[tuple[str, ...]]:
    return {(f.rule, f.source, f.fingerprint) for f in findings}


def killer(inputs: Inputs, clean: Mapping[str, set[tuple[str, ...]]]) -> str:
    """The rule or shape of the first new finding; "" where the mutant survives."""
    for family in FAMILIES:
        new = keys(family(inputs).findings) - clean[family.__name__]
        if new:
            rule, source, *_ = min(new)
            return f"{rule} {source}"
    return ""


BOUNDS = re.compile(r"(earliest|latest|Earliest|Latest|Start|End)$")
# Why nothing can notice, by what was changed: (kinds, properties or "" for all, reason). The first that fits is the reason.
REASONS: tuple[tuple[set[str], str, str], ...] = (
    (
        {"drop", "swap"},
        "evidence",
        "one of several passages, or another passage: what a passage proves is a reader's judgement",
    ),
    (
        {"drop", "tag"},
        "prefLabel altLabel summary editorialNote title participantGroup",
        "words in a language: one variant less, or text whose language no rule can tell",
    ),
    (
        {"drop"},
        "supersedes signingEvent establishes renews partOf possiblyPartOf listedIn possiblyListedIn fulfilledBy",
        "an optional link: without it the graph says less, and nothing false",
    ),
    ({"drop"}, "", "an optional property or type: without it the graph says less, and nothing false"),
    ({"number"}, "start end", "the end of a section, moved into the blank line before the next one"),
    ({"swap"}, "", "another thing of the right class: only the source can say which one is meant"),
    ({"tag"}, "", "a form as a source writes it: no rule can tell its language"),
    ({"number"}, "latitude longitude", "a coordinate inside the range: only the dataset can say which one is meant"),
    ({"number"}, "", "a number inside the range: only the source can say which one is meant"),
    ({"date"}, "retrieved", "a day of retrieval: nothing else in the graph depends on it"),
    ({"date"}, "", "a date that no other date in the graph depends on"),
)  # fmt: skip


def reason(mutant: Mutant) -> str:
    local = re.split(r"[#/]", mutant.before.predicate.value)[-1]
    return next(why for kinds, names, why in REASONS if mutant.kind in kinds and (not names or local in names.split()))


def shown(curies: Curies, mutant: Mutant) -> str:
    def short(term: object) -> str:
        if isinstance(term, ox.NamedNode):
            return curies.short(term.value)
        if isinstance(term, ox.Literal):
            return n3(term) if term.language else term.value
        return "[]"

    quad = mutant.before
    text = f"{short(quad.subject)} {short(quad.predicate)} {short(quad.object)}"
    text = text if len(text) <= 120 else text[:119] + "…"
    return f"`{text}`" + (f" → `{short(mutant.after.object)[:80]}`" if mutant.after else "")


NAMES = {
    "drop": "a triple dropped", "date": "a date moved by a year", "swap": "an object swapped for another of its class",
    "tag": "a language tag changed", "number": "a number raised by one",
}  # fmt: skip


def page(curies: Curies, outcomes: list[tuple[Mutant, str]]) -> str:
    killed = [outcome for outcome in outcomes if outcome[1]]
    lines = [
        "# Mutation test",
        "",
        "One triple of the clean fictional project in `tests/projects/wangjin` is dropped or altered; a mutant is killed when",
        f"some check family finds what it did not find before. {len(killed)} of {len(outcomes)} mutants are killed,",
        f"{100 * len(killed) / len(outcomes):.1f} %, with the seed {SEED}. Made by",
        "`KGTOOL_FULL=1 KGTOOL_REGENERATE=1 python -m pytest tests/test_mutation.py`.",
        "",
        "| mutation | mutants | killed |",
        "|---|---|---|",
    ]
    for kind, name in NAMES.items():
        mine = [rule for mutant, rule in outcomes if mutant.kind == kind]
        lines.append(f"| {name} | {len(mine)} | {sum(map(bool, mine))} |")
    lines += ["", "## Killed by", "", "| rule | mutants |", "|---|---|"]
    by_rule = collections.Counter(rule.split()[0] for _, rule in killed)
    lines += [f"| {rule} | {count} |" for rule, count in sorted(by_rule.items(), key=lambda item: (-item[1], item[0]))]
    lines += ["", "## Survivors, and why", ""]
    lost = sorted(((reason(mutant), shown(curies, mutant)) for mutant, rule in outcomes if not rule))
    for why, group in itertools.groupby(lost, key=lambda item: item[0]):
        texts = [text for _, text in group]
        lines += [f"### {why[0].upper()}{why[1:]} ({len(texts)})", "", *(f"- {text}" for text in texts), ""]
    return "\n".join(lines).rstrip() + "\n"


@pytest.fixture(scope="module")
def outcomes() -> tuple[Inputs, list[tuple[Mutant, str]]]:
    inputs = read_inputs(open_project(WANGJIN, {}, {}), NOW)
    clean = {family.__name__: keys(family(inputs).findings) for family in FAMILIES}
    chosen = mutants(inputs)[: None if FULL else 30]
    print(f"seed {SEED}, {len(chosen)} mutants")
    return inputs, [(mutant, killer(changed(inputs, mutant), clean)) for mutant in chosen]


def test_share_of_mutants_that_some_check_kills_is_at_least_the_floor(
    outcomes: tuple[Inputs, list[tuple[Mutant, str]]],
) -> None:
    inputs, found = outcomes
    share = sum(bool(rule) for _, rule in found) / len(found)
    survivors = "\n".join(shown(inputs.curies, mutant) for mutant, rule in found if not rule)
    assert share >= FLOOR, f"{share:.3f} of {len(found)}; survivors:\n{survivors}"


@pytest.mark.skipif(not FULL, reason="the page lists all 300 mutants: KGTOOL_FULL=1")
def test_page_lists_every_survivor_with_its_reason(outcomes: tuple[Inputs, list[tuple[Mutant, str]]]) -> None:
    inputs, found = outcomes
    text = page(inputs.curies, found)
    if REGENERATE:
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text


def test_no_bound_of_a_date_survives_a_year(outcomes: tuple[Inputs, list[tuple[Mutant, str]]]) -> None:
    survivors = [mutant for mutant, rule in outcomes[1] if mutant.kind == "date" and not rule]
    assert [m for m in survivors if BOUNDS.search(m.before.predicate.value)] == []
