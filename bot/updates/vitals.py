"""The bot's figures, taken again and again: what waits, what was done since, how much room there is."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from bot.core.alarms import LATELY_SECONDS, Trouble, Vitals
from bot.services.alarms import Backlog, list_told, read_backlog
from bot.telemetry import Metrics
from storage.frozen import frozen
from storage.room import measure_database, measure_disk
from storage.store import Store
from storage.tx import Tx

_HANDLING = ("updates_done", "updates_failed", "updates_rested", "updates_dead")
_SENDING = ("notices_sent", "notices_failed", "notices_retried")


class Watcher(Protocol):
    """Whoever wants to know whether a bot is of use."""

    def on_look(self, troubles: Collection[Trouble], *, again_seconds: float) -> None:
        """What is wrong, nothing if all is well; the next look comes `again_seconds` later."""

    def on_end(self) -> None:
        """The bot has stopped, and is not looked at any more."""


@frozen
class Senses:
    """By what the bot tells how long something takes and how much room there is."""

    clock: Callable[[], float] = time.monotonic
    """Seconds, monotonic."""
    measure_room: Callable[[str], tuple[int, int]] = measure_disk
    """Bytes that are free, and all there are, on the disk of an address."""
    look_seconds: float = 15.0
    """Between two looks at how the bot is doing."""
    watcher: Watcher | None = None
    """Is told what each look finds, the first when the bot begins."""


USUAL = Senses()


READ_SECONDS = 300.0
"""A store that nobody has written to is read so often all the same: whether it can be read is one of the figures."""

NOTHING_WAITS = Backlog(updates=0, updates_age_seconds=0.0, notices=0, notices_age_seconds=0.0)


@frozen
class Waiting:
    """What the store said."""

    backlog: Backlog
    database_bytes: int
    told: frozenset[Trouble]


class VitalSigns:
    """Takes the figures; what was counted lately is known once it has been looked for that long.

    Args:
        store: What waits is in it.
        url: Where the store lies.
        metrics: What was done.
        find_silence: Seconds since Telegram last gave a useful answer.
        find_ban: Seconds for which a 429 still forbids all sending.
        find_late: The job that is late, and by how many seconds.
        senses: By what they are taken.
    """

    def __init__(
        self,
        *,
        store: Store,
        url: str,
        metrics: Metrics,
        find_silence: Callable[[], float],
        find_ban: Callable[[], float],
        find_late: Callable[[], tuple[str, float]],
        senses: Senses = USUAL,
    ) -> None:
        self._store = store
        self._url = url
        self.metrics = metrics
        self._find_silence = find_silence
        self._find_ban = find_ban
        self._find_late = find_late
        self.senses = senses
        self._clock = clock = senses.clock
        self._counted: deque[tuple[float, Mapping[str, int]]] = deque([(clock(), metrics.read())])
        self._moved_at: dict[tuple[str, ...], float] = {_HANDLING: clock(), _SENDING: clock()}
        self._last: tuple[float, Vitals] | None = None
        self._read_at = float("-inf")
        self._mark: object = None
        self._waiting = Waiting(backlog=NOTHING_WAITS, database_bytes=0, told=frozenset())

    async def take(self, *, not_older_seconds: float = 0.0) -> Vitals:
        """The figures of now, or those taken so lately.

        Raises:
            StoreError: what waits cannot be read.
        """
        if self._last is not None and self._clock() - self._last[0] < not_older_seconds:
            return self._last[1]
        await self._look()
        now = self._clock()
        vitals = self._compose(now, self._waiting.backlog.compute_at(now - self._read_at), self._waiting.database_bytes)
        self._last = now, vitals
        return vitals

    @property
    def told(self) -> frozenset[Trouble]:
        """What the owners were told of and is not over, as of the last figures."""
        return self._waiting.told

    async def _look(self) -> None:
        """Read what waits, unless nothing was written since that was done, and that was not long ago."""
        mark, now = self._store.find_mark(), self._clock()
        if mark != self._mark or now - self._read_at >= READ_SECONDS:
            self._waiting = await self._store.read(_read, self._url)
            self._mark, self._read_at = mark, now

    def _compose(self, now: float, backlog: Backlog, database: int) -> Vitals:
        lately = self._count_lately(now)
        free, total = self.senses.measure_room(self._url)
        job, late = self._find_late()
        return Vitals(
            poll_silence_seconds=self._find_silence(),
            updates_waiting=backlog.updates,
            updates_age_seconds=backlog.updates_age_seconds,
            updates_still_seconds=now - self._moved_at[_HANDLING],
            notices_waiting=backlog.notices,
            notices_age_seconds=backlog.notices_age_seconds,
            notices_still_seconds=now - self._moved_at[_SENDING],
            ban_seconds=self._find_ban(),
            late_job=job,
            job_late_seconds=late,
            disk_free_bytes=free,
            disk_total_bytes=total,
            database_bytes=database,
            lately=lately,
        )

    def _count_lately(self, now: float) -> Mapping[str, int]:
        counts, before = self.metrics.read(), self._counted[-1][1]
        for names in self._moved_at:
            if any(counts[name] != before[name] for name in names):
                self._moved_at[names] = now
        self._counted.append((now, counts))
        while now - self._counted[1][0] >= LATELY_SECONDS:
            self._counted.popleft()
        first = self._counted[0][1]
        return {name: count - first[name] for name, count in counts.items()}


def _read(tx: Tx, url: str) -> Waiting:
    told = frozenset(list_told(tx))
    return Waiting(backlog=read_backlog(tx), database_bytes=measure_database(tx, url), told=told)
