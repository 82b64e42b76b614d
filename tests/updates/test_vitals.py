"""The bot's figures, with each of its parts taken away in turn."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.core.alarms import LATELY_SECONDS, Trouble, find_troubles
from bot.jobs.alarms import watch_vitals
from bot.services.alarms import list_told
from bot.services.members import note_owners
from bot.telemetry import Metrics
from bot.updates.vitals import USUAL, Senses, VitalSigns, Watcher
from bot.watchdog import Watchdog
from storage import Store
from storage.tables import inbox
from tests.logged import list_values
from tests.owed import owe_numbered
from tests.storage.cast import add_members
from tests.storage.clock import Clock


@dataclass
class Body:
    """What the figures are taken of, and a time that passes when it is told to."""

    store: Store
    url: str
    wall: Clock
    now: float = 0.0
    silence: float = 0.0
    ban: float = 0.0
    late: tuple[str, float] = ("", 0.0)
    room: tuple[int, int] = (10**12, 10**12)
    metrics: Metrics = field(default_factory=Metrics)
    watcher: Watcher | None = None

    def open_signs(self) -> VitalSigns:
        """Somebody who looks at it."""
        return VitalSigns(
            store=self.store,
            url=self.url,
            metrics=self.metrics,
            find_silence=lambda: self.silence,
            find_ban=lambda: self.ban,
            find_late=lambda: self.late,
            senses=Senses(measure_room=lambda _: self.room, clock=lambda: self.now, watcher=self.watcher),
        )

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        self.wall.advance(seconds)


async def test_updates_that_wait_are_no_trouble_while_others_are_handled(
    store: Store, store_url: str, clock: Clock
) -> None:
    """Once nothing is handled any more, it is one; with the first that is, it is over."""
    body = Body(store, store_url, clock)
    signs = body.open_signs()
    await store.write(inbox.add_batch, [(1, 7, b"{}")])
    for _ in range(30):
        body.wait(15)
        body.metrics.count("updates_done")
        assert find_troubles(await signs.take()) == {}
    for _ in range(13):
        body.wait(15)
        vitals = await signs.take()
    assert find_troubles(vitals) == {Trouble.UPDATES: 3}
    body.metrics.count("updates_done")
    assert find_troubles(await signs.take()) == {}
    assert (vitals.updates_waiting, vitals.notices_waiting) == (1, 0)
    assert vitals.database_bytes > 100_000


async def test_what_was_counted_is_forgotten_after_a_while(sqlite_url: str, store: Store, clock: Clock) -> None:
    """Refusals of an hour ago are no reason to be told now; the counters themselves only grow."""
    body = Body(store, sqlite_url, clock)
    signs = body.open_signs()
    body.metrics.count("floods", 9)
    body.wait(15)
    assert find_troubles(await signs.take()) == {Trouble.FLOODS: 9}
    for _ in range(int(LATELY_SECONDS // 15) + 2):
        body.wait(15)
        vitals = await signs.take()
    assert vitals.lately["floods"] == 0
    assert body.metrics.read()["floods"] == 9


async def test_a_figure_taken_a_moment_ago_is_not_taken_again(sqlite_url: str, store: Store, clock: Clock) -> None:
    """However many ask, the database is asked every few seconds."""
    body = Body(store, sqlite_url, clock)
    signs = body.open_signs()
    first = await signs.take(not_older_seconds=5)
    body.wait(4)
    assert await signs.take(not_older_seconds=5) is first
    body.wait(1)
    assert await signs.take(not_older_seconds=5) is not first


async def test_owners_hear_of_what_is_taken_away_and_of_its_coming_back(
    sqlite_url: str, store: Store, clock: Clock
) -> None:
    """The poller, the bot's own work, room on the disk: each by itself, and all at once."""
    (owner,) = await store.write(add_members, 1)
    await store.write(note_owners, telegram_ids={owner.profile.telegram_id})
    body, looks = Body(store, sqlite_url, clock), list[set[Trouble]]()

    async def sleep(seconds: float) -> None:
        assert seconds == USUAL.look_seconds
        looks.append(await store.read(list_told))
        body.wait(seconds)
        body.silence = 55.0 if len(looks) in {1, 4} else 3.0
        body.late = ("cleaning", 2_000.0) if len(looks) in {2, 4} else ("", 0.0)
        body.room = (1, 10**12) if len(looks) in {3, 4} else (10**12, 10**12)
        if len(looks) == 6:
            raise asyncio.CancelledError

    with suppress(asyncio.CancelledError):
        await watch_vitals(store, body.open_signs(), sleep=sleep)
    three = {Trouble.POLLER, Trouble.JOBS, Trouble.DISK}
    assert looks == [set(), {Trouble.POLLER}, {Trouble.JOBS}, {Trouble.DISK}, three, set()]


