"""What a join feels of a backup, a list and a plan beside it, in a shop of many members."""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from bot.services.joining.joining import start
from storage import Store
from storage.records import Profile
from tests.benchmarks.million import Town, code_of

ROOT = Path(__file__).resolve().parents[2]
JOINS = 500
"""So many alone, and so many at least beside: of few joins the worst is no p99."""
MOST_JOINS = 2_000
PATIENCE_SECONDS = 600.0
PAUSE_SECONDS = 0.005
"""Between two joins: others come, but not all at once."""

Work = Callable[[], Awaitable[object]]


class Beside(NamedTuple):
    """A join's p99 in seconds while nothing else is done, and beside some work; and how many joined beside it."""

    alone: float
    beside: float
    joins: int

    @property
    def times(self) -> float:
        """The one against the other."""
        return self.beside / self.alone


class Newcomers:
    """People who come one after the other, each by another member."""

    def __init__(self, store: Store, members: int) -> None:
        self._store = store
        self._founders = Town(members).founders
        self._profiles = self._draw()

    def _draw(self) -> Iterator[tuple[Profile, int]]:
        number = 0
        while True:
            number += 1
            newcomer = Profile(telegram_id=20_000_000 + number, first_name="New", telegram_language="en")
            yield newcomer, (number * 7_919) % self._founders + 1

    async def compare(self, work: Work) -> Beside:
        """Joins without and with some work beside them, which is begun again until enough have come."""
        alone, beside = await self._come(None), list[float]()
        while len(beside) < JOINS:
            beside += await self._come(asyncio.ensure_future(work()))
        before, after = (statistics.quantiles(times, n=100)[98] for times in (alone, beside))
        return Beside(alone=before, beside=after, joins=len(beside))

    async def _come(self, until: asyncio.Future[object] | None) -> list[float]:
        """The seconds of each join that was over before the work was."""
        times: list[float] = []
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(times) < (JOINS if until is None else MOST_JOINS) and not (until and until.done()):
                newcomer, inviter = next(self._profiles)
                began = time.perf_counter()
                await self._store.write(start, visitor=newcomer, payload=code_of(inviter))
                times.append(time.perf_counter() - began)
                await asyncio.sleep(PAUSE_SECONDS)
            if until is not None:
                await until
        return times


async def run_command(url: str, *arguments: object) -> None:
    """Run the program's own command beside the open store.

    Raises:
        RuntimeError: it failed.
    """
    environment = {**os.environ, "PASSALONG_BOT_TOKEN": "1:a", "PASSALONG_DATABASE_URL": url}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *map(str, arguments), env=environment, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL
    )
    if await process.wait():
        raise RuntimeError(f"{arguments} failed")
