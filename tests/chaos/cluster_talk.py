"""Members who ask several things in one breath, or change their minds at once: in which order were they served?"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from itertools import cycle
from random import Random

from bot.playground.world import Person
from tests.chaos.crowd import find_button
from tests.chaos.plan import LANGUAGES
from tests.telegram import LocalTelegram

WORDS = {"/help": "What I can do", "/privacy": "Your Telegram name, username", "/rewards": "Nothing here yet"}
"""What is asked, and what stands in its answer alone."""

TALKERS = 20
EACH_SECONDS = 1.0
PATIENCE_SECONDS = 150.0


class Talk:
    """A few members who go on asking the bot things, and others of whom each chooses a language three times in a row.

    Nobody of them does anything else.
    """

    def __init__(self, telegram: LocalTelegram, members: Sequence[Person], seed: int) -> None:
        self._telegram = telegram
        self._world = telegram.world
        self._random = Random(seed)
        reachable = [each for each in members if not self._world.open_chat(each).blocked]
        count = min(TALKERS, len(reachable) // 2)
        self._talkers, self._choosers = reachable[:count], reachable[count:]
        self._choosing: list[asyncio.Task[None]] = []
        self.said: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
        """When each asked what, UTC microseconds, by person."""
        self.chosen: dict[int, list[str]] = {}
        """Which languages each chose, in order, by person."""

    async def go_on(self) -> None:
        """Talk for ever, one after the other."""
        choosers = iter(self._choosers)
        for talker in cycle(self._talkers):
            self._ask(talker)
            chooser = next(choosers, None)
            if chooser is not None:
                self._choosing.append(asyncio.create_task(self._choose(chooser)))
            await asyncio.sleep(EACH_SECONDS)

    async def finish(self) -> None:
        """Let everybody choose who is about to."""
        await asyncio.gather(*self._choosing)

    def list_heard(self) -> dict[int, list[tuple[int, str]]]:
        """Return when each was answered which question, by person."""
        heard: dict[int, list[tuple[int, str]]] = {talker.id: [] for talker in self._talkers}
        for sent in self._world.sent:
            if sent.message.chat.id in heard:
                answers = [(sent.at, word) for word, mark in WORDS.items() if mark in sent.message.text]
                heard[sent.message.chat.id] += answers
        return heard

    def count_missing(self) -> int:
        """Count the questions that were not answered."""
        heard = self.list_heard()
        return sum(max(0, len(asked) - len(heard[who])) for who, asked in self.said.items())

    def _ask(self, talker: Person) -> None:
        words = list(WORDS)
        self._random.shuffle(words)
        for word in words:
            self._world.send_text(talker, self._world.open_chat(talker), word)
            self.said[talker.id].append((self._world.now, word))

    async def _choose(self, chooser: Person) -> None:
        """Whose menu never comes has nothing to choose from."""
        chat = self._world.open_chat(chooser)
        self._world.send_text(chooser, chat, "/language")
        with suppress(AssertionError):
            message, _ = await self._telegram.until(
                lambda: find_button(chat, f"set_language:{LANGUAGES[0]}"), timeout_seconds=PATIENCE_SECONDS
            )
            choices = self._random.sample(LANGUAGES, len(LANGUAGES))
            for language in choices:
                self._world.forge_tap(chooser, message, f"set_language:{language}")
            self.chosen[chooser.id] = choices
