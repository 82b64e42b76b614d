"""Points that the team gives by hand: asked for, given, told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.by_hand import REASON_LIMIT, Outcome
from bot.messages.buttons import GIVE_BACK, REWARDS
from bot.messages.keyboards import make_button, stack, tap_row
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Texts, show_name
from bot.services.rewards.by_hand import GivingView
from bot.services.rewards.notices import PointsGiven, PointsReturned

_REFUSALS = {
    Outcome.ONESELF: "grant.oneself",
    Outcome.LIMIT: "grant.limit",
    Outcome.PROMISED: "grant.promised",
    Outcome.NOBODY: "grant.nobody",
}

YES = "yes"


def ask_points(texts: Texts, shop: Shop, data: Mapping[str, Any]) -> OutgoingMessage:
    """How many?"""
    left = shop.points(int(data["left"]), texts.language)
    return OutgoingMessage(text=texts.say("grant.ask_points", name=_name(texts, data), left=left))


def ask_reason(texts: Texts, shop: Shop, data: Mapping[str, Any]) -> OutgoingMessage:
    """What for?"""
    points = shop.points(int(data["points"]), texts.language)
    text = texts.say("grant.ask_reason", name=_name(texts, data), points=points, limit=REASON_LIMIT)
    return OutgoingMessage(text=text)


def ask_sure(texts: Texts, shop: Shop, data: Mapping[str, Any]) -> OutgoingMessage:
    """All of it once more."""
    points, reason = shop.points(int(data["points"]), texts.language), str(data["reason"])
    return OutgoingMessage(text=texts.say("grant.ask_sure", name=_name(texts, data), points=points, reason=reason))


def list_answers(texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> Mapping[str, str]:
    """The one that gives them."""
    return {YES: texts.plain("grant.sure")}


def render_given(texts: Texts, shop: Shop, view: GivingView) -> OutgoingMessage:
    """Done, or why not."""
    left = shop.points(view.left, texts.language)
    if view.outcome is not Outcome.GIVEN:
        return OutgoingMessage(text=texts.say(_REFUSALS[view.outcome], left=left))
    name, points = show_name(texts, view.name, limit=32), shop.points(view.points, texts.language)
    text = texts.say("grant.given", name=name, points=points, left=left)
    back = [make_button(texts, GIVE_BACK, view.grant_id)] if view.grant_id is not None else []
    return OutgoingMessage(text=text, keyboard=stack(back) if back else None)


def render_returned(texts: Texts, shop: Shop, points: int | None) -> OutgoingMessage:
    """It went back; None where there was nothing to take back any more."""
    if points is None:
        return OutgoingMessage(text=texts.say("grant.too_late"))
    return OutgoingMessage(text=texts.say("grant.returned", points=shop.points(points, texts.language)))


def _name(texts: Texts, data: Mapping[str, Any]) -> str:
    return show_name(texts, str(data["name"]), limit=32)


def _render_gift(reader: Reader, notice: PointsGiven) -> OutgoingMessage:
    return _render_news(reader, "grant.told", notice.points, why=notice.why)


def _render_return(reader: Reader, notice: PointsReturned) -> OutgoingMessage:
    return _render_news(reader, "grant.told_returned", notice.points)


def _render_news(reader: Reader, key: str, points: int, *, why: str = "") -> OutgoingMessage:
    texts, shop = reader.texts, reader.shop
    text = texts.say(
        key,
        brand=shop.brand(texts.language),
        points=shop.points(points, texts.language),
        why=why,
        balance=shop.points(reader.member.balance, texts.language),
    )
    return OutgoingMessage(text=text, keyboard=stack(tap_row(texts, REWARDS)))


NOTICES: Renderers = {PointsGiven: each(_render_gift), PointsReturned: each(_render_return)}
