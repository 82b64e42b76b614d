"""The card for what other apps call a story or a status: a file to be saved."""

from __future__ import annotations

from dataclasses import replace

from telegram import Update

from bot.core.sharing import CardFormat
from bot.handlers.deps import Context
from bot.messages.outgoing import Document
from bot.messages.sharing.screens import render_tall
from bot.messages.texts import Texts
from bot.services.members import open_home
from bot.services.sharing.cards import note_share
from bot.updates.context import visitor_of
from storage.records import ShareWay

TALL_FILE = "story.jpg"


async def on_tall(update: Update, context: Context, story: str) -> None:
    """Hand the member their card with a story, 9:16; as a file, since photos are made smaller."""
    member = await context.read(open_home, visitor=visitor_of(update))
    jpeg = await context.deps.pictures.draw_card(member, story, CardFormat.TALL)
    screen = render_tall(Texts(member.language), context.deps.shop, member)
    await context.deliver(replace(screen, document=Document(content=jpeg, name=TALL_FILE)))
    await context.write(note_share, person_id=member.id, way=ShareWay.CARD, version="", file_id=None, story=story)
