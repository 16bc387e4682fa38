"""One sentence that says what a node is, made from what is stated; nothing is said that no statement bears out."""

from __future__ import annotations

from kgtool.pages.chronicle import parts_of
from kgtool.pages.city import bonds, country, counts
from kgtool.pages.context import Context
from kgtool.pages.kinds import Kind
from kgtool.pages.naming import Label
from kgtool.pages.state import agreement_state, tie_state
from kgtool.terms import CD

_MOST = 4


def lead(context: Context, node: int) -> Label:
    """The sentence; the node's own summary where it has one."""
    summary = context.namer.text(node, CD + "summary", context.language)
    if summary.text:
        return summary
    kind = context.view.kind(node)
    maker = {Kind.CITY: _city, Kind.PERSON: _person, Kind.VISIT: _event, Kind.EVENT: _event, Kind.AGREEMENT: _agreement,
             Kind.TIE: _tie, Kind.TENURE: _tenure}.get(kind)  # fmt: skip
    text = (maker(context, node) if maker else "") or _plain(context, node)
    return Label(text[:1].upper() + text[1:] if context.language == "en" else text)


def _plain(context: Context, node: int) -> str:
    view = context.view
    names = [context.label(one).text for one in view.types(node) if view.has_page(one)]
    what = _and(context, names) or context.kind_word(view.kind(node))
    return context.words.fill("lead_plain", name=context.label(node).text, what=what)


def _city(context: Context, node: int) -> str:
    words, land = context.words, country(context.view, node)
    name = context.label(node).text
    place = words.fill("of_country", country=context.label(land).text) if land >= 0 else ""
    figures = counts(context, node)
    told = words.fill("lead_counts", **{key: context.number(value) for key, value in figures.items()})
    if node == context.hub:
        partners = len({bond.partner for bond in bonds(context, node)})
        return words.fill("lead_hub", name=name, place=place, ties=context.number(partners)) + told
    tied = [bond for bond in bonds(context, node) if bond.partner == context.hub]
    if not tied:
        return words.fill("lead_city", name=name, place=place) + told
    hub = context.label(context.hub).text
    kinds = _and(context, [f"{bond.kind.text}{words.fill('in_state', state=words[bond.state.key])}" for bond in tied])
    return words.fill("lead_partner", name=name, place=place, hub=hub, kind=kinds) + told


def _person(context: Context, node: int) -> str:
    view = context.view
    posts = [
        context.label(view.first(one, CD + "post")).text
        for one in view.into(node, CD + "holder")
        if view.first(one, CD + "post") >= 0
    ]
    events = {event for part in view.into(node, CD + "participant") for event in view.out(part, CD + "event")}
    key = "lead_person" if posts else "lead_person_plain"
    return context.words.fill(key, name=context.label(node).text, posts=_and(context, posts), count=len(events))


def _event(context: Context, node: int) -> str:
    view, words = context.view, context.words
    value = view.text(node, CD + "when")
    when = context.when(value).text if value else words["undated"]
    visitors = _and(context, [context.label(one).text for one in view.out(node, CD + "visitor")])
    hosts = _and(context, [context.label(one).text for one in view.out(node, CD + "host")])
    named = sum(part.who is not None for part in parts_of(context, node))
    if visitors and hosts:
        text = words.fill("lead_visit", visitors=visitors, hosts=hosts, when=when)
    elif hosts:
        text = words.fill("lead_hosted", hosts=hosts, when=when)
    else:
        text = words.fill("lead_event", name=context.label(node).text, when=when)
    return text + (words.fill("lead_named", count=named) if named else "")


def _agreement(context: Context, node: int) -> str:
    view, words = context.view, context.words
    form, value = view.first(node, CD + "form"), view.text(node, CD + "when")
    return words.fill(
        "lead_agreement", parties=_parties(context, node),
        form=context.label(form).text if form >= 0 else context.kind_word(Kind.AGREEMENT),
        when=context.when(value).text if value else words["undated"],
        state=words[agreement_state(view, node, context.today).key],
    ) + (words["lead_disputed"] if view.disputed(node) else "")  # fmt: skip


def _tie(context: Context, node: int) -> str:
    view, words = context.view, context.words
    kind = view.first(node, CD + "kind")
    return words.fill(
        "lead_tie", parties=_parties(context, node),
        kind=context.label(kind).text if kind >= 0 else context.kind_word(Kind.TIE),
        state=words[tie_state(view, node, context.today).key],
    ) + (words["lead_disputed"] if view.disputed(node) else "")  # fmt: skip


def _tenure(context: Context, node: int) -> str:
    view = context.view
    holder, post = view.first(node, CD + "holder"), view.first(node, CD + "post")
    if holder < 0 or post < 0:
        return ""
    told = view.text(node, CD + "started") or view.text(node, CD + "attested")
    when = context.when(told).text if told else context.words["undated"]
    return context.words.fill(
        "lead_tenure", holder=context.label(holder).text, post=context.label(post).text, when=when
    )


def _parties(context: Context, node: int) -> str:
    return _and(context, [context.label(one).text for one in context.view.out(node, CD + "party")])


def _and(context: Context, names: list[str]) -> str:
    names = list(dict.fromkeys(names))
    shown, more = names[:_MOST], len(names) - _MOST
    comma = ", " if context.language == "en" else "、"
    if more > 0:
        return comma.join(shown) + context.words.fill("and_more", count=more)
    if context.language == "en" and len(shown) > 1:
        return f"{', '.join(shown[:-1])} and {shown[-1]}"
    return comma.join(shown)
