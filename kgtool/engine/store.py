"""The embedded store: pyoxigraph's Store, one named graph a file, their union as default graph.

The only module that uses pyoxigraph.Store. It rewrites literals (`012` becomes `12`), so it answers queries and is
never the source of what is checked or written. It evaluates in the process that holds it, where nothing can stop a
query: texts that others wrote go through `kgtool.engine.runner`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox
from msgspec import Struct

from kgtool.catalog.text import Token, lexemes, line_of, tokens
from kgtool.engine.failure import failed, misplaced, syntax_error, unheld
from kgtool.engine.pour import pour
from kgtool.index import Column
from kgtool.late import late

Term = ox.NamedNode | ox.BlankNode | ox.Literal
Raw = ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean
_UNKNOWN_FUNCTION = late(r"The custom function <([^>]*)> is not supported")
_UNGROUPED = "The SELECT contains a variable that is unbound"
_MOST_FUNCTIONS = 50
_MOST_ROWS = str(2**64 - 1)  # what the engine counts rows with
_AT_ONCE = 100_000  # quads
_MANY_DIGITS = late(r"[0-9]{20}")


class Solutions(Struct, frozen=True):
    """A SELECT's answer: variable names, and a row of terms (None: unbound) a solution, in the query's order."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]


class Triples(Struct, frozen=True):
    """A CONSTRUCT's or DESCRIBE's answer, sorted, without duplicates."""

    triples: tuple[ox.Triple, ...]


class Dataset(Struct, frozen=True):
    """A dataset that the request states, not the query: IRIs of graphs whose merge is the default graph, and of named
    graphs. Source: SPARQL 1.1 Protocol §2.1.4."""

    default: tuple[str, ...]
    named: tuple[str, ...]


Answer = Solutions | Triples | bool


class Stream(Struct, frozen=True):
    """A SELECT's answer as it comes: variable names, and rows that can be read once."""

    variables: tuple[str, ...]
    rows: Iterator[tuple[Term | None, ...]]


