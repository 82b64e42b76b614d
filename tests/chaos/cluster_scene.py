"""Everything that takes part in a cluster's storm, and the hand that deals the blows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from bot.playground.api.fleet import serve_fleet
from bot.playground.demo import find_free_address
from bot.playground.faults import When
from tests.chaos.balancer import Balancer, serve_balancer
from tests.chaos.cluster_crew import Crew
from tests.chaos.cluster_leases import LeaseWatch
from tests.chaos.cluster_plan import Blow, Stroke
from tests.chaos.cluster_shops import Shop, open_fleet, share_out, write_folder
from tests.chaos.joins import order_faults
from tests.chaos.killer import Killer
from tests.chaos.pace import Death, Pulse
from tests.chaos.stage import STRIKE_SECONDS
from tests.journeys.program import Home
from tests.storage.server import Server, start_server

SETTLE_SECONDS = 600.0
"""For everything to be handled and sent after the last blow."""

RETRY_SECONDS = 0.3
"""After which Telegram brings an update again that was not taken; then it doubles."""

FREE_SECONDS = 60.0
"""For a process that may be hit: others stand still, or are about to start."""


@dataclass(slots=True, kw_only=True)
class Scene:
    """The shops, the processes, the server, and what has befallen them so far."""

    shops: Sequence[Shop]
    crew: Crew
    server: Server
    pulse: Pulse
    folder: Path
    """For the settings, the logs, and the journal of all requests."""
    leases: LeaseWatch
    balancer: Balancer | None = None
    """In front of the web sides, where there are any."""
    killer: Killer = field(init=False)
    breaks: list[Death] = field(default_factory=list)
    """Pauses and restarts, noted like deaths: somebody may have gone on with what another was at."""
    aways: list[tuple[int, int]] = field(default_factory=list)
    """From when until when the server was restarted, UTC microseconds."""
    late: int = 0
    """Deaths whose request never came."""
    _victim: int | None = None

    def __post_init__(self) -> None:
        self.killer = Killer(lambda: self._victim, self._find_flood_wait)
        self.big.server.faults.on_request = self._hear

    @property
    def big(self) -> Shop:
        """The shop where most happens."""
        return self.shops[0]

    @property
    def deaths(self) -> list[Death]:
        """Every moment at which a process may have been cut short, in order."""
        return sorted([*self.killer.deaths, *self.breaks], key=lambda death: death.at)

    async def play(self, strokes: Sequence[Stroke], seed: int) -> None:
        """Let people live on in all shops, and deal one blow after the other meanwhile; Telegram fails now and then as well."""
        for number, shop in enumerate(self.shops):
            order_faults(shop.server.faults, seed + number)
        parts = [list(share_out(shop.actions, len(strokes))) for shop in self.shops]
        for number, stroke in enumerate(strokes):
            self.crew.raise_if_gone()
            deaths = len(self.killer.deaths)
            if stroke.point is not None:
                self.killer.arm(stroke.point)
            for shop, its_parts in zip(self.shops, parts, strict=True):
                shop.told.put_nowait(its_parts[number])
            await asyncio.sleep(stroke.gap_seconds)
            await self._deal(stroke, deaths)
            await self.big.told.join()
            if self.big.stopped:
                return
        await self.crew.outwait()

    async def settle(self) -> str:
        """Wait until nothing is left to do, to fetch, to handle or to send; returns what was, if it takes too long."""
        deadline = time.monotonic() + SETTLE_SECONDS
        open_shops = list(self.shops)
        while open_shops and time.monotonic() < deadline:
            self.crew.raise_if_gone()
            await asyncio.sleep(0.3)
            open_shops = [shop for shop in open_shops if not await self._is_quiet(shop)]
        names = ", ".join(shop.name for shop in open_shops)
        return f"not settled {SETTLE_SECONDS:.0f} s after the last blow: {names}" if names else ""

    async def _is_quiet(self, shop: Shop) -> bool:
        if not shop.is_idle or shop.world.updates.count_waiting():
            return False
        try:
            return await asyncio.to_thread(lambda: shop.reader.is_all_done() and shop.reader.are_broadcasts_over())
        except DBAPIError:
            return False  # nobody has made its tables yet

    async def _deal(self, stroke: Stroke, deaths: int) -> None:
        """Deal a blow; there were so many deaths before it was armed."""
        match stroke.blow:
            case Blow.KILL if stroke.point is not None:
                await self._await_death(deaths)
            case Blow.KILL:
                await self._kill(stroke.slot)
            case Blow.PAUSE:
                await self._pause(stroke)
            case Blow.RESTART:
                await self._restart("immediate" if stroke.is_crash else "fast")
            case Blow.ROLL_OUT:
                await self.crew.roll_out()

    async def _await_death(self, before: int) -> None:
        """Of the sender of a request; where that has gone meanwhile, or the request never comes, anybody dies."""
        self.late += not await self.killer.until_struck(STRIKE_SECONDS)
        if len(self.killer.deaths) == before:
            await self._kill(0)

    async def _kill(self, wished: int) -> None:
        self._victim = self.crew.find_pid(await self._choose(wished))
        self.killer.strike()

    async def _pause(self, stroke: Stroke) -> None:
        """At least one process goes on at any time."""
        slot = await self._choose(stroke.slot, spare=1)
        self._note_break()
        self.crew.pause(slot, stroke.seconds)

    async def _restart(self, mode: str) -> None:
        self._note_break()
        began_at = time.time_ns() // 1000
        await asyncio.to_thread(self.server.restart, mode)
        self.aways.append((began_at, time.time_ns() // 1000))

    async def _choose(self, wished: int, spare: int = 0) -> int:
        """Return the first process from the one that is wished, of its kind, that runs and does not stand still."""
        alike = self.crew.list_alike(wished)
        async with asyncio.timeout(FREE_SECONDS):
            while True:
                self.crew.raise_if_gone()
                free = [slot for slot in alike if self._is_free(slot)]
                if len(free) > spare or (free and len(alike) == 1):
                    return min(free, key=lambda slot: (slot - wished) % len(alike))
                await asyncio.sleep(0.05)

    def _is_free(self, slot: int) -> bool:
        """Whether it runs, stands not still, and was not killed a moment ago."""
        pid, killed = self.crew.find_pid(slot), {pid for _, pid in self.killer.killed}
        return pid is not None and pid not in killed and not self.crew.is_paused(slot)

    def _hear(self, number: int, method: str, when: When) -> bool:
        """Of a request of the big shop its sender is the one who dies over it."""
        call = next(each for each in reversed(self.big.world.journal.calls) if each.number == number)
        slot = self.crew.find_slot(call.port)
        self._victim = self.crew.find_pid(slot) if slot >= 0 else None
        return self.killer.on_request(number, method, when)

    def keep_journal(self) -> None:
        """Write down every request as it came, for whoever has to find out what happened."""
        for shop in self.shops:
            lines = [
                f"{each.at} {self.crew.find_slot(each.port)} {each.method} {each.params.get('chat_id', '')} "
                f"{each.status} {each.fault}"
                for each in shop.world.calls
            ]
            (self.folder / f"{shop.name}.requests.txt").write_text("\n".join(lines), encoding="utf-8")
        deaths = [f"{each.at} {each.flood_wait_until}" for each in self.deaths]
        pauses = [f"{each.slot} {each.began_at} {each.ended_at}" for each in self.crew.pauses]
        (self.folder / "blows.txt").write_text("\n".join([*deaths, *pauses]), encoding="utf-8")

    def _note_break(self) -> None:
        self.breaks.append(Death(time.time_ns() // 1000, self._find_flood_wait()))

    def _find_flood_wait(self) -> int:
        try:
            return self.big.reader.find_flood_wait()
        except DBAPIError:
            return 0  # the server is away: nobody can have written anything down


@contextmanager
def lend_server() -> Iterator[tuple[Server, str]]:
    """Lend a server of one's own, and the URL of an empty database on it; what it has confirmed outlives its fall.

    Raises:
        ServerMissingError: no PostgreSQL server can be had on this machine.
    """
    server = start_server()
    try:
        server.remember_commits()
        with server.lend_empty() as url:
            yield server, url
    finally:
        server.stop()


@asynccontextmanager
async def set_scene(
    shops: Sequence[Shop], server: Server, url: str, folder: Path, *, processes: int, doors: int, seed: int
) -> AsyncIterator[Scene]:
    """Serve the bots' Telegram, and keep so many processes alive that share them.

    With `doors`, updates are brought to so many web processes through a balancer; otherwise they are fetched.
    """
    settings, sides = _furnish(shops, url, folder), [find_free_address() for _ in range(processes + doors)]
    balancer = Balancer([f"http://{side}" for side in sides[processes:]], seed) if doors else None
    async with AsyncExitStack() as stack:
        fleet = await stack.enter_async_context(serve_fleet(open_fleet(shops), ports=[0] * (processes + doors)))
        if balancer is not None:
            public = await stack.enter_async_context(serve_balancer(balancer))
            settings |= {"PUBLIC_URL": public, "WEBHOOK": "true"}
        homes = [
            _make_home(folder / f"p{slot}", {**settings, "BOT_API_URL": address, "LISTEN": side})
            for slot, (address, side) in enumerate(zip(fleet.urls, sides, strict=True))
        ]
        crew = Crew(homes, fleet.ports, doors)
        scene = Scene(
            shops=shops,
            crew=crew,
            server=server,
            pulse=Pulse(shops[0].world),
            folder=folder,
            leases=LeaseWatch(url, [shop.name for shop in shops]),
            balancer=balancer,
        )
        for shop in shops:
            shop.server.webhooks.retry_seconds = RETRY_SECONDS
        crew.start()
        async with _live(scene):
            yield scene


@asynccontextmanager
async def _live(scene: Scene) -> AsyncIterator[None]:
    tasks = [
        asyncio.create_task(each)
        for each in (scene.pulse.beat(), scene.leases.look_on(), *(shop.live() for shop in scene.shops))
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await scene.crew.end()
        scene.keep_journal()


def _furnish(shops: Sequence[Shop], url: str, folder: Path) -> dict[str, str]:
    """Return what is common to all processes: a folder of shops, or the settings of the only one."""
    common = {"LOG_LEVEL": "INFO"}
    if len(shops) == 1:
        return {**common, "DATABASE_URL": shops[0].url, **shops[0].compose_settings()}
    write_folder(shops, folder / "shops")
    return {**common, "DATABASE_URL": url, "SHOPS": str(folder / "shops")}


def _make_home(folder: Path, settings: Mapping[str, str]) -> Home:
    folder.mkdir()
    return Home(folder=folder, settings=settings, forks=True)
