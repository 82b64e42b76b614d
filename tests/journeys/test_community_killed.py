from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from bot.playground.world import Message, Person
from storage import open_store
from storage.checks import list_faults
from tests.journeys.gathering import Gathering, find_invite, gather
from tests.journeys.program import PATIENCE_SECONDS, Home, Program, furnish_forking


async def ask(gathering: Gathering, member: Person, command: str, expected: str) -> Message:
    """The answer to a command that says what is expected; a program needs time to start."""
    asked = gathering.world.send_text(member, gathering.world.open_chat(member), command)
    return await gathering.telegram.until_reply(asked, expected, timeout_seconds=PATIENCE_SECONDS)


def kill_at(gathering: Gathering, program: Program, method: str, moment: str) -> None:
    """Have the program killed at its next call of a method, before or after it took effect."""

    async def hook(_number: int, called: str, stage: str) -> bool:
        if (called, stage) != (method, moment):
            return True
        gathering.telegram.faults.on_request = None
        await program.kill()
        return False

    gathering.telegram.faults.on_request = hook


async def die_while(gathering: Gathering, home: Home, at: tuple[str, str], act: Callable[[], object]) -> None:
    """Start a program, let somebody come or go, and see it die at that moment."""
    async with home.running() as program:
        await program.until_polling(gathering.telegram)
        kill_at(gathering, program, *at)
        act()
        await program.wait()


FETCHED, TOLD = ("getUpdates", "after"), ("sendMessage", "before")
"""Moments to die at: updates are fetched and not handled; handled and not told."""


@pytest.mark.long
async def test_a_death_in_between_neither_loses_nor_doubles(tmp_path: Path) -> None:
    """The next run brings it to the same end."""
    async with gather(tmp_path) as gathering:
        home = furnish_forking(tmp_path, gathering.telegram, COMMUNITY_CHAT=str(gathering.group.id), SEND_RATE="1000")
        anna, stays, goes = (gathering.add_person(name) for name in ("Anna", "Stays", "Goes"))
        async with home.running() as program:
            await program.until_polling(gathering.telegram)
            gathering.world.press_start(anna)
            link = find_invite(await ask(gathering, anna, "/community", "Your personal invitation"))
            await program.stop()
        world = gathering.world
        await die_while(gathering, home, TOLD, partial(world.open_link, stays, link))
        await die_while(gathering, home, FETCHED, partial(world.open_link, goes, link))
        await die_while(gathering, home, TOLD, partial(world.leave, goes, gathering.group))
        async with home.running() as program:
            await gathering.telegram.until_message(anna, "has left our community", timeout_seconds=PATIENCE_SECONDS)
            listed = await ask(gathering, anna, "/invites", "Goes · left again")
            assert "Stays · joined the community" in listed.text
            await ask(gathering, anna, "/rewards", "Your balance: 50 points")
            await program.stop()
        async with open_store(f"sqlite:///{tmp_path}/passalong.db") as store:
            assert await list_faults(store) == []
