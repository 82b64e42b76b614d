"""The people of the plan, doing in the world what it says."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.playground.world import Button, Chat, Message, Person
from tests.chaos.plan import LANGUAGES, Action, Kind
from tests.telegram import LocalTelegram

T = TypeVar("T")

PATIENCE_SECONDS = 60.0
"""For what an action needs of the bot: a link to open, a button to tap. Deaths come in between."""

ASK_AGAIN_SECONDS = 10.0
"""Whoever sees no answer asks once more: one whose fate the bot never learned it does not send again by itself."""

_LINK = re.compile(r"[?&]start=([0-9A-Za-z]{10})\b")
_SOUNDS = [first + second for first in "bdfghjklmnprtw" for second in "aeiou"]
_SYLLABLES = 4
_NAMES = len(_SOUNDS) ** _SYLLABLES
_NAME_STEP = 14_838_997
"""Shares no factor with the number of names, and is about the golden ratio of it: neighbours sound nothing alike."""
_NAME = re.compile(r"\b(?=[A-Z])(?i:[bdfghjklmnprtw][aeiou]){4}\b")

_ACCOUNTS = 7_900_000_007
_ACCOUNT_STEP = 4_882_468_513
"""Likewise of Telegram's ids: accounts opened years apart."""


def name_person(number: int) -> str:
    """Return a name that is found in no other name, and that nobody would take for one of a series."""
    place, sounds = (number + 1) * _NAME_STEP % _NAMES, ""
    for _ in range(_SYLLABLES):
        place, sound = divmod(place, len(_SOUNDS))
        sounds += _SOUNDS[sound]
    return sounds.capitalize()


def draw_account(number: int) -> int:
    """Return the Telegram id of somebody: of a hundred thousand people no two have them close together."""
    return 100_000_000 + (number + 1) * _ACCOUNT_STEP % _ACCOUNTS


def find_names(text: str) -> list[str]:
    """Return everybody of the plan who is named in a text."""
    return _NAME.findall(text)


def find_link_codes(message: Message) -> list[str]:
    """Return the codes of the links that a message shows in plain sight."""
    return _LINK.findall(message.text)


class NeverCameError(Exception):
    """The bot gave nobody what an action needs."""


class Crowd:
    """Everybody, and what they see on their phones.

    Args:
        telegram: Where they are.
        patience_seconds: How long an action waits for what it needs of the bot.
    """

    def __init__(self, telegram: LocalTelegram, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._telegram = telegram
        self._patience_seconds = patience_seconds
        self._world = telegram.world
        self._codes: dict[int, str] = {}
        self.people: dict[int, Person] = {}
        """By their numbers in the plan."""
        self._acts: dict[Kind, Callable[[Action], Awaitable[None]]] = {
            Kind.JOIN: self._open,
            Kind.OPEN_OTHER: self._open,
            Kind.CLAIM: self._claim,
            Kind.OPEN_OWN: self._open_own,
            Kind.BLOCK: self._block,
            Kind.CHOOSE_INLINE: self._choose_inline,
            Kind.TAP_SHARE: lambda action: self._tap(action, "share"),
            Kind.SET_LANGUAGE: lambda action: self._tap(action, f"set_language:{action.word}", "/language"),
            Kind.HIDE: lambda action: self._tap(action, "appear:0", "/top"),
        }
        self._words = {Kind.SHARE: None, Kind.READ: None, Kind.ASK_LANGUAGE: "/language", Kind.ASK_TOP: "/top"}

    async def act(self, action: Action) -> None:
        """Do one thing, as soon as the bot has given what it takes.

        Raises:
            NeverCameError: it has not given it in time.
        """
        if action.kind in self._words:
            person = self.people[action.who]
            self._world.send_text(person, self._world.open_chat(person), self._words[action.kind] or action.word)
        elif action.kind in self._acts:
            await self._acts[action.kind](action)
        else:
            self._world.press_start(self._meet(action.who), action.word)

    def _meet(self, number: int) -> Person:
        if number not in self.people:
            language = LANGUAGES[number % len(LANGUAGES)]
            self.people[number] = self._world.add_person(
                name_person(number), language_code=language, person_id=draw_account(number)
            )
        return self.people[number]

    async def _open(self, action: Action) -> None:
        code = await self._learn_code(action.other)
        self._world.press_start(self._meet(action.who), f"{code}-{action.word}" if action.word else code)

    async def _claim(self, action: Action) -> None:
        """Name a member, whom the bot surely knows by now."""
        await self._learn_code(action.other)
        person = self.people[action.who]
        self._world.send_text(person, self._world.open_chat(person), name_person(action.other))

    async def _open_own(self, action: Action) -> None:
        self._world.press_start(self.people[action.who], await self._learn_code(action.who))

    async def _block(self, action: Action) -> None:
        await self._learn_code(action.who)
        self._world.block(self.people[action.who])

    async def _choose_inline(self, action: Action) -> None:
        """Telegram's word that a card went out by inline mode."""
        sender = self.people[action.who].render()
        self._world.push_raw("chosen_inline_result", {"result_id": "card", "from": sender, "query": ""})

    async def _tap(self, action: Action, data: str, question: str = "") -> None:
        person = self.people[action.who]
        chat = self._world.open_chat(person)
        if question and not await self._glimpse(lambda: find_button(chat, data)):
            self._world.send_text(person, chat, question)
        message, button = await self._see(lambda: find_button(chat, data), f"button {data} for {person.first_name}")
        self._world.tap(person, message, button)

    async def _learn_code(self, number: int) -> str:
        """The code in the person's own greeting."""
        if number not in self._codes:
            chat = self._world.open_chat(self.people[number])
            self._codes[number] = await self._see(lambda: _find_code(chat), f"a link for {name_person(number)}")
        return self._codes[number]

    async def _glimpse(self, find: Callable[[], object]) -> bool:
        try:
            return bool(await self._telegram.until(find, timeout_seconds=ASK_AGAIN_SECONDS))
        except AssertionError:
            return False

    async def _see(self, find: Callable[[], T | None], what: str) -> T:
        try:
            return await self._telegram.until(find, timeout_seconds=self._patience_seconds)
        except AssertionError:
            raise NeverCameError(f"{what} never came") from None


def _find_code(chat: Chat) -> str | None:
    codes = (code for message in chat.messages.values() for code in find_link_codes(message))
    return next(codes, None)


def find_button(chat: Chat, data: str) -> tuple[Message, Button] | None:
    """Return the youngest message with a button that carries this."""
    for message in reversed(list(chat.messages.values())):
        for button in message.buttons:
            if button.value == data:
                return message, button
    return None
