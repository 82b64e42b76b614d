"""What a process knows of who writes in a shop on PostgreSQL: of its own units by their ends, of others by what they say on the line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from storage.engines.postgres_connection import describe
from storage.engines.postgres_events import parse_events
from storage.engines.postgres_line import EVENTS, SHOP, WRITTEN
from storage.errors import StoreLost
from storage.leases import Tenure
from storage.records import CommitDoubted, ShopChanged, WrittenBeside
from storage.tx import Announce, Loss

AWAY_SECONDS = 60.0
"""For how long a database that went is waited for: a server that restarts, or its host, needs no longer."""

TOGETHER_SECONDS = 1.0
"""What others have written within it is told once."""

UNTOLD_SECONDS = 300.0
"""Who writes by hand says nothing on the line, nor do programs of before it was said there: what such a one wrote is looked for so often."""


class PostgresWatch:
    """Looks after the writers of an open shop, without asking the database; on the event loop.

    Args:
        url: Of the shop, for what is said.
        announce: Is told what others have written.
        loss: Is told when the database was away for too long.
        tenure: Without one nobody says whether the holder writes.
        deaf: Whether the line is broken as the watch begins.
        untold_seconds: Between two looks at what nobody has said.
    """

    def __init__(
        self,
        url: str,
        announce: Announce,
        loss: Loss,
        tenure: Tenure | None,
        *,
        deaf: bool,
        untold_seconds: float = UNTOLD_SECONDS,
    ) -> None:
        self._url = url
        self._announce = announce
        self._loss = loss
        self._tenure = tenure
        self._deaf = deaf
        self._writing = 0
        """Units of our own under way: each may be committed already."""
        self._written = 0
        """Counts whatever may have been written."""
        self._away: asyncio.TimerHandle | None = None
        self._gathering: asyncio.TimerHandle | None = None
        self._untold_seconds = untold_seconds
        self._looking = self._call_later(untold_seconds, self._look)

    def stop(self) -> None:
        """Look no more; whether the database comes back matters no more either."""
        for timer in (self._away, self._gathering, self._looking):
            if timer is not None:
                timer.cancel()

    def find_mark(self) -> object:
        """What equals an earlier answer only where nobody who says so has written in between.

        It needs a line on which the server was heard within the seconds for which a lease is believed.
        """
        if self._tenure is None or not self._tenure.is_held() or self._deaf or self._writing:
            return object()
        return self._written

    def begin_writing(self) -> None:
        """Note that a unit of our own is under way."""
        self._writing += 1

    def end_writing(self) -> None:
        """Note that one has come to its end, whatever that was."""
        self._writing -= 1
        self._written += 1

    def hear(self, kind: str, body: object) -> None:
        """Pass on what another process has told of this shop."""
        self._written += 1
        if kind == SHOP:
            self._announce([ShopChanged()])
        elif kind == EVENTS:
            self._announce(parse_events(body))
        elif kind == WRITTEN and self._gathering is None:
            self._gathering = self._call_later(TOGETHER_SECONDS, self._tell)

    def note_line(self, up: bool) -> None:  # noqa: FBT001 -- a watcher's
        """Give the database a minute to come back; then nobody knows what was not heard meanwhile."""
        self._deaf = not up
        self._written += 1
        if self._away is not None:
            self._away.cancel()
            self._away = None
        if up:
            self._announce([ShopChanged(), CommitDoubted()])
        elif self._tenure is not None:
            words = f"The database {describe(self._url)} was away for {AWAY_SECONDS:.0f} s."
            self._away = self._call_later(AWAY_SECONDS, lambda: self._loss.note(StoreLost(words)))

    def _tell(self) -> None:
        if self._gathering is not None:
            self._gathering.cancel()
            self._gathering = None
        self._announce([WrittenBeside()])

    def _look(self) -> None:
        self._looking = self._call_later(self._untold_seconds, self._look)
        self._tell()

    @staticmethod
    def _call_later(seconds: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(seconds, call)
