"""A dispatch at work on an inbox that a test fills."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from telegram import Update

from bot.updates.application import PassalongApplication
from bot.updates.context import PassalongContext
from bot.updates.dispatch import Dispatch
from bot.updates.raw_updates import parse_update
from storage import Store, Tx
from storage.records import InboxRow, PersonId, Profile, ShareWay
from storage.tables import inbox, people, shares
from tests.wire.server import make_inline

Application = PassalongApplication[dict[str, Any]]
Context = PassalongContext[dict[str, Any]]


async def add(store: Store, *updates: dict[str, Any]) -> list[InboxRow]:
    """Put updates into the inbox, as intake does."""
    parsed = [parse_update(update) for update in updates]
    return await store.write(inbox.add_batch, [(each.update_id, each.sender_id, each.raw) for each in parsed if each])


async def count_open(store: Store) -> int:
    """How many rows still wait."""
    return await store.read(inbox.count_open)


async def list_dead(store: Store) -> list[int]:
    """The update ids that were given up."""
    return sorted(row.update_id for row in await store.read(inbox.list_dead, 1000))


@asynccontextmanager
async def dispatching(application: Application, **settings: Any) -> AsyncIterator[Dispatch]:
    """A dispatch at work, quick to try again."""
    dispatch = Dispatch(application, **{"retry_seconds": (0.02, 0.04), **settings})
    dispatch.start()
    try:
        yield dispatch
    finally:
        await dispatch.stop(1)


def record(log: list[Any], *, seconds: float = 0.0) -> Callable[[Update, Context], Any]:
    """A handler that notes sender and id when it begins and ends."""

    async def handle(update: Update, _context: Context) -> None:
        assert update.effective_user
        log.append(("begin", update.effective_user.id, update.update_id))
        await asyncio.sleep(seconds)
        log.append(("end", update.effective_user.id, update.update_id))

    return handle


def share(tx: Tx, person_id: PersonId) -> str:
    """An effect that can be counted."""
    shares.add(tx, person_id, ShareWay.CARD)
    return "shared"


async def add_member(store: Store, telegram_id: int) -> PersonId:
    """Somebody who has started the bot."""

    def unit(tx: Tx) -> PersonId:
        person = people.add(tx, Profile(telegram_id=telegram_id, first_name="Ada"), f"{telegram_id:010d}")
        people.set_started(tx, person.id)
        return person.id

    return await store.write(unit)


def parse_inline(*wishes: tuple[int, int, str]) -> list[Any]:
    """Inline queries as intake hands them over: update id, sender, words."""
    return [parse_update(make_inline(*wish)) for wish in wishes]
