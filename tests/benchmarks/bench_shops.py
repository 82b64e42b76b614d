"""What two hundred shops in one program cost while nothing happens in them, how they start, and how fifty busy ones answer."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from pathlib import Path
from subprocess import Popen

from tests.benchmarks.agency import Agency, count_seconds, open_agency, read_memory
from tests.benchmarks.commands import Commands, find_p99
from tests.benchmarks.rig import Telegram
from tests.benchmarks.rows import Row, row

SHOPS, BUSY = 200, 50
CALM_SECONDS, WEIGHED_SECONDS = 75.0, 60.0
"""After a start connections close, and what they took is given back; a weighing sees each job of a quiet shop."""

BUSY_SECONDS = 40.0
COMMANDS_PER_SECOND = 0.5
"""Of each busy shop: together they keep half of a core of the program busy, and as much of the local Telegram."""

MEMBERS_EACH = 8


def measure(shops: int = SHOPS, database_url: str = "") -> list[Row]:
    """On SQLite, by one shop alone and then by all of them in another process."""
    with tempfile.TemporaryDirectory() as folder, open_agency(Path(folder), database_url) as agency:
        with agency.run() as program:
            agency.wait_at_work(program, 1)
            alone = _weigh_idle(program)
        agency.furnish(shops)
        before, began = agency.count_polls(), time.time()
        with agency.run() as program:
            agency.wait_at_work(program, shops, before=before)
            started, busiest = time.time() - began, count_busiest_second(agency.telegram, began)
            idle = _weigh_idle(program)
            p99 = _time_commands(agency, min(BUSY, shops))
    more = shops - 1
    return [
        row(f"start of {shops} shops until all ask for updates", started, "s", at_most=60),
        row("  requests at Telegram in its busiest second", busiest, "", at_most=60),
        row("memory of a process with one shop", alone[0], "MiB"),
        row(f"  each of {more} more that are idle", (idle[0] - alone[0]) / more, "MiB", at_most=1.5),
        row("CPU of a process with one idle shop", alone[1] * 1000, "ms/s"),
        row(f"  each of {more} more that are idle", (idle[1] - alone[1]) / more * 1000, "ms/s", at_most=0.2),
        row(f"p99 of a command, {BUSY} of {shops} shops busy", p99, "s", at_most=1.0),
    ]


def _weigh_idle(program: Popen[bytes]) -> tuple[float, float]:
    """Mebibytes, and seconds of a core per second."""
    time.sleep(CALM_SECONDS)
    before, began = count_seconds(program.pid), time.monotonic()
    time.sleep(WEIGHED_SECONDS)
    used = (count_seconds(program.pid) - before) / (time.monotonic() - began)
    return read_memory(program.pid), used


def count_busiest_second(telegram: Telegram, since: float) -> int:
    """The most requests of all bots together that came in one second of the clock, from a moment on, in seconds UTC."""
    seconds = Counter[int]()
    for bot in telegram.get("bots"):
        for call in telegram.get("calls", bot=bot):
            if call["at"] >= since * 1_000_000:
                seconds[call["at"] // 1_000_000] += 1
    return max(seconds.values(), default=0)


def _time_commands(agency: Agency, busy: int) -> float:
    commands = Commands(agency.telegram, range(busy), members_each=MEMBERS_EACH)
    commands.join()
    return find_p99(commands.time_waits(BUSY_SECONDS, per_second=COMMANDS_PER_SECOND * busy))
