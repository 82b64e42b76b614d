"""A shop whose members have earned Telegram gifts, and what sends these, against the strict local Telegram.

`python -m tests.wire.gifts_stage DATABASE URL TOKEN` sends what is due, in a process that is made to be killed.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import select

from bot.playground.world import Person
from bot.playground.world.gifts import HEART
from bot.services.campaigns.opening import Source, open_shop
from bot.services.joining.joining import start
from bot.wire.gate import Gate
from bot.wire.gifts import send_gifts
from bot.wire.telegram_bot import PassalongBot
from bot.wire.transport import AiohttpRequest
from storage import Store, Tx, open_store
from storage.facts import GrantId, GrantKind, GrantState
from storage.gift import GiftState, Trouble
from storage.records import NoticeId, Profile
from storage.role import Role
from storage.schema.gifts import gift
from storage.schema.rewards import grant
from storage.tables import grants, outbox, people, roles
from tests.messages.samples import CAMPAIGN
from tests.telegram import LocalTelegram
from tests.wire.stage import make_snapshots


def earn(tx: Tx, telegram_id: int, name: str = HEART) -> GrantId:
    """Somebody earns a gift."""
    person = people.find_by_telegram_id(tx, telegram_id)
    assert person is not None
    event_id = tx.scalar(select(grant.c.event_id).limit(1))
    number = tx.scalar(select(grant.c.id).order_by(grant.c.id.desc()).limit(1))
    granted = grants.add(
        tx,
        rule=f"gift{number}",
        person_id=person.id,
        event_id=event_id,
        side=None,
        state=GrantState.WAITING,
        kind=GrantKind.GIFT,
        what=name,
    )
    assert granted is not None
    return granted


def open_up(tx: Tx, owner: int, members: list[int]) -> None:
    """A shop with an owner, whose members came one by the other."""
    open_shop(tx, Source(campaign=CAMPAIGN))
    code = ""
    for number in (owner, *members):
        visitor = Profile(telegram_id=number, first_name=f"Member {number}", telegram_language="en")
        code = start(tx, visitor=visitor, payload=code).member.code
    roles.set(tx, owner, Role.OWNER)


@dataclass
class GiftStage:
    """An owner and two members."""

    telegram: LocalTelegram
    store: Store
    bot: PassalongBot
    owner: Person
    anna: Person
    budi: Person

    async def earn(self, person: Person, name: str = HEART) -> GrantId:
        """Somebody earns a gift."""
        return await self.store.write(earn, person.id, name)

    async def send(self) -> None:
        """One run of the job."""
        await send_gifts(self.bot, make_snapshots(self.store), self.store)

    async def state(self, grant_id: GrantId) -> tuple[GrantState, GiftState | None, Trouble]:
        """How a grant and its gift stand."""
        return await self.store.read(find_state, grant_id)

    async def news(self) -> list[str]:
        """Notices about gifts, in order."""
        owed = await self.store.read(outbox.list_owed, after=NoticeId(0), limit=1000)
        return [row.kind.removeprefix("gift_") for row in owed if row.kind.startswith("gift")]

    @property
    def arrived(self) -> list[tuple[Person, str]]:
        """Who got which gifts."""
        return [(each.person, each.gift_id) for each in self.telegram.world.gifts.given]


def find_state(tx: Tx, grant_id: GrantId) -> tuple[GrantState, GiftState | None, Trouble]:
    """How a grant and its gift stand."""
    row = tx.row(select(gift.c.state, gift.c.trouble).where(gift.c.grant_id == grant_id))
    state, trouble = row if row is not None else (None, "")
    return grants.get(tx, grant_id).state, None if state is None else GiftState(state), Trouble(trouble)


@asynccontextmanager
async def open_gifts(telegram: LocalTelegram, store: Store, *, fresh: bool = True) -> AsyncIterator[GiftStage]:
    """The stage; not `fresh`, in a store and a Telegram where it stood before."""
    world = telegram.world
    if fresh:
        cast = [world.add_person(name) for name in ("Rosa", "Anna", "Budi")]
        for person in cast:
            world.press_start(person)
        await store.write(open_up, cast[0].id, [person.id for person in cast[1:]])
        world.gifts.balance = 100
    owner, anna, budi = list(world.people.values())[1:4]
    async with make_bot(telegram.url, telegram.token) as bot:
        yield GiftStage(telegram=telegram, store=store, bot=bot, owner=owner, anna=anna, budi=budi)


@asynccontextmanager
async def make_bot(url: str, token: str, read_timeout: float = 10.0) -> AsyncIterator[PassalongBot]:
    """The bot behind a gate that nobody waits at."""
    gate = Gate(send_rate=100_000, chat_rate=1000, cold_seconds=0, pushed_back_seconds=0.02)
    async with AiohttpRequest(read_timeout=read_timeout) as way:
        yield PassalongBot(token, base_url=f"{url}/bot", request=way, get_updates_request=way, rate_limiter=gate)


async def work(database: str, url: str, token: str) -> None:
    """One run of the job."""
    async with open_store(database) as store, make_bot(url, token, 60.0) as bot:
        await send_gifts(bot, make_snapshots(store), store)


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:]))
