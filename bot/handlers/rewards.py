"""What the owner's rules give: told, freed when its time has come."""

from __future__ import annotations

from telegram import Update

from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.texts import Texts
from bot.messages.why import render_answer, render_why
from bot.services.rewards.viewing import explain, list_why
from bot.updates.context import visitor_of
from storage.facts import GrantId


async def on_why(update: Update, context: Context, page: int = 0) -> None:
    """All that the rules gave me."""
    view = await context.read(list_why, visitor=visitor_of(update), page=page)
    await show(update, context, render_why(Texts(view.member.language), context.deps.shop, view))


async def on_why_one(update: Update, context: Context, grant_id: int) -> None:
    """Why this."""
    view = await context.read(explain, visitor=visitor_of(update), grant_id=GrantId(grant_id))
    await show(update, context, render_answer(Texts(view.member.language), context.deps.shop, view))