class EmbeddedStore:
    """An in-memory store. Cost: about 4 µs and 0.4 KB a quad to build, twice that when the merge is kept, and three times
    when something is apart.
    """

    def __init__(self, quads: Iterable[ox.Quad], apart: Iterable[ox.Quad] = ()) -> None:
        """Build.

        Args:
            apart: in named graphs that the default graph does not contain.
        """
        self._store = ox.Store()
        self._alone: ox.Store | None = None
        every = dict.fromkeys(quads)
        _fill(self._store, every)
        # The engine's union gives a triple of two graphs twice, and leaves no graph out; then the merge is kept as the
        # default graph itself.
        triples = dict.fromkeys(quad.triple for quad in every)
        others = dict.fromkeys(apart)
        self._union = len(triples) == len(every) and not others
        if not self._union:
            _fill(self._store, (ox.Quad(*triple) for triple in triples))
            _fill(self._store, others)
        # The engine finds a term's quads in all graphs and passes over those of others, so what is asked of the default
        # graph alone is asked of a store that has nothing else: a join takes two thirds of the time.
        if others:
            self._alone = ox.Store()
            _fill(self._alone, (ox.Quad(*triple) for triple in triples))

    @classmethod
    def of_columns(cls, columns: Iterable[Column]) -> EmbeddedStore:
        """Build from statements of which no triple stands in two graphs; they are read once and not held."""
        store = cls(())
        pour(store._store, columns)
        return store

    def __len__(self) -> int:
        return len(self._store)

    def columns(self, text: str, prefixes: Mapping[str, str]) -> tuple[str, ...] | None:
        """Names of a SELECT's columns, None for another form; no row of a SELECT is evaluated.

        Raises:
            QueryError: the text does not parse.
        """
        answer = self.evaluate(text, prefixes)
        return tuple(v.value for v in answer.variables) if isinstance(answer, ox.QuerySolutions) else None

    def query(self, text: str, prefixes: Mapping[str, str]) -> Answer:
        """Run a query over the union of all graphs, in this process and without limits.

        Args:
            prefixes: known without being declared in the text.
        Raises:
            QueryError: the text does not parse, or evaluation failed.
        """
        answer = self.evaluate(text, prefixes)
        if isinstance(answer, ox.QuerySolutions):
            return Solutions(tuple(v.value for v in answer.variables), tuple(rows_of(answer)))
        if isinstance(answer, ox.QueryTriples):
            return Triples(triples_of(answer))
        return bool(answer)

    def solve(self, text: str, prefixes: Mapping[str, str], most: int) -> Stream | Triples | bool:
        """As `query`, rows one at a time; of triples one more than `most` at the most, then in no order.

        Raises:
            QueryError: the text does not parse, or evaluation failed; while rows are read too.
        """
        answer = self.evaluate(text, prefixes)
        if isinstance(answer, ox.QuerySolutions):
            return Stream(tuple(v.value for v in answer.variables), rows_of(answer))
        if isinstance(answer, ox.QueryTriples):
            return Triples(triples_of(answer, most))
        return bool(answer)

    def evaluate(
        self, text: str, prefixes: Mapping[str, str], dataset: Dataset | None = None, base: str | None = None
    ) -> Raw:
        """The engine's own lazy answer; `rows_of` and `triples_of` read it.

        The default graph is the union of all graphs unless the query says FROM (SPARQL 1.1 Query §13.2). A function
        that the engine does not know gives an error value (§17.6), where it would refuse the query.
        Args:
            dataset: wins over the query's own FROM clauses.
            base: what relative IRIs of the text are resolved against.
        Raises:
            QueryError: the text does not parse, or evaluation failed.
        """
        text = text.removeprefix("\ufeff")
        # Bytes: of ASCII alone, as keywords are, and so ten times as fast.
        upper = text.encode("utf-8", "surrogatepass").upper()
        text = _sliceable(text, upper)
        where = self._dataset(text, upper, dataset)
        store = self._alone if self._alone is not None and dataset is None and _of_default_alone(upper) else self._store
        unknown: dict[ox.NamedNode, Callable[..., None]] = {}
        while True:
            try:
                return store.query(
                    text, base_iri=base, prefixes=dict(prefixes), custom_functions=dict(unknown), **where
                )
            except SyntaxError as error:
                said = str(error.msg or error)
                place = _ungrouped(text) if _UNGROUPED in said else None
                if place:
                    raise misplaced(place[0], *line_of(text, place[1])) from error
                raise syntax_error(said) from error
            except (OSError, ValueError, RuntimeError) as error:
                function = _UNKNOWN_FUNCTION.search(str(error))
                if function is None or len(unknown) == _MOST_FUNCTIONS:
                    raise failed(str(error)) from error
                unknown[ox.NamedNode(function[1])] = _nothing

    def _dataset(self, text: str, upper: bytes, dataset: Dataset | None) -> dict[str, Any]:
        """What the engine is told about the dataset."""
        if dataset is not None:
            graphs = {"default_graph": dataset.default, "named_graphs": dataset.named}
            return {name: [ox.NamedNode(iri) for iri in iris] for name, iris in graphs.items()}
        return {"use_default_graph_as_union": self._union and not (b"FROM" in upper and _says_from(text))}


def _fill(store: ox.Store, quads: Iterable[ox.Quad]) -> None:
    """Load a piece at a time: the engine holds all that it is given at once a second time, 230 bytes a quad."""
    more = iter(quads)
    while piece := list(itertools.islice(more, _AT_ONCE)):
        store.bulk_extend(piece)