async def test_each_look_tells_whether_the_bot_is_of_use(
    sqlite_url: str, store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """A job that hangs stops the watchdog's feeding at the next look; a disk that is full does not; a store that cannot be read does once three looks are missing."""
    body, fed = Body(store, sqlite_url, clock), list[bool]()
    watchdog = Watchdog(None, None, clock=lambda: body.now)
    body.watcher = watchdog.watch("bakery")
    body.watcher.on_look((), again_seconds=USUAL.look_seconds)

    async def sleep(seconds: float) -> None:
        fed.append(watchdog.is_fed())
        body.wait(seconds)
        body.late = ("cleaning", 2_000.0) if len(fed) == 2 else ("", 0.0)
        body.room = (1, 10**12) if len(fed) == 3 else (10**12, 10**12)
        if len(fed) == 4:
            store.close()
        if len(fed) == 8:
            raise asyncio.CancelledError

    with suppress(asyncio.CancelledError):
        await watch_vitals(store, body.open_signs(), sleep=sleep)
    assert fed == [True, True, False, True, True, True, False, False]
    why = list_values(caplog, "bot.jobs.alarms")
    assert ["store is closed" in said for (said,) in why] == [True] * 4


async def test_what_waits_grows_older_while_nobody_reads_it(sqlite_url: str, store: Store, clock: Clock) -> None:
    """A store that nobody has written to is not asked anew: what it said is counted on."""
    body = Body(store, sqlite_url, clock)
    body.now = 1000.0
    signs = body.open_signs()
    await store.write(inbox.add_batch, [(1, 7, b"{}")])
    body.wait(10)
    (ada,) = await store.write(add_members, 1)
    await store.write(owe_numbered, ada.id, 1)
    body.wait(5)
    looks = []
    for seconds in (0, 20, 30):
        body.wait(seconds)
        vitals = await signs.take()
        looks.append((vitals.updates_age_seconds, vitals.notices_age_seconds, vitals.notices_waiting))
    assert looks == [(15, 5, 1), (35, 25, 1), (65, 55, 1)]


class Counting(Store):
    """A store that counts how often it is read."""

    def __init__(self, store: Store) -> None:
        self.__dict__.update(store.__dict__)
        self.reads = 0

    async def read(self, unit: Any, /, *args: Any, **kwargs: Any) -> Any:
        """As ever."""
        self.reads += 1
        return await super().read(unit, *args, **kwargs)


async def test_a_store_is_read_when_somebody_has_written_or_after_five_minutes(
    sqlite_url: str, store: Store, clock: Clock
) -> None:
    """Whether it can be read at all is one of the figures; a quiet shop costs nothing else."""
    counting = Counting(store)
    body = Body(counting, sqlite_url, clock)
    body.now = 1000.0
    signs = body.open_signs()
    for seconds, written, reads in (
        (0, False, 1),
        (20, False, 1),
        (279.9, False, 1),
        (0.1, False, 2),
        (5, True, 3),
        (299, False, 3),
    ):
        body.wait(seconds)
        if written:
            await store.write(add_members, 1)
        await signs.take()
        assert counting.reads == reads
