"""The club: what a member is, what that opens, what comes next, and coupons for whoever comes first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telegram import Message

from bot.core.club import CLUB_LINK, DROPS_SHOWN, NAME_LIMIT, Dropping, parse_quantity
from bot.messages.buttons import MENU, REWARDS, TOP
from bot.messages.honours import say_honour
from bot.messages.keyboards import Row, make_button, stack, tap_row
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import PRIMARY, OutgoingMessage
from bot.messages.rewards import say_rule
from bot.messages.shop import Shop, compose_join_keyboard
from bot.messages.taking_part_buttons import CHOOSE, CLUB, DROP_END, DROP_OPEN, DROP_TAKE, IDEA_NEW, IDEAS, SAYING
from bot.messages.texts import Html, Texts, escape
from bot.services.club.club import ClubView
from bot.services.club.dropping import OpeningView
from bot.services.club.notices import DropAnnounced, DropMissed
from bot.services.coupons.importing import PoolsView
from storage.drop import DropRow

YES = "yes"
_POOLS_OFFERED = 8
_NOT_OPENED = {Dropping.FEW: "club.few", Dropping.MANY: "club.too_many"}


def render_club(texts: Texts, shop: Shop, view: ClubView) -> OutgoingMessage:
    """All of it on one screen."""
    blocks = [texts.say("club.title", brand=shop.brand(texts.language)), *_say_standing(texts, shop, view)]
    if view.drops:
        blocks.append(Html("\n".join([texts.say("club.drops"), *(_say_drop(texts, view, row) for row in view.drops)])))
    blocks.append(texts.say("club.news"))
    takes = [
        [make_button(texts, DROP_TAKE, row.id, label=texts.plain("club.take", name=row.name), style=PRIMARY)]
        for row in view.drops
        if row.left and row.id not in view.claims
    ]
    rows = [
        *takes,
        tap_row(texts, IDEAS, REWARDS, TOP),
        tap_row(texts, CHOOSE, SAYING),
        tap_row(texts, IDEA_NEW, MENU),
        *_manager_rows(texts, view),
    ]
    return OutgoingMessage(text=Html("\n\n".join(blocks)), keyboard=stack(*rows))


def ask_pool(texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> OutgoingMessage:
    """Of which pool?"""
    return OutgoingMessage(text=texts.say("club.ask_pool"))


def list_pools(texts: Texts, _shop: Shop, data: Mapping[str, Any]) -> Mapping[str, str]:
    """Each with how many there are."""
    pools: Mapping[str, int] = data["pools"]
    return {name: texts.plain("club.pool", pool=name, count=ready) for name, ready in pools.items()}


def pick_pools(view: PoolsView) -> dict[str, int]:
    """The pools that something can be taken of, and how much."""
    return {pool.name: pool.ready for pool in view.pools[:_POOLS_OFFERED] if pool.ready}


def ask_quantity(texts: Texts, _shop: Shop, data: Mapping[str, Any]) -> OutgoingMessage:
    """How many?"""
    return OutgoingMessage(text=texts.say("club.ask_quantity", count=_find_ready(data)))


def refuse_quantity(texts: Texts, data: Mapping[str, Any], message: Message) -> Html | None:
    """The pool has fewer."""
    quantity, ready = parse_quantity(message.text or ""), _find_ready(data)
    return texts.say("club.few", count=ready) if quantity is not None and quantity > ready else None


def ask_name(texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> OutgoingMessage:
    """What is it called?"""
    return OutgoingMessage(text=texts.say("club.ask_name", limit=NAME_LIMIT))


def ask_sure(texts: Texts, _shop: Shop, data: Mapping[str, Any]) -> OutgoingMessage:
    """All of it once more."""
    return OutgoingMessage(text=texts.say("club.ask_sure", name=str(data["name"]), count=int(data["quantity"])))


def list_answers(texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> Mapping[str, str]:
    """The one that opens it."""
    return {YES: texts.plain("club.sure")}


def render_no_pool(texts: Texts) -> OutgoingMessage:
    """There is nothing to give."""
    return OutgoingMessage(text=texts.say("club.no_pool"), keyboard=stack(tap_row(texts, CLUB)))


def render_opened(texts: Texts, shop: Shop, view: OpeningView) -> OutgoingMessage:
    """It is open, and how members hear of it; or why it is not."""
    keyboard = stack(tap_row(texts, CLUB))
    if view.dropping is not Dropping.OPENED:
        count = view.ready if view.dropping is Dropping.FEW else DROPS_SHOWN
        return OutgoingMessage(text=texts.say(_NOT_OPENED[view.dropping], count=count), keyboard=keyboard)
    blocks = [texts.say("club.opened", name=view.name, count=view.quantity)]
    if view.announced:
        blocks.append(texts.say("club.told_chat"))
    blocks.append(texts.say("club.tell", link=_compose_link(shop)))
    return OutgoingMessage(text=Html("\n\n".join(blocks)), keyboard=keyboard)


def _find_ready(data: Mapping[str, Any]) -> int:
    return int(data["pools"].get(data.get("pool"), 0))


def _compose_link(shop: Shop) -> str:
    return f"{shop.address}?start={CLUB_LINK}"


def _say_standing(texts: Texts, shop: Shop, view: ClubView) -> list[Html]:
    """What the member is, what that opens, and what comes next."""
    tier = shop.campaign.find_tier(view.honour.tier)
    own = [texts.say("club.badges", list=texts.say("club.co_maker"))] if view.is_co_maker else []
    privileges = tier.say_privileges(texts.language) if tier is not None else ""
    opens = [*([escape(privileges)] if privileges else []), *(say_rule(texts, shop, rule) for rule in view.opens)]
    following = [] if view.is_co_maker else [texts.say("club.become_co_maker")]
    blocks = [
        [*say_honour(texts, shop, view.honour), *own],
        [texts.say("club.opens"), *(texts.say("ideas.line", said=line) for line in opens)] if opens else [],
        following,
    ]
    return [Html("\n".join(lines)) for lines in blocks if lines]


def _say_drop(texts: Texts, view: ClubView, row: DropRow) -> Html:
    claim = view.claims.get(row.id)
    if claim is not None and claim.place is not None:
        return texts.say("club.have", name=row.name, place=claim.place, count=row.quantity)
    if row.left:
        return texts.say("club.left", name=row.name, left=row.left, count=row.quantity)
    if row.taken == row.quantity:
        return texts.say("club.all_taken", name=row.name, count=row.quantity)
    return texts.say("club.over", name=row.name)


def _manager_rows(texts: Texts, view: ClubView) -> list[Row]:
    if not view.runs_it:
        return []
    ends = [
        [make_button(texts, DROP_END, row.id, label=texts.plain("club.end", name=row.name))]
        for row in view.drops
        if row.left
    ]
    return [tap_row(texts, DROP_OPEN), *ends]


def _render_missed(reader: Reader, notice: DropMissed) -> OutgoingMessage:
    texts, brand = reader.texts, reader.shop.brand(reader.texts.language)
    key = "club.missed" if notice.all_taken else "club.missed_end"
    text = texts.say(key, name=notice.drop_name, count=notice.quantity, brand=brand)
    return OutgoingMessage(text=text, keyboard=stack(tap_row(texts, CLUB)))


def _render_announced(reader: Reader, notice: DropAnnounced) -> OutgoingMessage:
    texts, shop = reader.texts, reader.shop
    text = texts.say("club.announced", name=notice.drop_name, count=notice.quantity, brand=shop.brand(texts.language))
    return OutgoingMessage(text=text, keyboard=compose_join_keyboard(texts.plain("club.go"), _compose_link(shop)))


NOTICES: Renderers = {DropMissed: each(_render_missed), DropAnnounced: each(_render_announced)}
