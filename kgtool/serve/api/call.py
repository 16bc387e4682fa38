"""A request to `/api/NAME` as what is asked: which query, which terms, which form, which page, in which language.

A parameter of the query wins over the API's own of the same name; `lang` then counts for both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from kgtool.catalog import NamedQuery
from kgtool.errors import QueryError, Texts, did_you_mean, texts
from kgtool.finding import Finding
from kgtool.late import closest
from kgtool.named import Binder, Bound, ParamError
from kgtool.project import Preset
from kgtool.serve.accept import weights
from kgtool.serve.form import decoded, pairs
from kgtool.serve.message import Request
from kgtool.serve.problem import RequestError
from kgtool.serve.reading import given_twice, number, unknown_parameter

OWN = ("format", "lang", "limit", "cursor")
MOST_ROWS = 10_000  # of a page
_TAG = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,6}")


class Named(Struct, frozen=True):
    """A query, and the preset that stands before it, if any. `name` is what was asked for."""

    name: str
    query: NamedQuery
    preset: Preset | None = None

    @property
    def given(self) -> Mapping[str, str]:
        """Values that the preset fixes; a caller may still give others."""
        return self.preset.params if self.preset else {}

    @property
    def summary(self) -> Texts:
        """What it answers, by language: the preset's words, where it has some."""
        return (self.preset.summary if self.preset else {}) or self.query.summary


class Call(Struct, frozen=True):
    """What a request asks for.

    Attributes:
        terms: parameter to term or terms, defaults filled in.
        wish: the value of `format`, None to go by Accept.
        language: of labels.
        limit: rows of a page, 0 for all in one.
        cursor: where the page before ended, "" for the first.
        parameters: as given, without `cursor`; the same call's other pages have them too.
    """

    named: Named
    terms: Mapping[str, Bound]
    wish: str | None
    language: str
    limit: int
    cursor: str
    parameters: tuple[tuple[str, str], ...]


def own_parameters(query: NamedQuery) -> tuple[str, ...]:
    """The API's own parameters of a query: only a table has pages, only a table or boolean has words in a language."""
    return {"SELECT": OWN, "ASK": OWN[:2]}.get(query.form, OWN[:1])


def find(
    queries: Mapping[str, NamedQuery], problems: Sequence[Finding], presets: Mapping[str, Preset], segment: str
) -> Named:
    """The query or preset that a path's last segment names.

    Args:
        problems: of the catalog: files that could not become a query.
    Raises:
        RequestError: 404, with the nearest name; 400 for a segment that cannot be decoded.
        QueryError: `E-QUERY-BROKEN` (503): the file is there and cannot be used.
    """
    name = decoded(segment)
    preset = presets.get(name) if name not in queries else None
    query = queries.get(preset.query if preset else name)
    if query is not None:
        return Named(name, query, preset)
    if any(Path(problem.place.path).stem == name for problem in problems):
        raise QueryError(
            "E-QUERY-BROKEN",
            texts(zh=f"查詢「{name}」之檔案有誤,目前無法使用。", en=f"the file of query '{name}' is wrong; it cannot be used now."),
            texts(zh="`kgtool check` 說明原因。", en="`kgtool check` says why."),
        )  # fmt: skip
    known = sorted({*queries, *presets})
    near = closest(name[:80], known)
    shown = name[:80]
    raise RequestError(
        404, "E-QUERY-NONE",
        texts(zh=f"沒有名為「{shown}」的查詢。", en=f"no query named '{shown}'."),
        did_you_mean(near) or texts(zh="/queries 列出所有查詢。", en="/queries lists them all."),
        extra={"nearest": near} if near else None,
    )  # fmt: skip


def call_of(request: Request, named: Named, binder: Binder) -> Call:
    """Read and bind the parameters of a request.

    Raises:
        RequestError: 400, naming the parameter, its value, what is allowed and what is near.
    """
    given = pairs(request.query)
    allowed = own_parameters(named.query)
    own: dict[str, str] = {}
    values: dict[str, list[str]] = {}
    for name, value in given:
        if name in named.query.params:
            values.setdefault(name, []).append(value)
        elif name not in allowed:
            known = (*named.query.params, *allowed)
            raise unknown_parameter(name, known, closest(name[:80], known))
        elif name in own:
            raise given_twice(name)
        else:
            own[name] = value
    try:
        terms = binder.bind(named.query, {**named.given, **values})
    except ParamError as error:
        raise _refused(named, error) from error
    spoken = own["lang"] if "lang" in own else next(iter(values.get("lang", ())), None)
    return Call(
        named, terms, own.get("format"), _language(spoken, request.headers.get("accept-language", "")),
        number("limit", own["limit"], 1, MOST_ROWS) if "limit" in own else 0, own.get("cursor", ""),
        tuple(pair for pair in given if pair[0] != "cursor"),
    )  # fmt: skip


def _language(wish: str | None, header: str) -> str:
    """The language of labels: `lang=`, else what Accept-Language likes best, else Traditional Chinese."""
    if wish is not None:
        if not _TAG.fullmatch(wish):
            raise RequestError(
                400, "E-PARAM",
                texts(zh="參數「lang」不是語言標籤。", en="the parameter 'lang' is no language tag."),
                texts(zh="例如:zh-Hant、en、ja", en="For example: zh-Hant, en, ja"),
                extra={"parameter": "lang", "value": wish[:200]},
            )  # fmt: skip
        return wish
    liked = sorted(weights(header), key=lambda pair: -pair[1])
    return next((tag for tag, weight in liked if weight > 0 and _TAG.fullmatch(tag)), "zh-Hant")


def _refused(named: Named, error: ParamError) -> RequestError:
    """A wrong parameter as a problem: the same words, a hint for those who call, and the parts for programs."""
    extra: dict[str, object] = {"parameter": error.parameter[:80]}
    extra |= {} if error.value is None else {"value": error.value[:200]}
    extra |= {"allowed": list(error.allowed)} if error.allowed else {}
    extra |= {"nearest": error.nearest} if error.nearest else {}
    param = named.query.params.get(error.parameter)
    if param is not None:
        extra["expected"] = param.type.value
        extra |= {key: value for key, value in _facts(param.cls, param.least, param.most, param.example) if value}
    hint = texts(zh=f"說明見 /queries/{named.name}。", en=f"/queries/{named.name} explains the parameters.")
    return RequestError(400, error.code, error.message, did_you_mean(error.nearest) or hint, extra=extra)


def _facts(cls: str, least: str | None, most: str | None, example: str | None) -> Sequence[tuple[str, str | None]]:
    return (("class", cls), ("minimum", least), ("maximum", most), ("example", example))
