"""Links between resources: what leads nowhere, one thing twice, what belongs nowhere, names and private data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HEAD = (
    "@prefix : <https://example.org/id/> .\n@prefix cd: <https://w3id.org/city-diplomacy/ns#> .\n"
    "@prefix schema: <https://schema.org/> .\n@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
)
BASE = 'base = "https://example.org/id/"\n'
NAMED = 'skos:prefLabel "海港"@zh-Hant , "Harbour"@en'


@pytest.fixture
def found(make_project: Callable[..., Path], kgtool: Callable[..., Any]) -> Callable[..., list[dict[str, Any]]]:
    def run(text: str, settings: str = BASE) -> list[dict[str, Any]]:
        folder = make_project({"data/port.ttl": HEAD + text}, settings)
        ran = kgtool("check", "--format", "json", "--project", folder)
        return [row for row in json.loads(ran.out)["findings"] if row["rule"].startswith(("KG606", "KG607", "KG7"))]

    return run


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f":a a schema:City ; {NAMED} ; schema:containedInPlace :b .\n:b a schema:Country ; {NAMED} .\n", []),
        (":a a schema:Place ; schema:containedInPlace :nowhere .\n", [("KG700", "warning", 5, 45)]),
        (":a a schema:Place ; :nowhere 1 .\n", [("KG700", "warning", 5, 21)]),
        (":a a schema:Place ; schema:containedInPlace <https://example.com/x> .\n", []),
        (
            ":a a schema:Place ; schema:sameAs <urn:x:1> .\n:b a schema:Place ; schema:sameAs <urn:x:1> .\n",
            [("KG701", "warning", 6, 35)],
        ),
        (":a a schema:Place ; schema:sameAs <urn:x:1> .\n:b a schema:Place ; schema:sameAs <urn:x:2> .\n", []),
        (':a skos:note "deep" .\n', [("KG702", "warning", 5, 1)]),
        (':a skos:note "deep" .\n:b a schema:Place ; schema:containedInPlace :a .\n', []),
        (':a a schema:City ; skos:prefLabel "海港"@zh-Hant .\n', [("KG606", "info", 5, 35)]),
        (':a a cd:Person ; skos:prefLabel "海港"@zh-Hant .\n', []),
        (
            f":a a schema:City .\n:b a schema:City ; {NAMED} .\n:c a schema:City ; {NAMED} .\n",
            [("KG607", "info", 5, 1)],
        ),
        (":a a cd:Citation .\n:b a cd:Citation .\n", []),
        (':a a cd:Person ; schema:telephone "+886" .\n', [("KG703", "warning", 5, 35)]),
        (':a a schema:Organization ; schema:telephone "+886" .\n', []),
    ],
)
def test_links(found: Callable[..., Any], text: str, expected: list[Any]) -> None:
    assert [(row["rule"], row["severity"], row["line"], row["column"]) for row in found(text)] == expected


def test_without_a_base_nothing_is_known_to_be_the_projects(found: Callable[..., Any]) -> None:
    assert found(':a skos:note "deep" ; schema:containedInPlace :nowhere .\n', "") == []


def test_both_languages_name_the_resource(found: Callable[..., Any]) -> None:
    (row,) = found(
        ":a a schema:Place ; schema:containedInPlace :nowhere .\n",
        BASE + '[prefixes]\nid = "https://example.org/id/"\n',
    )
    assert row["message"] == {
        "en": "no file describes id:nowhere; add its dossier, or correct the spelling.",
        "zh-Hant": "id:nowhere 無任何檔案描述;請補其檔案,或更正拼寫。",
    }
