"""What every run needs: a database, a local Telegram, a bot that is kept alive, and a hand that kills it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.playground.world import Happening, World
from storage import open_store
from storage.checks import list_faults
from tests.chaos.books import Reader
from tests.chaos.findings import Findings
from tests.chaos.keeper import Keeper
from tests.chaos.killer import Killer
from tests.chaos.order import Order
from tests.chaos.pace import BanWatch, Pulse, judge_pace
from tests.chaos.plan import KillPoint
from tests.journeys.program import furnish, furnish_forking
from tests.telegram import LocalTelegram, local_telegram

STRIKE_SECONDS = 60.0
"""For the request a death hangs on; then it is given at once."""

SECRET = "Kanarienvogel"
"""Part of the token; nobody else says it."""


@dataclass(slots=True, kw_only=True)
class Stage:
    """Everything that takes part."""

    url: str
    telegram: LocalTelegram
    keeper: Keeper
    killer: Killer
    reader: Reader
    bans: BanWatch
    pulse: Pulse
    handed: set[int] = field(default_factory=set)
    """The ids of all updates that Telegram had for the bot."""
    late: int = 0
    """Deaths whose request never came."""

    @property
    def world(self) -> World:
        """The only truth."""
        return self.telegram.world

    async def die(self, point: KillPoint, *, method: str = "") -> None:
        """Arm a death and wait for it."""
        self.killer.arm(point, method=method)
        await self.outlive()

    async def outlive(self) -> None:
        """Wait for the death that was armed; where its request does not come, it is given anyway."""
        if not await self.killer.until_struck(STRIKE_SECONDS):
            self.late += 1
            self.killer.strike()

    def keep_journal(self, folder: Path) -> None:
        """Write down every request as it came, for whoever has to find out what happened."""
        lines = [
            f"{each.at} {each.method} {each.params.get('chat_id', '')} {each.status} {each.fault}"
            for each in self.world.calls
        ]
        (folder / "requests.txt").write_text("\n".join(lines))
        deaths = [f"{each.at} {each.flood_wait_until}" for each in self.killer.deaths]
        (folder / "deaths.txt").write_text("\n".join(deaths))

    async def judge_house(self, findings: Findings, *, send_rate: int, travel_seconds: float) -> None:
        """Look at everything that no single update is about."""
        async with open_store(self.url) as store:
            findings.others += await list_faults(store)
        findings.others += [str(violation) for violation in self.world.violations]
        findings.others += self.keeper.problems
        findings.others += judge_pace(
            self.world, self.bans, self.pulse, self.killer.deaths, send_rate=send_rate, travel_seconds=travel_seconds
        )
        if self.late:
            findings.others.append(f"{self.late} deaths had to be given, the requests they hang on never came")


@asynccontextmanager
async def set_stage(order: Order, url: str, world: World, **settings: str) -> AsyncIterator[Stage]:
    """Open a local Telegram over a world and keep a bot alive in it."""
    async with local_telegram(world, token=f"{world.bot.id}:{SECRET}") as telegram:
        start = furnish_forking if order.forks else furnish
        keeper = Keeper(start(order.folder, telegram, DATABASE_URL=url, LOG_LEVEL="INFO", **settings))
        reader = Reader(url)
        killer = Killer(keeper.find_pid, reader.find_flood_wait)
        stage = Stage(
            url=url,
            telegram=telegram,
            keeper=keeper,
            killer=killer,
            reader=reader,
            bans=BanWatch(world),
            pulse=Pulse(world),
        )
        stage.handed |= {update.id for update in world.updates.list_waiting()}
        world.listen(lambda happening: note_update(happening, stage.handed))
        telegram.faults.on_request = killer.on_request
        keeper.start()
        beating = asyncio.create_task(stage.pulse.beat())
        try:
            yield stage
        finally:
            beating.cancel()
            await keeper.kill()
            stage.keep_journal(order.folder)


def note_update(happening: Happening, handed: set[int]) -> None:
    """Take in the id of an update that Telegram has for the bot."""
    if happening.kind == "update":
        handed.add(happening.about.id)
