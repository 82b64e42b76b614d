"""Memory of the bot's process after 10,000 joins and 1,000 cards, and whether it is flat."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import psutil

from tests.benchmarks.bench_flow import seed_inviters
from tests.benchmarks.rig import is_settled, open_bot, open_telegram, wait_until
from tests.benchmarks.rows import Row, row

INVITERS = 1000
HALF_JOINS, HALF_CARDS = 5_000, 500
MEBIBYTE = 1024 * 1024


def measure() -> list[Row]:
    """Resident memory at the end, and how much the second half added."""
    sizes = []
    with tempfile.TemporaryDirectory() as folder, open_telegram(0.0) as telegram:
        database = Path(folder) / "bench.db"
        inviters = telegram.post("people", count=INVITERS, first_name="Inviter")
        codes = asyncio.run(seed_inviters(f"sqlite:///{database}", inviters))
        with open_bot(telegram, database) as bot:
            for half in (0, 1):
                for number in range(HALF_JOINS // 5):
                    telegram.post("people", count=5, first_name=f"F{half}.{number}", payload=codes[number % INVITERS])
                photos = telegram.count("sendPhoto")
                people = inviters[half * HALF_CARDS : (half + 1) * HALF_CARDS]
                telegram.post("texts", texts=[[person, "/share"] for person in people])
                wait_until(lambda wanted=photos + HALF_CARDS: telegram.count("sendPhoto") >= wanted, bot)  # type: ignore[misc]
                wait_until(lambda wanted=(half + 1) * HALF_JOINS: is_settled(database, wanted), bot)  # type: ignore[misc]
                sizes.append(_read_size(bot.pid))
    return [
        row("memory after 10,000 joins and 1,000 cards", sizes[1], "MiB", at_most=124),
        row("  growth in the second half of them", sizes[1] - sizes[0], "MiB", at_most=10),
    ]


def _read_size(pid: int) -> float:
    memory = psutil.Process(pid).memory_info()  # type: ignore[no-untyped-call]  # psutil says its types elsewhere
    return float(memory.rss) / MEBIBYTE
