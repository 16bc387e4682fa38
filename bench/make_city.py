"""Generate a fictional city's graph of about N triples, in one file or many, for the benchmarks.

    python bench/make_city.py TRIPLES FOLDER [--files N] [--seed S] [--errors SHARE]

People, tenures, visits, participations and passages in the project's own model, as Turtle like a person writes it.
Equal arguments give equal bytes. `--errors` seeds that share of the visits with a bad date, so that positions are
looked up. About 23 triples a visit; writes 10 million triples in about 30 s.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from pathlib import Path

BASE = "https://example.org/bench/id/"
PREFIXES = f"""@prefix cd: <https://w3id.org/city-diplomacy/ns#> .
@prefix cit: <{BASE}citation/> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix evt: <{BASE}event/> .
@prefix gov: <{BASE}government/> .
@prefix k: <https://w3id.org/city-diplomacy/ns/kind#> .
@prefix part: <{BASE}participation/> .
@prefix per: <{BASE}person/> .
@prefix plc: <{BASE}place/> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

"""
SETTINGS = f"""model = "city-diplomacy"
base = "{BASE}"
"""
PER_VISIT = 23
PARTNERS = 500


def home() -> str:
    """The governments and the citation that everything else points at."""
    out = [
        'cit:log a cd:Citation ; cd:source cit:source ; cd:locator "visitor log" .\n',
        'cit:source a cd:Source ; dct:title "Log"@en ; dct:publisher gov:g0 ; cd:locator "city archive" .\n',
        'plc:land a schema:Country ; skos:prefLabel "Land"@en , "國"@zh-Hant .\n',
    ]
    out += [
        f'gov:g{number} a cd:LocalGovernment ; skos:prefLabel "City {number}"@en , "第{number}市"@zh-Hant ; '
        f"cd:territory plc:a{number} .\nplc:a{number} a schema:AdministrativeArea ; "
        f'skos:prefLabel "Area {number}"@en , "第{number}區"@zh-Hant ; schema:containedInPlace plc:land .\n'
        for number in range(PARTNERS)
    ]
    return "".join(out)


def visit(number: int, chance: random.Random, errors: float) -> str:
    """One visit with two people."""
    # A person is at two visits that follow one another, on different days: no check has anything to say.
    days, month = divmod(number % (14 * 12 * 28), 14 * 12)
    day = f"{2010 + month // 12}-{month % 12 + 1:02d}-{days + 1:02d}"
    wrong = "2013-02-30" if chance.random() < errors else day
    host, guest = chance.randrange(PARTNERS), chance.randrange(PARTNERS)
    return f"""evt:v{number} a cd:Visit ;
  skos:prefLabel "Visit {number}"@en , "第{number}次來訪"@zh-Hant ;
  cd:visitor gov:g{guest} ; cd:host gov:g{host} ;
  cd:purpose k:study-visit ;
  cd:when "{day}" ; cd:earliest "{wrong}"^^xsd:date ; cd:latest "{day}"^^xsd:date ;
  cd:evidence cit:log .
per:p{number} a cd:Person ; skos:prefLabel "Person {number}"@en , "第{number}人"@zh-Hant .
part:p{number}-1 a cd:Participation ; cd:event evt:v{number} ; cd:participant per:p{number} ; cd:role k:leader ;
  cd:onBehalfOf gov:g{guest} ; cd:evidence cit:log .
part:p{number}-2 a cd:Participation ; cd:event evt:v{number} ; cd:participant per:p{max(number - 1, 0)} ;
  cd:evidence cit:log .

"""


def documents(triples: int, files: int, seed: int, errors: float) -> Iterator[Iterator[str]]:
    """The pieces of each file, in order."""
    chance = random.Random(seed)
    visits = max(triples // PER_VISIT, files)
    for file in range(files):

        def pieces(file: int = file) -> Iterator[str]:
            yield PREFIXES
            if file == 0:
                yield home()
            for number in range(file * visits // files, (file + 1) * visits // files):
                yield visit(number, chance, errors)

        yield pieces()


def main() -> None:
    """Read the arguments and write the project."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("triples", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--errors", type=float, default=0.0)
    given = parser.parse_args()
    data = given.folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    (given.folder / "kgtool.toml").write_text(SETTINGS, encoding="utf-8")
    for number, pieces in enumerate(documents(given.triples, given.files, given.seed, given.errors)):
        with (data / f"d{number:05d}.ttl").open("w", encoding="utf-8") as stream:
            stream.writelines(pieces)
    sys.stdout.write(f"{given.folder}: {given.files} files\n")


if __name__ == "__main__":
    main()
