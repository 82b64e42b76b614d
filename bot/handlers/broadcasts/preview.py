"""The message as members will see it, and the panel below; both go where they are shown anew."""

from __future__ import annotations

from dataclasses import replace

from telegram.error import TelegramError

from bot.core.broadcasts.content import FIRST, BroadcastContent, read_content
from bot.handlers.deps import Context
from bot.messages.broadcasts.composing import BroadcastComposer, Reader
from bot.messages.broadcasts.content import ContentMistake, Unfit
from bot.messages.broadcasts.panel import render_panel
from bot.messages.texts import Texts
from bot.services.broadcasts import composing
from bot.services.broadcasts.authoring import BroadcastView
from bot.services.members import MemberView
from bot.wire.errors import FailureKind, classify
from storage.records import Profile


async def show_preview(
    context: Context, member: MemberView, content: BroadcastContent, language: str = FIRST
) -> list[int] | ContentMistake:
    """Show the message as members will see it; returns its numbers, or what Telegram says where it does not send such a one.

    Links are not counted here: they lead where they lead.
    """
    composer = BroadcastComposer(replace(content, counts=False), context.deps.shop)
    reader = Reader(language=member.language, code=member.code)
    shown: list[int] = []
    try:
        for message in composer.compose_version(language, reader):
            sent = await context.deliver(message)
            count = len(content.versions[language].parameters["items"]) if message.method == ALBUM else 1
            shown += range(sent["message_id"], sent["message_id"] + count)
    except TelegramError as error:
        failure = classify(error)
        if failure.kind is FailureKind.REFUSED:
            await take_away(context, shown)
            return ContentMistake(Unfit.TELEGRAM, said=failure.text)
        raise
    return shown


async def show_panel(context: Context, visitor: Profile, view: BroadcastView, shown: list[int]) -> None:
    """Put the panel below what is shown, and keep both in mind."""
    sent = await context.deliver(render_panel(Texts(view.member.language), context.deps.shop, view))
    kept = [*shown, sent["message_id"]]
    await context.write(composing.note_shown, visitor=visitor, broadcast_id=view.broadcast.id, shown=kept)


async def show_anew(context: Context, visitor: Profile, view: BroadcastView, former: list[int]) -> None:
    """Show message and panel in place of what was shown of them."""
    await take_away(context, former)
    shown = await show_preview(context, view.member, read_content(view.broadcast.content))
    await show_panel(context, visitor, view, [] if isinstance(shown, ContentMistake) else shown)


async def take_away(context: Context, message_ids: list[int]) -> None:
    """Delete what is not as it was; what cannot be deleted stays, and does no harm."""
    if not message_ids:
        return
    try:
        await context.bot.delete_messages(context.attempt.chat_id, message_ids)
    except TelegramError as error:
        if classify(error).kind is not FailureKind.REFUSED:
            raise


ALBUM = "sendMediaGroup"
