"""How worn a worker is: what it writes to becomes its own memory, until a new one is cheaper."""

from __future__ import annotations

from kgtool.engine.limits import address_space
from kgtool.serve.front.member import Member

_MOST_USES = 5_000  # then a new worker is cheaper than an old one, whose memory is its own by now
_LOOK = 64  # requests between two looks at a worker's size


def worn(member: Member, memory: int) -> bool:
    """Whether a worker that rests is to be replaced. `memory`: bytes that its last request might take."""
    if member.uses >= _MOST_USES:
        return True
    if not worth_a_look(member):
        return False
    member.seen = member.uses
    return address_space(member.pid) - member.size > memory // 2


def worth_a_look(member: Member) -> bool:
    """Whether a worker should rest, so that it is looked at: nothing more is sent behind its present requests."""
    return member.uses >= _MOST_USES or member.uses - member.seen >= _LOOK
