"""Standing in line: a place in it, and letting its first in."""

from __future__ import annotations

from telegram import Update

from bot.core.roles import EVERYBODY, MANAGERS
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.buttons import LET_IN, LET_IN_SURE, QUEUE, QUEUE_UP
from bot.messages.commands import Command
from bot.messages.standing import render_invites
from bot.messages.texts import Texts
from bot.messages.waiting import NOTICES, render_queue, render_sure
from bot.services.standing import list_invites
from bot.services.waiting import waiting
from bot.updates.capability import Capability
from bot.updates.context import visitor_of
from bot.updates.job import Job
from storage.store import Store

PAGE = 50
"""Members who are told in one go that it is their turn."""


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


async def welcome_owed(store: Store) -> None:
    """Give and tell those who were let in what that gives, some at a time."""
    owed = await store.read(waiting.list_owed, limit=PAGE)
    if owed:
        await store.write(waiting.welcome, owed)


async def open_doors(store: Store) -> None:
    """Let in whom a day lets in."""
    if await store.read(waiting.opens_today):
        await store.write(waiting.open_doors)


CAPABILITY = Capability(
    name="waiting",
    roles=EVERYBODY,
    commands={Command(name="waitlist", text="queue.command", place=9, roles=MANAGERS): on_queue},
    buttons={QUEUE: on_queue, LET_IN: on_let_in, LET_IN_SURE: on_sure, QUEUE_UP: on_queue_up},
    notices=NOTICES,
    jobs=[
        Job(name="let in", every_seconds=5.0, run=welcome_owed),
        Job(name="doors", every_seconds=60.0, run=open_doors),
    ],
)
