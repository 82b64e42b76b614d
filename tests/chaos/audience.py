"""Everybody a broadcast is for: they are members already, and go on talking to the bot while it is sent."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from random import Random
from statistics import median

from bot.core.links import ALPHABET, CODE_LENGTH
from bot.playground.world import Message, Person, World
from storage import Tx, open_store
from storage.records import Profile
from storage.tables import people
from tests.chaos.crowd import find_button, name_person
from tests.telegram import LocalTelegram

TEXT = "The first strawberry cake of the year comes out of the oven on Saturday."
BLOCKED_SHARE = 0.0265
ASKING_SECONDS = 0.7

AMBIGUOUS = ("drop", "status 500", "html", "delay")
"""Faults after which nobody can know whether a message arrived."""

_HELP = "What I can do"


@dataclass(slots=True)
class Audience:
    """Everybody a broadcast is for, and the one who writes it."""

    admin: Person
    members: list[Person]
    asked: list[Message] = field(default_factory=list)
    """Questions that members put to the bot meanwhile."""
    confirmed_at: int = 0

    @property
    def everybody(self) -> list[Person]:
        """The admin is a member too."""
        return [self.admin, *self.members]


def gather_audience(world: World, *, size: int, seed: int, first: int = 0) -> Audience:
    """Return people who have started the bot some time ago; a few have blocked it without its knowing.

    Their names are those of a crowd's from the number `first` on.
    """
    random = Random(seed)
    members = [world.add_person(name_person(number)) for number in range(first, first + size)]
    for member in members:
        chat = world.open_chat(member)
        chat.started = True
        chat.blocked = random.random() < BLOCKED_SHARE
    admin = world.add_person("Admin")
    world.open_chat(admin).started = True
    return Audience(admin, members)


async def enrol(url: str, audience: Audience, seed: int) -> None:
    """Make everybody a member, as an earlier life of the bot has done."""
    random = Random(seed)
    codes = ["".join(random.choices(ALPHABET, k=CODE_LENGTH)) for _ in audience.everybody]
    profiles = [Profile(telegram_id=person.id, first_name=person.first_name) for person in audience.everybody]
    async with open_store(url) as store:
        await store.write(_add_members, list(zip(profiles, codes, strict=True)))


def _add_members(tx: Tx, members: list[tuple[Profile, str]]) -> None:
    for profile, code in members:
        people.set_started(tx, people.add(tx, profile, code).id)


async def confirm(telegram: LocalTelegram, audience: Audience) -> None:
    """The admin's part: write, look, tap."""
    world, admin = telegram.world, audience.admin
    chat = world.open_chat(admin)
    asked = world.send_text(admin, chat, "/broadcast")
    await telegram.until_reply(asked, timeout_seconds=60)
    world.send_text(admin, chat, TEXT)
    message, button = await telegram.until(
        lambda: find_button(chat, "bc_confirm:1"), timeout_seconds=60, what="the button that confirms"
    )
    audience.confirmed_at = world.now
    world.tap(admin, message, button)


async def keep_asking(world: World, audience: Audience, random: Random) -> None:
    """Let members go on talking to the bot, for ever."""
    reachable = [member for member in audience.members if not world.open_chat(member).blocked]
    while True:
        await asyncio.sleep(ASKING_SECONDS)
        member = random.choice(reachable)
        audience.asked.append(world.send_text(member, world.open_chat(member), "/help"))


def list_unanswered(world: World, audience: Audience) -> list[Message]:
    """Return the questions that the bot owes an answer.

    It does not owe one whose way to Telegram broke: whether that arrived nobody knows, and it is never sent again by
    itself.
    """
    open_questions = [asked for asked in audience.asked if _find_answer(world, asked) is None]
    return [asked for asked in open_questions if not _has_tried(world, asked)]


def _has_tried(world: World, asked: Message) -> bool:
    """Whether an answer met a fault after which nobody can know what became of it."""
    tries = (call for call in world.journal.list_calls("sendMessage") if call.at >= asked.at)
    answers = (call for call in tries if call.params["chat_id"] == asked.chat.id and _HELP in call.params["text"])
    return any(call.fault.startswith(AMBIGUOUS) for call in answers)


def measure_answers(world: World, audience: Audience) -> float:
    """Return the median time from a question to its answer in milliseconds, deaths included."""
    found = [(asked, _find_answer(world, asked)) for asked in audience.asked]
    waits = [(answer.at - asked.at) / 1000 for asked, answer in found if answer is not None]
    return round(median(waits), 1) if waits else 0.0


def _find_answer(world: World, asked: Message) -> Message | None:
    later = (message for message in asked.chat.messages.values() if message.id > asked.id)
    return next((message for message in later if message.sender is world.bot and _HELP in message.text), None)


async def read_unknown(telegram: LocalTelegram, audience: Audience) -> str:
    """Return what the admin reads behind the button that lists the unknown; empty where there is no such button."""
    chat = telegram.world.open_chat(audience.admin)
    for _ in range(40):  # the last edit of the progress may still be on its way
        found = find_button(chat, "bc_unknown:1")
        if found:
            telegram.world.tap(audience.admin, *found)
            answer = await telegram.until_message(audience.admin, "Telegram id", after=found[0], timeout_seconds=60)
            return answer.text
        await asyncio.sleep(0.1)
    return ""
