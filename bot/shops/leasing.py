"""Which shops this process runs: all of them where it is alone, those whose lease it has where there are others."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from typing import NoReturn, Protocol

from bot.shops.balance import choose_handed_over, share_out
from bot.shops.vacancies import Vacancies
from storage.errors import StoreBusy, StoreError, StoreUnavailable
from storage.leases import DEAD_SECONDS, Keeper, Tenure, find_database, open_keeper
from storage.pools import Pools

logger = logging.getLogger(__name__)

CONTROL = "passalong"
"""The schema in which the processes that share many shops have their rows."""

COOL_SECONDS = 10.0
"""What was handed over is not taken back in this time, while somebody else may have it."""

SETTLED_SECONDS = DEAD_SECONDS
"""A process that came is given shops of others once it has stayed for so long."""

AGAIN_SECONDS = 5.0
"""Between two tries to reach a database."""

Listener = Callable[[frozenset[str]], None]
"""Called on the event loop with the names of all shops that are to be run here from now on."""


class Leasing(Protocol):
    """Says which of the wanted shops are ours.

    Whoever runs them starts a shop that has come, and stops one that has gone; once it has stopped, `hand_over` frees its
    lease. A store whose tenure was lost ends by itself with `LeaseLost`: that shop has gone from the set as well, and may come
    again under another tenure.
    """

    async def run(self) -> NoReturn:
        """Take and watch leases until it is cancelled; then those that are still held are freed.

        Raises:
            StoreError: no database can be used as it is, by a mistake that waiting will not mend.
        """

    def set_wanted(self, shops: Mapping[str, str]) -> None:
        """Say which shops there are, by name, each with the URL of its database; those gone from it are to be stopped."""

    def subscribe(self, listener: Listener) -> None:
        """Have a listener called with the shops that are ours whenever they change, and now if there are any."""

    def get_tenure(self, name: str) -> Tenure | None:
        """What to open the shop's store with; None where the store takes its own lock, as on SQLite."""

    async def hand_over(self, name: str) -> None:
        """Free the lease of a shop that does not run here any more: who stands by takes it at once."""


class Announcer:
    """Tells who listens which shops are ours, when that changes."""

    def __init__(self) -> None:
        self._said: frozenset[str] = frozenset()
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        """See `Leasing`."""
        self._listeners.append(listener)
        if self._said:
            listener(self._said)

    def say(self, names: frozenset[str]) -> None:
        """These are ours."""
        if names != self._said:
            self._said = names
            for listener in self._listeners:
                listener(names)


class Alone:
    """Everything is ours: on SQLite, where the lock on each file says the rest."""

    def __init__(self) -> None:
        self._announcer = Announcer()
        self.subscribe = self._announcer.subscribe

    async def run(self) -> NoReturn:
        """Wait to be cancelled."""
        await asyncio.Future()
        raise AssertionError

    def set_wanted(self, shops: Mapping[str, str]) -> None:
        """See `Leasing`."""
        self._announcer.say(frozenset(shops))

    def get_tenure(self, name: str) -> Tenure | None:  # noqa: ARG002 -- the protocol's
        """None: each store locks its own file."""
        return None

    async def hand_over(self, name: str) -> None:
        """Nobody stands by."""


