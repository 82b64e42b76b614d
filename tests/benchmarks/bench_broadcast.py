"""A broadcast with all its books: claimed durably, sent, settled, by the whole bot; the server answers in 80 ms."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from storage import open_store
from storage.records import BroadcastState, PersonId, Profile
from storage.tables import broadcasts, people
from storage.tx import Tx
from tests.benchmarks.rig import ROOT, TOKEN, Telegram, open_bot, open_telegram, wait_until
from tests.benchmarks.rows import Row, row

LATENCY_SECONDS = 0.08
MEMBERS, PLAIN_MEMBERS = 8000, 600
BUSY = 100
"""Messages after which the broadcast takes all there is."""
QUESTIONS, QUESTIONS_A_SECOND = 150, 5
LONGEST_ANSWER_SECONDS = 5.0
CONTENT: dict[str, object] = {
    "text": "Fresh bread from 8 o'clock.",
    "entities": [{"type": "bold", "offset": 6, "length": 5}],
}


def measure() -> list[Row]:
    """Deliveries a second and the CPU of each, and how many times a plain loop's."""
    with tempfile.TemporaryDirectory() as folder, open_telegram(LATENCY_SECONDS) as telegram:
        database = Path(folder) / "bench.db"
        members = telegram.post("people", count=MEMBERS, first_name="Member", payload="")
        _forget_updates(telegram)
        asyncio.run(_seed(database, members))
        with open_bot(telegram, database) as bot:
            used, sent = _read_cpu_milliseconds(bot.pid), telegram.count("sendMessage")  # it sends already
            wait_until(lambda: _is_done(database), bot)
            cost = (_read_cpu_milliseconds(bot.pid) - used) / (MEMBERS - sent)
        deliveries = _read_rate(database)
        plain, plain_cost = _run_plain(telegram, members)
    waits = sorted(_measure_answers())
    return [
        row("an answer (/help) while 30 a second go to many, p99", waits[len(waits) * 99 // 100], "s", at_most=1),
        row("  the same, median", median(waits), "s"),
        row("broadcast deliveries, all written down", deliveries, "/s", at_least=600),
        row("the same, against a plain loop with 100 in flight", deliveries / plain, "x", at_least=5),
        row("  the plain loop, nothing written down", plain, "/s"),
        row("CPU of a delivery, against a message of the plain loop", cost / plain_cost, "x", at_most=0.7),
        row("  of a delivery", cost, "ms"),
    ]


def _measure_answers() -> list[float]:
    """Seconds from each question to its answer while a broadcast takes all that Telegram allows."""
    with tempfile.TemporaryDirectory() as folder, open_telegram(LATENCY_SECONDS) as telegram:
        database = Path(folder) / "bench.db"
        members = telegram.post("people", count=MEMBERS, first_name="Member", payload="")
        _forget_updates(telegram)
        asyncio.run(_seed(database, members))
        asked: dict[int, int] = {}
        with open_bot(telegram, database, PASSALONG_SEND_RATE="30", PASSALONG_CHAT_RATE="1") as bot:
            wait_until(lambda: telegram.count("sendMessage") > BUSY, bot)
            for member in members[-QUESTIONS:]:  # whoever is written to last
                asked[member] = time.time_ns() // 1000
                telegram.post("texts", texts=[[member, "/help"]])
                time.sleep(1 / QUESTIONS_A_SECOND)
            time.sleep(LONGEST_ANSWER_SECONDS)
            sent = _list_sent(telegram)
        if len(_list_late(sent, asked)) < QUESTIONS:
            raise RuntimeError("some questions were not answered")
        return _list_late(sent, asked)


def _list_late(sent: list[dict[str, Any]], asked: Mapping[int, int]) -> list[float]:
    first = {
        each["chat_id"]: each["at"] for each in reversed(sent) if each["at"] >= asked.get(each["chat_id"], 1 << 62)
    }
    return [(at - asked[member]) / 1e6 for member, at in first.items()]


def _list_sent(telegram: Telegram) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while page := telegram.get("sent", after=len(found)):
        found += page
    return found


def _forget_updates(telegram: Telegram) -> None:
    """The members have pressed START long ago."""
    last = _poll(telegram, -1)[-1]["update_id"]
    _poll(telegram, last + 1)


def _poll(telegram: Telegram, offset: int) -> list[dict[str, int]]:
    address = f"{telegram.url}/bot{TOKEN}/getUpdates?offset={offset}&timeout=0"
    with urllib.request.urlopen(address, timeout=20) as answer:
        updates: list[dict[str, int]] = json.load(answer)["result"]
    return updates


async def _seed(database: Path, telegram_ids: list[int]) -> None:
    async with open_store(f"sqlite:///{database}") as store:
        author = await store.write(_add_members, telegram_ids)
        await store.write(_start, author)


def _add_members(tx: Tx, telegram_ids: list[int]) -> PersonId:
    for telegram_id in telegram_ids:
        profile = Profile(telegram_id=telegram_id, first_name="Member", telegram_language="en")
        last = people.add(tx, profile, f"{telegram_id:010d}").id
        people.set_started(tx, last)
    return last


def _start(tx: Tx, author: PersonId) -> None:
    """A broadcast as its author's tap leaves it."""
    broadcast = broadcasts.add(tx, author)
    broadcasts.set_content(tx, broadcast.id, CONTENT)
    broadcasts.fix_audience(tx, broadcast.id)
    broadcasts.set_state(tx, broadcast.id, BroadcastState.RUNNING, expected=[BroadcastState.DRAFT])


def _is_done(database: Path) -> bool:
    return bool(_ask(database, "SELECT count(*) FROM broadcast WHERE state = 'done'"))


def _read_rate(database: Path) -> float:
    """Deliveries a second between the first and the last that were written down; each of them reached its member."""
    sent = _ask(database, "SELECT count(*) FROM delivery WHERE state = 'sent'")
    if sent != MEMBERS:
        raise RuntimeError(f"{sent} of {MEMBERS} were reached")
    began = "(SELECT min(settled_at) FROM delivery)"
    return _ask(
        database,
        f"SELECT count(*) * 1e6 / (max(settled_at) - {began}) FROM delivery WHERE settled_at > {began}",
    )


def _ask(database: Path, question: str) -> float:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)
    try:
        return float(connection.execute(question).fetchone()[0])
    finally:
        connection.close()


def _read_cpu_milliseconds(pid: int) -> float:
    """What a process has used so far."""
    times = psutil.Process(pid).cpu_times()  # type: ignore[no-untyped-call]  # psutil says its types elsewhere
    return 1000 * float(times.user + times.system)


def _run_plain(telegram: Telegram, members: list[int]) -> tuple[float, float]:
    """Messages a second, and CPU milliseconds a message."""
    command = [sys.executable, "-m", "tests.benchmarks.plain_broadcast"]
    arguments = [telegram.url, TOKEN, str(members[0]), str(PLAIN_MEMBERS)]
    done = subprocess.run([*command, *arguments], cwd=ROOT, check=True, capture_output=True, text=True, timeout=120)
    rate, cost = map(float, done.stdout.split())
    return rate, cost
