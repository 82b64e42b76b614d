"""What twenty shops notice of one beside them that is flooded, refused, broken or slow: the waits of their members, against without."""

from __future__ import annotations

import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from tests.benchmarks.agency import Agency, find_bot, open_agency
from tests.benchmarks.commands import Commands, find_p99
from tests.benchmarks.rows import Row, row

GOOD = 20
BAD = GOOD
"""The number of the shop that disturbs."""

TURNS = 4
TURN_SECONDS = 30.0
"""A flood lasts as long, at the pace at which Telegram takes answers; in four turns 24 commands are above what one in a hundred exceeds."""

PER_SECOND = 20.0
MEMBERS_EACH = 10
CROWD, FLOOD_EACH = 500, 2
SETTLING_SECONDS = 16.0
LOCKED_SECONDS = 2.0

Disturb = Callable[[Agency, list[int]], Iterator[None]]
"""Disturbs one shop, which has a crowd of members, while it is entered."""


def measure() -> list[Row]:
    """By turns: alone, with one trouble, alone, with the next; what one in a hundred exceeds of all of a kind."""
    alone, beside = list[float](), {name: list[float]() for name in TROUBLES}
    with tempfile.TemporaryDirectory() as folder, open_agency(Path(folder)) as agency:
        with agency.run() as program:
            agency.wait_at_work(program, 1)
        agency.furnish(GOOD + 1)
        before = agency.count_polls()
        with agency.run() as program:
            agency.wait_at_work(program, GOOD + 1, before=before)
            commands = Commands(agency.telegram, range(GOOD), members_each=MEMBERS_EACH)
            commands.join()
            crowd = agency.telegram.post("people", bot=find_bot(BAD), count=CROWD, payload="")
            time.sleep(SETTLING_SECONDS)
            for _ in range(TURNS):
                for name, disturb in TROUBLES.items():
                    alone += commands.time_waits(TURN_SECONDS, per_second=PER_SECOND)
                    with contextmanager(disturb)(agency, crowd):
                        beside[name] += commands.time_waits(TURN_SECONDS, per_second=PER_SECOND)
                    agency.begin_again(program, BAD)
    usual = find_p99(alone)
    return [
        row(f"p99 of a command at {GOOD} shops, {PER_SECOND:g} a second", usual * 1000, "ms"),
        *(
            row(f"  beside one that {name}, against that", find_p99(found) / usual, "x", at_most=1.2)
            for name, found in beside.items()
        ),
    ]


def flood(agency: Agency, crowd: list[int]) -> Iterator[None]:
    """A thousand commands at once from members of whom none types too much; in the end all are answered."""
    bot = find_bot(BAD)
    agency.telegram.post("texts", bot=bot, texts=[[person, "/invites"] for _ in range(FLOOD_EACH) for person in crowd])
    yield
    deadline = time.monotonic() + SETTLING_SECONDS
    while agency.telegram.get("statistics", bot=bot)["updates_waiting"] and time.monotonic() < deadline:
        time.sleep(0.5)
    time.sleep(SETTLING_SECONDS / 4)


def refuse(agency: Agency, _crowd: list[int]) -> Iterator[None]:
    """Telegram knows the token no more."""
    bot = find_bot(BAD)
    agency.telegram.post("fault", bot=bot, name="error", options={"status": 401}, order={"times": 1_000_000})
    yield
    agency.telegram.post("settings", bot=bot, clear_faults=True)


def break_file(agency: Agency, _crowd: list[int]) -> Iterator[None]:
    """What stands in the database is none."""
    path = agency.find_database(BAD)
    whole = path.rename(path.with_suffix(".whole"))
    path.write_bytes(b"nonsense" * 1000)
    yield
    whole.replace(path)


def slow_down(agency: Agency, crowd: list[int]) -> Iterator[None]:
    """Whatever its members want written waits for seconds in the database, as on a disk that hangs."""
    bot = find_bot(BAD)
    people = crowd[:MEMBERS_EACH]

    def hold() -> None:
        agency.telegram.post("people", bot=bot, count=1, payload="")
        agency.telegram.post("texts", bot=bot, texts=[[person, "/invites"] for person in people])
        with closing(sqlite3.connect(agency.find_database(BAD), isolation_level=None, timeout=30)) as raw:
            raw.execute("BEGIN IMMEDIATE")
            time.sleep(LOCKED_SECONDS)
            raw.execute("ROLLBACK")

    with _again_and_again(hold, every_seconds=0.1):
        yield


TROUBLES: dict[str, Disturb] = {
    "is flooded": flood,
    "Telegram refuses": refuse,
    "has a broken file": break_file,
    "has a slow disk": slow_down,
}


@contextmanager
def _again_and_again(do: Callable[[], None], *, every_seconds: float) -> Iterator[None]:
    over = threading.Event()

    def run() -> None:
        while not over.is_set():
            do()
            over.wait(every_seconds)

    thread = threading.Thread(target=run)
    thread.start()
    with ExitStack() as stack:
        stack.callback(thread.join)
        stack.callback(over.set)
        yield