class PostgresLeasing:
    """Shares the shops of each PostgreSQL database with the other processes that want them; those on SQLite are all ours.

    Args:
        pools: The connections of this process.
        control: The schema in which the processes have their rows; empty: the shop's own, where there is but one shop.
        patient: Whether a database that cannot be reached at first is waited for.
    """

    def __init__(self, pools: Pools, *, control: str = CONTROL, patient: bool = True) -> None:
        self._pools = pools
        self._control = control
        self._patient = patient
        self._announcer = Announcer()
        self.subscribe = self._announcer.subscribe
        self._wanted: dict[str, str] = {}
        self._shares: dict[str, Share] = {}
        """By database."""
        self._changed = asyncio.Event()

    def set_wanted(self, shops: Mapping[str, str]) -> None:
        """See `Leasing`."""
        self._wanted = dict(shops)
        self._changed.set()
        for share in self._shares.values():
            share.set_wanted(self._list_wanted(share.database))
        self._say()

    def get_tenure(self, name: str) -> Tenure | None:
        """See `Leasing`."""
        return next((found for each in self._shares.values() if (found := each.tenures.get(name))), None)

    async def hand_over(self, name: str) -> None:
        """See `Leasing`."""
        for share in self._shares.values():
            await share.free(name)

    async def run(self) -> NoReturn:
        """See `Leasing`."""
        tasks: dict[str, asyncio.Task[None]] = {}
        waiting: asyncio.Task[bool] | None = None
        try:
            while True:
                self._changed.clear()
                for database in {
                    found for url in self._wanted.values() if (found := find_database(url))
                } - tasks.keys():
                    self._shares[database] = share = Share(database, self._list_wanted(database), self._say)
                    tasks[database] = asyncio.create_task(self._keep(share), name="sharing a database's shops")
                waiting = asyncio.create_task(self._changed.wait())
                await asyncio.wait({waiting, *tasks.values()}, return_when=asyncio.FIRST_COMPLETED)
                for task in tasks.values():
                    if task.done():
                        task.result()
                waiting.cancel()
        finally:
            ending = [*tasks.values(), *([waiting] if waiting is not None else [])]
            for each in ending:
                each.cancel()
            await asyncio.gather(*ending, return_exceptions=True)

    async def _keep(self, share: Share) -> None:
        """Share the shops of a database for as long as it can be reached, and try again when it cannot."""
        said = ""
        while True:
            try:
                async with AsyncExitStack() as stack:
                    keeper = await stack.enter_async_context(
                        open_keeper(share.find_url(), control=self._control, pools=self._pools)
                    )
                    await share.work(keeper)
            except StoreError as error:
                if not self._patient:
                    raise
                if str(error) != said:
                    logger.warning("Shops wait for their database: %s", error)
                said = str(error)
            await asyncio.sleep(AGAIN_SECONDS)

    def _list_wanted(self, database: str) -> dict[str, str]:
        return {name: url for name, url in self._wanted.items() if find_database(url) == database}

    def _say(self) -> None:
        alone = [name for name, url in self._wanted.items() if not find_database(url)]
        self._announcer.say(frozenset(alone).union(*(share.list_ours() for share in self._shares.values())))


