"""Telegram gifts, for whoever runs the shop: which have not arrived, and what to do."""

from __future__ import annotations

from telegram import Update

from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.gifts import render_gifts
from bot.messages.texts import Texts
from bot.services.gifts import settling
from bot.services.gifts.settling import GiftsView
from bot.updates.context import visitor_of
from storage.facts import GrantId


async def on_gifts(update: Update, context: Context) -> None:
    """What waits, and why."""
    await _show(update, context, await context.read(settling.view_gifts, visitor=visitor_of(update)))


async def on_arrived(update: Update, context: Context, grant_id: int) -> None:
    """This one is there."""
    number = GrantId(grant_id)
    await _show(
        update, context, await context.write(settling.note_arrived, visitor=visitor_of(update), grant_id=number)
    )


async def on_again(update: Update, context: Context, grant_id: int) -> None:
    """This one is not there."""
    number = GrantId(grant_id)
    await _show(update, context, await context.write(settling.send_again, visitor=visitor_of(update), grant_id=number))


async def on_now(update: Update, context: Context) -> None:
    """What was wrong has been put right."""
    await _show(update, context, await context.write(settling.try_now, visitor=visitor_of(update)))


async def _show(update: Update, context: Context, view: GiftsView) -> None:
    await show(update, context, render_gifts(Texts(view.member.language), context.deps.shop, view))
