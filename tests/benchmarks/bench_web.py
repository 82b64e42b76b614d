"""Short links and cards a second: the web side in a process of its own, asked by another, on one machine."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp

from bot.assets import ASSETS
from bot.web.listening import open_listener
from bot.web.server import serve_site
from bot.web.site import build_deps, build_site
from storage import open_store
from storage.records import Profile
from storage.tx import utc_now
from tests.benchmarks.rows import Row, row
from tests.web.house import BROWSES, PHONE, PREVIEW, add_person, make_shop, set_unchecked
from tests.wire.stage import make_snapshots

MEMBERS = 100
REQUESTS = 5000
ALONE = 300
LINES = 16
ROOT = Path(__file__).resolve().parents[2]


def measure() -> list[Row]:
    """Requests a second by sixteen connections, and how long one takes that comes alone."""
    with tempfile.TemporaryDirectory() as folder, _open_site(Path(folder) / "web.db") as url:
        asyncio.run(_ask(url, [f"/c/{name_code(number)}.jpg" for number in range(MEMBERS)], PHONE, LINES))
        cards = _measure(url, "/c/{}.jpg", PHONE)
        people = _measure(url, "/r/{}-fwd", PHONE)
        previews = _measure(url, "/r/{}-fwd", PREVIEW)
        pages = _measure(url, "/s/{}", PHONE)
        alone = 1000 * ALONE / _measure(url, "/c/{}.jpg", PHONE, requests=ALONE, lines=1) / ALONE
    return [
        row("/c/ cards, drawn before", cards, "/s", at_least=1000),
        row("  one that comes alone", alone, "ms", at_most=50),
        row("/r/ people sent on, clicks counted", people, "/s"),
        row("/r/ previews", previews, "/s"),
        row("/s/ share pages", pages, "/s"),
    ]


def name_code(number: int) -> str:
    """The code of a measured member."""
    return f"Bench{number:05d}"


def _measure(url: str, path: str, agent: str, *, requests: int = REQUESTS, lines: int = LINES) -> float:
    paths = [path.format(name_code(number % MEMBERS)) for number in range(requests)]
    began = time.perf_counter()
    asyncio.run(_ask(url, paths, agent, lines))
    return requests / (time.perf_counter() - began)


async def _ask(url: str, paths: list[str], agent: str, lines: int) -> None:
    waiting = iter(paths)
    connector = aiohttp.TCPConnector(limit=lines)
    async with aiohttp.ClientSession(connector=connector, headers={"User-Agent": agent, **BROWSES}) as session:

        async def ask_on() -> None:
            for path in waiting:
                async with session.get(url + path, allow_redirects=False) as answer:
                    await answer.read()
                    if answer.status >= 400:
                        raise RuntimeError(f"{path}: {answer.status}")

        await asyncio.gather(*(ask_on() for _ in range(lines)))


@contextmanager
def _open_site(database: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.benchmarks.bench_web", str(database)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE, env=dict(os.environ))
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        yield process.stdout.readline().decode().strip()
    finally:
        process.stdin.close()
        process.wait(timeout=20)
        process.stdout.close()


async def _serve(database: str) -> None:
    """Serve a hundred members until the standard input ends."""
    listener = open_listener("127.0.0.1", 0)
    async with open_store(f"sqlite:///{database}") as store:
        for number in range(MEMBERS):
            profile = Profile(telegram_id=number + 1, first_name=f"Member {number}", telegram_language="en")
            await store.write(add_person, profile=profile, code=name_code(number), started=True)
        await store.write(set_unchecked, MEMBERS)  # their codes are readable, and so not drawn with the key
        deps = build_deps(store=store, snapshots=make_snapshots(store, make_shop()), assets=ASSETS, clock=utc_now)
        stop = asyncio.Event()
        asyncio.get_running_loop().add_reader(sys.stdin, stop.set)
        sys.stdout.write("http://{}:{}\n".format(*listener.getsockname()))
        sys.stdout.flush()
        await serve_site(build_site(deps), listener, stop)
        await deps.click_writer.settle()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