def rows_of(answer: ox.QuerySolutions) -> Iterator[tuple[Term | None, ...]]:
    """The solutions as rows, one at a time.

    Raises:
        QueryError: evaluation failed, or a row holds a triple term (RDF 1.2), for which nobody here has a form.
    """
    try:
        for solution in answer:
            row = tuple(solution)
            if ox.Triple in map(type, row):
                raise unheld()
            yield row
    except (OSError, ValueError, RuntimeError) as error:
        raise failed(str(error)) from error


def triples_of(answer: ox.QueryTriples, most: int = 0) -> tuple[ox.Triple, ...]:
    """Sorted, without duplicates; blank nodes, which CONSTRUCT labels at random, get canonical labels.

    Args:
        most: stop behind so many different triples and give them as they are, one more than `most`; 0 reads all.
    Raises:
        QueryError: evaluation failed, or an object is a triple term (RDF 1.2).
    Source: RDF Dataset Canonicalization (RDFC-1.0). Cost: linear, more where blank nodes look alike.
    """
    triples: set[ox.Triple] = set()
    try:
        for triple in answer:
            triples.add(triple)
            if most and len(triples) > most:
                return tuple(triples)
    except (OSError, ValueError, RuntimeError) as error:
        raise failed(str(error)) from error
    kinds = {type(term) for triple in triples for term in (triple.subject, triple.object)}
    if ox.Triple in kinds:
        raise unheld()
    if ox.BlankNode in kinds:
        dataset = ox.Dataset(ox.Quad(*triple) for triple in triples)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        triples = {quad.triple for quad in dataset}
    return tuple(sorted(triples, key=str))


def _nothing(*_: object) -> None:
    """A function that gives an error value."""


def _of_default_alone(upper: bytes) -> bool:
    """Whether a query surely names no graph: the letters stand nowhere, nor an escape that could mean them."""
    return b"GRAPH" not in upper and b"FROM" not in upper and b"\\" not in upper


def _says_from(text: str) -> bool:
    """Whether the query has a dataset clause: the engine would pass over it when told to use the union."""
    for token in tokens(text):
        if token.text == "{":
            return False
        if token.kind == "word" and token.text.upper().startswith("FROM"):
            return True
    return False


def _sliceable(text: str, upper: bytes) -> str:
    """LIMIT and OFFSET beyond what the engine can count mean as much as the most that it can; places stay."""
    if not (b"LIMIT" in upper or b"OFFSET" in upper) or not _MANY_DIGITS.search(text):
        return text
    out, end, before = [], 0, ""
    for kind, token, start in lexemes(text):
        digits = token.lstrip("0")
        if before in {"LIMIT", "OFFSET"} and kind == "number" and (len(digits), digits) > (len(_MOST_ROWS), _MOST_ROWS):
            out += [text[end:start], _MOST_ROWS.zfill(len(token))]
            end = start + len(token)
        before = token.upper() if kind == "word" else ""
    return "".join([*out, text[end:]])


def _ungrouped(text: str) -> tuple[str, int] | None:
    """What is wrong and where: the first plain column of the outermost SELECT that GROUP BY does not name.

    The engine gives the end of the text as the place.
    """
    every = [Token(*lexeme) for lexeme in lexemes(text)]
    words = [token.text.upper() if token.kind == "word" else "" for token in every]
    if "SELECT" not in words:
        return None
    start = words.index("SELECT") + 1
    last = next((n for n in range(len(every) - 1, 0, -1) if every[n].text == "}"), 0)
    grouped = set()
    for token, word in zip(every[last:], words[last:], strict=True):
        if word in {"HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"}:
            break
        grouped |= {token.text[1:]} if token.kind == "var" else set()
    depth = 0
    for token, word in zip(every[start:], words[start:], strict=True):
        if token.text == "{" or word in {"WHERE", "FROM"}:
            return None
        depth += (token.kind == "open") - (token.kind == "close")
        if token.kind == "var" and depth == 0 and token.text[1:] not in grouped:
            return f"{token.text} is a column, but neither grouped nor aggregated", token.start
    return None
