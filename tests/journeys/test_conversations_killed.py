"""Every dialogue, killed at every step of the real process: found again, nothing twice, no command swallowed, and left by cancel."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import pytest

from bot.capabilities import CAPABILITIES
from bot.playground.world import Message, Person
from bot.services.campaigns import get_terms
from bot.updates.capability import Registry
from storage import Store, open_store
from storage.checks import list_faults
from storage.tables import people, referrals
from tests.journeys.program import PATIENCE_SECONDS, Home, Program, furnish_forking
from tests.telegram import LocalTelegram, local_telegram

ADMIN_ID = 990_001
SAYS = ("send", "edit")
"""What shows something to somebody, by how such methods begin."""

COMMANDS = (
    ("/help", "What I can do"),
    ("/privacy", "What is kept about you"),
    ("/top", "Who brings the most friends"),
    ("/rewards", "Your balance"),
    ("/language", "Which language shall we speak"),
    ("/invites", "through you"),
)
"""With what they are answered."""

MOMENTS = FETCHED, BEFORE, AFTER = ("get", "after"), ("show", "before"), ("show", "after")
"""Moments to die at: updates are fetched and not handled; the answer is on its way; it has arrived and nobody noted so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody does, and what a message or a button says once that has been answered, and not before."""

    shows: str
    say: str = ""
    tap: str = ""
    """A button of the latest message that has it."""
    may_be_silent: bool = False
    """Its effect is there once, whatever happens; the answer may be lost with the process, and is not sent again."""


@dataclass(slots=True, kw_only=True)
class Walk:
    """Somebody on their way through a dialogue, and a bot that dies again and again."""

    telegram: LocalTelegram
    home: Home
    person: Person
    others: list[Person] = field(default_factory=list)
    commands: list[tuple[str, str]] = field(default_factory=lambda: list(COMMANDS))
    """Each is used once: after a death the one before may be answered again."""

    def list_shown(self, person: Person | None = None) -> list[Message]:
        """What the bot's messages in somebody's chat show now, oldest first."""
        world = self.telegram.world
        chat = world.open_chat(person or self.person)
        return [chat.messages[number] for number in sorted(chat.messages) if chat.messages[number].sender is world.bot]

    def shows(self, words: str) -> bool:
        """Whether one of them, or a button below it, says this."""
        shown = self.list_shown()
        return any(words in each.text or any(words in button.text for button in each.buttons) for each in shown)

    def do(self, act: Act) -> None:
        """Say or tap."""
        world = self.telegram.world
        if act.say:
            world.send_text(self.person, world.open_chat(self.person), act.say)
        else:
            shown = self.find_button(act.tap)
            assert shown is not None, act.tap
            world.tap(self.person, shown, next(button for button in shown.buttons if button.text == act.tap))

    def find_button(self, label: str) -> Message | None:
        """The latest message that has a button of this label."""
        shown = reversed(self.list_shown())
        return next((each for each in shown if any(label == button.text for button in each.buttons)), None)

    async def ask(self, text: str, answer: str) -> Message:
        """Say something, and wait for the answer; what was said before is handled by then."""
        world = self.telegram.world
        said = world.send_text(self.person, world.open_chat(self.person), text)
        return await self.telegram.until_reply(said, answer, timeout_seconds=PATIENCE_SECONDS)

    async def die_at(self, program: Program, moment: tuple[str, str], act: Act) -> None:
        """Do something, and see the program die over it."""
        self._kill_at(program, *moment)
        self.do(act)
        await program.wait()

    def _kill_at(self, program: Program, kind: str, moment: str) -> None:
        async def hook(_number: int, method: str, stage: str) -> bool:
            meant = method == "getUpdates" if kind == "get" else method.startswith(SAYS)
            if not meant or stage != moment:
                return True
            self.telegram.faults.on_request = None
            await program.kill()
            return False

        self.telegram.faults.on_request = hook

    async def find_again(self, act: Act) -> None:
        """After a death: commands do what they always do, and what was done leads on, by itself or done once more."""
        command, answer = self.commands.pop()
        await self.ask(command, answer)
        if act.may_be_silent:
            return
        if not self.shows(act.shows) and (act.say or self.find_button(act.tap)):  # else what was tapped is under way
            self.do(act)
        await self.telegram.until(lambda: self.shows(act.shows), what=act.shows, timeout_seconds=PATIENCE_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A way through a dialogue, and what has come of it in the end, once."""

    acts: Sequence[Act]
    check: Callable[[Walk, Store], Awaitable[None]]
    admin: bool = False
    others: Sequence[str] = ()
    """Members who are there before."""


async def check_claim(walk: Walk, store: Store) -> None:
    """The one who was chosen is credited, and told."""
    assert await store.read(referrals.count_all) == 1
    assert not [each for each in walk.list_shown(walk.others[0]) if "recommended" in each.text]
    assert [each for each in walk.list_shown(walk.others[1]) if "says that you recommended us" in each.text]


async def check_words(walk: Walk, store: Store) -> None:
    """The line is kept."""
    person = await store.read(people.find_by_telegram_id, walk.person.id)
    assert person is not None
    assert person.own_words == "Best bread in town!"


