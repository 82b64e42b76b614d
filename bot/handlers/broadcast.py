"""An admin writes to all members: the message itself, a look at it, one tap, and a hand on the brake."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from telegram import Message, Update

from bot.handlers.guide import on_anything_else
from bot.handlers.kit import Context, visitor_of
from bot.handlers.showing import show
from bot.messages.content import compose_request, parse_content
from bot.messages.screens.broadcast import (
    render_abandoned,
    render_gone,
    render_preview,
    render_progress,
    render_prompt,
    render_unknown,
    render_unsuitable,
)
from bot.messages.texts import Texts
from bot.services import broadcasting
from bot.services.broadcasting import BroadcastView
from storage.records import BroadcastId, DeliveryState


async def on_broadcast(update: Update, context: Context) -> None:
    """Ask for the message itself."""
    member = await context.write(broadcasting.compose, visitor=visitor_of(update))
    await show(update, context, render_prompt(Texts(member.language)))


async def on_admin_message(update: Update, context: Context) -> None:
    """The message that was asked for, shown as members will see it; anything else gets the usual pointer."""
    visitor, message = visitor_of(update), update.effective_message
    assert message is not None
    waiting = await context.read(broadcasting.find_composing, visitor=visitor)
    if waiting is None:
        await on_anything_else(update, context)
        return
    content = parse_content(message)
    if content is None:
        await show(update, context, render_unsuitable(Texts(waiting.member.language)))
        return
    method, parameters = compose_request(content, visitor.telegram_id)
    await context.bot.do_api_request(method, api_kwargs=parameters)
    view = await context.write(broadcasting.draft, visitor=visitor, broadcast_id=waiting.broadcast_id, content=content)
    if view is not None:
        await show(update, context, render_preview(Texts(view.member.language), view))


async def on_confirm(update: Update, context: Context, broadcast_id: int) -> None:
    """One tap sends it; the tapped message becomes the progress."""
    message = update.effective_message
    assert isinstance(message, Message)
    confirm = partial(broadcasting.confirm, progress_message_id=message.message_id)
    await _move(update, context, confirm, broadcast_id)


async def on_pause(update: Update, context: Context, broadcast_id: int) -> None:
    """Send nothing more until resumed."""
    await _move(update, context, broadcasting.pause, broadcast_id)


async def on_resume(update: Update, context: Context, broadcast_id: int) -> None:
    """Go on with those who have not got it."""
    await _move(update, context, broadcasting.resume, broadcast_id)


async def on_cancel(update: Update, context: Context, broadcast_id: int) -> None:
    """Send it to nobody more."""
    await _move(update, context, broadcasting.cancel, broadcast_id)


async def on_unknown(update: Update, context: Context, broadcast_id: int) -> None:
    """List those of whom nobody can say whether they got it."""
    view, listed = await context.read(
        broadcasting.list_unknown, visitor=visitor_of(update), broadcast_id=BroadcastId(broadcast_id)
    )
    total = view.counts.get(DeliveryState.UNKNOWN, 0)
    screen = render_unknown(Texts(view.member.language), listed, total=total)
    await context.bot.send_message(view.member.telegram_id, screen.text, parse_mode="HTML")


async def on_abandon(update: Update, context: Context) -> None:
    """The admin does not want to write after all."""
    member = await context.write(broadcasting.abandon, visitor=visitor_of(update))
    await show(update, context, render_abandoned(Texts(member.language)))


async def _move(
    update: Update, context: Context, service: Callable[..., BroadcastView | None], broadcast_id: int
) -> None:
    visitor = visitor_of(update)
    view = await context.write(service, visitor=visitor, broadcast_id=BroadcastId(broadcast_id))
    if view is not None:
        await show(update, context, render_progress(Texts(view.member.language), view))
        return
    await show(update, context, render_gone(Texts(visitor.telegram_language)))
