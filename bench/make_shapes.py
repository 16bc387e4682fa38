"""Data of any size for bench/shapes.py, with violations seeded so that each gives exactly one result.

A block is a small world (a city, its government, people, events, agreements, claims: about 150 triples) that refers to
the block before it. One statement in a thousand is spoilt: fault after fault of `FAULTS`, each at a place of its own.
`expected.tsv` lists what a validator must find: shape, constraint component, focus node.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

KG, ID = "http://kg.example/onto#", "http://kg.example/id/"
PREFIXES = (
    f"@prefix k: <{KG}> .\n@prefix : <{ID}> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
)
SHAPES = Path(__file__).resolve().parent / "shapes.ttl"
Entity = dict[str, list[str]]
Block = dict[str, Entity]


def _day(year: int, number: int) -> str:
    return f'"{year}-{number % 12 + 1:02}-{number % 28 + 1:02}"^^xsd:date'


def _labels(kind: str, number: int) -> list[str]:
    return [f'"{kind} {number}"@en', f'"{kind}之{number}"@zh-Hant']


def _persons(n: int) -> Iterator[tuple[str, Entity]]:
    for p in range(5):
        i = n * 5 + p
        person: Entity = {
            "a": ["k:Person"], "rdfs:label": _labels("Person", i), "k:birthDate": [_day(1930 + i % 60, i)],
            "k:email": [f'"person{i}@mail.example"'], "k:gender": [f'"{("f", "m", "x")[i % 3]}"'],
            "k:homeCity": [f":city{n}"], "k:homepage": [f"<http://people.example/{i}>"],
            "k:knows": [f":person{max(i - 1, 0)}"],
        }  # fmt: skip
        if p == 0:
            person["k:deathDate"] = [_day(2000 + i % 20, i)]
        yield f"person{i}", person
        yield f"membership{i}", {
            "a": ["k:Membership"], "k:member": [f":person{i}"], "k:organization": [f":government{n}"],
            "k:role": [f'"Role {i % 40}"'], "k:startsOn": [_day(2001, i)], "k:endsOn": [_day(2005 + i % 9, i)],
        }  # fmt: skip


def _agreements(n: int) -> Iterator[tuple[str, Entity]]:
    for a in range(2):
        i = n * 2 + a
        yield f"agreement{i}", {
            "a": ["k:Agreement"], "rdfs:label": _labels("Agreement", i), "k:hostCity": [f":city{n}"],
            "k:guestCity": [f":city{n - 1 if n else 1}"], "k:signedOn": [_day(2010, i)], "k:expiresOn": [_day(2030, i)],
            "k:status": ['"active"'], "k:field": [f":concept{i % 40}"],
            "k:signatory": [f":person{n * 5}", f":person{n * 5 + 1}"], "k:document": [f":document{n}"],
        }  # fmt: skip
        yield f"claim{i}", {
            "a": ["k:Claim"], "k:about": [f":agreement{i}"], "k:source": [f":document{n}"],
            "k:confidence": [f'"0.{i % 9 + 1}"^^xsd:decimal'], "k:statedOn": [_day(2012, i)],
        }  # fmt: skip


def _events(n: int) -> Iterator[tuple[str, Entity]]:
    for e in range(2):
        i = n * 2 + e
        yield f"event{i}", {
            "a": ["k:Event"], "rdfs:label": _labels("Event", i), "k:startsOn": [_day(2013, i)], "k:endsOn": [_day(2014, i)],
            "k:venue": [f":city{n}"], "k:attendance": [f'"{i % 5000}"^^xsd:integer'],
        }  # fmt: skip
        yield f"participation{i}", {
            "a": ["k:Participation"], "k:event": [f":event{i}"], "k:participant": [f":person{n * 5 + e}"],
            "k:capacity": [f'"{("speaker", "guest")[e]}"'],
        }  # fmt: skip


def block(n: int) -> Block:
    """One block: local name of an entity to its properties."""
    made: Block = {
        f"city{n}": {
            "a": ["k:City"], "rdfs:label": _labels("City", n), "k:country": [f":country{n % 200}"],
            "k:population": [f'"{n * 7 % 9_000_000}"^^xsd:integer'], "k:code": [f'"C{n:07}"'],
            "k:latitude": [f'"{n % 90}.5"^^xsd:decimal'], "k:longitude": [f'"{n % 180}.25"^^xsd:decimal'],
            "k:within": [f":place{n}"],
        },
        f"place{n}": {"a": ["k:Place"], "rdfs:label": _labels("Place", n), "k:within": [f":place{n // 8}"]},
        f"government{n}": {
            "a": ["k:Government"], "rdfs:label": _labels("Government", n), "k:jurisdiction": [f":city{n}"],
            "k:founded": [f'"{1800 + n % 200}"^^xsd:gYear'], "k:website": [f'"http://gov{n}.example/"^^xsd:anyURI'],
        },
        f"document{n}": {
            "a": ["k:Document"], "k:title": [f'"Document {n}"@en'], "k:sha256": [f'"{n:064x}"'],
            "k:publisher": [f":government{n}"], "k:byteSize": [f'"{n % 100_000 + 1}"^^xsd:integer'],
        },
        f"post{n}": {"a": ["k:Post"], "rdfs:label": _labels("Post", n), "k:of": [f":government{n}"],
                     "k:heldBy": [f":person{n * 5 + 2}"], "k:rank": [f'"{n % 14 + 1}"^^xsd:integer']},
    }  # fmt: skip
    made |= dict(_persons(n)) | dict(_events(n)) | dict(_agreements(n))
    return made


def vocabulary() -> Block:
    """What every block refers to."""
    countries = {
        f"country{i}": {
            "a": ["k:Country"], "rdfs:label": _labels("Country", i), "k:iso": [f'"{chr(65 + i % 26)}{chr(65 + i // 26)}"'],
        }
        for i in range(200)
    }  # fmt: skip
    concepts = {
        f"concept{i}": {"a": ["k:Concept"], "rdfs:label": _labels("Field", i), "k:notation": [f'"F{i}"']}
        for i in range(40)
    }
    return {**countries, **concepts}


Fault = tuple[str, str, Callable[[int], str], Callable[[Entity, int], None]]


def _set(predicate: str, *values: str) -> Callable[[Entity, int], None]:
    def spoil(entity: Entity, _: int) -> None:
        entity[predicate] = list(values)

    return spoil


def _drop(predicate: str) -> Callable[[Entity, int], None]:
    def spoil(entity: Entity, _: int) -> None:
        del entity[predicate]

    return spoil


def _of(kind: str, each: int = 1, offset: int = 0) -> Callable[[int], str]:
    return lambda n: f"{kind}{n * each + offset}"


def _same_city(entity: Entity, _: int) -> None:
    entity["k:guestCity"] = entity["k:hostCity"]


def _extra(predicate: str, value: str) -> Callable[[Entity, int], None]:
    def spoil(entity: Entity, _: int) -> None:
        entity[predicate] = [*entity.get(predicate, []), value]

    return spoil


# Shape, component, the entity of a block that is spoilt, how.
FAULTS: tuple[Fault, ...] = (
    ("Person-homeCity", "Class", _of("person", 5, 3), _set("k:homeCity", ":place0")),
    ("Person-homeCity", "MinCount", _of("person", 5, 4), _drop("k:homeCity")),
    ("Person-birthDate", "Datatype", _of("person", 5, 3), _set("k:birthDate", '"1950-02-30"^^xsd:date')),
    ("Person-birthDate", "MaxCount", _of("person", 5, 4), _extra("k:birthDate", '"1929-01-01"^^xsd:date')),
    ("Person-order", "LessThan", _of("person", 5), _set("k:deathDate", '"1900-01-01"^^xsd:date')),
    ("Person-email", "Pattern", _of("person", 5, 3), _set("k:email", '"no address"')),
    ("Person-gender", "In", _of("person", 5, 4), _set("k:gender", '"q"')),
    ("Person-homepage", "NodeKind", _of("person", 5, 3), _set("k:homepage", '"http://people.example/"')),
    ("Any-label", "UniqueLang", _of("person", 5, 4), _extra("rdfs:label", '"again"@en')),
    ("Any-label", "LanguageIn", _of("event", 2), _extra("rdfs:label", '"fête"@fr')),
    ("Person", "Not", _of("person", 5, 3), _extra("a", "k:Ghost")),
    ("Membership-order", "LessThanOrEquals", _of("membership", 5), _set("k:endsOn", '"1999-01-01"^^xsd:date')),
    ("Membership-role", "MaxLength", _of("membership", 5, 1), _set("k:role", '"' + "r" * 60 + '"')),
    ("City-population", "MinInclusive", _of("city"), _set("k:population", '"-1"^^xsd:integer')),
    ("City-latitude", "MaxInclusive", _of("city"), _set("k:latitude", '"90.01"^^xsd:decimal')),
    ("City-code", "Pattern", _of("city"), _set("k:code", '"X12"')),
    ("City-place", "MinCount", _of("city"), _drop("k:within")),
    ("Government-founded", "Datatype", _of("government"), _set("k:founded", '"1800-01"^^xsd:gYearMonth')),
    ("Event-attendance", "MinInclusive", _of("event", 2, 1), _set("k:attendance", '"-5"^^xsd:integer')),
    ("Event-order", "LessThanOrEquals", _of("event", 2, 1), _set("k:endsOn", '"2001-01-01"^^xsd:date')),
    ("Participation-capacity", "In", _of("participation", 2), _set("k:capacity", '"lurker"')),
    ("Agreement-signatory", "QualifiedMinCount", _of("agreement", 2), _set("k:signatory", ":ada", ":bob")),
    ("Agreement", "SPARQL", _of("agreement", 2, 1), _same_city),
    ("Agreement-status", "SPARQL", _of("agreement", 2), _set("k:expiresOn", '"2015-01-01"^^xsd:date')),
    ("Agreement-hostCity", "Node", _of("agreement", 2, 1), _set("k:hostCity", ":country3")),
    ("Claim", "Xone", _of("claim", 2), _extra("k:witness", ":person0")),
    ("Claim-confidence", "MaxExclusive", _of("claim", 2, 1), _set("k:confidence", '"1.0"^^xsd:decimal')),
    ("Document", "Or", _of("document"), _drop("k:sha256")),
    ("Document-sha256", "MinLength", _of("document"), _set("k:sha256", '"00"')),
    ("Post", "Closed", _of("post"), _extra("k:salary", '"1"^^xsd:integer')),
    ("Post-rank", "MaxInclusive", _of("post"), _set("k:rank", '"15"^^xsd:integer')),
    ("Place-top", "Class", _of("place"), _set("k:within", ":concept3")),
)


def make(folder: Path, triples: int, files: int, seed: int = 6) -> int:
    """Write the data and what a validator must find in it.

    Args:
        triples: about how many; whole blocks are written.
        files: 1 writes data.ttl; more writes data/NNNN.ttl.
    Returns:
        How many triples were written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    each = sum(len(values) for entity in block(9).values() for values in entity.values())
    blocks = max(triples // each, 2)
    wanted = max(blocks * each // 1000, 1)
    chosen = random.Random(seed).sample(range(1, blocks), min(wanted, blocks - 1))
    spoilt = dict(zip(chosen, _turns(), strict=False))
    expected: list[str] = []
    written = 0
    (folder / "data").mkdir(exist_ok=True)
    for number in range(files):
        name = folder / "data" / f"{number:04}.ttl"
        with name.open("w", encoding="utf-8") as stream:
            stream.write(PREFIXES)
            if number == 0:
                written += _write(stream.write, vocabulary())
            for n in range(blocks * number // files, blocks * (number + 1) // files):
                made = block(n)
                if n in spoilt:
                    shape, component, where, spoil = FAULTS[spoilt[n]]
                    spoil(made[where(n)], n)
                    expected.append(f"{shape}\t{component}\t{ID}{where(n)}\n")
                written += _write(stream.write, made)
    (folder / "expected.tsv").write_text("".join(sorted(expected)), encoding="utf-8")
    return written


def _turns() -> Iterator[int]:
    while True:
        yield from range(len(FAULTS))


def _write(write: Callable[[str], int], entities: Block) -> int:
    count = 0
    for name, entity in entities.items():
        write(f":{name} " + " ;\n    ".join(f"{p} {' , '.join(values)}" for p, values in entity.items()) + " .\n")
        count += sum(map(len, entity.values()))
    return count
