"""A member as the team sees them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.messages.buttons import CHECK_THING, GIVE, LABELS_OF, MEMBER, SOLD_TO
from bot.messages.keyboards import Row, make_button, stack
from bot.messages.outgoing import OutgoingMessage
from bot.messages.redeeming import name_item
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, escape, show_name
from bot.services.looking_up import FoundMember, LookUpView
from storage.facts import RedemptionState


def ask_who(texts: Texts, shop: Shop, _data: Mapping[str, Any]) -> OutgoingMessage:
    """Whom do you look for?"""
    return OutgoingMessage(text=texts.say("find.ask", brand=shop.brand(texts.language)))


def render_found(texts: Texts, shop: Shop, view: LookUpView) -> OutgoingMessage:
    """Who it is, who it may be, or that nobody was found."""
    if view.found is not None:
        rows = [_open_row(texts, shop, row.id, row.item) for row in view.found.waiting if _is_paid(row.state)]
        other = view.found.member.id != view.member.id
        give = [make_button(texts, each, view.found.member.id) for each in (SOLD_TO, GIVE)] if other else []
        called = [make_button(texts, LABELS_OF, view.found.member.id)] if view.found.can_label else []
        keyboard = stack(*rows, give, called) if rows or give or called else None
        return OutgoingMessage(text=_say_member(texts, shop, view.found), keyboard=keyboard)
    if not view.offered:
        return OutgoingMessage(text=texts.say("find.nobody"))
    text = texts.say("find.several")
    if view.more:
        text = Html(f"{text}\n{texts.say('find.more')}")
    label = texts.plain("find.nameless")
    rows = [[make_button(texts, MEMBER, person_id, label=name or label)] for person_id, name in view.offered.items()]
    return OutgoingMessage(text=text, keyboard=stack(*rows))


def render_hidden(texts: Texts) -> OutgoingMessage:
    """Whoever wrote what was passed on does not show who they are."""
    return OutgoingMessage(text=texts.say("find.hidden"))


def _say_member(texts: Texts, shop: Shop, found: FoundMember) -> Html:
    member = found.member
    lines = [
        texts.say("find.name", name=show_name(texts, member.name, first=True, limit=32)),
        texts.say("find.since", date=texts.date(found.since, shop.zone)),
        texts.say("find.friends", count=member.score),
        texts.say("find.balance", points=shop.points(member.balance, texts.language)),
    ]
    if found.username:
        lines.insert(1, texts.say("find.username", username=f"@{found.username}"))
    if found.labels:
        lines.append(texts.say("labels.own", list=texts.join([escape(label) for label in found.labels])))
    waiting = [
        texts.say(
            "find.waiting" if _is_paid(row.state) else "find.aside",
            item=name_item(texts, shop, row.item),
            until=texts.countdown(row.expires_at, shop.zone),
        )
        for row in found.waiting
    ]
    return Html("\n".join([*lines, *waiting]))


def _open_row(texts: Texts, shop: Shop, number: int, item: str) -> Row:
    label = texts.plain("find.open", item=name_item(texts, shop, item))
    return [make_button(texts, CHECK_THING, number, label=label)]


def _is_paid(state: RedemptionState) -> bool:
    return state is RedemptionState.REDEEMED
