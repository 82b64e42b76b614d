"""A message to all on its way: one tap sends it, and a hand stays on the brake."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from telegram import CallbackQuery, Update

from bot.handlers.broadcasts.fare import can_pay
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.broadcasts.screens import render_gone, render_progress, render_unknown
from bot.messages.texts import Texts
from bot.services.broadcasts import authoring
from bot.services.broadcasts.authoring import BroadcastView
from bot.updates.context import visitor_of
from storage.broadcast import Broadcast
from storage.records import BroadcastId, BroadcastState, DeliveryState

SAMPLE_PERCENT = 1


async def on_confirm(update: Update, context: Context, broadcast_id: int) -> None:
    """One tap sends it; the tapped message becomes the progress."""
    await _start(update, context, authoring.confirm, broadcast_id)


async def on_sample(update: Update, context: Context, broadcast_id: int) -> None:
    """Send it to one of a hundred, and wait for another tap."""
    await _start(update, context, partial(authoring.confirm, percent=SAMPLE_PERCENT), broadcast_id)


async def on_rest(update: Update, context: Context, broadcast_id: int) -> None:
    """Send it to those who were not in the sample."""
    await _start(update, context, authoring.send_rest, broadcast_id)


async def on_pause(update: Update, context: Context, broadcast_id: int) -> None:
    """Send nothing more until resumed."""
    await _move(update, context, authoring.pause, broadcast_id)


async def on_resume(update: Update, context: Context, broadcast_id: int) -> None:
    """Go on with those who have not got it."""
    await _move(update, context, authoring.resume, broadcast_id)


async def on_cancel(update: Update, context: Context, broadcast_id: int) -> None:
    """Send it to nobody more."""
    await _move(update, context, authoring.cancel, broadcast_id)


async def on_unknown(update: Update, context: Context, broadcast_id: int) -> None:
    """List those of whom nobody can say whether they got it."""
    found = await context.read(
        authoring.list_unknown, visitor=visitor_of(update), broadcast_id=BroadcastId(broadcast_id)
    )
    if found is None:
        await show_gone(update, context)
        return
    view, listed = found
    screen = render_unknown(Texts(view.member.language), listed, total=view.counts.get(DeliveryState.UNKNOWN, 0))
    await context.deliver(screen)


async def show_gone(update: Update, context: Context) -> None:
    """The button belongs to a broadcast that is not there, or no draft any more."""
    language = context.deps.shop.choose_language(visitor_of(update).telegram_language)
    await show(update, context, render_gone(Texts(language)))


async def _start(
    update: Update, context: Context, service: Callable[..., BroadcastView | None], broadcast_id: int
) -> None:
    query = update.callback_query
    assert isinstance(query, CallbackQuery)
    assert query.message is not None
    asked = await context.read(
        authoring.view_broadcast, visitor=visitor_of(update), broadcast_id=BroadcastId(broadcast_id)
    )
    if asked is not None and _is_unpaid(asked.broadcast) and not await can_pay(update, context, asked):
        return
    await _move(update, context, partial(service, progress_message_id=query.message.message_id), broadcast_id)


def _is_unpaid(broadcast: Broadcast) -> bool:
    """Whether it is to be paid for, and has not begun, or not for all."""
    return broadcast.paid and broadcast.state in {BroadcastState.DRAFT, BroadcastState.DONE}


async def _move(
    update: Update, context: Context, service: Callable[..., BroadcastView | None], broadcast_id: int
) -> None:
    visitor = visitor_of(update)
    view = await context.write(service, visitor=visitor, broadcast_id=BroadcastId(broadcast_id))
    if view is None:
        await show_gone(update, context)
    else:
        await show(update, context, render_progress(Texts(view.member.language), view))
