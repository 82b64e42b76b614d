"""The team gives points by hand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from telegram import Message, Update

from bot.core.by_hand import (
    GRANT_LIMITS,
    Order,
    Outcome,
    clean_reason,
    parse_order,
    parse_points,
)
from bot.handlers.conversations import begin, begin_at
from bot.handlers.deps import Context
from bot.handlers.looking_up import FINDING
from bot.handlers.reply import show
from bot.messages.by_hand import (
    ask_points,
    ask_reason,
    ask_sure,
    list_answers,
    render_given,
    render_returned,
)
from bot.messages.looking_up import render_found
from bot.messages.texts import Texts
from bot.services import looking_up
from bot.services.conversations import finish
from bot.services.rewards import by_hand
from bot.services.rewards.by_hand import Limits
from bot.updates.context import visitor_of
from bot.updates.flows import Flow, Step
from storage.facts import GrantId
from storage.records import PersonId


async def on_grant(update: Update, context: Context) -> None:
    """`/grant @name 50 for the music`; whatever is missing is asked for."""
    typed = " ".join(context.args or ())
    if not typed:
        await begin(update, context, FINDING)
        return
    order = parse_order(typed)
    view = await context.bot_data.store.write(  # the update goes on: after a death its question is asked again
        looking_up.look_up,
        visitor=visitor_of(update),
        text=order.who if order is not None else typed,
        telegram_id=None,
        addresses=context.deps.shop.addresses,
    )
    if view.found is None:
        await show(update, context, render_found(Texts(view.member.language), context.deps.shop, view))
        return
    await _ask(update, context, view.found.member.id, order)


async def on_give(update: Update, context: Context, person_id: int) -> None:
    """To somebody who was looked up."""
    await _ask(update, context, PersonId(person_id), None)


async def _ask(update: Update, context: Context, person_id: PersonId, order: Order | None) -> None:
    """The first question that has no answer yet."""
    view = await context.read(
        by_hand.view_giving, visitor=visitor_of(update), person_id=person_id, limits=_get_limits(context)
    )
    if view.outcome is not Outcome.GIVEN or (order is not None and order.points > view.left):
        refused = view if view.outcome is not Outcome.GIVEN else by_hand.refuse_limit(view)
        await show(update, context, render_given(Texts(view.member.language), context.deps.shop, refused))
        return
    data: dict[str, Any] = {"person": person_id, "name": view.name, "left": view.left}
    if order is not None:
        data |= {"points": order.points, "reason": order.reason}
    step = "points" if order is None else "sure" if order.reason else "reason"
    await begin_at(update, context, GRANT, step, data)


async def on_sure(update: Update, context: Context, data: Mapping[str, Any]) -> None:
    """Give them, once."""
    visitor, give = visitor_of(update), partial(by_hand.give_asked, limits=_get_limits(context))
    view = await context.write(finish, give, visitor=visitor, flow=GRANT.name, data=data)
    if view is not None:
        await show(update, context, render_given(Texts(view.member.language), context.deps.shop, view))


async def on_give_back(update: Update, context: Context, grant_id: int) -> None:
    """It was a mistake."""
    visitor = visitor_of(update)
    member, row = await context.write(by_hand.return_given, visitor=visitor, grant_id=GrantId(grant_id))
    points = row.points if row is not None else None
    await show(update, context, render_returned(Texts(member.language), context.deps.shop, points))


def read_points(message: Message) -> int | None:
    """A number of points."""
    return parse_points(message.text or "")


def read_reason(message: Message) -> str | None:
    """Why."""
    return clean_reason(message.text or "") or None


def _get_limits(context: Context) -> Limits:
    return context.deps.registry.get_setting(GRANT_LIMITS)


GRANT = Flow(
    name="grant",
    steps=[
        Step(name="points", ask=ask_points, read=read_points),
        Step(name="reason", ask=ask_reason, read=read_reason),
        Step(name="sure", ask=ask_sure, takes=frozenset(), choices=list_answers),
    ],
    on_done=on_sure,
)
