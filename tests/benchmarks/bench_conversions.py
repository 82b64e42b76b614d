"""Conversions a second, each durable before it is answered: the web side in a process of its own, asked by another."""

from __future__ import annotations

import asyncio
import json
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
from bot.core.campaigns.campaign import Campaign, parse_campaign
from bot.core.campaigns.rewards import Give, Rule
from bot.services.campaigns.opening import Source, open_shop
from bot.services.conversions.keys import MadeKey, make_key
from bot.services.joining.joining import credit
from bot.web.listening import open_listener
from bot.web.server import serve_site
from bot.web.site import build_deps, build_site
from storage import open_store
from storage.facts import GrantKind
from storage.records import Profile, Side
from storage.tables import people
from storage.tx import Tx, utc_now
from tests.benchmarks.rows import Row, row
from tests.web.house import add_person, make_shop
from tests.wire.stage import make_snapshots

FRIENDS = 200
REPORTS = 6000
LINES = 32
ROOT = Path(__file__).resolve().parents[2]


def measure() -> list[Row]:
    """Reports a second by 32 connections: purchases of friends that bring points, and the same again."""
    with tempfile.TemporaryDirectory() as folder, _open_site(Path(folder) / "sold.db") as (url, key):
        asyncio.run(_report(url, key, range(500)))
        first = _measure(url, key)
        again = _measure(url, key)
    return [
        row("conversions taken, durable", first, "/s", at_least=500),
        row("  the same again", again, "/s", at_least=500),
    ]


def _measure(url: str, key: str) -> float:
    began = time.perf_counter()
    asyncio.run(_report(url, key, range(1000, 1000 + REPORTS)))
    return REPORTS / (time.perf_counter() - began)


async def _report(url: str, key: str, numbers: range) -> None:
    waiting = iter(numbers)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=LINES), headers=headers) as session:

        async def report_on() -> None:
            for number in waiting:
                async with session.post(f"{url}/api/v1/conversions", data=_compose(number)) as answer:
                    if answer.status not in {200, 202}:
                        raise RuntimeError(f"{answer.status}: {await answer.text()}")

        await asyncio.gather(*(report_on() for _ in range(LINES)))


def _compose(number: int) -> bytes:
    said = {
        "type": "purchase",
        "order_id": f"A-{number}",
        "amount": 1000 + number,
        "currency": "EUR",
        "member": {"telegram_id": 10_000 + number % FRIENDS},
        "occurred_at": "2026-11-28T10:00:00Z",
    }
    return json.dumps(said).encode()


@contextmanager
def _open_site(database: Path) -> Iterator[tuple[str, str]]:
    command = [sys.executable, "-m", "tests.benchmarks.bench_conversions", str(database)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE, env=dict(os.environ))
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        url, _, key = process.stdout.readline().decode().strip().partition(" ")
        yield url, key
    finally:
        process.stdin.close()
        process.wait(timeout=20)
        process.stdout.close()


def _compose_campaign() -> Campaign:
    themes = sorted(theme.stem for theme in (ASSETS / "themes").glob("*.toml"))
    text = (ASSETS / "campaigns" / "welcome.toml").read_bytes()
    campaign = parse_campaign(text, themes=themes, find_picture=lambda _: "")
    rule = Rule(key="five", when="purchased", who=Side.INVITER, give=Give(kind=GrantKind.POINTS, amount=5))
    object.__setattr__(campaign, "rewards", (rule,))
    return campaign


def _bring(tx: Tx, number: int) -> None:
    """Friend number so-and-so, by somebody."""
    host = people.find_by_telegram_id(tx, 1) or add_person(
        tx, profile=Profile(telegram_id=1, first_name="Anna"), code="Bench00000", started=True
    )
    profile = Profile(telegram_id=10_000 + number, first_name="Friend", telegram_language="en")
    friend = add_person(tx, profile=profile, code=f"Friend{number:04d}", started=True)
    credit(tx, people.get(tx, host.id), people.get(tx, friend.id), source="qr")


async def _serve(database: str) -> None:
    listener = open_listener("127.0.0.1", 0)
    async with open_store(f"sqlite:///{database}") as store:
        await store.write(open_shop, Source(campaign=_compose_campaign()))
        for number in range(FRIENDS):
            await store.write(_bring, number)
        made = await store.write(make_key, name="bench")
        assert isinstance(made, MadeKey)
        deps = build_deps(store=store, snapshots=make_snapshots(store, make_shop()), assets=ASSETS, clock=utc_now)
        stop = asyncio.Event()
        asyncio.get_running_loop().add_reader(sys.stdin, stop.set)
        sys.stdout.write("http://{}:{} {}\n".format(*listener.getsockname(), made.key))
        sys.stdout.flush()
        await serve_site(build_site(deps), listener, stop)


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
