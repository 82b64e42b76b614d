"""The message as members will see it, and the panel below; both go where they are shown anew."""

from __future__ import annotations

from dataclasses import replace

from telegram.error import TelegramError

from bot.core.broadcasts.content import FIRST, BroadcastContent, read_content
from bot.handlers.deps import Context
from bot.messages.broadcasts.composing import BroadcastComposer, Reader, read_story
from bot.messages.broadcasts.content import ContentMistake, Unfit
from bot.messages.broadcasts.panel import render_panel
from bot.messages.outgoing import OutgoingMessage
from bot.messages.texts import Texts
from bot.services.broadcasts import composing
from bot.services.broadcasts.authoring import BroadcastView
from bot.services.members import MemberView
from bot.wire.errors import FailureKind, classify
from bot.wire.story_cards import Send, send_story
from bot.wire.telegram_bot import JSONDict
from storage.records import PersonId, Profile


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
            sent = await send_composed(context, member.id, message, context.deliver)
            count = len(content.versions[language].parameters["items"]) if message.method == ALBUM else 1
            shown += range(sent["message_id"], sent["message_id"] + count)
    except TelegramError as error:
        failure = classify(error)
        if failure.kind is FailureKind.REFUSED:
            await take_away(context, shown)
            return ContentMistake(Unfit.TELEGRAM, said=failure.text)
        raise
    return shown


async def show_others(context: Context, member: MemberView, content: BroadcastContent, language: str) -> list[int]:
    """Show the versions in the other languages as well; returns their numbers."""
    shown: list[int] = []
    for other in content.versions:
        found = await show_preview(context, member, content, other) if other != language else []
        shown += [] if isinstance(found, ContentMistake) else found
    return shown


async def send_composed(context: Context, person_id: PersonId, message: OutgoingMessage, send: Send) -> JSONDict:
    """Send what was composed for somebody: a story on their card, anything else as it is."""
    if not read_story(message):
        return await send(message)
    return await send_story(context.bot_data.store, context.deps.snapshot, person_id, message, send)


async def show_panel(context: Context, visitor: Profile, view: BroadcastView, shown: list[int]) -> None:
    """Put the panel below what is shown, and keep both in mind."""
    sent = await context.deliver(render_panel(Texts(view.member.language), context.deps.shop, view))
    kept = [*shown, sent["message_id"]]
    await context.write(composing.note_shown, visitor=visitor, broadcast_id=view.broadcast.id, shown=kept)


async def show_anew(context: Context, visitor: Profile, view: BroadcastView, former: list[int]) -> None:
    """Show message and panel in place of what was shown of them."""
    await take_away(context, former)
    content = read_content(view.broadcast.content)
    others = await show_others(context, view.member, content, FIRST)
    shown = await show_preview(context, view.member, content)
    await show_panel(context, visitor, view, others + ([] if isinstance(shown, ContentMistake) else shown))


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
