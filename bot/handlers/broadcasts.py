"""An admin writes to all members: the message itself, a look at it, one tap, and a hand on the brake."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from telegram import CallbackQuery, Message, Update
from telegram.error import TelegramError

from bot.core.roles import MANAGERS
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.broadcasts.content import Content, ContentMistake, Unfit, compose_outgoing, parse_content
from bot.messages.broadcasts.screens import (
    render_abandoned,
    render_gone,
    render_preview,
    render_progress,
    render_prompt,
    render_unfit,
    render_unknown,
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
from bot.messages.texts import Texts
from bot.services.broadcasts import authoring
from bot.services.broadcasts.authoring import BroadcastView
from bot.services.members import open_home
from bot.updates.capability import Capability
from bot.updates.context import visitor_of
from bot.updates.flows import ANYTHING, Flow, Step
from bot.wire.errors import FailureKind, classify
from storage.conversation import Conversation
from storage.records import BroadcastId, DeliveryState

REFUSED_ALBUM = "refused_album"
"""Key in the admin's `user_data`: the album that was answered, since each of its pictures comes as a message."""


async def on_broadcast(update: Update, context: Context) -> None:
    """Ask for the message itself."""
    member = await context.write(authoring.compose, visitor=visitor_of(update))
    await show(update, context, render_prompt(Texts(member.language)))


async def on_content(update: Update, context: Context, asked: Conversation) -> None:
    """The message that was asked for, or its edited form, shown as members will see it.

    It is kept before it is shown and this update ends after that: an attempt that breaks off is made again.
    """
    message, visitor = update.effective_message, visitor_of(update)
    assert message is not None
    content = parse_content(message)
    if not isinstance(content, ContentMistake):
        content = await _preview(context, content)
    if isinstance(content, ContentMistake):
        if not _is_of_refused_album(message, context):
            member = await context.read(open_home, visitor=visitor)
            screen = render_unfit(Texts(member.language), content, is_edit=asked.step == "confirm")
            await show(update, context, screen)
        return
    drafted = partial(authoring.draft, visitor=visitor, message_id=message.message_id, content=content)
    view = await context.bot_data.store.write(drafted)
    if view is not None:
        await show(update, context, render_preview(Texts(view.member.language), view))


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
    await context.deliver(screen)


async def on_abandon(update: Update, context: Context) -> None:
    """The admin does not want to write after all."""
    member = await context.write(authoring.abandon, visitor=visitor_of(update))
    await show(update, context, render_abandoned(Texts(member.language)))


async def _preview(context: Context, content: Content) -> Content | ContentMistake:
    """Show the message as members will see it, and return it; what Telegram says where it does not send such a message."""
    try:
        await context.deliver(compose_outgoing(content))
    except TelegramError as error:
        failure = classify(error)
        if failure.kind is FailureKind.REFUSED:
            return ContentMistake(Unfit.TELEGRAM, said=failure.text)
        raise
    return content


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
    language = context.deps.shop.choose_language(visitor_of(update).telegram_language)
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
    flows=[
        Flow(
            name=authoring.BROADCAST,
            steps=[
                Step(name="content", takes=ANYTHING, takes_commands=True, takes_edits=True, on_answer=on_content),
                Step(name="confirm", takes=frozenset(), takes_edits=True, on_answer=on_content),
            ],
            on_cancel=on_abandon,
        )
    ],
)
