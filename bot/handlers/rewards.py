"""What the owner's rules give: told, freed when its time has come."""

from __future__ import annotations

from telegram import Update

from bot.core.durations import HOUR_SECONDS
from bot.core.roles import EVERYBODY
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.buttons import WHY, WHY_LIST
from bot.messages.commands import Command
from bot.messages.liability import NOTICES as LIABILITY_NOTICES
from bot.messages.rewards import NOTICES
from bot.messages.texts import Texts
from bot.messages.why import render_answer, render_why
from bot.services.rewards import awaiting, giving
from bot.services.rewards.viewing import explain, list_why
from bot.updates.capability import Capability
from bot.updates.context import visitor_of
from bot.updates.job import Job
from storage.facts import GrantId
from storage.store import Store

PAGE = 50
PAGES = 20
"""At one time; what is left is done a minute later."""


async def on_why(update: Update, context: Context, page: int = 0) -> None:
    """All that the rules gave me."""
    view = await context.read(list_why, visitor=visitor_of(update), page=page)
    await show(update, context, render_why(Texts(view.member.language), context.deps.shop, view))


async def on_why_one(update: Update, context: Context, grant_id: int) -> None:
    """Why this."""
    view = await context.read(explain, visitor=visitor_of(update), grant_id=GrantId(grant_id))
    await show(update, context, render_answer(Texts(view.member.language), context.deps.shop, view))


async def free_due(store: Store) -> None:
    """Look, and write only where something is due; who waits for the shop to promise more comes all at once, every night."""
    for _ in range(PAGES):
        due = await store.read(giving.list_due, limit=PAGE)
        if due:
            await store.write(giving.free, due)
        if len(due) < PAGE:
            return


async def arrive_due(store: Store) -> None:
    """Whoever has stayed for long enough."""
    due = await store.read(awaiting.list_due, limit=PAGE)
    if due:
        await store.write(awaiting.arrive, due)


async def count_days(store: Store) -> None:
    """Count the days on which friends were seen, by what has come in since yesterday began."""
    while seen := await store.read(awaiting.list_seen, limit=PAGE):
        await store.write(awaiting.note_seen, seen)


CAPABILITY = Capability(
    name="rewards",
    roles=EVERYBODY,
    commands={Command(name="why", text="why.command", place=35): on_why},
    buttons={WHY: on_why_one, WHY_LIST: on_why},
    notices={**NOTICES, **LIABILITY_NOTICES},
    jobs=[
        Job(name="rewards", every_seconds=60.0, run=free_due),
        Job(name="stays", every_seconds=60.0, run=arrive_due),
        Job(name="days", every_seconds=HOUR_SECONDS, run=count_days),
    ],
)
