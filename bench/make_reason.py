"""A made-up region of twinned cities as N-Triples, for the reasoning benchmark: same seed, same bytes.

The ontology uses every rule that owlrl gets right: subclasses, disjointness, equivalence, intersections, restrictions,
domains and ranges, subproperties, inverse, symmetric, transitive and inverse functional properties, and chains. It
leaves out owl:hasKey, owl:AllDifferent and owl:AllDisjointProperties, and functional properties with literal values,
on which owlrl 7.6 is wrong. The closure grows linearly with the data: nothing transitive is deeper than four.

    python bench/make_reason.py 10000 > small.nt
"""

from __future__ import annotations

import itertools
import random
import sys
from collections.abc import Iterator

_NAMESPACE = "http://bench.example/"
_PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "": _NAMESPACE,
}
_ONTOLOGY = """
:Place a owl:Class | :City rdfs:subClassOf :Place | :Region rdfs:subClassOf :Place | :Country rdfs:subClassOf :Region
:City a owl:Class | :Region a owl:Class | :Country a owl:Class | :City owl:disjointWith :Region
:Agent a owl:Class | :Person a owl:Class | :Body a owl:Class | :Event a owl:Class | :Visit a owl:Class
:Person rdfs:subClassOf :Agent | :Body rdfs:subClassOf :Agent | :Person owl:disjointWith :Body
:Council rdfs:subClassOf :Body | :Visit rdfs:subClassOf :Event | :Agent owl:disjointWith :Event
:Agent owl:disjointWith :Place | :Event owl:disjointWith :Place | :Official owl:equivalentClass :OfficeHolder
:Mayor rdfs:subClassOf :Person
:officialList rdf:first :Person | :officialList rdf:rest :officialList2 | :officialList2 rdf:first :HoldsOffice
:officialList2 rdf:rest rdf:nil | :OfficeHolder owl:intersectionOf :officialList
:HoldsOffice owl:onProperty :holds | :HoldsOffice owl:someValuesFrom :Office | :Office a owl:Class
:AtMost owl:onProperty :attendedBy | :AtMost owl:allValuesFrom :Agent | :Event rdfs:subClassOf :AtMost
:InTwinned owl:onProperty :status | :InTwinned owl:hasValue :twinned | :TwinCity owl:equivalentClass :InTwinned
:twinWith a owl:SymmetricProperty | :twinWith rdfs:subPropertyOf :partnerOf | :twinWith rdfs:domain :City
:partnerOf rdfs:range :Place | :locatedIn a owl:TransitiveProperty | :locatedIn rdfs:range :Region
:memberOf owl:inverseOf :hasMember | :memberOf rdfs:domain :Person | :memberOf rdfs:range :Body
:headOf rdfs:subPropertyOf :memberOf | :holds rdfs:domain :Person | :holds rdfs:range :Office
:attends owl:inverseOf :attendedBy | :attends rdfs:range :Event | :heldAt rdfs:range :Place
:passport a owl:InverseFunctionalProperty | :of rdfs:domain :Office | :of rdfs:range :Body
:visitedList rdf:first :attends | :visitedList rdf:rest :visitedList2 | :visitedList2 rdf:first :heldAt
:visitedList2 rdf:rest rdf:nil | :visited owl:propertyChainAxiom :visitedList | :visited rdfs:subPropertyOf :knows
:serves owl:propertyChainAxiom :servesList | :servesList rdf:first :holds | :servesList rdf:rest :servesList2
:servesList2 rdf:first :of | :servesList2 rdf:rest rdf:nil
"""


def lines(triples: int, seed: int = 7) -> Iterator[str]:
    """About `triples` statements (the ontology included), one line each. Cost: about 2 µs a line."""
    yield from (_statement(*cell.split()) for row in _ONTOLOGY.split("\n") for cell in row.split("|") if cell.strip())
    yield from itertools.islice(_facts(random.Random(seed)), max(0, triples - 110))


def _facts(chance: random.Random) -> Iterator[str]:
    """Forty-odd statements a city, for ever."""
    for number in itertools.count():
        city, region = f":c{number}", f":r{number // 20}"
        yield _statement(city, "a", ":City")
        yield _label(city, f"City {number}")
        yield _statement(city, ":locatedIn", region)
        if number % 20 == 0:
            yield _statement(region, ":locatedIn", f":n{number // 400}")
            yield _statement(f":n{number // 400}", "a", ":Country")
        for _ in range(2):
            yield _statement(city, ":twinWith", f":c{chance.randrange(number + 1)}")
        if chance.random() < 0.3:
            yield _statement(city, ":status", ":twinned")
        yield _statement(f":b{number}", "a", ":Council")
        yield _statement(f":o{number}", ":of", f":b{number}")
        for member in range(5):
            yield from _person(f":p{number}-{member}", number, member, chance)
        visit = f":v{number}"
        yield _statement(visit, "a", ":Visit")
        yield _statement(visit, ":heldAt", f":c{chance.randrange(number + 1)}")
        yield _label(visit, f"Visit {number}")


def _person(person: str, number: int, member: int, chance: random.Random) -> Iterator[str]:
    yield _statement(person, "a", ":Mayor" if member == 0 else ":Person")
    yield _label(person, f"Person {number}-{member}")
    yield _statement(person, ":headOf" if member == 0 else ":memberOf", f":b{number}")
    # One person in a thousand is described twice.
    passport = number * 5 + member if chance.random() > 0.001 else max(0, number * 5 + member - 1)
    yield _statement(person, ":passport", f":passport{passport}")
    if member == 0:
        yield _statement(person, ":holds", f":o{number}")
    if chance.random() < 0.5:
        yield _statement(person, ":attends", f":v{chance.randrange(number + 1)}")


def _statement(subject: str, predicate: str, value: str) -> str:
    return f"{_iri(subject)} {_iri('rdf:type' if predicate == 'a' else predicate)} {_iri(value)} .\n"


def _label(subject: str, text: str) -> str:
    return f'{_iri(subject)} {_iri("rdfs:label")} "{text}"@en .\n'


def _iri(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"<{_PREFIXES[prefix]}{local}>"


if __name__ == "__main__":
    sys.stdout.writelines(lines(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 7))
