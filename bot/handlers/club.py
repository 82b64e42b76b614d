"""The club: what a member is and may take; and whoever runs the shop opens coupons for whoever comes first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telegram import Message, Update

from bot.core.club import clean_name, parse_quantity
from bot.handlers.conversations import begin_at
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.club import (
    ask_name,
    ask_pool,
    ask_quantity,
    ask_sure,
    list_answers,
    list_pools,
    pick_pools,
    refuse_quantity,
    render_club,
    render_no_pool,
    render_opened,
)
from bot.messages.taking_part_buttons import DROP_TAKE
from bot.messages.texts import Texts
from bot.services.club import dropping
from bot.services.club.club import view_club
from bot.services.conversations import finish
from bot.services.coupons.importing import view_pools
from bot.updates.context import visitor_of
from bot.updates.flows import Flow, Step
from storage.drop import DropId


async def on_club(update: Update, context: Context) -> None:
    """All of it."""
    view = await context.read(view_club, visitor=visitor_of(update))
    await show(update, context, render_club(Texts(view.member.language), context.deps.shop, view))


async def on_take(update: Update, context: Context, drop: int) -> None:
    """One of the first; whether it was in time is told by the coupon, or kindly."""
    seq = context.row.seq if context.row is not None else None
    tap = DROP_TAKE.data(drop)
    await context.write(dropping.claim, visitor=visitor_of(update), drop_id=DropId(drop), tap=tap, seq=seq)
    await on_club(update, context)


async def on_open(update: Update, context: Context) -> None:
    """Of which pool, how many, and what is it called?"""
    view = await context.read(view_pools, visitor=visitor_of(update))
    pools = pick_pools(view)
    if pools:
        await begin_at(update, context, DROP, "pool", {"pools": pools})
    else:
        await show(update, context, render_no_pool(Texts(view.member.language)))


async def on_sure(update: Update, context: Context, data: Mapping[str, Any]) -> None:
    """Open it, once."""
    visitor = visitor_of(update)
    view = await context.write(finish, dropping.open_drop, visitor=visitor, flow=DROP.name, data=data)
    if view is not None:
        await show(update, context, render_opened(Texts(view.member.language), context.deps.shop, view))


async def on_end(update: Update, context: Context, drop: int) -> None:
    """Nobody takes of it any more."""
    await context.write(dropping.end_drop, visitor=visitor_of(update), drop_id=DropId(drop))
    await on_club(update, context)


def read_quantity(message: Message) -> int | None:
    """How many."""
    return parse_quantity(message.text or "")


def read_name(message: Message) -> str | None:
    """What it is called."""
    return clean_name(message.text or "") or None


DROP = Flow(
    name="drop",
    steps=[
        Step(name="pool", ask=ask_pool, takes=frozenset(), choices=list_pools),
        Step(name="quantity", ask=ask_quantity, read=read_quantity, refuse=refuse_quantity),
        Step(name="name", ask=ask_name, read=read_name),
        Step(name="sure", ask=ask_sure, takes=frozenset(), choices=list_answers),
    ],
    on_done=on_sure,
)
