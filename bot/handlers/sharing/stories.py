"""Turning the card from one story to the next, in place."""

from __future__ import annotations

from functools import partial

from telegram import Message, Update
from telegram.error import BadRequest

from bot.handlers.deps import Context
from bot.handlers.sharing.share import CARD, find_upload, follow_photo, put_picture, send_picture
from bot.messages.outgoing import Photo
from bot.messages.texts import Texts
from bot.services.sharing.cards import ShareView, keep_card, look_up_card
from bot.updates.context import visitor_of
from bot.wire.errors import classify
from bot.wire.telegram_bot import find_file_id


async def on_story(update: Update, context: Context, story: str) -> None:
    """Show a story. Looking is not sharing: only what leaves for a chat is counted."""
    await turn_card(update, context, story)


async def turn_card(update: Update, context: Context, story: str) -> None:
    """Show the member's card with a story in place of the tapped message, as it is now: words, name, theme and all."""
    visitor, pictures = visitor_of(update), context.deps.pictures
    async with pictures.turns.alone(visitor.telegram_id):
        view = await context.read(look_up_card, visitor=visitor, versions=pictures.versions, story=story)
        uploaded = find_upload(await _show(update, context, view, story), view)
        if uploaded is not None:
            await context.write(keep_card, person_id=view.member.id, version=view.version, file_id=uploaded)
    follow_photo(context, view)


async def _show(update: Update, context: Context, view: ShareView, story: str) -> str | None:
    """Edit the tapped card, or where there is none any more send one; returns Telegram's name for its picture."""
    query = update.callback_query
    if query is None or not isinstance(query.message, Message) or not query.message.photo:
        return await send_picture(context, CARD, view, story)
    try:
        return await put_picture(context, CARD, view, story, partial(_edit, query.message, context, view, story))
    except BadRequest as error:
        failure = classify(error)
        if failure.is_unchanged:
            return view.file_id
        if not failure.is_gone:
            raise
        return await send_picture(context, CARD, view, story)


async def _edit(message: Message, context: Context, view: ShareView, story: str, photo: Photo) -> str | None:
    screen = CARD.render(Texts(view.member.language), context.deps.shop, view.member, photo, story)
    return find_file_id(await context.bot.edit(message.chat.id, message.message_id, screen))
