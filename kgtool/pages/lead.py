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
    text = (maker(context, node) if maker else None) or _plain(context, node)
    return text.capital() if context.language == "en" else text


def _plain(context: Context, node: int) -> Label:
    view = context.view
    names = [context.label(one) for one in view.types(node) if view.has_page(one)]
    what = _and(context, names) if names else context.kind_word(view.kind(node))
    return context.say("lead_plain", name=context.label(node), what=what)


def _city(context: Context, node: int) -> Label:
    words, land = context.words, country(context.view, node)
    name = context.label(node)
    place = context.say("of_country", country=context.label(land)) if land >= 0 else ""
    figures = counts(context, node)
    told = context.say("lead_counts", **{key: context.number(value) for key, value in figures.items()})
    if node == context.hub:
        partners = len({bond.partner for bond in bonds(context, node)})
        return context.say("lead_hub", name=name, place=place, ties=context.number(partners)) + told
    tied = [bond for bond in bonds(context, node) if bond.partner == context.hub]
    if not tied:
        return context.say("lead_city", name=name, place=place) + told
    hub = context.label(context.hub)
    kinds = _and(context, [bond.kind + context.say("in_state", state=words[bond.state.key]) for bond in tied])
    return context.say("lead_partner", name=name, place=place, hub=hub, kind=kinds) + told


def _person(context: Context, node: int) -> Label:
    view = context.view
    posts = [
        context.label(view.first(one, CD + "post"))
        for one in view.into(node, CD + "holder")
        if view.first(one, CD + "post") >= 0
    ]
    events = {event for part in view.into(node, CD + "participant") for event in view.out(part, CD + "event")}
    key = "lead_person" if posts else "lead_person_plain"
    return context.say(key, name=context.label(node), posts=_and(context, posts), count=len(events))


def _event(context: Context, node: int) -> Label:
    view, words = context.view, context.words
    value = view.text(node, CD + "when")
    when = context.when(value).text if value else words["undated"]
    visitors = _and(context, [context.label(one) for one in view.out(node, CD + "visitor")])
    hosts = _and(context, [context.label(one) for one in view.out(node, CD + "host")])
    named = sum(part.who is not None for part in parts_of(context, node))
    if visitors and hosts:
        text = context.say("lead_visit", visitors=visitors, hosts=hosts, when=when)
    elif hosts:
        text = context.say("lead_hosted", hosts=hosts, when=when)
    else:
        text = context.say("lead_event", name=context.label(node), when=when)
    return text + context.say("lead_named", count=named) if named else text


def _agreement(context: Context, node: int) -> Label:
    view, words = context.view, context.words
    form, value = view.first(node, CD + "form"), view.text(node, CD + "when")
    return context.say(
        "lead_agreement", parties=_parties(context, node),
        form=context.label(form) if form >= 0 else context.kind_word(Kind.AGREEMENT),
        when=context.when(value).text if value else words["undated"],
        state=words[agreement_state(view, node, context.today).key],
    ) + Label(words["lead_disputed"] if view.disputed(node) else "")  # fmt: skip


def _tie(context: Context, node: int) -> Label:
    view, words = context.view, context.words
    kind = view.first(node, CD + "kind")
    return context.say(
        "lead_tie", parties=_parties(context, node),
        kind=context.label(kind) if kind >= 0 else context.kind_word(Kind.TIE),
        state=words[tie_state(view, node, context.today).key],
    ) + Label(words["lead_disputed"] if view.disputed(node) else "")  # fmt: skip


def _tenure(context: Context, node: int) -> Label | None:
    view = context.view
    holder, post = view.first(node, CD + "holder"), view.first(node, CD + "post")
    if holder < 0 or post < 0:
        return None
    told = view.text(node, CD + "started") or view.text(node, CD + "attested")
    when = context.when(told).text if told else context.words["undated"]
    return context.say("lead_tenure", holder=context.label(holder), post=context.label(post), when=when)


def _parties(context: Context, node: int) -> Label:
    return _and(context, [context.label(one) for one in context.view.out(node, CD + "party")])


def _and(context: Context, names: list[Label]) -> Label:
    names = list(dict.fromkeys(names))
    shown, more = names[:_MOST], len(names) - _MOST
    last = Label(" and ") if context.language == "en" and more <= 0 else Label(context.words["comma"])
    text = shown[0] if shown else Label("")
    for number, name in enumerate(shown[1:], 2):
        text = text + (last if number == len(shown) else Label(context.words["comma"])) + name
    return text + context.say("and_more", count=more) if more > 0 else text
