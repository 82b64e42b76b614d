"""From the start of the process to its first getUpdates, in turns with a bare python-telegram-bot program."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.rig import TOKEN, Telegram, open_program, open_telegram, wait_until
from tests.benchmarks.rows import Row, row

ROUNDS = 7


def measure() -> list[Row]:
    """How many times a bare bot's start ours takes."""
    with tempfile.TemporaryDirectory() as folder, open_telegram(0.0) as telegram:
        ours = [sys.executable, "-m", "bot", "run"]
        bare = [sys.executable, "-m", "tests.benchmarks.bare_bot", telegram.url, TOKEN]
        settings = {
            "PASSALONG_BOT_TOKEN": TOKEN,
            "PASSALONG_BOT_API_URL": telegram.url,
            "PASSALONG_DATABASE_URL": f"sqlite:///{Path(folder) / 'start.db'}",
            "PASSALONG_LOG_LEVEL": "ERROR",
        }
        _measure_start(telegram, ours, settings)  # makes the database
        pairs = [(_measure_start(telegram, ours, settings), _measure_start(telegram, bare, {})) for _ in range(ROUNDS)]
    own, other = (statistics.median(each) for each in zip(*pairs, strict=True))
    return [
        row("process start to first getUpdates, against a bare bot", own / other, "x", at_most=2.2),
        row("  ours", own, "s"),
        row("  the bare bot", other, "s"),
    ]


def _measure_start(telegram: Telegram, command: list[str], settings: dict[str, str]) -> float:
    polls = telegram.count("getUpdates")
    began = time.perf_counter()
    with open_program(command, settings) as process:
        wait_until(lambda: telegram.count("getUpdates") > polls, process, pause_seconds=0.005)
        return time.perf_counter() - began
