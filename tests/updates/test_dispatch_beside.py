"""What goes on beside the updates that are handled: errands, an inbox that cannot be read, and what other processes bring."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from telegram import Update
from telegram.ext import (
    InlineQueryHandler,
    TypeHandler,
)

from bot.updates import dispatch as dispatch_module
from bot.updates.fair_queue import HELD_PER_SENDER
from storage import Store, Tx
from storage.errors import StoreUnavailable
from storage.records import CommitDoubted, UpdateBrought, UpdatesKept
from storage.tables import inbox
from tests.updates.rig import (
    Application,
    Context,
    add,
    dispatching,
    list_dead,
)
from tests.wire.server import make_inline, make_update, until


async def test_what_goes_wrong_beside_an_update_is_no_fault_of_the_update(
    store: Store, application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody waits for an errand: the update is done, and the log says what became of the errand; one that is cut off says nothing."""
    going, error = asyncio.Event(), ValueError("no oven")

    async def fail() -> None:
        raise error

    async def hang() -> None:
        going.set()
        await asyncio.Event().wait()

    async def handle(_update: Update, context: Context) -> None:
        context.run_aside(fail())
        context.run_aside(hang())

    application.add_handler(TypeHandler(Update, handle))
    async with dispatching(application) as dispatch:
        dispatch.take(await add(store, make_update(1, 1)))
        await dispatch.settled()
        await going.wait()
        await until(lambda: caplog.records)
        assert len(application.bot_data.errands) == 1
    await until(lambda: not application.bot_data.errands)
    (record,) = caplog.records
    assert (record.levelname, record.exc_info and record.exc_info[1]) == ("ERROR", error)
    assert await list_dead(store) == []


class Hazy(Store):
    """A store whose inbox cannot be read a few times."""

    def __init__(self, store: Store, times: int) -> None:
        self.__dict__.update(store.__dict__)
        self.times = times

    async def read(self, unit: Any, /, *args: Any, **kwargs: Any) -> Any:
        """As ever, later."""
        if unit in {inbox.list_open, inbox.list_open_of} and self.times:
            self.times -= 1
            raise StoreUnavailable("away")
        return await super().read(unit, *args, **kwargs)


async def test_an_inbox_that_cannot_be_read_is_read_later(
    store: Store, application: Application, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies in it waits and nothing of it is skipped: neither what an earlier process left, nor what one line has too much of."""
    monkeypatch.setattr(dispatch_module, "STORE_RETRY_SECONDS", 0.001)
    hazy = application.bot_data.store = Hazy(store, 2)
    log: list[int] = []

    async def handle(update: Update, _context: Context) -> None:
        log.append(update.update_id)
        if update.update_id == HELD_PER_SENDER - 1:
            hazy.times = 2

    application.add_handler(TypeHandler(Update, handle))
    count = 2 * HELD_PER_SENDER
    await add(store, *(make_update(number, 7) for number in range(count)))
    async with dispatching(application) as dispatch:
        await dispatch.settled()
    assert log == list(range(count))
    assert len([each for each in caplog.records if each.exc_info]) == 4


async def test_what_another_process_brings_is_answered(store: Store, application: Application) -> None:
    """At once and from nowhere but memory; that it has stored something is a reason to look into the table."""
    seen: list[object] = []

    async def handle(update: Update, _context: Context) -> None:
        assert update.inline_query
        seen.append(update.inline_query.query)

    application.add_handler(InlineQueryHandler(handle))
    async with dispatching(application) as dispatch:
        await dispatch.settled()
        await store.write(_tell, UpdateBrought(raw=json.dumps(make_inline(1, 7, "tea"))), UpdateBrought(raw="{}"))
        await until(lambda: seen == ["tea"])
        looks: list[bool] = []
        dispatch.look = lambda: looks.append(True)  # type: ignore[method-assign]
        await store.write(_tell, UpdateBrought(raw=json.dumps(make_inline(2, 7, "cake"))))
        await until(lambda: seen == ["tea", "cake"])
        assert looks == []
        await store.write(_tell, UpdatesKept())
        await until(lambda: looks == [True])
        store._listeners.announce([CommitDoubted()])
        await until(lambda: looks == [True, True])


def _tell(tx: Tx, *events: UpdateBrought | UpdatesKept) -> None:
    for each in events:
        tx.tell(each)
