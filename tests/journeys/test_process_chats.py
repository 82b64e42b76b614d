"""The chats of the shop, as `doctor` and the admins are told of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.playground.world import Chat, Message, Person, World
from tests.journeys.program import Home, furnish_forking
from tests.journeys.shop_at_work import find_link
from tests.shipped import change_shipped
from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]

Arrange = Callable[[World, Person], Chat | int | str]


def make_channel(world: World, owner: Person, *rights: str) -> Chat:
    """A channel in which the bot has these rights."""
    channel = world.add_channel("Little Oven News", owner, username="oven_news")
    world.add_bot(owner, channel, rights=rights or None)
    return channel


def make_group(world: World, owner: Person, *rights: str) -> Chat:
    """A supergroup with the bot in it."""
    group = world.add_group("Oven Friends", owner)
    world.add_bot(owner, group, rights=rights)
    return group


def make_silent(world: World, owner: Person) -> Chat:
    """A group in which nobody but admins may write."""
    group = make_group(world, owner)
    group.denied = frozenset({"can_send_messages"})
    return group


def make_restricted(world: World, owner: Person) -> Chat:
    """A group that lets the bot read."""
    group = make_group(world, owner)
    world.restrict_bot(owner, group)
    return group


def make_left(world: World, owner: Person) -> Chat:
    """A group that has thrown the bot out."""
    group = make_group(world, owner)
    world.remove_bot(owner, group)
    return group


def make_grown(world: World, owner: Person) -> Chat:
    """A basic group that has become a supergroup."""
    group = world.add_group("Oven Friends", owner, basic=True)
    world.add_bot(owner, group)
    world.upgrade_group(owner, group)
    return group


def make_foreign(world: World, owner: Person) -> Chat:
    """A private channel in which the bot never was."""
    return world.add_channel("Secret", owner)


def make_public(world: World, owner: Person) -> Chat:
    """A public one in which it never was: everybody can look at it."""
    return world.add_channel("Little Oven News", owner, username="oven_news")


ANNOUNCE: dict[str, tuple[Arrange, str, str]] = {
    "channel": (make_channel, "ok    announce chat: Little Oven News, the bot may post there", ""),
    "group": (make_group, "ok    announce chat: Oven Friends, the bot may post there", ""),
    "no right": (
        lambda world, owner: make_channel(world, owner, "can_invite_users"),
        "FAIL  announce chat: Little Oven News: the bot may not post there",
        "right to post messages",
    ),
    "silent": (make_silent, "FAIL  announce chat: Oven Friends: the bot may not post there", "lifting"),
    "restricted": (make_restricted, "FAIL  announce chat: Oven Friends: the bot may not post there", "lifting"),
    "left": (make_left, "the bot is not in it", "Add the bot"),
    "public": (make_public, "FAIL  announce chat: Little Oven News: the bot is not in it", "Add the bot"),
    "grown": (make_grown, "note  announce chat: -", "PASSALONG_ANNOUNCE_CHAT to its new number, -100"),
    "foreign": (make_foreign, "cannot be found (Bad Request: chat not found)", "PASSALONG_ANNOUNCE_CHAT"),
    "nowhere": (lambda *_: "@nowhere_at_all", "announce chat: @nowhere_at_all: cannot be found", "takes the number"),
}

COMMUNITY: dict[str, tuple[Arrange, str, str]] = {
    "admin": (
        lambda world, owner: make_group(world, owner, "can_invite_users"),
        "ok    community chat: Oven Friends, the bot sees who comes, and may invite",
        "",
    ),
    "member": (make_group, "FAIL  community chat: Oven Friends: the bot is no admin there", "Make it an admin"),
    "no right": (
        lambda world, owner: make_group(world, owner, "can_pin_messages"),
        "FAIL  community chat: Oven Friends: the bot may not invite there",
        "right to invite",
    ),
    "foreign": (make_foreign, "FAIL  community chat: -", "PASSALONG_COMMUNITY_CHAT"),
}


@pytest.fixture
def home(tmp_path: Path, telegram: LocalTelegram) -> Home:
    """A bot's home."""
    return furnish_forking(tmp_path, telegram, LOG_LEVEL="WARNING")


