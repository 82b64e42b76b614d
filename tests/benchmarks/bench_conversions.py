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
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from sqlalchemy import text

from bot.assets import ASSETS
from bot.core.campaigns.campaign import Campaign, parse_campaign
from bot.core.campaigns.rewards import Give, Rule
from bot.services.campaigns.opening import Source, open_shop
from bot.services.conversions.keys import MadeKey, make_key
from bot.web.listening import open_listener
from bot.web.server import serve_site
from bot.web.site import build_deps, build_site
from storage import open_store
from storage.facts import GrantKind
from storage.records import Side
from storage.tx import Tx, utc_now
from tests.benchmarks.bench_fairness import EACH, fill, find_number
from tests.benchmarks.rows import Row, row
from tests.web.house import make_shop
from tests.wire.stage import make_snapshots

FEW, MANY = 1_000, 1_000_000
"""Members, each but their hosts with an order of earlier days."""

REPORTS = 6000
LINES = 32
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class _Site:
    """A web side at work, in a process of its own."""

    url: str
    key: str
    pid: int
    members: int

    def read_cpu_seconds(self) -> float:
        """What it has used so far."""
        times = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")


def measure() -> list[Row]:
    """Reports a second by 32 connections: purchases of friends that bring points, and the same again; with few orders and many."""
    few, many = (_measure(members) for members in (FEW, MANY))
    return [
        row("conversions taken, durable, a million members and orders", many.first, "/s", at_least=500),
        row("  the same again", many.again, "/s", at_least=500),
        row("  with a thousand members and orders", few.first, "/s", at_least=500),
        row("  the server's CPU, a million against a thousand", many.cpu_ms / few.cpu_ms, "x", at_most=1.5),
    ]


@dataclass(frozen=True, slots=True)
class _Pace:
    first: float
    """A second."""
    again: float
    cpu_ms: float
    """Of the server for each that is new."""


def _measure(members: int) -> _Pace:
    with tempfile.TemporaryDirectory() as folder, _open_site(Path(folder) / "sold.db", members) as site:
        asyncio.run(_report(site, range(500)))
        before = site.read_cpu_seconds()
        first = _time(site)
        cpu_ms = (site.read_cpu_seconds() - before) / REPORTS * 1_000
        return _Pace(first, _time(site), cpu_ms)


def _time(site: _Site) -> float:
    began = time.perf_counter()
    asyncio.run(_report(site, range(1000, 1000 + REPORTS)))
    return REPORTS / (time.perf_counter() - began)


async def _report(site: _Site, numbers: range) -> None:
    waiting = iter(numbers)
    headers = {"Authorization": f"Bearer {site.key}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=LINES), headers=headers) as session:

        async def report_on() -> None:
            for number in waiting:
                async with session.post(
                    f"{site.url}/api/v1/conversions", data=_compose(number, site.members)
                ) as answer:
                    if answer.status not in {200, 202}:
                        raise RuntimeError(f"{answer.status}: {await answer.text()}")

        await asyncio.gather(*(report_on() for _ in range(LINES)))


def _compose(number: int, members: int) -> bytes:
    """Of a friend of whichever host."""
    friend = number * 37 % (members // EACH) * EACH + 1 + number % (EACH - 1)
    said = {
        "type": "purchase",
        "order_id": f"A-{number}",
        "amount": 1000 + number,
        "currency": "EUR",
        "member": {"telegram_id": find_number(friend)},
        "occurred_at": "2026-11-28T10:00:00Z",
    }
    return json.dumps(said).encode()


@contextmanager
def _open_site(database: Path, members: int) -> Iterator[_Site]:
    command = [sys.executable, "-m", "tests.benchmarks.bench_conversions", str(database), str(members)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE, env=dict(os.environ))
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        url, _, key = process.stdout.readline().decode().strip().partition(" ")
        yield _Site(url, key, process.pid, members)
    finally:
        process.stdin.close()
        process.wait(timeout=20)
        process.stdout.close()


def _compose_campaign() -> Campaign:
    themes = sorted(theme.stem for theme in (ASSETS / "themes").glob("*.toml"))
    told = (ASSETS / "campaigns" / "welcome.toml").read_bytes()
    campaign = parse_campaign(told, themes=themes, find_picture=lambda _: "")
    rule = Rule(key="five", when="purchased", who=Side.INVITER, give=Give(kind=GrantKind.POINTS, amount=5))
    object.__setattr__(campaign, "rewards", (rule,))
    return campaign


_OLD_ORDERS = (
    "UPDATE person SET started_at = 1",
    """INSERT INTO event (kind, person_id, referral_id, campaign_version_id, key, happened_at)
    SELECT 'purchased', invitee_id, id, campaign_version_id, 'purchased:old:' || id, joined_at FROM referral""",
    """INSERT INTO sale (order_id, person_id, state, amount, currency, occurred_at, event_id, changed_at)
    SELECT 'B-' || id, person_id, 'counted', 1000, 'EUR', happened_at, id, happened_at FROM event
    WHERE kind = 'purchased'""",
    """INSERT INTO conversion
    (sale_id, type, amount, currency, member_key, member, occurred_at, fingerprint, channel, state, received_at)
    SELECT id, 'purchase', amount, currency, 'external_id', 'C-' || id, occurred_at, order_id, 'api', state, changed_at
    FROM sale""",
)
"""Everybody who was brought has started the bot, and has bought once."""


def _sell(tx: Tx) -> None:
    for statement in _OLD_ORDERS:
        tx.run(text(statement))


async def _serve(database: str, members: int) -> None:
    listener = open_listener("127.0.0.1", 0)
    async with open_store(f"sqlite:///{database}") as store:
        await store.write(open_shop, Source(campaign=_compose_campaign()))
        await fill(store, members)
        await store.write(_sell)
        made = await store.write(make_key, name="bench")
        assert isinstance(made, MadeKey)
        deps = build_deps(store=store, snapshots=make_snapshots(store, make_shop()), assets=ASSETS, clock=utc_now)
        stop = asyncio.Event()
        asyncio.get_running_loop().add_reader(sys.stdin, stop.set)
        sys.stdout.write("http://{}:{} {}\n".format(*listener.getsockname(), made.key))
        sys.stdout.flush()
        await serve_site(build_site(deps), listener, stop)


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], int(sys.argv[2])))
