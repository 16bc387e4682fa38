"""The API against its own description: schemathesis calls every operation with values that fit and values that do not.

A few calls an operation by default; KGTOOL_FULL=1 goes on for two minutes. Every answer must be one that the description
has: status, media type, headers, body; and none may be an error of ours.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from conftest import WANGJIN
from plain_app import plain_app
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from wsgi import wsgi

SECONDS = 120.0 if os.environ.get("KGTOOL_FULL") else 0.0
# Not that every value that fits the schema is accepted: an IRI that fits may name nothing, which is a 400 that says so.
CONFORMS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "unsupported_method",
)  # fmt: skip


@pytest.fixture(scope="module")
def operations() -> list[Any]:
    app = plain_app(WANGJIN, address="http://localhost")
    schema = schemathesis.openapi.from_wsgi("/openapi.json", wsgi(app))
    return [result.ok() for result in schema.get_all_operations()]


def checks(*names: str) -> list[Any]:
    load_all_checks()
    return [CHECKS.get_one(name) for name in names]


def calls(operations: list[Any], mode: GenerationMode, names: tuple[str, ...]) -> Counter[int]:
    """Call every operation until the time is over, once at least; how many answers had which status."""
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")  # shown when the test fails
    found: Counter[int] = Counter()
    applied, end = checks(*names), time.monotonic() + SECONDS / 2
    for count in _rounds(end):
        for operation in operations:

            @hypothesis.seed(seed + count)
            @hypothesis.settings(
                max_examples=3, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck)
            )
            @hypothesis.given(operation.as_strategy(generation_mode=mode))
            def call(case: Any) -> None:
                response = case.call_and_validate(checks=applied)
                found[response.status_code] += 1

            call()
    return found


def _rounds(end: float) -> Iterator[int]:
    count = 0
    while not count or time.monotonic() < end:
        yield count
        count += 1


def test_calls_that_fit_the_description_are_answered_as_it_says(operations: list[Any]) -> None:
    found = calls(operations, GenerationMode.POSITIVE, CONFORMS)
    print(dict(found))
    assert sum(found.values()) >= len(operations)
    assert found[200] > 20
    assert all(status < 500 for status in found)


def test_calls_that_do_not_fit_are_refused_as_it_says(operations: list[Any]) -> None:
    with_values = [operation for operation in operations if operation.query]
    found = calls(with_values, GenerationMode.NEGATIVE, (*CONFORMS, "negative_data_rejection"))
    print(dict(found))
    assert found[400] > 20
    assert all(status < 500 for status in found)


def test_every_operation_s_example_is_accepted_and_its_answer_has_the_schema_it_says(operations: list[Any]) -> None:
    for operation in operations:
        query = {p.name: p.definition["example"] for p in operation.query if "example" in p.definition}
        path = {"name": "claims"} if "{name}" in operation.path else {}
        case = operation.Case(query=query, path_parameters=path, headers={"Accept": "application/json, */*;q=0.1"})
        response = case.call_and_validate(checks=checks(*CONFORMS))
        assert response.status_code == 200, operation.path
