"""How do my invitations stand? The friends, the rewards, the ranking."""

from __future__ import annotations

from telegram import Update

from bot.core.periods import BoardKind
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.standing import render_invites, render_rewards, render_top
from bot.messages.texts import Texts
from bot.services.standing import TopView, appear, list_invites, list_rewards, rank
from bot.updates.context import visitor_of


async def on_invites(update: Update, context: Context, page: int = 0) -> None:
    """Who came through me."""
    view = await context.read(list_invites, visitor=visitor_of(update), page=page)
    await show(update, context, render_invites(Texts(view.member.language), context.deps.shop, view))


async def on_rewards(update: Update, context: Context, page: int = 0) -> None:
    """My balance and how it came about."""
    view = await context.read(list_rewards, visitor=visitor_of(update), page=page)
    await show(update, context, render_rewards(Texts(view.member.language), context.deps.shop, view))


async def on_top(update: Update, context: Context, period: str = BoardKind.ALL) -> None:
    """The ranking of a week, a month, the campaign or of all time, and my place in each."""
    kind = BoardKind(period) if period in set(BoardKind) else BoardKind.ALL
    await _show_top(update, context, await context.read(rank, visitor=visitor_of(update), kind=kind))


async def on_appear(update: Update, context: Context, named: int) -> None:
    """Stand in the ranking with a name (1) or without one (0)."""
    view = await context.write(appear, visitor=visitor_of(update), anonymous=not named)
    await _show_top(update, context, view)


async def _show_top(update: Update, context: Context, view: TopView) -> None:
    await show(update, context, render_top(Texts(view.member.language), context.deps.shop, view))
