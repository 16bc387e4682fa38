"""SPARQLWrapper, wrapped: the only module that uses it.

It makes the request; what it would send it with has no deadline, unfolds nothing, reads error pages without bound and lets
raw errors through, so the exchange is ours. Its own look at a query is a regular expression that can run for
ever, so the form of the query is given to it. Source: SPARQL 1.1 Protocol §2.1.2 (query via form POST).
"""

from __future__ import annotations

from collections.abc import Iterable

from SPARQLWrapper import JSON, POST, URLENCODED, SPARQLWrapper

from kgtool import __version__
from kgtool.engine.remote import failure
from kgtool.engine.remote.credentials import Credentials
from kgtool.engine.remote.deadline import Deadline
from kgtool.engine.remote.exchange import Call, Reply, exchange
from kgtool.lang import Fields

# Virtuoso's words for "I stopped before the end"; any other state is no success either.
_STATE, _CUT = "x-sql-state", "x-sparql-maxrows"


class _Client(SPARQLWrapper):  # type: ignore[misc,unused-ignore]
    def __init__(self, url: str, deadline: Deadline, most: int, who: Credentials | None, digest: bool) -> None:
        super().__init__(url, agent=f"kgtool/{__version__}")
        self._bounds = (deadline, most, who, digest)

    def exchange(self) -> Reply:
        """Send what SPARQLWrapper made."""
        deadline, most, who, digest = self._bounds
        request = self._createRequest()
        headers = {name: str(value) for name, value in request.header_items()}
        call = Call("POST", request.full_url, headers, bytes(request.data or b""), most, who, digest)  # type: ignore[arg-type]
        return exchange(call, deadline)


def ask(
    url: str, text: str, form: str, parameters: Iterable[tuple[str, str]], deadline: Deadline, most: int,
    who: Credentials | None, digest: bool,
) -> Reply:  # fmt: skip
    """The answer to a query as it came, checked for what would make it less than the whole answer.

    Args:
        form: `SELECT` or `ASK`.
        parameters: of the form, beside `query`; a name may repeat.
        most: bytes of the answer.
    Raises:
        RemoteError: no answer, or not the whole.
        failure.BadQueryError: the engine does not take the query (status 400).
    """
    client = _Client(url, deadline, most, who, digest)
    client.setMethod(POST)
    client.setRequestMethod(URLENCODED)
    client.setReturnFormat(JSON)
    client.setOnlyConneg(True)
    client.queryString, client.queryType = text, form
    for name, value in parameters:
        client.addParameter(name, value)
    reply = client.exchange()
    _whole(reply)
    return reply


def _whole(reply: Reply) -> None:
    if reply.status == 400:
        code, _ = failure.problem_in(reply.body)
        raise failure.BadQueryError(failure.said_in(reply.body), limited=code == "E-QUERY-LIMIT")
    if reply.status != 200:
        raise failure.refused(reply.url, reply.status, failure.said_in(reply.body))
    if _STATE in reply.headers:
        state = failure.words(f"{reply.headers[_STATE]} {reply.headers.get('x-sql-message', '')}")
        raise failure.cut(reply.url, state, state)
    if _CUT in reply.headers:
        most = failure.words(reply.headers[_CUT])
        english = "it gives {most} {most?row|rows} at most".format_map(Fields(most=most))
        raise failure.cut(reply.url, f"引擎至多給 {most} 列", english)
