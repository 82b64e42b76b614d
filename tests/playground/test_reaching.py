"""Whom the bot may write to."""

from __future__ import annotations

import pytest

from bot.playground.world import Chat, Member, World
from tests.playground.calling import Caller, draw_picture, start_person
from tests.playground.facts.stage import set_stage


async def test_only_people_who_started_the_bot_can_be_written_to(caller: Caller) -> None:
    """The never-started, the blocked, the deactivated, bots and strangers each have their words."""
    world = caller.telegram.world
    blocked, gone = start_person(caller.telegram, "Blocked"), start_person(caller.telegram, "Gone")
    world.block(blocked)
    gone.deactivated = True
    expected = {
        world.add_person("Never").id: "Forbidden: bot can't initiate conversation with a user",
        blocked.id: "Forbidden: bot was blocked by the user",
        gone.id: "Forbidden: user is deactivated",
        world.add_person("Robot", is_bot=True).id: "Forbidden: the bot can't send messages to the bot",
        world.bot.id: "Forbidden: the bot can't send messages to the bot",
        77: "Bad Request: chat not found",
        "@nobody_here": "Bad Request: chat not found",
        "": "Bad Request: chat_id is empty",
    }
    for chat_id, words in expected.items():
        assert await caller.refuse("sendMessage", chat_id=chat_id, text="x") == words
    world.unblock(blocked)
    await caller.call("sendMessage", chat_id=blocked.id, text="x")


async def test_opening_the_chat_is_not_starting_it(caller: Caller) -> None:
    """A person who looked at the bot's chat but never pressed START cannot be written to."""
    ann = caller.telegram.world.add_person("Ann")
    caller.telegram.world.open_chat(ann)
    words = await caller.refuse("sendMessage", chat_id=ann.id, text="x")
    assert words == "Forbidden: bot can't initiate conversation with a user"


async def test_a_chat_between_humans_does_not_exist_for_the_bot(caller: Caller) -> None:
    """Neither its id nor its messages are within reach."""
    world = caller.telegram.world
    ann, bob = start_person(caller.telegram), start_person(caller.telegram, "Bob")
    chat = world.open_chat(ann, bob)
    waiting = world.updates.count_waiting()
    world.send_text(ann, chat, "just us")
    assert world.updates.count_waiting() == waiting
    assert await caller.refuse("sendMessage", chat_id=chat.id, text="x") == "Bad Request: chat not found"
    assert await caller.refuse("getChat", chat_id=chat.id) == "Bad Request: chat not found"


async def test_groups_and_channels_want_the_bot_inside(caller: Caller) -> None:
    """Never inside, left, kicked, and not an administrator of a channel are told apart."""
    world = caller.telegram.world
    owner = start_person(caller.telegram, "Owner")
    chats = {"supergroup": world.add_group("Club", owner), "group": world.add_group("Few", owner, basic=True)}
    chats["channel"] = world.add_channel("News", owner)
    for kind, chat in chats.items():
        assert await _refuse(caller, chat) == "Bad Request: chat not found"
        world.add_bot(owner, chat)
        world.change_member(world.bot, chat, Member(person=world.bot, status="left"))
        assert await _refuse(caller, chat) == f"Forbidden: bot is not a member of the {kind} chat"
        world.add_bot(owner, chat)
        await caller.call("sendMessage", chat_id=chat.id, text="hello")
        world.remove_bot(owner, chat)
        assert await _refuse(caller, chat) == f"Forbidden: bot was kicked from the {kind} chat"
    world.add_bot(owner, chats["channel"], rights=["can_manage_chat"])
    assert await _refuse(caller, chats["channel"]) == "Bad Request: need administrator rights in the channel chat"


async def test_message_ids_of_private_chats_share_one_count(caller: Caller) -> None:
    """Private chats and basic groups count together as in one account, each channel for itself."""
    world = caller.telegram.world
    ann, bob = start_person(caller.telegram), start_person(caller.telegram, "Bob")
    channel = world.add_channel("News", ann)
    world.add_bot(ann, channel)
    ids = [(await caller.call("sendMessage", chat_id=who.id, text="x"))["message_id"] for who in (ann, bob, ann)]
    assert ids == [3, 4, 5]
    assert (await caller.call("sendMessage", chat_id=channel.id, text="x"))["message_id"] == 1


def test_a_world_can_be_run_again() -> None:
    """The same seed and clock give the same ids, so that a failing run can be repeated."""

    def play() -> list[str]:
        world = World(clock=lambda: 1_700_000_000_000_000, seed=7)
        ann = world.add_person("Ann")
        world.press_start(ann)
        return [str(update.render()) for update in world.updates.take(0, 10)] + [world.make_id()]

    assert play() == play()


async def _refuse(caller: Caller, chat: Chat) -> str:
    return await caller.refuse("sendMessage", chat_id=chat.id, text="x")


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("/start", True),
        ("/start@passalong_bot", True),
        ("/START@PASSALONG_BOT x", True),
        ("/start@other_bot", False),
        ("/start@passalong_bot_x", False),
        ("hello /start", False),
        ("@passalong_bot hello", False),
    ],
)
@pytest.mark.parametrize("in_caption", [False, True])
async def test_a_group_tells_the_bot_what_is_for_it(text: str, *, heard: bool, in_caption: bool) -> None:
    """Commands for everybody or for it by name, in a text and below a picture; what is for another bot it never sees."""
    async with set_stage() as stage:
        group = stage.add_chat("supergroup")
        if in_caption:
            stage.world.send_photo(stage.ann, group, draw_picture(), text)
        else:
            stage.world.send_text(stage.ann, group, text)
        told = [update["message"] for update in await stage.caller.call("getUpdates") if "message" in update]
    said = [message.get("caption" if in_caption else "text") for message in told if message["chat"]["id"] == group.id]
    assert (text in said) is heard
