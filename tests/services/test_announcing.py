from __future__ import annotations

from bot.core.durations import DAY_SECONDS
from bot.jobs.announcing import announce_due
from bot.services.joining.joining import start
from bot.services.joining.notices import MonthAnnounced
from storage.records import NoticeId, Profile
from storage.store import Store
from storage.tables import outbox
from tests.storage.clock import Clock

NEXT_MONTH = 23
"""Days from the tests' noon of 9 October to 1 November."""


async def bring(store: Store, friends: int) -> None:
    """Anna brings so many."""
    anna = await store.write(start, visitor=Profile(telegram_id=1, first_name="Anna"), payload="")
    for number in range(friends):
        guest = Profile(telegram_id=100 + number, first_name="Budi")
        await store.write(start, visitor=guest, payload=anna.member.code)


async def list_told(store: Store) -> list[int]:
    """How many friends the announce chat is told of, month by month."""
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=100)
    return [int(each.payload["count"]) for each in owed if each.kind == MonthAnnounced.kind]


async def test_a_month_is_told_once_in_the_next(store: Store, clock: Clock) -> None:
    """Not before it is over, not twice, and no month in which nobody came."""
    await bring(store, 3)
    await announce_due(store)
    assert await list_told(store) == []
    for days in (NEXT_MONTH, 1, 30):
        clock.advance(days * DAY_SECONDS)
        await announce_due(store)
        assert await list_told(store) == [3]


async def test_a_month_is_no_news_later(store: Store, clock: Clock) -> None:
    """Who starts the bot in the middle of a month reads nothing of the last one."""
    await bring(store, 2)
    clock.advance((NEXT_MONTH + 3) * DAY_SECONDS)
    await announce_due(store)
    assert await list_told(store) == []


async def test_one_friend_is_no_together(store: Store, clock: Clock) -> None:
    """And would be known by the figure."""
    await bring(store, 1)
    clock.advance(NEXT_MONTH * DAY_SECONDS)
    await announce_due(store)
    assert await list_told(store) == []
