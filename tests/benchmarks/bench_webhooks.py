"""What other systems cost the bot's own answers: while none is told, while ten that are not well are, and while one is that is."""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil

from bot.services.webhooks.managing import add_webhook
from storage import Tx, open_store
from storage.tables import webhooks
from storage.webhook import HookEventKind
from tests.benchmarks.bench_flow import seed_inviters
from tests.benchmarks.rig import Telegram, open_bot, open_telegram, wait_until
from tests.benchmarks.rows import Row, row

MEMBERS = 200
QUESTIONS = 400
EVENTS = 100_000
ARRIVALS = 2_000
"""Waited for at the receiver that is well."""
PAGE = 2_000
MEBIBYTE = 1024 * 1024

BAD = ("hang", "no", "redirect", "garbage", "slow") * 2


class Receiver(BaseHTTPRequestHandler):
    """Another system, as ill as its path says."""

    protocol_version = "HTTP/1.1"
    arrived = 0

    def do_POST(self) -> None:
        """Hear, and say whatever it says."""
        self.rfile.read(int(self.headers["Content-Length"]))
        name = self.path.strip("/")
        if name in {"hang", "slow"}:
            time.sleep(60 if name == "hang" else 10)
        if name == "garbage":
            self.wfile.write(b"\x00\xff no HTTP \r\n\r\n")
            self.close_connection = True
            return
        Receiver.arrived += name == "well"
        self.send_response({"well": 204, "redirect": 302}.get(name, 500))
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def measure() -> list[Row]:
    """How long an answer takes in each case, and what memory the bot needs."""
    quiet, ill, well = [], [], []
    with tempfile.TemporaryDirectory() as folder, open_telegram(0.0) as telegram, _listen() as url:
        database = Path(folder) / "bench.db"
        people = telegram.post("people", count=MEMBERS, first_name="Member")
        asyncio.run(seed_inviters(f"sqlite:///{database}", people))
        with open_bot(telegram, database) as bot:
            quiet, size = _ask(telegram, bot, people), _read_size(bot)
        asyncio.run(_owe(database, [f"{url}/{name}" for name in BAD]))
        with open_bot(telegram, database) as bot:
            ill, grown = _ask(telegram, bot, people), _read_size(bot) - size
        asyncio.run(_owe(database, [f"{url}/well"]))
        with open_bot(telegram, database) as bot:
            began = time.perf_counter()
            wait_until(lambda: Receiver.arrived >= ARRIVALS, bot)
            rate = ARRIVALS / (time.perf_counter() - began)
            well = _ask(telegram, bot, people)
    return [
        row("an answer while no other system is told, 99 of 100", _high(quiet), "ms"),
        row(
            f"  while {EVENTS:,} events wait for ten that are not well, against that",
            _high(ill) / _high(quiet),
            "x",
            at_most=1.5,
        ),
        row("  memory more than without", grown, "MiB", at_most=10),
        row("events a second at one that is well", rate, "/s", at_least=100),
        row("  an answer meanwhile, against one while none is told", _high(well) / _high(quiet), "x"),
    ]


@contextmanager
def _listen() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


async def _owe(database: Path, urls: list[str]) -> None:
    """Have these be told, instead of those before, of so many events of all members in turn."""
    async with open_store(f"sqlite:///{database}") as store:
        await store.write(_subscribe, urls)
        for first in range(0, EVENTS // len(urls), PAGE):
            await store.write(_happen, min(PAGE, EVENTS // len(urls) - first))


def _subscribe(tx: Tx, urls: list[str]) -> None:
    for each in webhooks.list_live(tx):
        webhooks.remove(tx, each.id)
    for url in urls:
        add_webhook(tx, url=url, kinds=["used"], random_bytes=lambda count: b"k" * count, allow_private=True)


def _happen(tx: Tx, count: int) -> None:
    for number in range(count):
        person_id = 1 + number % MEMBERS
        data = json.dumps({"member": person_id, "item": "croissant", "points": 40})
        webhooks.owe(tx, HookEventKind.USED, person_id=person_id, data=data)  # type: ignore[arg-type]


def _ask(telegram: Telegram, bot: subprocess.Popen[bytes], people: list[int]) -> list[float]:
    """Milliseconds of each answer, one after the other."""
    taken = []
    for number in range(QUESTIONS):
        sent, began = telegram.count("sendMessage"), time.perf_counter()
        telegram.post("texts", texts=[[people[number % len(people)], "/help"]])
        wait_until(lambda sent=sent: telegram.count("sendMessage") > sent, bot, 0.001)  # type: ignore[misc]
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def _read_size(bot: subprocess.Popen[bytes]) -> float:
    memory = psutil.Process(bot.pid).memory_info()  # type: ignore[no-untyped-call]  # psutil says its types elsewhere
    return float(memory.rss) / MEBIBYTE


def _high(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=100)[-1]
