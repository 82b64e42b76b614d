"""Many shops in one process: each works by itself, and what befalls one is nobody else's trouble."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.campaign_file import CampaignMistake
from bot.core.setting import SettingMistake
from bot.settings import Settings
from bot.shops.folder_watch import FolderWatch
from bot.shops.garbage import Keep
from bot.shops.leasing import Leasing
from bot.shops.starts import Starts
from bot.telemetry import SHOP
from bot.updates.intake import PollingEnded
from bot.wire.signal import TaskEnded, raise_end, wait_set
from storage.errors import LeaseLost, StoreError, StoreLeaving, StoreMoved, StoreOutdated, StoreTooNew

logger = logging.getLogger(__name__)

STOP_SECONDS = 10.0
"""A shop that was asked to stop and has not by then is left where it stands: what it owes lies in its database."""

FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 300.0
"""Between two tries of a shop that ends by itself: twice as long each time."""

WELL_SECONDS = 60.0
"""A shop that has worked so long begins again with the first pause."""


@dataclass(slots=True, eq=False)
class Stay:
    """A shop's time in this process with the same settings."""

    settings: Settings
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    worked: bool = False
    """Whether it was ever open in this stay."""
    begun: bool = False
    task: asyncio.Task[None] | None = None

    def note_open(self) -> None:
        """It is at work."""
        self.worked = True
        self.opened.set()

    def end(self) -> None:
        """Ask it to stop; what has not even begun is over at once."""
        self.stop.set()
        if not self.begun and self.task is not None:
            self.task.cancel()


RunShop = Callable[[Stay], Coroutine[Any, Any, None]]
"""Opens a shop's store and works in it until its stay is to stop; notes when it is at work."""


