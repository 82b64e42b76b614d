"""Joins and read-only commands end to end: over HTTP, through polling, everything durable; the server answers in 50 ms."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass
from operator import truediv
from pathlib import Path
from statistics import median
from subprocess import Popen

from bot.assets import ASSETS
from bot.core.campaigns.campaign import parse_campaign
from bot.services.campaigns.opening import Source, open_shop
from bot.services.joining.joining import start
from storage import open_store
from storage.records import Profile
from storage.tables import outbox
from tests.benchmarks.rig import (
    TOKEN,
    Telegram,
    count_handouts,
    is_settled,
    open_bot,
    open_program,
    open_telegram,
    wait_until,
)
from tests.benchmarks.rows import Row, row

LATENCY_SECONDS = 0.05
INVITERS, FRIENDS_EACH = 1000, 3
TURNS = 5
QUESTIONS, PLAIN_QUESTIONS = 1000, 400
"""Asked in a turn: the two bots take turns, so that whatever else the machine does meanwhile slows both."""

WARMING_QUESTIONS = 400
"""A plain bot opens a connection for each of its first answers; only then its speed settles."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A bot, the Telegram it is at, and who asks it."""

    telegram: Telegram
    people: list[int]
    bot: Popen[bytes]


def measure() -> list[Row]:
    """Joins a second, answers a second, and how many times a plain bot's.

    A join is measured until its notices have arrived; newcomers' own cards come behind all of them, and are measured alone.
    """
    with tempfile.TemporaryDirectory() as folder, open_telegram(LATENCY_SECONDS) as telegram:
        database = Path(folder) / "bench.db"
        inviters = telegram.post("people", count=INVITERS, first_name="Inviter")
        codes = asyncio.run(seed_inviters(f"sqlite:///{database}", inviters))
        channel = telegram.post("channel", username="bench_news")
        with open_bot(telegram, database, PASSALONG_ANNOUNCE_CHAT=str(channel)) as bot:
            joins = _measure_joins(telegram, database, codes, bot)
            cards = _measure_cards(database, bot)
            answers, echoes = _measure_in_turns(Asked(telegram, inviters, bot))
    return [
        row("durable joins end to end", joins, "/s", at_least=150),
        row("  newcomers' own cards, drained behind them", cards, "/s"),
        row("a read-only command (/help)", median(answers), "/s", at_least=500),
        row("the same, against a plain concurrent bot", median(map(truediv, answers, echoes)), "x", at_least=5),
        row("  the plain bot", median(echoes), "/s"),
    ]


def _measure_in_turns(ours: Asked) -> tuple[list[float], list[float]]:
    """Answers a second of ours, and of a plain bot at a Telegram of its own, turn by turn."""
    with open_telegram(LATENCY_SECONDS) as telegram:
        command = [sys.executable, "-m", "tests.benchmarks.plain_echo", telegram.url, TOKEN]
        people = telegram.post("people", count=INVITERS, first_name="Asker")
        with open_program(command, {}) as bot:
            plain = Asked(telegram, people, bot)
            for each in (ours, plain):
                _measure_answers(each, WARMING_QUESTIONS)
            turns = [
                (_measure_answers(ours, QUESTIONS), _measure_answers(plain, PLAIN_QUESTIONS)) for _ in range(TURNS)
            ]
    return [answers for answers, _ in turns], [echoes for _, echoes in turns]


async def seed_inviters(url: str, telegram_ids: list[int]) -> list[str]:
    """Make members of the inviters, as START would; returns their codes."""
    campaign = parse_campaign(
        (ASSETS / "campaigns" / "welcome.toml").read_bytes(),
        themes=sorted(theme.stem for theme in (ASSETS / "themes").glob("*.toml")),
        find_picture=lambda _: "",
    )
    async with open_store(url) as store:
        await store.write(open_shop, Source(campaign=campaign))
        arrivals = await asyncio.gather(
            *(
                store.write(
                    start,
                    visitor=Profile(telegram_id=telegram_id, first_name=f"Inviter {number}", telegram_language="en"),
                    payload="",
                )
                for number, telegram_id in enumerate(telegram_ids)
            )
        )
        for arrival in arrivals:
            await store.write(outbox.delete_cards_of, arrival.member.id)  # they have had their cards
    return [arrival.member.code for arrival in arrivals]


def _measure_joins(telegram: Telegram, database: Path, codes: list[str], bot: Popen[bytes]) -> float:
    wait_until(lambda: is_settled(database, 0), bot)
    began = time.perf_counter()
    for number, code in enumerate(codes):
        telegram.post("people", count=FRIENDS_EACH, first_name=f"Friend {number}", payload=f"{code}-fwd")
    joins = len(codes) * FRIENDS_EACH
    wait_until(lambda: is_settled(database, joins), bot)
    return joins / (time.perf_counter() - began)


def _measure_cards(database: Path, bot: Popen[bytes]) -> float:
    """Cards a second, once no notice is owed any more."""
    began, owed = time.perf_counter(), count_handouts(database)
    wait_until(lambda: count_handouts(database) == 0, bot)
    return owed / (time.perf_counter() - began)


def _measure_answers(asked: Asked, questions: int) -> float:
    before = asked.telegram.count("sendMessage")
    texts = [[asked.people[number % len(asked.people)], "/help"] for number in range(questions)]
    began = time.perf_counter()
    for first in range(0, questions, 500):
        asked.telegram.post("texts", texts=texts[first : first + 500])
    wait_until(lambda: asked.telegram.count("sendMessage") >= before + questions, asked.bot)
    return questions / (time.perf_counter() - began)
