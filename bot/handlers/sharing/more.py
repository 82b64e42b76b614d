"""The ways out of Telegram, where there is no share page."""

from __future__ import annotations

from telegram import Update

from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.sharing.more import render_more
from bot.messages.texts import Texts
from bot.services.members import open_home
from bot.updates.context import visitor_of


async def on_more(update: Update, context: Context) -> None:
    """The networks, each one tap away."""
    member = await context.read(open_home, visitor=visitor_of(update))
    await show(update, context, render_more(Texts(member.language), context.deps.shop, member))
