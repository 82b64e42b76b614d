"""Who did what in running the shop."""

from __future__ import annotations

from telegram import Update

from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.audit import render_audit
from bot.messages.texts import Texts
from bot.services.audit import view_audit
from bot.updates.context import visitor_of


async def on_audit(update: Update, context: Context, before_id: int = 0) -> None:
    """The latest acts, or those before one of them."""
    view = await context.read(view_audit, visitor=visitor_of(update), before_id=before_id)
    await show(update, context, render_audit(Texts(view.member.language), context.deps.shop, view))
