"""What a validation gives: results, or the reason why the shapes cannot be run."""

from __future__ import annotations

from msgspec import Struct

from kgtool.errors import Texts, texts


class ShapesError(Exception):
    """The shapes graph cannot be run; what the engine says is in both languages, or in its own alone. SHACL calls this a
    failure. Source: SHACL §3.4.2."""

    def __init__(self, en: str, zh: str = "") -> None:
        super().__init__(en)
        self.message: Texts = texts(zh=zh or en, en=en)


def reported_failure(shape: str) -> ShapesError:
    """A query of a shape binds ?failure to true. Source: SHACL §5.3.2."""
    return ShapesError(f"{shape}: the query reports a failure", f"{shape}:查詢回報失敗(?failure)")


class Result(Struct, frozen=True, order=True):
    """One validation result. Source: SHACL §3.6.2.

    Attributes:
        shape: IRI of the source shape, or of the nearest named shape that holds it; "" when there is none.
        component: IRI of the constraint component.
        focus: IRI or `_:label` of the focus node; a literal in N-Triples form.
        path: sh:resultPath as SPARQL path text; "" when there is none.
        value: the value node in N-Triples form; "" when there is none.
        severity: `Violation`, `Warning` or `Info`.
        messages: language tag to the shape author's text; may be empty.
        detail: language tag to the engine's own words; may be empty.
    """

    shape: str
    component: str
    focus: str
    path: str
    value: str
    severity: str
    messages: tuple[tuple[str, str], ...]
    detail: tuple[tuple[str, str], ...]
