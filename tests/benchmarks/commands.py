"""Members of many shops who type commands, and how long each waits for the first message of the answer."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from itertools import chain, cycle, islice

from tests.benchmarks.agency import find_bot
from tests.benchmarks.rig import Telegram

COMMANDS = ("/start", "/invites")
GIVEN_UP_SECONDS = 10.0
"""Whoever has no answer by then has waited so long."""


class Commands:
    """Members of some shops.

    Args:
        telegram: Where they type.
        shops: The numbers of the shops.
        members_each: Of each shop; they type by turns, so that nobody types while an answer is on its way.
    """

    def __init__(self, telegram: Telegram, shops: Collection[int], *, members_each: int) -> None:
        self._telegram = telegram
        self._bots = [find_bot(number) for number in shops]
        self._members_each = members_each
        self._members: list[tuple[int, int]] = []

    def join(self) -> None:
        """Have everybody press START, and wait until they are greeted."""
        people = {
            bot: self._telegram.post("people", bot=bot, count=self._members_each, payload="") for bot in self._bots
        }
        self._members = list(
            chain.from_iterable(zip(*([(bot, each) for each in people[bot]] for bot in people), strict=True))
        )
        time.sleep(GIVEN_UP_SECONDS)

    def time_waits(self, seconds: float, *, per_second: float) -> list[float]:
        """Have one command after the other typed, evenly; how long each waited, in seconds, the longest last."""
        typed, began = list[tuple[int, int, float]](), time.monotonic()
        count = int(seconds * per_second)
        words = cycle(word for word in COMMANDS for _ in self._bots)
        known = {bot: self._count_sent(bot) for bot in self._bots}
        for number, (bot, person) in enumerate(islice(cycle(self._members), count)):
            time.sleep(max(0.0, began + number / per_second - time.monotonic()))
            typed.append((bot, person, time.time()))
            self._telegram.post("texts", bot=bot, texts=[[person, next(words)]])
        deadline = time.time() + GIVEN_UP_SECONDS
        while (waits := self._find_waits(typed, known))[-1] == GIVEN_UP_SECONDS and time.time() < deadline:
            time.sleep(0.5)
        return waits

    def _find_waits(self, typed: Collection[tuple[int, int, float]], known: Mapping[int, int]) -> list[float]:
        sent = {bot: self._telegram.get("sent", bot=bot, after=known[bot], limit=100_000) for bot in self._bots}
        return sorted(_find_wait(sent[bot], person, at) for bot, person, at in typed)

    def _count_sent(self, bot: int) -> int:
        return int(self._telegram.get("statistics", bot=bot)["sent"])


def find_p99(waits: Collection[float]) -> float:
    """The wait that one in a hundred exceeds."""
    return sorted(waits)[int(len(waits) * 0.99)]


def _find_wait(sent: Collection[Mapping[str, int]], person: int, typed_at: float) -> float:
    answered = (each["at"] / 1_000_000 - typed_at for each in sent if each["chat_id"] == person)
    return min((wait for wait in answered if wait >= 0), default=GIVEN_UP_SECONDS)
