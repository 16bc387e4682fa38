"""KG606, KG607, KG700 to KG703: what leads nowhere, what is one thing twice, what has no name, what is private."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import pyoxigraph as ox
from msgspec import Struct

from kgtool.checks.context import Inputs, Outcome
from kgtool.checks.statements import Use, finding, iri_of, uses
from kgtool.errors import texts
from kgtool.finding import Finding, Severity
from kgtool.index import Index
from kgtool.lang import canonical
from kgtool.terms import CD, RDF, RDFS, SCHEMA, SKOS

_TYPE = RDF + "type"
_LABELS = (SKOS + "prefLabel", RDFS + "label")
_IDENTIFIERS = (SCHEMA + "sameAs", SKOS + "exactMatch")
_PERSONS = (CD + "Person", SCHEMA + "Person", "http://xmlns.com/foaf/0.1/Person")
_FOAF = "http://xmlns.com/foaf/0.1/"
# What is nobody's business of a person in a published graph.
_PRIVATE = (
    *(SCHEMA + name for name in ("telephone", "email", "faxNumber", "birthDate", "taxID", "address", "homeLocation", "gender")),
    *(_FOAF + name for name in ("mbox", "phone", "birthday", "gender")),
)  # fmt: skip


class _Data(Struct, frozen=True):
    """The project as codes.

    Attributes:
        subjects: IRIs under the project's base that a statement describes, in order of first mention.
        unknown: those under the base that no statement describes.
        pointed: every node that a statement points at, rdf:type aside.
        types: a subject's classes.
    """

    subjects: tuple[int, ...]
    unknown: tuple[int, ...]
    pointed: frozenset[int]
    types: dict[int, tuple[int, ...]]


def check_links(inputs: Inputs) -> Outcome:
    """Findings about the resources of the project's `base`; counts them. Cost: linear in statements."""
    data = _data(inputs)
    findings = [
        *_dangling(inputs, data), *_shared(inputs), *_orphans(inputs, data), *_labels(inputs, data), *_private(inputs, data)
    ]  # fmt: skip
    return Outcome(tuple(findings), len(data.subjects))


def _data(inputs: Inputs) -> _Data:
    index = inputs.index
    base = str(inputs.project["base"])
    described: set[int] = set()
    pointed: set[int] = set()
    type_code = index.iri(_TYPE)
    for predicate in index.predicates:
        subjects, objects = index.column(predicate)
        described.update(subjects)
        if predicate != type_code:
            pointed.update(objects)
    nodes = (code for code, term in enumerate(index.terms) if isinstance(term, ox.NamedNode)) if base else ()
    ours = [code for code in nodes if index.terms[code].value.startswith(base)]  # type: ignore[union-attr]
    known = tuple(code for code in ours if code in described)
    unknown = tuple(code for code in ours if code not in described and iri_of(index.terms[code]) != base)
    types = index.forward(type_code)
    return _Data(known, unknown, frozenset(pointed), {one: types.get(one, ()) for one in known})


def _dangling(inputs: Inputs, data: _Data) -> Iterator[Finding]:
    """IRIs under the project's base that a statement points at and no file describes."""
    index = inputs.index
    for code, statements in (uses(index, data.unknown) if data.unknown else {}).items():
        short = inputs.curies.short(iri_of(index.terms[code]))
        message = texts(
            zh=f"{short} 無任何檔案描述;請補其檔案,或更正拼寫。",
            en=f"no file describes {short}; add its dossier, or correct the spelling.",
        )
        for use in statements:
            yield finding(inputs, "KG700", Severity.WARNING, message, use)


def _shared(inputs: Inputs) -> Iterator[Finding]:
    """One entry outside that two resources claim to be."""
    index = inputs.index
    base = str(inputs.project["base"])
    for name in _IDENTIFIERS:
        predicate = index.iri(name)
        for value, subjects in index.backward(predicate).items():
            ours = [one for one in subjects if not base or iri_of(index.terms[one]).startswith(base)]
            if len(ours) < 2 or (base and iri_of(index.terms[value]).startswith(base)):
                continue
            short = [inputs.curies.short(iri_of(index.terms[one])) for one in ours]
            for position, one in enumerate(ours[1:], 1):
                message = texts(zh=f"{short[position]} 與 {short[0]} 指向同一外部條目;若為同一對象請合併,否則更正其一。",
                                en=f"{short[position]} and {short[0]} point at one entry outside; "
                                "make them one, or correct one.")  # fmt: skip
                yield finding(inputs, "KG701", Severity.WARNING, message, Use("object", one, predicate, value))


