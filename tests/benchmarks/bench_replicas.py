"""What a second `passalong web` brings: links, cards and updates a second, with each process held to a share of a core.

Two whole cores would be needed for the doors alone, and a third and fourth for the database and for whoever asks; held to a small
share, both processes have theirs on any machine with two.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from operator import truediv
from pathlib import Path
from statistics import median
from subprocess import Popen

import aiohttp
import psycopg

from bot.services.campaigns import note_bot
from bot.updates.webhook import DOOR, SECRET_HEADER, compute_secret
from storage import open_store
from tests.benchmarks.bench_flow import seed_inviters
from tests.benchmarks.rig import TOKEN, open_program, wait_until
from tests.benchmarks.rows import Row, row
from tests.storage.server import start_server
from tests.web.house import BROWSES, PHONE
from tests.web.test_at_work import find_free_port
from tests.wire.server import make_update

SHARE = 0.15
"""Of a core, for each process."""

PERIOD_MICROSECONDS = 20_000
MEMBERS = 20
TURNS = 5
SECONDS = 3.0
LINES = 8
"""Connections to each process."""

CGROUP = Path("/sys/fs/cgroup/cpu")


@dataclass(frozen=True, slots=True)
class Doors:
    """A web process, and where it listens."""

    process: Popen[bytes]
    url: str


def measure() -> list[Row]:
    """One and two by turns, so that whatever else the machine does slows both alike; each ratio is of one turn.

    Raises:
        OSError: shares of a core cannot be given out here; that needs a cgroup (version 1) that may be written to.
    """
    server = start_server()
    server.remember_commits()
    try:
        with server.lend_empty() as url, _open_doors(url) as (doors, codes):
            asking = _Asking(codes)
            asyncio.run(asking.draw(doors))
            with _held([each.process for each in doors]):
                measured = {what: _take_turns(asking, what, doors) for what in ("links", "cards", "updates")}
            _demand_kept(url, asking)
    finally:
        server.stop()
    rows = list[Row]()
    for what, (one, two) in measured.items():
        rows.append(row(f"{_NAMES[what]}, one web process with {SHARE:.0%} of a core", median(one), "/s"))
        rows.append(row("  two, against one", median(map(truediv, two, one)), "x", at_least=1.7))
    return rows


_NAMES = {
    "links": "people sent on by short links",
    "cards": "cards, drawn before",
    "updates": "updates brought and kept",
}


@contextmanager
def _open_doors(url: str) -> Iterator[tuple[list[Doors], list[str]]]:
    codes = asyncio.run(_seed(url))
    ports = find_free_port(), find_free_port()
    with ExitStack() as stack:
        doors = list[Doors]()
        for port in ports:
            settings = {
                "BOT_TOKEN": TOKEN,
                "DATABASE_URL": url,
                "PUBLIC_URL": f"http://127.0.0.1:{ports[0]}",
                "LISTEN": f"127.0.0.1:{port}",
                "WEBHOOK": "true",
                "LOG_LEVEL": "ERROR",
            }
            given = {f"PASSALONG_{name}": value for name, value in settings.items()}
            process = stack.enter_context(open_program([sys.executable, "-m", "bot", "web"], given))
            doors.append(Doors(process, f"http://127.0.0.1:{port}"))
        for each in doors:
            wait_until(lambda url=each.url: asyncio.run(_is_open(url)), each.process)  # type: ignore[misc]
        yield doors, codes


async def _seed(url: str) -> list[str]:
    codes = await seed_inviters(url, list(range(1, MEMBERS + 1)))
    async with open_store(url) as store:
        await store.write(note_bot, username="bench_bot")
    return codes


async def _is_open(url: str) -> bool:
    asking = f"{url}/r/x"
    try:
        async with (
            aiohttp.ClientSession(headers=_BROWSER) as session,
            session.get(asking, allow_redirects=False) as answer,
        ):
            return answer.status in _ANSWERED
    except aiohttp.ClientError:
        return False


_ANSWERED = {200, 302}
_BROWSER = {"User-Agent": PHONE, **BROWSES}


class _Asking:
    """Somebody who asks as fast as they are answered."""

    def __init__(self, codes: Sequence[str]) -> None:
        self._codes = codes
        self._numbers = count(1)
        self.brought = 0

    async def draw(self, doors: Sequence[Doors]) -> None:
        """Have every card drawn everywhere."""
        async with aiohttp.ClientSession(headers=_BROWSER) as session:
            for each in doors:
                for code in self._codes:
                    async with session.get(f"{each.url}/c/{code}.jpg") as answer:
                        assert answer.status == 200, answer.status

    async def ask(self, what: str, doors: Sequence[Doors]) -> float:
        """Answers a second of these doors together, each asked by as many connections."""
        began = time.perf_counter()
        async with aiohttp.ClientSession(
            headers=_BROWSER, connector=aiohttp.TCPConnector(limit=LINES * len(doors))
        ) as session:
            lines = [self._ask_on(session, what, each.url, began + SECONDS) for each in doors for _ in range(LINES)]
            done = sum(await asyncio.gather(*lines))
        return done / (time.perf_counter() - began)

    async def _ask_on(self, session: aiohttp.ClientSession, what: str, url: str, until: float) -> int:
        done = 0
        while time.perf_counter() < until:
            number = next(self._numbers)
            code = self._codes[number % len(self._codes)]
            if what == "updates":
                headers = {SECRET_HEADER: compute_secret(TOKEN)}
                asking = session.post(
                    f"{url}{DOOR}", json=make_update(number, 1_000 + number, "/help"), headers=headers
                )
                self.brought += 1
            else:
                path = f"/r/{code}-fwd" if what == "links" else f"/c/{code}.jpg"
                asking = session.get(url + path, allow_redirects=False)
            async with asking as answer:
                await answer.read()
                if answer.status not in _ANSWERED:
                    raise RuntimeError(f"{what}: {answer.status}")
            done += 1
        return done


def _take_turns(asking: _Asking, what: str, doors: Sequence[Doors]) -> tuple[list[float], list[float]]:
    turns = [
        (asyncio.run(asking.ask(what, doors[turn % 2 :][:1])), asyncio.run(asking.ask(what, doors)))
        for turn in range(TURNS)
    ]
    return [one for one, _ in turns], [two for _, two in turns]


@contextmanager
def _held(processes: Sequence[Popen[bytes]]) -> Iterator[None]:
    """Each may use its share of a core, with all its threads, and no more."""
    folders = [CGROUP / f"passalong-bench-{os.getpid()}-{each.pid}" for each in processes]
    try:
        for folder, process in zip(folders, processes, strict=True):
            folder.mkdir()
            (folder / "cpu.cfs_period_us").write_text(str(PERIOD_MICROSECONDS))
            (folder / "cpu.cfs_quota_us").write_text(str(round(SHARE * PERIOD_MICROSECONDS)))
            (folder / "cgroup.procs").write_text(str(process.pid))
        yield
    finally:
        for folder, process in zip(folders, processes, strict=True):
            if folder.exists():
                (CGROUP / "cgroup.procs").write_text(str(process.pid))
                folder.rmdir()


def _demand_kept(url: str, asking: _Asking) -> None:
    """Whoever counts answers counts updates that are there."""
    with psycopg.connect(url) as behind:
        found = behind.execute("SELECT count(*) FROM inbox").fetchone()
    if found != (asking.brought,):
        raise RuntimeError(f"{asking.brought} updates were brought, and {found} are there")
