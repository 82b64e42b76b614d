"""Standing in line: a place in it, and letting its first in."""

from __future__ import annotations

from telegram import Update

from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.standing import render_invites
from bot.messages.texts import Texts
from bot.messages.waiting import render_queue, render_sure
from bot.services.standing import list_invites
from bot.services.waiting import waiting
from bot.updates.context import visitor_of


async def on_queue(update: Update, context: Context) -> None:
    """How long the line is."""
    view = await context.read(waiting.view_queue, visitor=visitor_of(update))
    await show(update, context, render_queue(Texts(view.member.language), context.deps.shop, view))


async def on_let_in(update: Update, context: Context, count: int, before: int) -> None:
    """Ask once more."""
    view = await context.read(waiting.view_queue, visitor=visitor_of(update), count=count)
    await show(update, context, render_sure(Texts(view.member.language), view, before))


async def on_sure(update: Update, context: Context, count: int, before: int) -> None:
    """Let them in."""
    view = await context.write(waiting.let_in, visitor=visitor_of(update), count=count, before=before)
    await show(update, context, render_queue(Texts(view.member.language), context.deps.shop, view))


async def on_queue_up(update: Update, context: Context) -> None:
    """A place at the end."""
    member = await context.write(waiting.queue_up, visitor=visitor_of(update))
    view = await context.read(list_invites, visitor=visitor_of(update))
    await show(update, context, render_invites(Texts(member.language), context.deps.shop, view))
