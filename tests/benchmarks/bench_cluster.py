"""What a second process costs that stands by for a shop on PostgreSQL, and what the fence costs each unit of work."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median
from subprocess import Popen

import psycopg

from storage import Store, Tx, open_store
from tests.benchmarks.bench_flow import seed_inviters
from tests.benchmarks.rig import PATIENCE_SECONDS, TOKEN, Telegram, open_program, open_telegram, wait_until
from tests.benchmarks.rows import Row, row
from tests.storage.cast import add_member
from tests.storage.server import start_server

INVITERS, FRIENDS_EACH = 100, 2
TURNS = 4
UNITS = 1_000
CALM_SECONDS = 2.0
"""A process that begins to stand by imports everything beforehand, once; then it does next to nothing."""

SETTLED = """
SELECT (SELECT count(*) FROM referral) >= %s AND NOT EXISTS (SELECT 1 FROM inbox WHERE state = 'open')
  AND NOT EXISTS (SELECT 1 FROM outbox WHERE state = 'owed') AND NOT EXISTS (SELECT 1 FROM handout WHERE state <> 'unknown')
"""
TICK = os.sysconf("SC_CLK_TCK")


def measure() -> list[Row]:
    """By turns, so that whatever else the machine does meanwhile slows all alike."""
    server = start_server()
    try:
        with server.lend_empty() as url, open_telegram(0.0) as telegram:
            return [*_measure_standing_by(url, telegram), *_measure_fence(url)]
    finally:
        server.stop()


def _measure_standing_by(url: str, telegram: Telegram) -> list[Row]:
    codes = asyncio.run(seed_inviters(url, telegram.post("people", count=INVITERS, first_name="Inviter")))
    joins = len(codes) * FRIENDS_EACH
    totals = count(joins, joins)
    alone, beside = list[float](), list[float]()
    with _run_bot(url, telegram) as bot:
        wait_until(lambda: telegram.count("getUpdates") > 0, bot)
        _join(url, telegram, bot, codes, next(totals))  # what is done once is done
        for _ in range(TURNS):
            alone.append(_weigh_joins(url, telegram, codes, next(totals), [bot]))
            with _run_bot(url, telegram) as other:
                _wait_calm(other)
                beside.append(_weigh_joins(url, telegram, codes, next(totals), [bot, other]))
    return [
        row("CPU of a join on PostgreSQL, one process", median(alone) / joins * 1000, "ms"),
        row("one shop on two processes, against one", median(beside) / median(alone), "x", at_most=1.15),
    ]


@contextmanager
def _run_bot(url: str, telegram: Telegram) -> Iterator[Popen[bytes]]:
    settings = {
        "BOT_TOKEN": TOKEN,
        "BOT_API_URL": telegram.url,
        "DATABASE_URL": url,
        "SEND_RATE": "100000",
        "CHAT_RATE": "100000",
        "LOG_LEVEL": "ERROR",
    }
    with open_program(_COMMAND, {f"PASSALONG_{name}": value for name, value in settings.items()}) as program:
        yield program


_COMMAND = [sys.executable, "-m", "bot", "run"]


def _join(url: str, telegram: Telegram, bot: Popen[bytes], codes: list[str], total: int) -> None:
    """Have everybody's friends join, and wait until so many have in all and everything is settled."""
    for number, code in enumerate(codes):
        telegram.post("people", count=FRIENDS_EACH, first_name=f"Friend {number}", payload=f"{code}-fwd")
    with psycopg.connect(url, autocommit=True) as behind:
        wait_until(lambda: behind.execute(SETTLED, (total,)).fetchone() == (True,), bot)


def _weigh_joins(url: str, telegram: Telegram, codes: list[str], total: int, bots: list[Popen[bytes]]) -> float:
    """Seconds of a core that processes take for it."""
    before = sum(_count_seconds(each.pid) for each in bots)
    _join(url, telegram, bots[0], codes, total)
    return sum(_count_seconds(each.pid) for each in bots) - before


def _wait_calm(process: Popen[bytes]) -> None:
    before, now = -1.0, _count_seconds(process.pid)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while now - before > 0.02 * CALM_SECONDS and time.monotonic() < deadline:
        time.sleep(CALM_SECONDS)
        before, now = now, _count_seconds(process.pid)


def _count_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def _measure_fence(url: str) -> list[Row]:
    with_fence, without = asyncio.run(_weigh_units(url))
    return [
        row("CPU of a unit that writes one row on PostgreSQL, under a lease", with_fence * 1_000_000, "us"),
        row("  the same, as a guest without the fence", without * 1_000_000, "us"),
    ]


async def _weigh_units(url: str) -> tuple[float, float]:
    fenced, bare = list[float](), list[float]()
    async with open_store(url) as holder, open_store(url, guest=True) as guest:
        number = 500_000
        for _ in range(2 * TURNS):
            for store, weights in ((holder, fenced), (guest, bare)):
                weights.append(await _weigh_write(store, number))
                number += UNITS
    return median(fenced), median(bare)


async def _weigh_write(store: Store, first: int) -> float:
    before = time.process_time()
    for number in range(first, first + UNITS):
        await store.write(_add, number)
    return (time.process_time() - before) / UNITS


def _add(tx: Tx, number: int) -> None:
    add_member(tx, number)