async def assert_told(home: Home, telegram: LocalTelegram, setting: str, case: tuple[Arrange, str, str]) -> None:
    """`doctor` says how it is, and what to do."""
    arrange, state, cure = case
    chat = arrange(telegram.world, telegram.world.add_person("Sari"))
    program = await home.run("doctor", **{setting: str(chat.id if isinstance(chat, Chat) else chat)})
    said = program.read_output()
    assert state in said
    assert cure in said
    assert program.status == ("FAIL" in said), said
    assert not program.read_errors()


@pytest.mark.parametrize("name", ANNOUNCE)
async def test_doctor_looks_at_the_announce_chat(name: str, home: Home, telegram: LocalTelegram) -> None:
    """Whether it is there, whether the bot is in it, and whether it may post."""
    await assert_told(home, telegram, "ANNOUNCE_CHAT", ANNOUNCE[name])


@pytest.mark.parametrize("name", COMMUNITY)
async def test_doctor_looks_at_the_community_chat(name: str, home: Home, telegram: LocalTelegram) -> None:
    """Whether the bot sees who comes, and may invite."""
    await assert_told(home, telegram, "COMMUNITY_CHAT", COMMUNITY[name])


async def test_doctor_finds_the_community_of_the_campaign(home: Home, telegram: LocalTelegram) -> None:
    """The cure names the file then."""
    path = change_shipped(home.folder / "mine.toml", ('# community = "@my_group"', 'community = "@my_group"'))
    program = await home.run("doctor", CAMPAIGN=str(path))
    assert "FAIL  community chat: @my_group: cannot be found" in program.read_output()
    assert f"community in {path}" in program.read_output()


@pytest.mark.long
async def test_admins_hear_of_it_before_the_first_friend_comes(home: Home, telegram: LocalTelegram) -> None:
    """Once, over restarts, as soon as one of them can be told; nothing was posted in vain for it."""
    world, sari = telegram.world, telegram.world.add_person("Sari")
    settings = {"ADMIN_IDS": str(sari.id), "ANNOUNCE_CHAT": "@nowhere_at_all"}
    words, told = "PASSALONG_ANNOUNCE_CHAT", 0
    for restart in range(3):
        async with home.running(**settings) as program:
            await program.until_says("The announce chat cannot be looked at")
            await telegram.until_reply(world.press_start(sari) if not restart else ask_help(world, sari))
            if restart:
                await telegram.until_message(sari, words)
            assert await program.stop() == 0
        told = sum(words in sent.message.text for sent in world.journal.sent)
        assert told == min(restart, 1)
    assert not [call for call in world.journal.list_calls("sendMessage") if call.params["chat_id"] != sari.id]


async def test_posts_stay_with_the_chat_when_somebody_takes_its_name(home: Home, telegram: LocalTelegram) -> None:
    """Known by its number since its name was first looked up; admins hear where the name leads now."""
    world, sari = telegram.world, telegram.world.add_person("Sari")
    news = make_channel(world, sari)
    settings = {"ADMIN_IDS": str(sari.id), "ANNOUNCE_CHAT": "@oven_news"}
    async with home.running(**settings) as program:
        await telegram.until_call("getChatMember")
        link = await telegram.until_reply(world.press_start(sari))
        assert await program.stop() == 0
    news.username = ""
    taken = world.add_channel("Free points", world.add_person("Thief"), username="oven_news")
    world.add_bot(next(iter(taken.members.values())).person, taken)
    async with home.running(**settings) as program:
        told = await telegram.until_message(sari, "leads to another chat now")
        assert str(taken.id) in told.text
        world.open_link(world.add_person("Budi"), find_link(link))
        await telegram.until(lambda: news.messages, what="the post")
        assert await program.stop() == 0
    assert not taken.messages


def ask_help(world: World, person: Person) -> Message:
    """Somebody asks what there is."""
    return world.send_text(person, world.open_chat(person), "/help")
