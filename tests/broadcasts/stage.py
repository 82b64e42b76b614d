"""Members, a broadcast to them and its runner, against the strict local Telegram."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bot.broadcasts.worker import Broadcaster
from bot.playground.world import Chat, Message, Person, World
from bot.wire.gate import Gate
from bot.wire.telegram_bot import PassalongBot
from bot.wire.transport import AiohttpRequest
from storage import Store, Tx
from storage.broadcast import Broadcast
from storage.records import BroadcastId, BroadcastState, DeliveryState, PersonId, Profile
from storage.tables import broadcasts, deliveries, people
from tests.telegram import LocalTelegram

CONTENT: dict[str, object] = {"text": "Fresh bread", "entities": [{"type": "bold", "offset": 0, "length": 5}]}
ANYTHING = tuple(BroadcastState)


def wide_gate() -> Gate:
    """A gate nobody waits at."""
    return Gate(send_rate=100_000, chat_rate=1000, cold_seconds=0)


def move_in(world: World, count: int) -> list[Person]:
    """People who have started the bot."""
    guests = [world.add_person(f"Guest {number}") for number in range(1, count + 1)]
    for guest in guests:
        world.open_chat(guest).started = True
    return guests


def enrol(tx: Tx, guests: list[int]) -> list[PersonId]:
    """Make members of these Telegram ids."""
    ids = [people.add(tx, Profile(telegram_id=guest, first_name="G"), f"{guest:010d}").id for guest in guests]
    for person_id in ids:
        people.set_started(tx, person_id)
    return ids


def confirm(tx: Tx, author_id: PersonId, content: dict[str, object], message_id: int | None) -> BroadcastId:
    """Begin a broadcast as if its author had confirmed it."""
    broadcast = broadcasts.add(tx, author_id)
    broadcasts.set_content(tx, broadcast.id, content)
    broadcasts.fix_audience(tx, broadcast.id)
    broadcasts.set_progress_message(tx, broadcast.id, message_id)
    broadcasts.set_state(tx, broadcast.id, BroadcastState.RUNNING, expected=ANYTHING)
    return broadcast.id


def make_bot(telegram: LocalTelegram, gate: Gate, transport: AiohttpRequest) -> PassalongBot:
    """The bot behind a gate."""
    return PassalongBot(
        telegram.token,
        base_url=telegram.base_url,
        request=transport,
        get_updates_request=transport,
        rate_limiter=gate,
    )


@dataclass
class Stage:
    """An admin, who is the first member, and guests."""

    telegram: LocalTelegram
    store: Store
    gate: Gate
    bot: PassalongBot
    guests: list[Person]
    ids: list[PersonId]

    @property
    def admin(self) -> Person:
        """The author of all broadcasts."""
        return self.guests[0]

    async def confirm(self, content: dict[str, object] | None = None, message_id: int | None = None) -> BroadcastId:
        """Have a broadcast confirmed."""
        return await self.store.write(confirm, self.ids[0], content or CONTENT, message_id)

    async def set_state(self, broadcast_id: BroadcastId, state: BroadcastState) -> bool:
        """Pause, resume, cancel."""
        return await self.store.write(broadcasts.set_state, broadcast_id, state, expected=ANYTHING)

    def make_broadcaster(self, **settings: Any) -> Broadcaster:
        """A runner, not started."""
        return Broadcaster(store=self.store, bot=self.bot, gate=self.gate, **{"linger_seconds": 0.005} | settings)

    @asynccontextmanager
    async def running(self, **settings: Any) -> AsyncIterator[Broadcaster]:
        """A runner at work."""
        broadcaster = self.make_broadcaster(**settings)
        broadcaster.start()
        try:
            yield broadcaster
        finally:
            await broadcaster.stop(limit_seconds=1)

    async def find(self, broadcast_id: BroadcastId) -> Broadcast:
        """The broadcast as the tables have it."""
        return await self.store.read(broadcasts.get, broadcast_id)

    async def count(self, broadcast_id: BroadcastId) -> dict[DeliveryState, int]:
        """Recipients in each state."""
        return await self.store.read(deliveries.count_by_state, broadcast_id)

    async def list_in(self, broadcast_id: BroadcastId, state: DeliveryState) -> set[int]:
        """Telegram ids of the recipients in a state."""
        found = await self.store.read(deliveries.list_in_state, broadcast_id, state, 10_000)
        return {each.telegram_id for each in found}

    async def until_sent(self, count: int) -> None:
        """Wait until so many messages have arrived."""
        await self.telegram.until(lambda: len(self.telegram.world.journal.sent) >= count, what=f"{count} messages")

    async def until_told(self, broadcast_id: BroadcastId) -> None:
        """Wait until the last word of a broadcast is said."""
        async with asyncio.timeout(60):
            while (await self.find(broadcast_id)).progress_message_id is not None:  # noqa: ASYNC110 -- a table tells nobody
                await asyncio.sleep(0.02)

    def received(self, text: str = "Fresh bread") -> Counter[int]:
        """How often each chat got a message."""
        return Counter(sent.message.chat.id for sent in self.telegram.world.journal.sent if sent.message.text == text)

    def chat(self, place: int) -> Chat:
        """The chat of a guest."""
        return self.telegram.world.open_chat(self.guests[place])

    async def post_progress(self) -> Message:
        """A message of the bot's in the admin's chat that is to show the progress."""
        await self.bot.post_raw("sendMessage", {"chat_id": self.admin.id, "text": "…"})
        return await self.telegram.until_message(self.admin, "…")


@asynccontextmanager
async def open_stage(
    telegram: LocalTelegram, store: Store, members: int, *, gate: Gate | None = None, read_timeout: float = 60.0
) -> AsyncIterator[Stage]:
    """A stage with so many members."""
    gate = gate or wide_gate()
    guests = move_in(telegram.world, members)
    ids = await store.write(enrol, [guest.id for guest in guests])
    async with AiohttpRequest(read_timeout=read_timeout) as transport:
        yield Stage(telegram, store, gate, make_bot(telegram, gate, transport), guests, ids)