def _orphans(inputs: Inputs, data: _Data) -> Iterator[Finding]:
    index = inputs.index
    alone = [
        one for one in data.subjects if not data.types[one] and one not in data.pointed and iri_of(index.terms[one])
    ]
    found = uses(index, alone, 0) if alone else {}
    for one in alone:
        short = inputs.curies.short(iri_of(index.terms[one]))
        message = texts(
            zh=f"{short} 沒有類別,也沒有任何敘述指向它。", en=f"{short} has no class, and nothing points at it."
        )
        yield finding(inputs, "KG702", Severity.WARNING, message, found[one][0])


def _labels(inputs: Inputs, data: _Data) -> Iterator[Finding]:
    """Resources whose label lacks one of the project's languages, or that have none where their class has one."""
    index = inputs.index
    languages = {one.lower(): one for one in inputs.project["languages"]}
    codes = [code for name in _LABELS if (code := index.iri(name)) >= 0]
    tags, tagged = _tags(index, codes)
    persons = {index.iri(name) for name in _PERSONS} - {-1}
    # Few sets of languages and few sets of classes: each is judged once.
    lacking = [() if "" in one else tuple(tag for low, tag in languages.items() if low not in one) for one in tagged]
    expected = _mostly_named(data, tags)
    for one, types in data.types.items():
        if one not in tags:
            if types in expected:
                yield _unnamed(inputs, one, types)
        elif lacking[tags[one]] and not persons.intersection(types):
            label = next(code for code in codes if index.objects(one, code))
            yield _lacking(inputs, one, label, lacking[tags[one]])


def _mostly_named(data: _Data, tags: Mapping[int, int]) -> frozenset[tuple[int, ...]]:
    """The sets of classes with a class most of whose members have a label."""
    total, named = Counter(data.types.values()), Counter(types for one, types in data.types.items() if one in tags)
    every, labelled = Counter[int](), Counter[int]()
    for types, count in total.items():
        for kind in types:
            every[kind] += count
            labelled[kind] += named[types]
    return frozenset(types for types in total if any(labelled[kind] * 2 > every[kind] for kind in types))


def _tags(index: Index, predicates: list[int]) -> tuple[dict[int, int], list[frozenset[str]]]:
    """A subject to the number of the set of its labels' languages ("" for none), and those sets: few, however many labels."""
    sets, numbers = [frozenset[str]()], {frozenset[str](): 0}
    grown: dict[tuple[int, str], int] = {}
    tags: dict[int, int] = {}
    for predicate in predicates:
        for one, value in zip(*index.column(predicate), strict=True):
            tag = getattr(index.terms[value], "language", None) or ""
            step = (tags.get(one, 0), tag)
            if step not in grown:
                grown[step] = numbers.setdefault(sets[step[0]] | {tag}, len(sets))
                sets += [sets[step[0]] | {tag}] if grown[step] == len(sets) else []
            tags[one] = grown[step]
    return tags, sets


def _lacking(inputs: Inputs, one: int, label: int, lacking: tuple[str, ...]) -> Finding:
    listed = ", ".join(f"@{canonical(tag)}" for tag in lacking)
    use = Use("object", one, label, inputs.index.objects(one, label)[0])
    message = texts(
        zh=f"名稱缺 {listed}(設定 languages 所列)。", en=f"the label lacks {listed}, which the setting languages lists."
    )
    return finding(inputs, "KG606", Severity.INFO, message, use)


def _unnamed(inputs: Inputs, one: int, types: tuple[int, ...]) -> Finding:
    index = inputs.index
    kind = inputs.curies.short(iri_of(index.terms[types[0]]))
    use = Use("subject", one, index.iri(_TYPE), types[0])
    message = texts(
        zh=f"沒有名稱;其他 {kind} 多有 skos:prefLabel。",
        en=f"it has no label; most of its class ({kind}) have a skos:prefLabel.",
    )
    return finding(inputs, "KG607", Severity.INFO, message, use)


def _private(inputs: Inputs, data: _Data) -> Iterator[Finding]:
    """Telephone, address, birth date and the like of a person, or of something that is not said to be anything else."""
    index = inputs.index
    persons = {index.iri(name) for name in _PERSONS} - {-1}
    types = index.forward(index.iri(_TYPE))
    for name in _PRIVATE:
        predicate = index.iri(name)
        short = inputs.curies.short(name)
        for subject, values in index.forward(predicate).items():
            kinds = types.get(subject, ())
            if kinds and not persons.intersection(kinds):
                continue
            message = texts(zh=f"{short} 是個人資料,不得公開;請移除,或改記其職務之聯絡方式。",
                            en=f"{short} is personal data and must not be published; remove it, or give the office's instead.")  # fmt: skip
            yield finding(inputs, "KG703", Severity.WARNING, message, Use("object", subject, predicate, values[0]))
