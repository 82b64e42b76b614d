"""The roll-out with two real versions: the program before the last change of the tables works beside the one that made it."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count, takewhile
from pathlib import Path
from random import Random

from alembic.script import ScriptDirectory

from bot.playground.api.fleet import Fleet, serve_fleet
from bot.playground.api.server import Server
from bot.playground.world import World
from storage.engines.postgres_connection import connect
from storage.migrations import HEAD
from storage.migrations.upgrade import compose_config, is_additive_since
from tests.chaos.books import Reader
from tests.chaos.crowd import Crowd, NeverCameError
from tests.chaos.databases import lend_database
from tests.chaos.findings import Report
from tests.chaos.order import Order
from tests.chaos.plan import Action, Kind
from tests.chaos.restore import SETTINGS, Drill, arrive, is_greeted, judge_drill
from tests.chaos.stage import SECRET, note_update
from tests.journeys.program import ROOT, Home, Program, furnish
from tests.telegram import LocalTelegram

OLD, NEW = 0, 1
"""The two versions, each with a door of its own to Telegram."""

STANDS_BY = "standing by"
SETTLE_SECONDS = 120.0


class NoHistoryError(Exception):
    """There is no older program that could be tried; says why."""


def find_older(root: Path = ROOT, *, may_stay: Callable[[str], bool] = is_additive_since) -> tuple[str, str]:
    """Return the commit before the last step of the tables, and the version of the database it knows.

    Raises:
        NoHistoryError: that step does more than add, or the repository's history is not here.
    """
    script = ScriptDirectory.from_config(compose_config()).get_revision(HEAD)
    known = str(script.down_revision)
    if not may_stay(known):
        raise NoHistoryError(f"step {HEAD} does more than add: programs of {known} do not work in its tables")
    path = Path(script.path).relative_to(ROOT)
    added = _ask_git(root, "log", "--diff-filter=A", "--format=%H", "-1", "--", str(path))
    if not added:
        raise NoHistoryError(f"the history of {path} is not here")
    return f"{added}^", known


@contextmanager
def check_out(commit: str, folder: Path) -> Iterator[Path]:
    """Have the files of a commit in a folder.

    Raises:
        NoHistoryError: it is not here.
    """
    _ask_git(ROOT, "worktree", "add", "--detach", str(folder), commit)
    try:
        if not (folder / "bot").is_dir():
            raise NoHistoryError(f"{commit} is not here")
        yield folder
    finally:
        _ask_git(ROOT, "worktree", "remove", "--force", str(folder))


def _ask_git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip()


@dataclass(slots=True)
class _Street:
    """People who go on coming, whichever program is there."""

    drill: Drill
    telegram: LocalTelegram
    homes: tuple[Home, Home]
    ports: tuple[int, int]
    reader: Reader
    crowd: Crowd
    programs: AsyncExitStack
    waits: list[int] = field(default_factory=list)
    """After each change, until the next program asked for updates, milliseconds."""
    _coming: asyncio.Task[None] | None = None

    async def begin(self) -> Program:
        """The older program works, and people come by the first of them."""
        program = await self._start(OLD)
        await self._until_works(OLD)
        await self.crowd.act(Action(Kind.ARRIVE, 0))
        await arrive(self.drill, self.crowd, range(1, self._hosts), hosts=1)
        self._coming = asyncio.create_task(self._go_on())
        await self._until_more()
        return program

    async def change(self, former: Program, version: int) -> Program:
        """Start a program beside the one that works, and have that one stop."""
        program = await self._start(version)
        await program.until_says(STANDS_BY)
        began = self.telegram.world.now
        if (status := await former.stop()) != 0:
            self.drill.findings.others.append(f"SIGTERM ended it with {status}: {former.read_errors()[-500:]}")
        await self._until_works(version, since=began)
        self.waits.append((self.telegram.world.now - began) // 1000)
        await self._until_more()
        return program

    async def end(self, last: Program) -> None:
        """Nobody comes any more, and what is left is done."""
        assert self._coming is not None
        self._coming.cancel()
        await asyncio.gather(self._coming, return_exceptions=True)
        async with asyncio.timeout(SETTLE_SECONDS):
            while not await self._is_quiet():  # noqa: ASYNC110 -- only the database knows
                await asyncio.sleep(0.3)
        await last.stop()

    async def _is_quiet(self) -> bool:
        waiting = self.telegram.world.updates.count_waiting()
        return not waiting and await asyncio.to_thread(self.reader.is_all_done)

    @property
    def _hosts(self) -> int:
        return max(2, self.drill.order.size // 10)

    async def _start(self, version: int) -> Program:
        return await self.programs.enter_async_context(self.homes[version].running("run"))

    async def _go_on(self) -> None:
        """Somebody comes again and again, for ever."""
        for number in count(self._hosts):
            await arrive(self.drill, self.crowd, range(number, number + 1), hosts=self._hosts)
            await asyncio.sleep(1 / self.drill.order.send_rate)

    async def _until_works(self, version: int, since: int = 0) -> None:
        """Wait until a version asks for updates."""
        world, port = self.telegram.world, self.ports[version]

        def has_asked() -> bool:
            calls = takewhile(lambda call: call.at > since, reversed(world.calls))
            return any(call.port == port and call.method == "getUpdates" for call in calls)

        await self.telegram.until(has_asked, timeout_seconds=SETTLE_SECONDS, what=f"getUpdates of version {version}")

    async def _until_more(self) -> None:
        """Let so many more come as the order says."""
        assert self._coming is not None
        wanted = len(self.crowd.people) + self.drill.order.size
        async with asyncio.timeout(SETTLE_SECONDS):
            while len(self.crowd.people) < wanted:
                if self._coming.done():
                    self._coming.result()
                await asyncio.sleep(0.1)


async def run_versions(order: Order) -> Report:
    """Play a roll-out, the way back, and the roll-out again; its size is how many come between two changes, its rate how many a second."""
    drill = Drill(order, order.folder / "no.backup", Random(order.seed))
    try:
        commit, known = find_older()
        with check_out(commit, order.folder / "older") as code, lend_database("postgres", order.folder) as url:
            await _play(drill, code, known, url)
    except NoHistoryError as error:
        drill.figures["skipped"] = str(error)
    except NeverCameError as error:
        drill.stopped = str(error)
    return drill.report(kills=0)


async def _play(drill: Drill, code: Path, known: str, url: str) -> None:
    async with _set_street(drill, code, url) as street:
        old = await street.begin()
        at = [_read_version(url)]
        new = await street.change(old, NEW)
        at.append(_read_version(url))
        again = await street.change(new, OLD)
        last = await street.change(again, NEW)
        await street.end(last)
        drill.people, world = street.crowd.people, street.telegram.world
        drill.findings.notices_lost += [
            f"{number} was never greeted" for number, person in drill.people.items() if not is_greeted(world, person)
        ]
        if at != [known, HEAD]:
            drill.findings.others.append(f"the database was at {at}, not at {[known, HEAD]}")
        drill.figures |= {"older": known, "newer": HEAD, "joins": len(drill.inviters), "change_ms": street.waits}
        await judge_drill(drill, url)


@asynccontextmanager
async def _set_street(drill: Drill, code: Path, url: str) -> AsyncIterator[_Street]:
    """A Telegram with a door for each version; what they said is kept in a folder each."""
    world, handed = World(seed=drill.order.seed), set[int]()
    world.listen(lambda happening: note_update(happening, handed))
    server = Server(world, f"{world.bot.id}:{SECRET}")
    async with serve_fleet(Fleet([server]), ports=(0, 0)) as fleet, AsyncExitStack() as programs:
        telegram = LocalTelegram(server)
        older, newer = (
            replace(
                furnish(
                    drill.order.folder / name,
                    telegram,
                    DATABASE_URL=url,
                    LOG_LEVEL="INFO",
                    **SETTINGS,
                    BOT_API_URL=address,
                ),
                code=lies,
            )
            for name, lies, address in zip(("old", "new"), (code, ROOT), fleet.urls, strict=True)
        )
        crowd = Crowd(telegram, SETTLE_SECONDS)
        yield _Street(drill, telegram, (older, newer), (fleet.ports[0], fleet.ports[1]), Reader(url), crowd, programs)
    drill.updates += len(handed)


def _read_version(url: str) -> str:
    with connect(url) as behind:
        row = behind.execute("SELECT version_num FROM alembic_version").fetchone()
    assert row is not None
    return str(row[0])
