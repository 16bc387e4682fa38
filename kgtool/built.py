"""Facts that build queries derive, and the statements that each rests on."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox
from msgspec import Struct, structs

from kgtool.catalog import Catalog, NamedQuery
from kgtool.catalog.text import tokens
from kgtool.engine import Queryable, Solutions, Triples
from kgtool.named import Binder, Term, run
from kgtool.write.results import n3


class Builder(Struct, frozen=True):
    """A project's build queries and what runs them, with the default values of their parameters (today's date)."""

    catalog: Catalog
    binder: Binder
    store: Queryable
    prefixes: Mapping[str, str]

    def facts(self) -> dict[ox.Triple, NamedQuery]:
        """Every derived triple and the query that gives it; of several, the first by name.

        Cost: one run of each build query. A query that needs a parameter derives nothing here.

        Raises:
            QueryError: a build query cannot be run.
        """
        found: dict[ox.Triple, NamedQuery] = {}
        for query in self.catalog.role("build"):
            if not any(param.required and param.default is None for param in query.params.values()):
                answer = run(query, self.binder.bind(query, {}), self.store, self.prefixes)
                for triple in answer.triples if isinstance(answer, Triples) else ():
                    found.setdefault(triple, query)
        return found

    def grounds(self, query: NamedQuery, triple: ox.Triple) -> tuple[ox.Triple, ...]:
        """Stated triples that one match of the query for this triple connects, sorted; enough to look it up, no proof.

        They are those between the terms that the query's variables stand for, and to what the query names. A template
        of other than one triple of two variables has none.

        Raises:
            QueryError: the query cannot be run.
        """
        template, subject, value = _template(query.text), triple.subject, triple.object
        if (
            template is None
            or not isinstance(subject, ox.NamedNode)
            or not isinstance(value, ox.NamedNode | ox.Literal)
        ):
            return ()
        start, end, one, other = template
        asked = structs.replace(query, text=f"{query.text[:start]}SELECT *{query.text[end:]}", form="SELECT")
        given = self.binder.bind(query, {})
        answer = run(asked, {**given, one: subject, other: value}, self.store, self.prefixes)
        if not isinstance(answer, Solutions) or not answer.rows:
            return ()
        match = min(answer.rows, key=str)
        terms = {
            term for name, term in zip(answer.variables, match, strict=True)
            if name not in given and isinstance(term, ox.NamedNode | ox.Literal)
        }  # fmt: skip
        named = (self.binder.curies.expand(token.text) for token in tokens(query.text) if token.kind == "pname")
        return self._between(terms, {ox.NamedNode(iri) for iri in named if iri})

    def _between(self, terms: set[Term], named: set[ox.NamedNode]) -> tuple[ox.Triple, ...]:
        subjects = " ".join(sorted(n3(term) for term in terms if isinstance(term, ox.NamedNode)))
        values = " ".join(sorted(map(n3, {*terms, *named})))
        pattern = f"VALUES ?s {{ {subjects} }} VALUES ?o {{ {values} }} ?s ?p ?o"
        answer = self.store.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}", {})
        return answer.triples if isinstance(answer, Triples) else ()


def _template(text: str) -> tuple[int, int, str, str] | None:
    """Where `CONSTRUCT { ?a p ?b }` begins and ends, and the two variables; None for a template of another form."""
    found = list(tokens(text))
    start = next((n for n, token in enumerate(found) if token.text.upper() == "CONSTRUCT"), len(found))
    part = found[start : start + 6]
    if [token.kind for token in part] not in [
        ["word", "open", "var", name, "var", "close"] for name in ("pname", "iri")
    ]:
        return None
    return part[0].start, part[5].start + 1, part[2].text[1:], part[4].text[1:]
