"""What the bot says of itself."""

from __future__ import annotations

from typing import Any

import pytest

from tests.playground.calling import Caller, start_person


async def test_the_narrowest_menu_is_shown_in_ones_own_language(caller: Caller) -> None:
    """Chat before all private chats before default; within each, the language before the one for all."""
    world = caller.telegram.world
    ann, admin = start_person(caller.telegram, language_code="id"), start_person(caller.telegram, "Ada")
    await _set(caller, "start")
    await _set(caller, "mulai", language_code="id")
    await _set(caller, "stats", scope={"type": "chat", "chat_id": admin.id})
    shown = {
        person.first_name: [command["command"] for command in world.profile.list_commands(chat, person)]
        for person, chat in ((ann, world.open_chat(ann)), (admin, world.open_chat(admin)))
    }
    assert shown == {"Ann": ["mulai"], "Ada": ["stats"]}
    await caller.call("deleteMyCommands", scope={"type": "chat", "chat_id": admin.id})
    assert world.profile.list_commands(world.open_chat(admin), admin)[0]["command"] == "start"
    assert await caller.call("getMyCommands", language_code="zh") == []


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"commands": [{"command": "", "description": "d"}]}, "command must be non-empty"),
        ({"commands": [{"command": "x" * 33, "description": "d"}]}, "command length must not exceed 32"),
        ({"commands": [{"command": "Start", "description": "d"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "x", "description": " "}]}, "command description must be non-empty"),
        ({"commands": [{"command": "x", "description": "d"}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": [], "language_code": "english"}, "LANG_CODE_INVALID"),
    ],
)
async def test_a_menu_telegram_refuses(caller: Caller, params: dict[str, Any], words: str) -> None:
    """Names, descriptions, number and language are held against the rules."""
    assert await caller.refuse("setMyCommands", **params) == f"Bad Request: {words}"


async def test_texts_fall_back_to_the_one_for_all(caller: Caller) -> None:
    """A description in one language, and one for everybody else; too long a one is refused."""
    await caller.call("setMyDescription", description="Hello")
    await caller.call("setMyDescription", description="Halo", language_code="id")
    assert await caller.call("getMyDescription", language_code="id") == {"description": "Halo"}
    assert await caller.call("getMyDescription", language_code="zh") == {"description": "Hello"}
    words = await caller.refuse("setMyShortDescription", short_description="x" * 121)
    assert words == "Bad Request: bot short description is too long"
    assert (await caller.call("getMyName"))["name"] == "Passalong"


async def _set(caller: Caller, command: str, **params: Any) -> None:
    await caller.call("setMyCommands", commands=[{"command": command, "description": "d"}], **params)
