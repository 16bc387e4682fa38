"""A difference in words: text for a person, Markdown for a pull request, JSON for a program. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kgtool.diff.changes import Changed, Difference, Fate
from kgtool.errors import Texts, texts
from kgtool.finding import Finding
from kgtool.lang import pick
from kgtool.terms import RDF

_TYPE = RDF + "type"
_FATES: Mapping[Fate, Texts] = {
    Fate.ADDED: texts(zh="新增", en="added"), Fate.REMOVED: texts(zh="移除", en="removed"),
    Fate.CHANGED: texts(zh="變更", en="changed"), Fate.RENAMED: texts(zh="更名", en="renamed"),
    Fate.MERGED: texts(zh="合併", en="merged"), Fate.WITHDRAWN: texts(zh="撤回", en="withdrawn"),
}  # fmt: skip
_SIGNS = {Fate.ADDED: "+", Fate.CHANGED: "~"}
_NO_GRAVE = texts(zh="未留墓碑(owl:deprecated)", en="no tombstone was left (owl:deprecated)")
_LITERAL = re.compile(r'"((?:[^"\\]++|\\.)*+)"(?:@([A-Za-z0-9-]+)|\^\^<[^>]*>)?', re.DOTALL)
_IRI = re.compile(r"<([^<>]*)>")
_LONGEST = 160


def as_text(difference: Difference, language: str) -> str:
    """One line an entity, its changed properties below it; counts at the end."""
    out = []
    for changed in difference.entities:
        out.append(f"{_SIGNS.get(changed.fate, '-')} {_headline(difference, changed, language)}")
        out += [f"    {line}" for line in _properties(difference, changed, language)]
    for heading, lines in _sections(difference, language):
        out += ["", heading, *(f"  {line}" for line in lines)]
    return "\n".join([*out, _totals(difference, language)]) + "\n"


def as_markdown(difference: Difference, language: str) -> str:
    """For a pull request: a heading, a list of entities, then findings and answers."""
    chinese = language != "en"
    out = [f"### {'圖譜之變更' if chinese else 'What changes in the graph'}", "", _totals(difference, language), ""]
    for changed in difference.entities:
        out.append(f"- {_escaped(_headline(difference, changed, language))}")
        out += [f"  - {_escaped(line)}" for line in _properties(difference, changed, language)]
    for heading, lines in _sections(difference, language):
        out += ["", f"#### {heading}", "", *(f"- {_escaped(line)}" for line in lines)]
    return "\n".join(out).rstrip() + "\n"


def as_json(difference: Difference) -> str:
    """All of it, with IRIs and with words in every language that the labels have."""

    def entity(changed: Changed) -> dict[str, Any]:
        return {
            "iri": changed.iri, "fate": str(changed.fate), "labels": dict(_labels(difference, changed.iri)),
            "into": list(changed.into),
            "removed": {name: list(values) for name, values in changed.less.items()},
            "added": {name: list(values) for name, values in changed.more.items()},
        }  # fmt: skip

    def finding(found: Finding) -> dict[str, Any]:
        return {"rule": found.rule, "file": found.place.path, "focus": found.focus, "message": dict(found.message)}

    table: dict[str, Any] = {
        "before": difference.before.name, "after": difference.after.name,
        "counts": {str(fate): count for fate, count in difference.counts.items()},
        "entities": [entity(changed) for changed in difference.entities],
    }  # fmt: skip
    if difference.new is not None and difference.fixed is not None:
        table["findings"] = {"new": [*map(finding, difference.new)], "fixed": [*map(finding, difference.fixed)]}
    if difference.answers is not None:
        table["answers"] = {name: {"added": more, "removed": less} for name, (more, less) in difference.answers.items()}
    return json.dumps(table, ensure_ascii=False, indent=1) + "\n"


def _labels(difference: Difference, iri: str) -> Mapping[str, str]:
    return difference.after.labels.get(iri) or difference.before.labels.get(iri) or {}


def _name(difference: Difference, iri: str, language: str) -> str:
    labels = _labels(difference, iri)
    return pick(labels, language) if labels else difference.after.curies.short(iri).strip("<>")


def _headline(difference: Difference, changed: Changed, language: str) -> str:
    """`added: visit “…” (evt:x)`, and what a tombstone says."""
    chinese = language != "en"
    row = difference.after.entities.get(changed.iri, {}) or difference.before.entities.get(changed.iri, {})
    types = row.get(_TYPE) or difference.before.entities.get(changed.iri, {}).get(_TYPE, frozenset())
    kind = _value(difference, min(types), language) if types else ""
    short = difference.after.curies.short(changed.iri).strip("<>")
    name = _name(difference, changed.iri, language)
    shown = short if name == short else f"「{name}」({short})" if chinese else f"“{name}” ({short})"
    said = f"{pick(_FATES[changed.fate], language)}{':' if chinese else ': '}{kind}{'' if chinese or not kind else ' '}{shown}"
    if changed.into:
        said += " → " + "、".join(
            f"{_name(difference, one, language)} ({difference.after.curies.short(one).strip('<>')})"
            for one in changed.into
        )
    if changed.fate is Fate.REMOVED:
        said += f"{'；' if chinese else '; '}{pick(_NO_GRAVE, language)}"
    return said


def _properties(difference: Difference, changed: Changed, language: str) -> Iterator[str]:
    """`date: 2013-09 → 2013-09-09`; for what is gone as a whole nothing, for what is new its values."""
    if changed.fate not in {Fate.ADDED, Fate.CHANGED}:
        return
    for name in sorted({*changed.less, *changed.more}, key=lambda name: _name(difference, name, language)):
        if name == _TYPE and changed.fate is Fate.ADDED:
            continue
        old, new = (
            ", ".join(_value(difference, value, language) for value in side.get(name, ()))
            for side in (changed.less, changed.more)
        )
        mark = ":" if language != "en" else ": "
        yield f"{_name(difference, name, language)}{mark}" + (
            f"{old} → {new}" if old and new else f"− {old}" if old else f"+ {new}"
        )


def _value(difference: Difference, value: str, language: str) -> str:
    """A term as a reader wants it: a label, a text with its language, or the content of a blank node."""
    literal = _LITERAL.fullmatch(value)
    if literal:
        text = json.loads(f'"{_json_escapes(literal[1])}"')
        return _cut(text) + (f" [{literal[2]}]" if literal[2] else "")
    if value.startswith("<") and value.endswith(">") and "<" not in value[1:]:
        return _name(difference, value[1:-1], language)
    return _cut(_IRI.sub(lambda found: _name(difference, found[1], language), value))


def _json_escapes(text: str) -> str:
    """N-Triples escapes that JSON does not have, as those that it has."""
    return (
        re.sub(r"\\U([0-9A-Fa-f]{8})", lambda found: chr(int(found[1], 16)), text)
        .replace("\t", "\\t")
        .replace("\x7f", "\\u007f")
    )


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _sections(difference: Difference, language: str) -> Iterator[tuple[str, Sequence[str]]]:
    chinese = language != "en"
    new, fixed = ("新出現之發現", "已解決之發現") if chinese else ("New findings", "Fixed findings")
    for heading, found in ((new, difference.new), (fixed, difference.fixed)):
        if found:
            yield heading, [f"{one.rule} {one.place.path}: {pick(one.message, language)}" for one in found]
    if difference.answers:
        heading = "結果有變之查詢" if chinese else "Queries whose answers change"
        unit = "列" if chinese else " rows"
        yield heading, [f"{name}: +{more} −{less}{unit}" for name, (more, less) in difference.answers.items()]


def _totals(difference: Difference, language: str) -> str:
    said = [
        f"{pick(_FATES[fate], language)} {count}" if language != "en" else f"{count} {pick(_FATES[fate], language)}"
        for fate, count in difference.counts.items() if count
    ]  # fmt: skip
    if not said:
        return "沒有差異" if language != "en" else "no difference"
    return ("、" if language != "en" else ", ").join(said)


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is, and in which nobody is mentioned and no HTML stands."""
    return re.sub(r"([\\`*_\[\]<>|#@~])", r"\\\1", text)
