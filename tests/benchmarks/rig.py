"""Processes for measurements: the local Telegram, the bot, and a hand on the local Telegram's control door."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "4242424242:bench-secret"
PATIENCE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Telegram:
    """A local Telegram in a process of its own."""

    url: str

    def post(self, door: str, **body: Any) -> Any:
        """Do something by the control door."""
        return self._ask(door, json.dumps(body).encode())

    def get(self, door: str, **query: object) -> Any:
        """Look at something by the control door."""
        return self._ask(f"{door}?{'&'.join(f'{name}={value}' for name, value in query.items())}", None)

    def count(self, method: str) -> int:
        """Calls of a method so far."""
        return int(self.get("statistics")["calls"].get(method, 0))

    def _ask(self, path: str, body: bytes | None) -> Any:
        request = urllib.request.Request(f"{self.url}/control/{path}", data=body)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)["result"]


@contextmanager
def open_telegram(latency_seconds: float) -> Iterator[Telegram]:
    """Run the local Telegram; the schema check is left out, so that the bot is measured and not the check."""
    with serve_telegram("--token", TOKEN, "--latency", str(latency_seconds)) as telegram:
        telegram.post("settings", throttles=False)
        yield telegram


@contextmanager
def serve_telegram(*options: str) -> Iterator[Telegram]:
    """Likewise, for the bots that the options name."""
    command = [sys.executable, "-m", "bot.playground.api", "--control", "--loose", *options]
    with _run(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield Telegram(process.stdout.readline().decode().strip())


@contextmanager
def open_bot(telegram: Telegram, database: Path, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the bot with the gate open, and wait for its first poll."""
    values = {
        "PASSALONG_BOT_TOKEN": TOKEN,
        "PASSALONG_BOT_API_URL": telegram.url,
        "PASSALONG_DATABASE_URL": f"sqlite:///{database}",
        "PASSALONG_SEND_RATE": "100000",
        "PASSALONG_CHAT_RATE": "100000",
        "PASSALONG_LOG_LEVEL": "ERROR",
    }
    polls = telegram.count("getUpdates")
    with _run([sys.executable, "-m", "tests.benchmarks.open_gate_bot"], values | settings) as process:
        wait_until(lambda: telegram.count("getUpdates") > polls, process)
        time.sleep(1.2)  # the first second after a start counts as full
        yield process


@contextmanager
def _run(
    command: list[str], values: Mapping[str, str] | None = None, stdout: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    left_out = ("PASSALONG_", "PYTHONDONTWRITEBYTECODE")  # a shop's process never compiles itself anew at every start
    environment = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment | dict(values or {}), stdout=stdout)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def open_program(command: list[str], values: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run any other program beside the bot, to compare with."""
    with _run(command, values) as process:
        yield process


def wait_until(done: Callable[[], bool], process: subprocess.Popen[bytes], pause_seconds: float = 0.05) -> None:
    """Wait for something; a process that ends meanwhile, or never gets there, is an error."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if process.poll() is not None:
            raise RuntimeError(f"the measured program ended with {process.returncode}")
        if time.monotonic() > deadline:
            raise RuntimeError("the measured program did not get there")
        time.sleep(pause_seconds)


def count_handouts(database: Path) -> int:
    """How many cards are still to be handed out behind their greetings."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10) as connection:
        found = connection.execute("SELECT count(*) FROM handout WHERE state != 'unknown'").fetchone()
    connection.close()
    return int(found[0])


def is_settled(database: Path, joins: int) -> bool:
    """Whether that many referrals are in the database, every update handled and every notice sent."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10) as connection:
        counts = connection.execute(
            "SELECT (SELECT count(*) FROM referral) >= ? AND NOT EXISTS (SELECT 1 FROM inbox WHERE state = 'open')"
            " AND NOT EXISTS (SELECT 1 FROM outbox WHERE state = 'owed')",
            (joins,),
        ).fetchone()
    connection.close()
    return bool(counts[0])
