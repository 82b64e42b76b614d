"""A member's face on their cards: shown first, then put on or not, and taken off again."""

from __future__ import annotations

from dataclasses import replace

from telegram import Update

from bot.handlers.deps import Context
from bot.handlers.guide import show_over
from bot.handlers.reply import show
from bot.handlers.sharing.share import CARD, find_upload, send_picture
from bot.handlers.sharing.stories import turn_card
from bot.messages.face import render_face_preview, render_no_face, render_unread_face
from bot.messages.privacy import render_privacy
from bot.messages.texts import Texts
from bot.services.face import hide_face, look_up_face, offer_face, show_face
from bot.services.sharing.cards import keep_card
from bot.updates.context import visitor_of
from bot.wire.profile_photos import fetch_profile_photo

PREVIEW = replace(CARD, render=render_face_preview)


async def on_face(update: Update, context: Context, story: str) -> None:
    """Look for the member's profile photo, and show the card with it to nobody else."""
    visitor, pictures = visitor_of(update), context.deps.pictures
    view = await context.read(look_up_face, visitor=visitor)
    photo = await fetch_profile_photo(context.bot, pictures, visitor.telegram_id, view.known)
    texts = Texts(view.member.language)
    if photo is None:
        await show(update, context, render_no_face(texts))
    elif photo.content is None and photo.photo_id not in view.known:
        await show(update, context, render_unread_face(texts))
    else:
        card = await context.bot_data.store.write(
            offer_face,
            visitor=visitor,
            photo_id=photo.photo_id,
            content=photo.content,
            versions=pictures.versions,
            story=story,
        )
        uploaded = find_upload(await send_picture(context, PREVIEW, card, story), card)
        if uploaded is not None:
            await context.write(keep_card, person_id=card.member.id, version=card.version, file_id=uploaded)


async def on_face_keep(update: Update, context: Context, story: str) -> None:
    """The cards show it from now on."""
    member = await context.write(show_face, visitor=visitor_of(update))
    if member is None:
        await show_over(update, context)
    else:
        await turn_card(update, context, story)


async def on_face_drop(update: Update, context: Context, story: str) -> None:
    """The cards go with the name alone, and the photo is forgotten."""
    await context.write(hide_face, visitor=visitor_of(update))
    await turn_card(update, context, story)


async def on_hide_face(update: Update, context: Context) -> None:
    """Likewise, under what is kept."""
    member = await context.write(hide_face, visitor=visitor_of(update))
    await show(update, context, render_privacy(Texts(member.language), member))
