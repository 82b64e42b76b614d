"""What can be set of a message to all before it is sent, and whom it can go to first."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from telegram import Update
from telegram.error import TelegramError

from bot.core.broadcasts.content import FIRST, read_content
from bot.handlers.broadcasts.preview import send_composed, show_anew, show_panel, show_preview
from bot.handlers.broadcasts.running import show_gone
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.broadcasts.composing import BroadcastComposer, Reader
from bot.messages.broadcasts.content import ContentMistake
from bot.messages.broadcasts.panel import (
    render_ask_buttons,
    render_ask_version,
    render_languages,
    render_panel,
    render_test,
    render_tested,
)
from bot.messages.outgoing import OutgoingMessage
from bot.messages.texts import Texts
from bot.services.broadcasts import authoring, composing
from bot.services.broadcasts.authoring import BroadcastView
from bot.updates.context import visitor_of
from bot.wire.errors import classify
from storage.broadcast import Recipient
from storage.records import BroadcastId, BroadcastState

logger = logging.getLogger(__name__)

Renderer = Callable[[Texts, BroadcastView], OutgoingMessage]


async def on_panel(update: Update, context: Context, broadcast_id: int) -> None:
    """Back to what happens with a tap."""
    await _ask(
        update, context, broadcast_id, "confirm", lambda texts, view: render_panel(texts, context.deps.shop, view)
    )


async def on_languages(update: Update, context: Context, broadcast_id: int) -> None:
    """In which languages there is a version."""
    await _ask(
        update, context, broadcast_id, "confirm", lambda texts, view: render_languages(texts, context.deps.shop, view)
    )


async def on_version(update: Update, context: Context, broadcast_id: int, language: str) -> None:
    """Ask for the message in one more language."""
    await _ask(
        update,
        context,
        broadcast_id,
        "version",
        lambda texts, view: render_ask_version(texts, view, language),
        language=language,
    )


async def on_drop(update: Update, context: Context, broadcast_id: int, language: str) -> None:
    """Take the version of a language out."""
    view = await context.write(
        composing.drop_version, visitor=visitor_of(update), broadcast_id=BroadcastId(broadcast_id), language=language
    )
    if view is None:
        await show_gone(update, context)
    else:
        await show(update, context, render_languages(Texts(view.member.language), context.deps.shop, view))


async def on_buttons(update: Update, context: Context, broadcast_id: int) -> None:
    """Ask for buttons by lines."""
    await _ask(update, context, broadcast_id, "buttons", render_ask_buttons)


async def on_no_buttons(update: Update, context: Context, broadcast_id: int) -> None:
    """Take the buttons away."""
    await _set(update, context, broadcast_id, composing.set_buttons, buttons=())


async def on_share(update: Update, context: Context, broadcast_id: int, on: int) -> None:
    """Put the share button below it, or take it away."""
    await _set(update, context, broadcast_id, composing.set_shares, shares=bool(on))


async def on_count(update: Update, context: Context, broadcast_id: int, on: int) -> None:
    """Count who opens its links, or do not."""
    await _set(update, context, broadcast_id, composing.set_counts, counts=bool(on))


async def on_test(update: Update, context: Context, broadcast_id: int) -> None:
    """Whom it can go to first."""
    team = await context.read(authoring.list_team_readers, visitor=visitor_of(update))
    await _ask(update, context, broadcast_id, "confirm", lambda texts, view: render_test(texts, view, len(team)))


async def on_to_me(update: Update, context: Context, broadcast_id: int) -> None:
    """Send each of its versions to the author, then the panel once more."""
    view = await _find_draft(update, context, broadcast_id)
    if view is None:
        return
    content = read_content(view.broadcast.content)
    for language in content.versions:
        shown = await show_preview(context, view.member, content, language)
        if isinstance(shown, ContentMistake):
            break
    await show_panel(context, visitor_of(update), view, [])


async def on_to_team(update: Update, context: Context, broadcast_id: int) -> None:
    """Send it to everybody who runs the shop, each in their language."""
    view = await _find_draft(update, context, broadcast_id)
    if view is None:
        return
    team = await context.read(authoring.list_team_readers, visitor=visitor_of(update))
    composer = BroadcastComposer(read_content(view.broadcast.content), context.deps.shop)
    sent = [await _send_test(context, composer, reader) for reader in team]
    await context.deliver(render_tested(Texts(view.member.language), sum(sent), len(team)))
    await show_panel(context, visitor_of(update), view, [])


async def _send_test(context: Context, composer: BroadcastComposer, to: Recipient) -> bool:
    """Whether it has arrived; somebody of the team may have blocked the bot."""
    try:
        for message in composer.compose(Reader(language=to.language, code=to.code)):
            await send_composed(context, to.person_id, message, partial(context.deliver_to, to.telegram_id))
    except TelegramError as error:
        logger.info("Somebody of the team did not get the test: %s", classify(error, to.telegram_id).text)
        return False
    return True


async def _ask(
    update: Update, context: Context, broadcast_id: int, step: str, render: Renderer, *, language: str = FIRST
) -> None:
    """Wait for something of a draft, and say what for."""
    view = await context.write(
        composing.wait_for,
        visitor=visitor_of(update),
        broadcast_id=BroadcastId(broadcast_id),
        step=step,
        language=language,
    )
    if view is None:
        await show_gone(update, context)
    else:
        await show(update, context, render(Texts(view.member.language), view))


async def _set(
    update: Update, context: Context, broadcast_id: int, service: Callable[..., BroadcastView | None], **changed: object
) -> None:
    """Change something of a draft and show it anew, as members will see it."""
    visitor = visitor_of(update)
    view = await context.write(service, visitor=visitor, broadcast_id=BroadcastId(broadcast_id), **changed)
    if view is None:
        await show_gone(update, context)
        return
    _, place = await context.read(composing.find_place, visitor=visitor)
    await show_anew(context, visitor, view, [*place.shown])


async def _find_draft(update: Update, context: Context, broadcast_id: int) -> BroadcastView | None:
    """A draft of the visitor's own; says so where it is none."""
    view = await context.read(
        authoring.view_broadcast, visitor=visitor_of(update), broadcast_id=BroadcastId(broadcast_id)
    )
    if view is None or view.broadcast.state is not BroadcastState.DRAFT:
        await show_gone(update, context)
        return None
    return view
