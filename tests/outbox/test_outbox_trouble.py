"""What becomes of notices that cannot be read, sent or shown."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from bot.outbox.sender import ShopChats
from bot.services.notices import view_notices
from bot.wire.gate import Gate
from storage import Store
from storage.errors import StoreUnavailable
from storage.schema.messages import outbox as outbox_table
from storage.tables import outbox, people
from tests.outbox.test_outbox_worker import (
    CHANNEL,
    Application,
    Renderer,
    _refuse,
    _reply,
    add_people,
    delivering,
    list_texts,
    owe,
)
from tests.wire.server import Server


@pytest.mark.parametrize(
    ("renderer", "named", "kind", "said"),
    [
        (Renderer(), None, "numbered", "there is no such chat"),
        (Renderer(silent=True), CHANNEL, "numbered", "nothing to say"),
        (Renderer(), CHANNEL, "of tomorrow", "unreadable"),
        (Renderer(), CHANNEL, "numbered", "Message is too long"),
    ],
)
async def test_what_is_given_up_says_why(
    *,
    renderer: Renderer,
    named: int | None,
    kind: str,
    said: str,
    server: Server,
    application: Application,
    gate: Gate,
    store: Store,
) -> None:
    """In the row that stays: whoever looks for a notice that never came finds it."""
    server.replies["sendMessage"] = _reply(_refuse(400, "Bad Request: message is too long"))
    await store.write(owe, [None])
    await store.write(lambda tx: tx.run(update(outbox_table).values(kind=kind)) if kind != "numbered" else None)
    async with delivering(application, gate, renderer, chats=ShopChats(store, named)) as delivery:
        await delivery.settled()
    ((state, error),) = await store.read(lambda tx: tx.rows(select(outbox_table.c.state, outbox_table.c.error)))
    assert state == "failed"
    assert error == said


class Hazy(Store):
    """A store that cannot read what is owed a few times, nor what a notice says."""

    def __init__(self, store: Store, unit: object, times: int) -> None:
        self.__dict__.update(store.__dict__)
        self.unit, self.times = unit, times

    async def read(self, unit: Any, /, *args: Any, **kwargs: Any) -> Any:
        """As ever, later."""
        if unit is self.unit and self.times:
            self.times -= 1
            raise StoreUnavailable("away")
        return await super().read(unit, *args, **kwargs)


@pytest.mark.parametrize("unit", [outbox.list_owed, view_notices], ids=["the outbox", "a notice"])
async def test_what_cannot_be_read_is_read_later(
    *,
    unit: object,
    server: Server,
    application: Application,
    gate: Gate,
    store: Store,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """After some rest, as often as it takes; nothing is lost by it, and the log says each time why it waits."""
    ada, bob = await store.write(add_people, 2)
    await store.write(owe, [ada, ada])
    application.bot_data.store = Hazy(store, unit, 2)
    async with delivering(application, gate, Renderer()) as delivery:
        await delivery.settled()
        await store.write(owe, [bob], 2)
        await delivery.settled()
    assert (list_texts(server, 1001), list_texts(server, 1002)) == (["0 1"], ["2"])
    errors = [each.exc_info[1] for each in caplog.records if each.exc_info]
    assert [isinstance(error, StoreUnavailable) for error in errors] == [True, True]


async def test_a_member_who_cannot_be_found_has_left(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """As whoever has blocked the bot: an account that is gone is no chat any more."""
    [ada] = await store.write(add_people, 1)
    server.replies["sendMessage"] = _reply(_refuse(400, "Bad Request: chat not found"))
    await store.write(owe, [ada] * 4)
    async with delivering(application, gate, Renderer(most=2)) as delivery:
        await delivery.settled()
    assert len(server.list_calls("sendMessage")) == 1
    assert (await store.read(people.get, ada)).blocked_at is not None


async def test_what_looks_like_that_already_has_arrived(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """A topic that is shut already, say: nothing of the notice is left, and the messages behind it are sent."""
    [ada] = await store.write(add_people, 1)
    server.replies["sendMessage"] = _reply(_refuse(400, "Bad Request: message is not modified"))
    await store.write(owe, [ada])
    async with delivering(application, gate, Renderer(messages=2)) as delivery:
        await delivery.settled()
    assert list_texts(server, 1001) == ["0", "0"]
    assert gate.metrics.read()["notices_sent"] == 1
