"""A project from the sister-city network of 2016 (Wikidata P190, CC0): 10,055 cities, 17,401 ties, about 90,000 triples.

    python bench/make_network.py RELATIONS.tsv NAMES.tsv DIR

The data stays outside the repository. It has names and ties only: no dates, countries or coordinates. So that a map can be drawn,
every city gets a made-up place from its identifier; the pages of such a project are for measuring and looking, not for reading.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path

BASE = "https://example.org/network/id/"
SETTINGS = f"""model = "city-diplomacy"
data = ["data"]
base = "{BASE}"
timezone = "UTC"
as-of = "2016-12-31"

[prefixes]
gov = "{BASE}government/"
place = "{BASE}place/"
tie = "{BASE}tie/"
"""
HEAD = """@prefix cd: <https://w3id.org/city-diplomacy/ns#> .
@prefix k: <https://w3id.org/city-diplomacy/ns/kind#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix gov: <https://example.org/network/id/government/> .
@prefix place: <https://example.org/network/id/place/> .
@prefix tie: <https://example.org/network/id/tie/> .
"""


def make(relations: Path, names: Path, folder: Path) -> tuple[int, int]:
    """Write the project; the numbers of cities and ties."""
    known = dict(line.split("\t", 1) for line in names.read_text(encoding="utf-8").splitlines() if "\t" in line)
    pairs = sorted({
        tuple(sorted(line.split("\t")[:2])) for line in relations.read_text(encoding="utf-8").splitlines() if "\t" in line
    })  # fmt: skip
    pairs = [pair for pair in pairs if pair[0] != pair[1]]
    cities = sorted({city for pair in pairs for city in pair})
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "kgtool.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "data" / "cities.ttl").write_text(
        HEAD + "".join(_city(one, known.get(one, one)) for one in cities), encoding="utf-8"
    )
    (folder / "data" / "ties.ttl").write_text(HEAD + "".join(_tie(*pair) for pair in pairs), encoding="utf-8")
    return len(cities), len(pairs)


def _city(identifier: str, name: str) -> str:
    slug = identifier.lower()
    digest = hashlib.sha256(identifier.encode()).digest()
    latitude = int.from_bytes(digest[:2], "big") / 65535 * 110 - 50
    longitude = int.from_bytes(digest[2:4], "big") / 65535 * 360 - 180
    label = json.dumps(name.strip(), ensure_ascii=False)
    return (
        f"gov:{slug} a cd:LocalGovernment ; skos:prefLabel {label}@en ; cd:territory place:{slug} .\n"
        f"place:{slug} a schema:City ; schema:latitude {latitude:.4f} ; schema:longitude {longitude:.4f} .\n"
    )


def _tie(one: str, other: str) -> str:
    return f"tie:{one.lower()}-{other.lower()} a cd:Tie ; cd:kind k:sister-city ; cd:party gov:{one.lower()} , gov:{other.lower()} .\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("relations", "names", "folder"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args()
    sys.stdout.write("{} cities, {} ties\n".format(*make(given.relations, given.names, given.folder)))
