"""Whether this process is of use, for whoever would start another one instead: a service manager, a container's health check."""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from pathlib import Path

from bot.core.alarms import STANDSTILLS, Trouble
from bot.heartbeat import BEAT_SECONDS
from bot.systemd import ServiceManager

logger = logging.getLogger(__name__)

LOOKS_MISSED = 3
"""Where so many looks in a row are missing, whoever looks hangs."""

STARTS_CURE = frozenset(STANDSTILLS) - {Trouble.DISK}
"""What another start may put right. A full disk, refusals and failures would only be found again."""


class Watch:
    """One shop, as its own looks at how it is doing tell."""

    def __init__(self, watchdog: Watchdog, name: str) -> None:
        self._watchdog = watchdog
        self._name = name
        self._good_until = float("inf")

    def on_look(self, troubles: Collection[Trouble], *, again_seconds: float) -> None:
        """What is wrong at this look; the next one is to come `again_seconds` later."""
        stands_still = STARTS_CURE.intersection(troubles)
        if stands_still:
            logger.warning("Stands still: %s", ", ".join(sorted(stands_still)))
        self._good_until = 0.0 if stands_still else self._watchdog.clock() + LOOKS_MISSED * again_seconds
        self._watchdog.note_ready()

    def on_end(self) -> None:
        """The shop has stopped, and is not looked at any more."""
        self._watchdog.forget(self)

    def is_good(self) -> bool:
        """Whether the last look was good, and no later one is overdue."""
        return self._watchdog.clock() < self._good_until


class Watchdog:
    """Fed while the process is of use: any of its shops is well, or it has none and waits for one.

    One shop that stands still among others is no reason to end them all; whoever runs them starts that one again.

    Args:
        manager: Is told; None: there is none.
        heartbeat: A file that is touched at each feeding; None: there is none.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        manager: ServiceManager | None,
        heartbeat: Path | None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._manager = manager
        self._heartbeat = heartbeat
        self._watches: list[Watch] = []
        self._ready = False
        self.clock = clock

    def watch(self, name: str) -> Watch:
        """Count in a shop that begins."""
        watch = Watch(self, name)
        self._watches.append(watch)
        return watch

    def forget(self, watch: Watch) -> None:
        """Count out a shop that has ended."""
        if watch in self._watches:
            self._watches.remove(watch)

    def note_ready(self, status: str = "At work") -> None:
        """The start is over; said once."""
        if not self._ready:
            self._ready = True
            self.tell(status, READY=1)
            self.feed()

    def tell(self, status: str, **fields: int) -> None:
        """Tell the service manager what people see beside the process's name."""
        if self._manager is not None:
            self._manager.tell(status=status, **fields)

    def is_fed(self) -> bool:
        """Whether the process is of use at this moment."""
        return self._ready and (not self._watches or any(watch.is_good() for watch in self._watches))

    def feed(self) -> None:
        """Say that all is well, if it is."""
        if not self.is_fed():
            return
        if self._manager is not None and self._manager.watchdog_seconds:
            self._manager.tell(WATCHDOG=1)
        if self._heartbeat is not None:
            _touch(self._heartbeat)

    async def run(self) -> None:
        """Feed it for ever, three times in the time in which it has to be."""
        limit = self._manager.watchdog_seconds / 3 if self._manager is not None else 0.0
        while True:
            await asyncio.sleep(min(BEAT_SECONDS, limit or BEAT_SECONDS))
            self.feed()


@asynccontextmanager
async def keep_fed(
    manager: ServiceManager | None, heartbeat: Path | None, stop: asyncio.Event
) -> AsyncIterator[Watchdog]:
    """A watchdog that is fed in this context; `stop` is told to the service manager as soon as it is set.

    Whoever is ended by a watchdog leaves in the log where each thread stood.
    """
    watchdog = Watchdog(manager, heartbeat)
    if manager is None and heartbeat is None:
        yield watchdog
        return
    faulthandler.enable()
    tasks = [asyncio.create_task(watchdog.run()), asyncio.create_task(_tell_stopping(watchdog, stop))]
    try:
        yield watchdog
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _tell_stopping(watchdog: Watchdog, stop: asyncio.Event) -> None:
    await stop.wait()
    watchdog.tell("Stopping; what is not finished lies in the database", STOPPING=1)


def _touch(heartbeat: Path) -> None:
    try:
        heartbeat.touch()
    except OSError as error:
        logger.warning("The heartbeat cannot be written: %s", error)
