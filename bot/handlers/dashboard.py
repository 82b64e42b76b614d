"""The way from the chat to the dashboard in a browser."""

from __future__ import annotations

from telegram import Update

from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.dashboard.entering import render_link, render_nowhere
from bot.messages.texts import Texts
from bot.services.dashboard.entering import make_link
from bot.services.members import open_home
from bot.updates.context import visitor_of


async def on_dashboard(update: Update, context: Context) -> None:
    """A link that opens it once; where the shop has no address of its own, a word that there is none."""
    shop = context.deps.shop
    if not shop.public_url:
        member = await context.read(open_home, visitor=visitor_of(update))
        await show(update, context, render_nowhere(Texts(member.language)))
        return
    link = await context.write(make_link, visitor=visitor_of(update))
    await show(update, context, render_link(Texts(link.member.language), shop, link))
