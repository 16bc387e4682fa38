"""The W3C SHACL test suite, core and SPARQL: all of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import shared
from suites.shacl import Files, cases, outcome


@pytest.fixture(scope="module")
def suite() -> Path:
    return shared("conformance", "shacl").resolve()


def test_all_120_cases_give_the_expected_report(suite: Path) -> None:
    files = Files(suite)
    wrong = {case.name: said for case in cases(suite) if (said := outcome(files, case))}
    assert wrong == {}


def test_the_suite_has_120_cases(suite: Path) -> None:
    assert len(cases(suite)) == 120