class Host:
    """Runs the shops of a folder that are ours.

    Args:
        watch: Which shops there are.
        leasing: Which of them are ours.
        run_shop: Runs one.
        starts: Gives each its turn.
        keep: Sets aside what their starts have made.
        first_pause_seconds: Before a shop that has ended by itself is begun again.
    """

    def __init__(
        self,
        watch: FolderWatch,
        leasing: Leasing,
        run_shop: RunShop,
        *,
        starts: Starts | None = None,
        keep: Keep | None = None,
        first_pause_seconds: float = FIRST_PAUSE_SECONDS,
    ) -> None:
        self._watch = watch
        self._leasing = leasing
        self._run_shop = run_shop
        self._starts = starts or Starts()
        self._keep = keep or Keep()
        self._first_pause_seconds = first_pause_seconds
        self._ours: frozenset[str] = frozenset()
        self._stays: dict[str, Stay] = {}
        self._stopping = False

    @property
    def at_work(self) -> list[str]:
        """Shops that have opened, by name."""
        return sorted(name for name, stay in self._stays.items() if stay.opened.is_set())

    @property
    def absent(self) -> list[str]:
        """Shops that are to be at work here and are not, by name: they start, rest after a fault, or cannot be run."""
        ours = self._ours & self._watch.in_force.keys()
        return sorted(ours.difference(self.at_work) | self._watch.refused)

    async def run(self, stop: asyncio.Event, *parts: Coroutine[Any, Any, None]) -> None:
        """Run shops until `stop` is set, then stop them side by side; the host's own `parts` end with it.

        Raises:
            OSError: the folder cannot be read.
            TaskEnded: a part of the host has ended by itself; what one raises passes as it is.
        """
        await self._watch.begin()
        if not self._watch.in_force:
            logger.warning("There is no shop in %s yet that can be run", self._watch.folder.path)
        self._take_up()
        self._leasing.subscribe(self._note_ours)
        tasks = [
            asyncio.create_task(self._leasing.run(), name="sharing out the shops"),
            asyncio.create_task(self._watch.run(self._take_up), name="looking at the folder"),
            *(asyncio.create_task(part, name="the web side") for part in parts),
        ]
        stopping = asyncio.create_task(stop.wait())
        try:
            done, _ = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
            if not stop.is_set():
                raise_end(done.pop())
        finally:
            await self._stop_all()
            for task in (stopping, *tasks):
                task.cancel()
            await asyncio.gather(stopping, *tasks, return_exceptions=True)

    def _take_up(self) -> None:
        """What the folder says has changed."""
        shops = self._watch.in_force
        self._leasing.set_wanted({name: settings.database_url for name, settings in shops.items()})
        self._settle()

    def _note_ours(self, names: frozenset[str]) -> None:
        self._ours = names
        self._settle()

    def _settle(self) -> None:
        """Begin what is to run here and does not, and stop what runs and is not to, or not so."""
        wanted = {} if self._stopping else {name: self._watch.in_force.get(name) for name in self._ours}
        for name, stay in self._stays.items():
            if stay.settings is not wanted.get(name):
                stay.end()
        for name, settings in wanted.items():
            if settings is not None and name not in self._stays:
                self._stays[name] = stay = Stay(settings)
                stay.task = asyncio.create_task(self._host(stay), name=f"the shop {name}")

    async def _host(self, stay: Stay) -> None:
        """One shop from here on, whatever happens to it."""
        name = stay.settings.shop
        SHOP.set(name)
        try:
            await self._keep_at_work(stay)
        except asyncio.CancelledError:
            logger.debug("This shop has not begun")
        except Exception:
            logger.exception("This shop is given up")
        now = self._watch.in_force.get(name)
        if self._stopping or name not in self._ours or now is None or now.database_url != stay.settings.database_url:
            await self._leasing.hand_over(name)
        del self._stays[name]
        self._settle()

    async def _keep_at_work(self, stay: Stay) -> None:
        loop, pause = asyncio.get_running_loop(), self._first_pause_seconds
        while not stay.stop.is_set():
            stay.begun = False
            stay.opened.clear()
            known = await asyncio.to_thread(_find_marks, stay.settings.campaign)
            task = await self._starts.begin(lambda: self._begin(stay), stay.opened)
            began = loop.time()
            fault = await self._until_end(task, stay)
            if fault is None or stay.stop.is_set():
                return
            stay.opened.clear()
            if isinstance(fault, StoreTooNew | StoreOutdated):  # a program of the other version may do better
                await self._leasing.hand_over(stay.settings.shop)
            if loop.time() - began > WELL_SECONDS:
                pause = self._first_pause_seconds
            waits = isinstance(fault, SettingMistake | CampaignMistake | StoreMoved)
            if waits and not isinstance(fault, StoreLeaving):
                await self._until_other(stay, known)
            else:
                await wait_set(stay.stop, pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    async def _until_end(self, task: asyncio.Task[None], stay: Stay) -> Exception | None:
        """What the shop has ended by."""
        with self._keep.kept() if stay.opened.is_set() else nullcontext():
            return await _find_fault(task, stay)

    def _begin(self, stay: Stay) -> Coroutine[Any, Any, None]:
        stay.begun = True
        return self._run_shop(stay)

    async def _until_other(self, stay: Stay, known: object) -> None:
        """Wait until the campaign is another than it was when it was read; the shop's own file begins another stay."""
        while not stay.stop.is_set() and await asyncio.to_thread(_find_marks, stay.settings.campaign) == known:
            await wait_set(stay.stop, self._watch.look_seconds)

    async def _stop_all(self) -> None:
        self._stopping = True
        self._keep.let_go()
        tasks = [stay.task for stay in self._stays.values() if stay.task is not None]
        self._settle()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
            await _leave(late)


async def _find_fault(task: asyncio.Task[None], stay: Stay) -> Exception | None:
    """What a shop has ended by, said in the log; None where it was asked to, or is another process's now."""
    try:
        await task
    except CampaignMistake as mistake:
        words = "This shop cannot be run until that is corrected: %s: %s"
        logger.error(words, stay.settings.campaign, mistake)  # noqa: TRY400 -- no fault of the program
        return mistake
    except StoreLeaving as error:
        logger.warning("This shop is on its way to another database and waits: %s", error)
        return error
    except (SettingMistake, StoreMoved) as mistake:
        logger.error("This shop cannot be run until that is corrected: %s", mistake)  # noqa: TRY400 -- likewise
        return mistake
    except LeaseLost as error:
        logger.info(str(error))
    except (StoreError, PollingEnded, TaskEnded, OSError) as error:
        again = "" if stay.stop.is_set() else " and is begun again"
        logger.error("This shop has stopped%s: %s", again, error)  # noqa: TRY400 -- likewise
        return error
    except Exception as error:
        logger.exception("This shop has stopped and is begun again")
        return error
    return None


async def _leave(late: Collection[asyncio.Task[None]]) -> None:
    for task in late:
        logger.warning("%s does not stop, and is left", task.get_name())
        task.cancel()
    if late:
        await asyncio.wait(late, timeout=1.0)


def _find_marks(path: Path) -> list[tuple[int, int] | None]:
    """What tells a campaign from what it was: its file, and the folder in which its pictures come and go."""
    return [_find_mark(each) for each in (path, path.parent)]


def _find_mark(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
