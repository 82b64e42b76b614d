"""The author of a broadcast in mid-flight: pauses it and goes on, edits it for all, takes it back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from typing import TypeVar

from bot.playground.world import Button, Message, Person, World
from bot.playground.world.journal import SECOND, Call
from tests.chaos.audience import TEXT, Audience
from tests.chaos.crowd import find_button
from tests.chaos.stage import Stage

Found = TypeVar("Found")

EDITED = "The first strawberry cake of the year comes out of the oven on Sunday."
BOTH = (TEXT, EDITED)

PATIENCE_SECONDS = 12.0
"""For an answer, which a fault may have eaten: then the author taps again."""

ATTEMPTS = 10
LULL_SECONDS = 1.0
STAY_SECONDS = 2.5
"""So long it stays paused at least."""


def list_read(world: World, person: Person) -> list[str]:
    """What somebody reads of the broadcast."""
    return [each.text for each in world.open_chat(person).messages.values() if each.text in BOTH]


@dataclass(slots=True)
class Author:
    """Somebody with their hand on the brake.

    Args:
        stage: Where all happens.
        audience: For whom it is.
        pauses: After which deaths it is paused for a while, by number.
    """

    stage: Stage
    audience: Audience
    pauses: Container[int] = ()
    stops_ms: list[float] = field(default_factory=list)
    """From each tap on pause, and from the tap that takes it back, until the last message left."""
    goes_ms: list[float] = field(default_factory=list)
    """From each tap that resumes until the first message left."""
    still: list[str] = field(default_factory=list)
    """What was sent though it was paused."""
    edited: int = 0
    """Whose message was listed as edited before all went."""
    unedited: list[int] = field(default_factory=list)
    """Of them, whoever did not read the new form."""

    async def pause_and_resume(self) -> None:
        """Once the bot is there and sends: stop it, look for a while that nothing comes, go on; what is over stays so."""
        await self._until_sending()
        if not self.is_in("send", "running"):
            return
        tapped_at = await self._tap("bc_pause:1", lambda: self.is_in("send", "paused"))
        await asyncio.sleep(STAY_SECONDS)
        calls = self._list_sends(tapped_at)
        last = max((call.at for call in calls), default=tapped_at)
        self.stops_ms.append((last - tapped_at) / 1000)
        paused_at = self.stage.world.now
        await asyncio.sleep(LULL_SECONDS)
        self.still += [f"message {call.number} was sent while paused" for call in self._list_sends(paused_at)]
        resumed_at = await self._tap("bc_resume:1", lambda: self.is_in("send", "running", "done"))
        await self._until_sending(resumed_at)
        first = min((call.at for call in self._list_sends(resumed_at)), default=resumed_at)
        self.goes_ms.append((first - resumed_at) / 1000)

    async def edit(self) -> None:
        """Have all who have it read something else, and whoever has not get that at once."""
        await self._until_sending()
        chat = self.stage.world.open_chat(self.audience.admin)
        for _ in range(ATTEMPTS):
            found = find_button(chat, "bc_edit:1")
            if found is not None:
                self.stage.world.tap(self.audience.admin, *found)
                await asyncio.sleep(1)
                self.stage.world.send_text(self.audience.admin, chat, EDITED)
                confirm = await self._wait(self._find_edit)
                if confirm is not None:
                    self.stage.world.tap(self.audience.admin, *confirm)
                    await self._wait(lambda: self.is_in("edit", "running", "done"))
            if self.is_in("edit", "running", "done"):
                return
            await asyncio.sleep(LULL_SECONDS)
        raise AssertionError("the edit was never begun")

    async def take_back(self) -> None:
        """Stop it for good, and delete it from every chat."""
        self.unedited = self._list_unedited()
        await self._tap(
            "bc_delete:1", lambda: find_button(self.stage.world.open_chat(self.audience.admin), "bc_del_sure:1")
        )
        tapped_at = await self._tap("bc_del_sure:1", lambda: self.is_in("delete", "running", "done"))
        await asyncio.sleep(LULL_SECONDS)
        last = max((call.at for call in self._list_sends(tapped_at)), default=tapped_at)
        self.stops_ms.append((last - tapped_at) / 1000)

    def is_in(self, action: str, *states: str) -> bool:
        """Whether the broadcast, its edit or its deletion is in one of these states."""
        return self.stage.reader.find_states().get(action) in states

    def _list_unedited(self) -> list[int]:
        listed = [each for each in self.stage.reader.list_broadcasts() if each.action == "edit"]
        edited = {person for each in listed for person, state in each.deliveries if state == "sent"}
        self.edited = len(edited)
        people = [each for each in self.audience.members if each.id in edited]
        return [each.id for each in people if list_read(self.stage.world, each) != [EDITED]]

    def _find_edit(self) -> tuple[Message, Button] | None:
        """The button that confirms the new form."""
        chat = self.stage.world.open_chat(self.audience.admin)
        for message in reversed(list(chat.messages.values())):
            for button in message.buttons:
                if str(button.value).startswith("bc_confirm:") and button.value != "bc_confirm:1":
                    return message, button
        return None

    async def _tap(self, data: str, has_worked: Callable[[], object]) -> int:
        """Tap until it has worked; returns when it was tapped last."""
        world, chat = self.stage.world, self.stage.world.open_chat(self.audience.admin)
        for _ in range(ATTEMPTS):
            tapped_at = world.now
            found = find_button(chat, data)
            if found is not None:
                world.tap(self.audience.admin, *found)
            if await self._wait(has_worked):
                return tapped_at
        raise AssertionError(f"nothing came of {data}")

    async def _wait(self, find: Callable[[], Found]) -> Found | None:
        deadline = self.stage.world.now + int(PATIENCE_SECONDS * SECOND)
        while self.stage.world.now < deadline:
            self.stage.keeper.raise_if_gone()
            if found := find():
                return found
            await asyncio.sleep(0.1)
        return None

    async def _until_sending(self, since: int = 0) -> None:
        """Wait for a message of the broadcast from the process that runs now, or that there are none left."""
        deaths = self.stage.killer.deaths
        began_at = max(since, deaths[-1].at if deaths else 0)
        for _ in range(ATTEMPTS):
            if await self._wait(lambda: self._list_sends(began_at) or self.stage.reader.are_broadcasts_over()):
                return
        raise AssertionError("nothing is sent any more")

    def _list_sends(self, since: int) -> list[Call]:
        """Messages of the broadcast that came after a moment."""
        found = []
        for call in reversed(self.stage.world.journal.calls):
            if call.at <= since:
                break
            if (
                call.method == "sendMessage"
                and call.params.get("text") in BOTH
                and call.params.get("chat_id") != self.audience.admin.id
            ):
                found.append(call)
        return found
