from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from bot.core.durations import SECOND
from bot.messages.notices import Reader, Rendered
from bot.messages.outgoing import OutgoingMessage
from bot.outbox.sender import ShopChats
from bot.outbox.worker import OutboxWorker
from bot.services.notices import Owed, owe
from bot.updates.application import PassalongApplication
from bot.wire.gate import Gate
from storage import Store, Tx
from storage.addresses import ANNOUNCE
from storage.frozen import frozen
from storage.tables import outbox
from tests.owed import Numbered
from tests.storage.clock import Clock
from tests.thinning import BOTH_ENGINES
from tests.wire.server import Server, until
from tests.wire.stage import make_snapshots

Application = PassalongApplication[dict[str, Any]]
CHANNEL = -100200
MANY = 600
"""More than a page of the outbox, and more than a member is told at once."""


@frozen
class Gathered(Numbered):
    """A number that is told later, with others."""

    kind: ClassVar[str] = "gathered"
    at: int

    @property
    def due_at(self) -> int:
        """As given."""
        return self.at


def gather(tx: Tx, seconds: float) -> None:
    """Many numbers that are due together in some seconds, and one in their midst that is due now."""
    for number in range(MANY):
        owe(tx, ANNOUNCE, Gathered(n=number, at=tx.now + int(seconds * SECOND)), key=number)
        if number == MANY // 2:
            owe(tx, ANNOUNCE, Numbered(n=number), key=number)


def render(_: Reader, owed: Sequence[Owed[Numbered]]) -> list[Rendered]:
    """How many there are."""
    return [Rendered(messages=[OutgoingMessage(text=f"{owed[0].notice.kind} {len(owed)}")], owed=owed)]


def make_delivery(application: Application, gate: Gate) -> OutboxWorker:
    """A delivery to the announce chat."""
    store = application.bot_data.store
    return OutboxWorker(
        store=store,
        bot=application.bot,
        gate=gate,
        snapshots=make_snapshots(store),
        renderers={Numbered: render, Gathered: render},
        chats=ShopChats(store, CHANNEL),
    )


def list_texts(server: Server) -> list[str]:
    """What the chat has read."""
    return [call.data["text"] for call in server.list_calls("sendMessage")]


@asynccontextmanager
async def delivering(application: Application, gate: Gate) -> AsyncIterator[OutboxWorker]:
    """A delivery at work, until nothing is owed that is due."""
    delivery = make_delivery(application, gate)
    delivery.start()
    try:
        yield delivery
        await delivery.settled()
    finally:
        await delivery.stop(1)


@BOTH_ENGINES
async def test_a_new_process_posts_what_an_earlier_one_held(
    server: Server, application: Application, gate: Gate, store: Store, clock: Clock
) -> None:
    """In one post, however many there are; what is due now does not wait for it."""
    await store.write(gather, 3600)
    async with delivering(application, gate):
        await until(lambda: list_texts(server))
    assert list_texts(server) == ["numbered 1"]
    clock.advance(3600)
    async with delivering(application, gate):
        await until(lambda: len(list_texts(server)) > 1)
    assert list_texts(server) == ["numbered 1", f"gathered {MANY}"]
    assert await store.read(outbox.count_owed) == 0


async def test_what_is_gathered_is_posted_at_its_time(
    server: Server, application: Application, gate: Gate, store: Store, clock: Clock
) -> None:
    """By the clock of the store: who looks too early looks again."""
    await store.write(gather, 0.1)
    async with delivering(application, gate) as delivery:
        await until(lambda: list_texts(server))
        await delivery.settled()
        assert list_texts(server) == ["numbered 1"]
        clock.advance(1)
        await until(lambda: len(list_texts(server)) > 1)
    assert list_texts(server) == ["numbered 1", f"gathered {MANY}"]
