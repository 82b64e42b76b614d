"""Somebody goes through a dialogue of the real process, which is killed over it: found again, nothing twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.playground.world import Message, Person
from storage import Store, Tx, open_store
from storage.beside import run_beside
from storage.checks import list_faults
from tests.chaos.books import Reader
from tests.journeys.program import PATIENCE_SECONDS, Home, Program, furnish, furnish_forking
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

Moment = tuple[str, str]
MOMENTS: tuple[Moment, ...] = (("get", "after"), ("show", "before"), ("show", "after"))
FETCHED, BEFORE, AFTER = MOMENTS
"""Moments to die at: updates are fetched and not handled; the answer is on its way; it has arrived and nobody noted so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody does, and what a message or a button says once that has been answered, and not before."""

    shows: str
    say: str = ""
    to: str = ""
    """What the message says that this answers, where it is a reply."""
    tap: str = ""
    """A button of the latest message that has it."""
    under: str = ""
    """What that message says, where several questions have such a button: one that was asked twice stays behind."""
    send: str = ""
    """What stands in a list that is sent as a document."""
    picture: bytes = b""
    """What is sent as a photo."""
    may_be_silent: bool = False
    """Its effect is there once, whatever happens; the answer may be lost with the process, and is not sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A way through a dialogue, and what has come of it in the end, once."""

    acts: Sequence[Act]
    check: Callable[[Walk, Store], Awaitable[None]]
    admin: bool = False
    others: Sequence[str] = ()
    """Members who are there before."""
    before: Callable[[Tx, int], None] | None = None
    """What has happened by then to the last of the others, by their number at Telegram."""
    deadly: int | None = None
    """So many of its last acts are died over by the tests; None: all. `make chaos` dies over all in any case."""


@dataclass(slots=True, kw_only=True)
class Walk:
    """Somebody on their way through a dialogue, and a bot that dies again and again."""

    telegram: LocalTelegram
    home: Home
    reader: Reader
    person: Person
    program: Program
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

    async def until_shows(self, act: Act) -> None:
        """Wait until it is answered."""
        await self.telegram.until(lambda: self.shows(act.shows), what=act.shows, timeout_seconds=PATIENCE_SECONDS)

    async def until_there(self, act: Act) -> None:
        """Wait until what is to be answered has come."""
        if act.to:
            await self.telegram.until(lambda: self.shows(act.to), what=act.to, timeout_seconds=PATIENCE_SECONDS)

    def do(self, act: Act) -> None:
        """Say or tap."""
        world = self.telegram.world
        if act.say:
            answered = next((each for each in reversed(self.list_shown()) if act.to and act.to in each.text), None)
            world.send_text(self.person, world.open_chat(self.person), act.say, reply_to=answered)
        elif act.picture:
            world.send_photo(self.person, world.open_chat(self.person), act.picture)
        elif act.send:
            world.send_document(self.person, world.open_chat(self.person), act.send.encode(), "list.csv")
        else:
            shown = self.find_button(act)
            assert shown is not None, act.tap
            world.tap(self.person, shown, next(button for button in shown.buttons if button.text == act.tap))

    def find_button(self, act: Act) -> Message | None:
        """The latest message that has the button to be tapped."""
        shown = [each for each in reversed(self.list_shown()) if act.under in each.text]
        return next((each for each in shown if any(act.tap == button.text for button in each.buttons)), None)

    async def ask(self, text: str, answer: str) -> Message:
        """Say something, and wait for the answer; what was said before is handled by then."""
        world = self.telegram.world
        said = world.send_text(self.person, world.open_chat(self.person), text)
        return await self.telegram.until_reply(said, answer, timeout_seconds=PATIENCE_SECONDS)

    async def go(self, act: Act) -> None:
        """Do something that nothing happens to."""
        await self.until_there(act)
        self.do(act)
        await self.until_shows(act)

    async def die_at(self, moment: Moment, act: Act) -> None:
        """Do something, and see the program die over it."""
        await self.until_there(act)
        self._kill_at(*moment)
        self.do(act)
        await self.program.wait()

    def _kill_at(self, kind: str, moment: str) -> None:
        async def hook(_number: int, method: str, stage: str) -> bool:
            meant = method == "getUpdates" if kind == "get" else method.startswith(SAYS)
            if not meant or stage != moment:
                return True
            self.telegram.faults.on_request = None
            await self.program.kill()
            return False

        self.telegram.faults.on_request = hook

    async def restart(self) -> None:
        """Have another program take over from the one that has ended, and come to rest: nothing to fetch, do or send."""
        self.program = await self.home.start()
        await self.program.until_polling(self.telegram)
        await self.telegram.until_confirmed(timeout_seconds=PATIENCE_SECONDS)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not await asyncio.to_thread(self.reader.is_all_done):
            assert time.monotonic() < deadline, "it never came to rest"
            await asyncio.sleep(0.02)

    async def find_again(self, act: Act) -> None:
        """After a death: commands do what they always do, and what was done leads on, by itself or done once more."""
        if self.commands:
            await self.ask(*self.commands.pop())
        if act.may_be_silent:
            return
        if not self.shows(act.shows) and (act.say or self.find_button(act)):  # else what was tapped is under way
            self.do(act)
        await self.until_shows(act)


@asynccontextmanager
async def begin(script: Script, folder: Path, url: str, *, forks: bool = True) -> AsyncIterator[Walk]:
    """Everybody has started the bot, which is at work."""
    async with local_telegram() as telegram:
        furnished = furnish_forking if forks else furnish
        admin = {"ADMIN_IDS": str(ADMIN_ID)}
        home = furnished(folder, telegram, DATABASE_URL=url, SEND_RATE="1000", CHAT_RATE="1000", **admin)
        person = telegram.world.add_person("Sari", person_id=ADMIN_ID if script.admin else ADMIN_ID + 1)
        names = [name.partition(" ") for name in script.others]
        others = [telegram.world.add_person(first, last_name=last) for first, _, last in names]
        walk = Walk(
            telegram=telegram,
            home=home,
            reader=Reader(url),
            person=person,
            others=others,
            program=await home.start(),
        )
        try:
            await walk.program.until_polling(telegram)
            for each in (*others, person):
                telegram.world.press_start(each)
                await telegram.until_message(each, "Your link", timeout_seconds=PATIENCE_SECONDS)
            if script.before is not None:
                await asyncio.to_thread(run_beside, url, script.before, others[-1].id)
            yield walk
        finally:
            await walk.program.kill()


async def survive(
    script: Script, folder: Path, url: str, moments: Sequence[Moment | None], *, forks: bool = True
) -> None:
    """Walk through a dialogue; each step is died over at its moment, None: at none. In the end all is there once."""
    async with begin(script, folder, url, forks=forks) as walk:
        for act, moment in zip(script.acts, moments, strict=True):
            if moment is None:
                await walk.go(act)
            else:
                await walk.die_at(moment, act)
                await walk.restart()
                await walk.find_again(act)
        assert await walk.program.stop() == 0
        async with open_store(url) as store:
            await script.check(walk, store)
            assert await list_faults(store) == []


async def leave(script: Script, folder: Path, url: str, *, forks: bool = True) -> None:
    """Walk through a dialogue but for its end, and die over leaving it: then nothing waits for an answer any more."""
    async with begin(script, folder, url, forks=forks) as walk:
        for act in script.acts[:-1]:
            await walk.go(act)
        await walk.die_at(BEFORE, Act(say="/cancel", shows=""))
        await walk.restart()
        await walk.ask("/cancel", "nothing to cancel right now")
        await walk.ask("Just words", "I only understand buttons")
        assert await walk.program.stop() == 0
