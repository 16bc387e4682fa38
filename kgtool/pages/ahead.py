"""What many pages show is made before the first of them is asked for, in the process that workers are forked from."""

from __future__ import annotations

from kgtool.pages.chronicle import history, moments
from kgtool.pages.context import Context
from kgtool.pages.kinds import Kind
from kgtool.pages.render import Pieces
from kgtool.pages.statements import said
from kgtool.terms import CD

# Of each kind, so that a graph of any size costs no more: 0.1 ms each and language.
_MOST = 200


def prepare(context: Context, pieces: Pieces) -> None:
    """Entries of timelines and attributed statements of one language, with their evidence.

    Cost: at most 1,600 pieces, 0.1 s; 12 ms for the first graph.
    """
    view = context.view
    for kind in (Kind.VISIT, Kind.EVENT, Kind.AGREEMENT, Kind.TIE, Kind.TENURE, Kind.CLAIM):
        for moment in moments(context, history(view, view.members[kind][:_MOST])):
            pieces.moment(moment)
    for claim in view.members[Kind.CLAIM][:_MOST]:
        for page in (view.first(claim, CD + "about"), -1):  # on the page of what it is about, and on any other
            pieces.said(said(context, claim, -1, page))