class Share:
    """This process's part of the shops that lie in one database."""

    def __init__(self, database: str, wanted: Mapping[str, str], say: Callable[[], None]) -> None:
        self.database = database
        self.tenures: dict[str, Tenure] = {}
        self._wanted = dict(wanted)
        self._say = say
        self._keeper: Keeper | None = None
        self._leaving: set[str] = set()
        """Still ours, and to be stopped, since others have too few."""
        self._cool_until: dict[str, float] = {}
        self._vacancies = Vacancies()
        self._known_since: dict[int, float] = {}
        self._refused: set[str] = set()
        self._stands: object = None
        self._stirred = asyncio.Event()

    def find_url(self) -> str:
        """A URL of the database; which shop's makes no difference, but where there is but one."""
        return next(iter(self._wanted.values()), self.database)

    def list_ours(self) -> frozenset[str]:
        """The shops that are to run here."""
        return frozenset(name for name in self.tenures if name in self._wanted and name not in self._leaving)

    def set_wanted(self, shops: Mapping[str, str]) -> None:
        """Say which shops there are; one that has come anew may be taken at once, whatever was before."""
        for name in shops.keys() - self._wanted.keys():
            self._cool_until.pop(name, None)
        self._wanted = dict(shops)
        if self._keeper is not None:
            self._keeper.set_wanted(self._wanted)
        self._stirred.set()

    async def free(self, name: str) -> None:
        """Give a lease back."""
        if self._keeper is None or name not in self.tenures:
            return
        self._cool_until[name] = time.monotonic() + COOL_SECONDS
        self.tenures.pop(name, None)
        self._leaving.discard(name)
        with suppress(StoreUnavailable):  # it will be found out
            await self._keeper.free(name)
        self._say()

    async def work(self, keeper: Keeper) -> NoReturn:
        """Take what is ours, and hand over what others have too few of, whenever something has changed."""
        self._keeper = keeper
        keeper.set_wanted(self._wanted)
        keeper.on_change(self._stirred.set)
        try:
            while True:
                await self._wait_stirred()
                self._note_known(keeper)
                await self._take(keeper)
                self._give(keeper)
                self._tell_how_it_stands(keeper)
        finally:
            self._keeper = None
            self.tenures.clear()
            self._leaving.clear()
            self._say()

    async def _wait_stirred(self) -> None:
        """Wait until something has changed, or a shop that is free may be taken by anybody."""
        now = time.monotonic()
        until = self._vacancies.find_next(now)
        with suppress(TimeoutError):
            async with asyncio.timeout(None if until is None else until - now):
                await self._stirred.wait()
        self._stirred.clear()

    def _note_known(self, keeper: Keeper) -> None:
        now = time.monotonic()
        self._known_since = {peer.id: self._known_since.get(peer.id, now) for peer in keeper.peers}
        self._vacancies.note(keeper.peers, self._wanted.keys() - self.tenures.keys(), now)
        self._refused &= set(self._vacancies)
        for name in self._vacancies.orphaned:
            self._cool_until.pop(name, None)  # whoever was to have it is gone

    async def _take(self, keeper: Keeper) -> None:
        if all(peer.id == keeper.id for peer in keeper.peers):
            self._cool_until.clear()  # likewise
        chosen = share_out(keeper.peers, list(self._vacancies))
        for name in self._vacancies:
            now = time.monotonic()
            mine = chosen.get(name) == keeper.id or self._vacancies.is_anybodys(name, now)
            url = self._wanted.get(name)
            if not mine or url is None or name in self.tenures or now < self._cool_until.get(name, 0.0):
                continue
            try:
                tenure = await keeper.take(name, url)
            except StoreError as error:
                self._note_refused(name, error)
            else:
                self._hold(name, tenure)

    def _note_refused(self, name: str, error: StoreError) -> None:
        """Say once that a shop cannot be had; a holder outside of what we see is waited for."""
        if name not in self._refused:
            level = logging.INFO if isinstance(error, StoreBusy) else logging.WARNING
            logger.log(level, "Another process runs this shop; standing by (%s: %s)", name, error)
        self._refused.add(name)

    def _tell_how_it_stands(self, keeper: Keeper) -> None:
        """Say in the log how many shops run where, when that has changed."""
        elsewhere = {name: peer.name for peer in keeper.peers if peer.id != keeper.id for name in peer.held}
        others = {elsewhere[name] for name in self._wanted.keys() & elsewhere.keys() - self.tenures.keys()}
        stands = (len(self.tenures), len(self._wanted), frozenset(others))
        if stands == self._stands:
            return
        self._stands = stands
        if others and len(self._wanted) == 1:
            logger.info("Another process runs this shop; standing by (%s)", *others)
        elif len(self._wanted) > 1:
            logger.info("%d of %d shops run here", len(self.tenures), len(self._wanted))

    def _hold(self, name: str, tenure: Tenure) -> None:
        self.tenures[name] = tenure
        self._vacancies.fill(name)
        self._refused.discard(name)

        def lose(_: StoreError) -> None:
            if self.tenures.get(name) is tenure:
                del self.tenures[name]
                self._leaving.discard(name)
                self._say()

        tenure.on_end(lose)
        self._say()

    def _give(self, keeper: Keeper) -> None:
        """Have shops stopped that others are to run; they are free once somebody says that they have stopped."""
        now = time.monotonic()
        known = self._known_since  # while a lease was taken others may have come
        settled = [peer for peer in keeper.peers if now - known.get(peer.id, now) >= SETTLED_SECONDS]
        if self._leaving or len(settled) < 2:
            return
        self._leaving.update(name for name in choose_handed_over(keeper.id, settled) if name in self.tenures)
        if self._leaving:
            self._say()