async def check_spoken(walk: Walk, store: Store) -> None:
    """The code is the member's."""
    person = await store.read(people.find_by_telegram_id, walk.person.id)
    assert person is not None
    assert person.spoken_code == "goldencrust"


async def check_broadcast(walk: Walk, _: Store) -> None:
    """Nobody has it twice; who may not have it is told apart."""
    got = [sum("Fresh at ten" in each.text for each in walk.list_shown(other)) for other in walk.others]
    assert max(got) == 1


async def check_field(_: Walk, store: Store) -> None:
    """The shop is called so in each of its languages."""
    main = await store.read(get_terms)
    assert set(main.campaign.brand.values()) == {"Moon Bakery", "Toko Bulan", "月亮面包房"}


SCRIPTS = {
    "claim": Script(
        others=["Wayan Abe", "Wayan Bram"],
        acts=[
            Act(say="Wayan", shows="There are several people of that name"),
            Act(tap="Wayan B.", shows="Thank you", may_be_silent=True),
        ],
        check=check_claim,
    ),
    "words": Script(
        acts=[
            Act(say="/share", shows="In your own words"),
            Act(tap="In your own words", shows="up to 120 characters"),
            Act(say="Best bread in town!", shows="“Best bread in town!”"),
            Act(tap="Keep it", shows="Change my words"),
        ],
        check=check_words,
    ),
    "spoken": Script(
        acts=[
            Act(say="/spoken", shows="Choose my own"),
            Act(tap="Choose my own", shows="Which one shall it be"),
            Act(say="golden crust", shows="Done, your spoken code", may_be_silent=True),
        ],
        check=check_spoken,
    ),
    "broadcast": Script(
        admin=True,
        others=["Anna", "Budi", "Mei"],
        acts=[
            Act(say="/broadcast", shows="Send me the message"),
            Act(say="Fresh at ten", shows="This is what members will see"),
            Act(tap="Send to 4 members", shows="Done"),
        ],
        check=check_broadcast,
    ),
    "campaign": Script(
        admin=True,
        acts=[
            Act(say="/admin", shows="The shop"),
            Act(tap="The shop", shows="Name: "),
            Act(tap="Name", shows="English"),
            Act(say="Moon Bakery", shows="Indonesia"),
            Act(say="Toko Bulan", shows="中文"),
            Act(say="月亮面包房", shows="Name: Moon Bakery"),
        ],
        check=check_field,
    ),
}
"""By flow."""


def test_every_dialogue_has_its_script() -> None:
    """A flow that is added is killed as well."""
    assert SCRIPTS.keys() == Registry(CAPABILITIES).flows.keys()


@asynccontextmanager
async def begin(script: Script, folder: Path, url: str) -> AsyncIterator[Walk]:
    """Everybody has started the bot, which has stopped."""
    async with local_telegram() as telegram:
        admin = {"ADMIN_IDS": str(ADMIN_ID)}
        home = furnish_forking(folder, telegram, DATABASE_URL=url, SEND_RATE="1000", CHAT_RATE="1000", **admin)
        person = telegram.world.add_person("Sari", person_id=ADMIN_ID if script.admin else ADMIN_ID + 1)
        walk = Walk(telegram=telegram, home=home, person=person)
        async with home.running() as program:
            await program.until_polling(telegram)
            for name in script.others:
                first, _, last = name.partition(" ")
                walk.others.append(telegram.world.add_person(first, last_name=last))
            for each in (*walk.others, person):
                telegram.world.press_start(each)
                await telegram.until_message(each, "Your link", timeout_seconds=PATIENCE_SECONDS)
            assert await program.stop() == 0
        yield walk


@pytest.mark.parametrize("flow", SCRIPTS)
async def test_a_dialogue_survives_a_death_at_every_step(store_url: str, tmp_path: Path, flow: str) -> None:
    """Each step in its own process, which dies over it, at each kind of moment in turn; at others on the other engine."""
    first = 1 if store_url.startswith("sqlite") else 2
    script, moments = SCRIPTS[flow], cycle(MOMENTS[first:] + MOMENTS[:first])
    async with begin(script, tmp_path / "home", store_url) as walk:
        program = await walk.home.start()
        try:
            for act, moment in zip(script.acts, moments, strict=False):
                await program.until_polling(walk.telegram)
                await walk.die_at(program, moment, act)
                program = await walk.home.start()
                await walk.find_again(act)
            assert await program.stop() == 0
        finally:
            await program.kill()
        async with open_store(store_url) as store:
            await script.check(walk, store)
            assert await list_faults(store) == []


@pytest.mark.parametrize("flow", SCRIPTS)
async def test_a_dialogue_that_was_killed_is_left_by_cancel(sqlite_url: str, tmp_path: Path, flow: str) -> None:
    """However the process died over the cancelling: nothing waits for an answer any more."""
    script = SCRIPTS[flow]
    async with begin(script, tmp_path / "home", sqlite_url) as walk:
        async with walk.home.running() as program:
            await program.until_polling(walk.telegram)
            for act in script.acts[:-1]:
                await walk.find_again(act)
            await walk.die_at(program, BEFORE, Act(say="/cancel", shows=""))
        async with walk.home.running() as program:
            await program.until_polling(walk.telegram)
            await walk.ask("/cancel", "nothing to cancel right now")
            await walk.ask("Just words", "I only understand buttons")
            assert await program.stop() == 0
