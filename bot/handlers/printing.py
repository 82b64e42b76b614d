"""On paper: business cards to be cut, and a poster for the counter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from telegram import Update

from bot.core.printing import SHOP, parse_placement
from bot.core.roles import MANAGERS
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.outgoing import Document, OutgoingMessage
from bot.messages.printing import (
    render_cards_sheet,
    render_placement_refused,
    render_poster_sheet,
    render_shop_poster,
    render_shop_tent,
    say_file_names,
    say_shop_file_names,
)
from bot.messages.shop import Source
from bot.messages.texts import Texts
from bot.services.members import open_home
from bot.services.printing import note_print
from bot.services.spoken import open_spoken
from bot.updates.context import visitor_of
from bot.updates.routing import is_allowed


async def on_print(update: Update, context: Context) -> None:
    """Hand the member two PDFs with their code; a word behind the command names the place they will hang."""
    if (
        context.args
        and context.args[0].lower() == SHOP
        and await is_allowed(context, visitor_of(update).telegram_id, MANAGERS)
    ):
        await _print_for_shop(update, context, context.args[1:])
        return
    await context.read(open_spoken, visitor=visitor_of(update))
    member = await context.read(open_home, visitor=visitor_of(update))
    placement = parse_placement(" ".join(context.args or ()), usual=Source.PRINT, taken=set(Source))
    texts = Texts(member.language)
    if placement is None:
        await show(update, context, render_placement_refused(texts))
        return
    cards, poster = await context.deps.pictures.render_print_sheets(member, placement)
    names = say_file_names(placement)
    await _send(context, cards, names[0], render_cards_sheet(texts, placement))
    await _send(context, poster, names[1], render_poster_sheet(texts))
    await context.write(note_print, person_id=member.id, story=context.deps.shop.story_key(0))


async def _print_for_shop(update: Update, context: Context, typed: Sequence[str]) -> None:
    """The shop's own paper: nobody's name, and a place of its own that newcomers are counted for."""
    member = await context.read(open_home, visitor=visitor_of(update))
    placement, texts = parse_placement(" ".join(typed), usual=SHOP, taken=()), Texts(member.language)
    if placement is None:
        await show(update, context, render_placement_refused(texts))
        return
    poster, tent = await context.deps.pictures.render_shop_sheets(member.language, placement)
    names = say_shop_file_names(placement)
    await _send(context, poster, names[0], render_shop_poster(texts, placement))
    await _send(context, tent, names[1], render_shop_tent(texts))


async def _send(context: Context, pdf: bytes, name: str, screen: OutgoingMessage) -> None:
    await context.deliver(replace(screen, document=Document(content=pdf, name=name)))
