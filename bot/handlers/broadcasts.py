"""An admin writes to all members: the message itself, a look at it, one tap, and a hand on the brake."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from telegram import CallbackQuery, Message, Update
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.core.roles import MANAGERS
from bot.handlers.deps import Context, visitor_of
from bot.handlers.guide import on_anything_else
from bot.handlers.reply import show
from bot.messages.broadcasts.content import Content, compose_parcel, parse_content
from bot.messages.broadcasts.screens import (
    render_abandoned,
    render_gone,
    render_preview,
    render_progress,
    render_prompt,
    render_unknown,
    render_unsuitable,
)
from bot.messages.buttons import (
    BROADCAST_ABANDON,
    BROADCAST_CANCEL,
    BROADCAST_CONFIRM,
    BROADCAST_PAUSE,
    BROADCAST_RESUME,
    BROADCAST_UNKNOWN,
)
from bot.messages.commands import Command
from bot.messages.texts import Texts, choose_language
from bot.services.broadcasts import authoring
from bot.services.broadcasts.authoring import BroadcastView, Waiting
from bot.updates.capability import Capability
from bot.wire.errors import FailureKind, classify
from storage.records import BroadcastId, DeliveryState

REFUSED_ALBUM = "refused_album"
"""Key in the admin's `user_data`: the album that was answered, since each of its pictures comes as a message."""


async def on_broadcast(update: Update, context: Context) -> None:
    """Ask for the message itself."""
    member = await context.write(authoring.compose, visitor=visitor_of(update))
    await show(update, context, render_prompt(Texts(member.language)))


async def on_admin_message(update: Update, context: Context) -> None:
    """The message that was asked for, shown as members will see it; what was asked for later goes first."""
    message = update.effective_message
    assert message is not None
    waiting = await context.read(authoring.find_composing, visitor=visitor_of(update))
    if waiting is None:
        await on_anything_else(update, context)
        return
    content = parse_content(message)
    if content is not None and await _preview(update, context, waiting, content):
        return
    if not _is_of_refused_album(message, context):
        await show(update, context, render_unsuitable(Texts(waiting.member.language)))


async def on_confirm(update: Update, context: Context, broadcast_id: int) -> None:
    """One tap sends it; the tapped message becomes the progress."""
    query = update.callback_query
    assert isinstance(query, CallbackQuery)
    assert query.message is not None
    confirm = partial(authoring.confirm, progress_message_id=query.message.message_id)
    await _move(update, context, confirm, broadcast_id)


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
        await _show_gone(update, context)
        return
    view, listed = found
    screen = render_unknown(Texts(view.member.language), listed, total=view.counts.get(DeliveryState.UNKNOWN, 0))
    await context.bot.send_message(view.member.telegram_id, screen.text, parse_mode=ParseMode.HTML)


async def on_abandon(update: Update, context: Context) -> None:
    """The admin does not want to write after all."""
    member = await context.write(authoring.abandon, visitor=visitor_of(update))
    await show(update, context, render_abandoned(Texts(member.language)))


async def _preview(update: Update, context: Context, waiting: Waiting, content: Content) -> bool:
    """Show the message as members will see it, then the button; False where Telegram does not send such a message.

    Written down last: an attempt that breaks off before is made again, and a second look at the message does no harm.
    """
    visitor, broadcast_id = visitor_of(update), waiting.broadcast_id
    parcel = compose_parcel(content)
    try:
        await context.bot.post_raw(parcel.method, parcel.address(visitor.telegram_id))
    except TelegramError as error:
        if classify(error).kind is FailureKind.REFUSED:
            return False
        raise
    view = await context.read(authoring.view_broadcast, visitor=visitor, broadcast_id=broadcast_id)
    if view is not None:
        await show(update, context, render_preview(Texts(view.member.language), view))
        await context.write(authoring.draft, visitor=visitor, broadcast_id=broadcast_id, content=content)
    return True


def _is_of_refused_album(message: Message, context: Context) -> bool:
    """Whether this picture is of the album that was answered last."""
    remembered = context.user_data
    if remembered is None or message.media_group_id is None:
        return False
    known = remembered.get(REFUSED_ALBUM) == message.media_group_id
    remembered[REFUSED_ALBUM] = message.media_group_id
    return known


async def _move(
    update: Update, context: Context, service: Callable[..., BroadcastView | None], broadcast_id: int
) -> None:
    visitor = visitor_of(update)
    view = await context.write(service, visitor=visitor, broadcast_id=BroadcastId(broadcast_id))
    if view is None:
        await _show_gone(update, context)
    else:
        await show(update, context, render_progress(Texts(view.member.language), view))


async def _show_gone(update: Update, context: Context) -> None:
    language = choose_language(None, visitor_of(update).telegram_language)
    await show(update, context, render_gone(Texts(language)))


CAPABILITY = Capability(
    name="broadcasts",
    roles=MANAGERS,
    commands={Command(name="broadcast", text="command.broadcast", place=1): on_broadcast},
    buttons={
        BROADCAST_CONFIRM: on_confirm,
        BROADCAST_PAUSE: on_pause,
        BROADCAST_RESUME: on_resume,
        BROADCAST_CANCEL: on_cancel,
        BROADCAST_UNKNOWN: on_unknown,
        BROADCAST_ABANDON: on_abandon,
    },
)
