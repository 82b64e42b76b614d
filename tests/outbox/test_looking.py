"""Chats of the shop are looked at once at a start: named ones are known by their number, and trouble is told."""

from __future__ import annotations

from typing import Any

import pytest
from telegram.error import BadRequest, ChatMigrated, TelegramError

from bot.outbox.looking import look_at
from bot.outbox.sender import ShopChats
from bot.wire.errors import Flooded
from bot.wire.pacing import Priority
from storage import Store
from storage.addresses import ChatRole
from storage.records import NoticeId
from storage.tables import outbox, people
from tests.storage.cast import add_member
from tests.storage.clock import Clock
from tests.wire.asked import Asked, Call

ROLE, CHANNEL, OWNER, ME = ChatRole.ANNOUNCE, -1001, 7_000_000_001, 123
CHAT = {"id": CHANNEL, "type": "channel", "title": "News"}
MAY = {"status": "administrator", "can_post_messages": True}


class Telegram(Asked):
    """Knows the bot's own number, too."""

    id = ME


def ask(method: str, **parameters: object) -> Call:
    """What is asked: behind everybody who waits."""
    return "post_raw", (method, parameters), {"priority": Priority.ERRAND}


async def open_chats(store: Store, named: int | str | None = CHANNEL) -> ShopChats:
    """A shop with one owner, and a chat as its settings name it."""
    if await store.read(people.find_by_telegram_id, OWNER) is None:
        await store.write(add_member, 1)
    return ShopChats(store, named, admin_ids=[OWNER])


async def list_warnings(store: Store) -> list[Any]:
    """What the owner is told."""
    return [row.payload["warning"] for row in await store.read(outbox.list_owed, after=NoticeId(0), limit=10)]


async def test_a_chat_where_the_bot_may_post_is_left_alone(store: Store) -> None:
    """Asked for the chat, and for the bot in it; nobody is told anything."""
    telegram = Telegram(CHAT, MAY)
    await look_at(telegram.bot, await open_chats(store), ROLE)
    assert telegram.calls == [ask("getChat", chat_id=CHANNEL), ask("getChatMember", chat_id=CHANNEL, user_id=ME)]
    assert await list_warnings(store) == []


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ([CHAT, {"status": "administrator"}], "no_posting"),
        ([CHAT, {"status": "left"}], "not_inside"),
        ([BadRequest("Bad Request: chat not found")], "Chat not found"),
        ([CHAT, BadRequest("Bad Request: CHANNEL_PRIVATE")], "Channel_private"),
    ],
    ids=["no right", "not inside", "no chat", "no member"],
)
async def test_a_chat_where_it_may_not_is_told_once(
    store: Store, answers: list[Any], wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    """However often the bot starts; the log says each time which chat it is, and what is wrong."""
    for _ in range(2):
        await look_at(Telegram(*answers).bot, await open_chats(store), ROLE)
    assert await list_warnings(store) == ["no_posting"]
    assert [(ROLE in said, wrong in said) for said in caplog.messages] == [(True, True)] * 2


@pytest.mark.parametrize("error", [Flooded(7), BadRequest("Bad Request: something else")], ids=str)
async def test_what_says_nothing_of_the_chat_is_told_nobody(store: Store, error: TelegramError) -> None:
    """The chat may be in order."""
    await look_at(Telegram(error).bot, await open_chats(store), ROLE)
    assert await list_warnings(store) == []


async def test_a_group_that_moved_is_followed(store: Store) -> None:
    """Also by the next start; the owner hears of its new number."""
    chats = await open_chats(store)
    await look_at(Telegram(ChatMigrated(-1009)).bot, chats, ROLE)
    assert await chats.find(ROLE) == -1009
    assert await (await open_chats(store)).find(ROLE) == -1009
    assert await list_warnings(store) == ["moved"]


async def test_a_name_is_looked_up_and_its_number_is_used_from_then_on(store: Store) -> None:
    """A name may be somebody else's one day: then the owner is told, and the chat stays what it was."""
    telegram, chats = Telegram(CHAT, CHAT, MAY), await open_chats(store, "@News")
    await look_at(telegram.bot, chats, ROLE)
    member = ask("getChatMember", chat_id=CHANNEL, user_id=ME)
    assert telegram.calls == [ask("getChat", chat_id="@News"), ask("getChat", chat_id=CHANNEL), member]
    assert await chats.find(ROLE) == CHANNEL
    assert await list_warnings(store) == []
    later = Telegram(CHAT | {"id": -1005}, CHAT, MAY)
    chats = await open_chats(store, "@news")
    await look_at(later.bot, chats, ROLE)
    assert later.calls[1:] == telegram.calls[1:]
    assert await chats.find(ROLE) == CHANNEL
    assert await list_warnings(store) == ["other_chat"]


async def test_a_name_that_leads_nowhere_is_tried_as_it_is(store: Store) -> None:
    """And that it takes nothing is told."""
    nowhere = BadRequest("Bad Request: chat not found")
    telegram, chats = Telegram(nowhere, nowhere), await open_chats(store, "@News")
    await look_at(telegram.bot, chats, ROLE)
    assert telegram.calls == [ask("getChat", chat_id="@News")] * 2
    assert await chats.find(ROLE) == "@News"
    assert await list_warnings(store) == ["no_posting"]


async def test_a_shop_without_such_a_chat_asks_nothing(store: Store) -> None:
    """Of no role."""
    telegram, chats = Telegram(), await open_chats(store, None)
    for role in ChatRole:
        await look_at(telegram.bot, chats, role)
    assert telegram.calls == []


async def test_trouble_is_told_again_only_after_the_chat_has_worked(store: Store, clock: Clock) -> None:
    """What was posted shows that it works; a chat that the shop names anew is another one."""
    chats = await open_chats(store)
    assert await chats.note(ROLE, works=True) == clock()
    assert await chats.note(ROLE, works=True) == 0, "which is no news"
    for works, told in ((False, 1), (False, 1), (True, 1), (False, 2)):
        clock.advance(1)
        assert await chats.note(ROLE, works=works) == clock()
        assert await list_warnings(store) == ["no_posting"] * told
    chats.set(ROLE, -77)
    assert await chats.find(ROLE) == -77
    await chats.note(ROLE, works=False)
    assert len(await list_warnings(store)) == 3
    chats.set(ROLE, None)
    assert await chats.note(ROLE, works=False) == 0


async def test_what_is_known_of_a_chat_holds_as_long_as_it_is_named_so(store: Store) -> None:
    """Named as before, it is where it moved to; named anew, nothing is known of it."""
    chats = await open_chats(store)
    await chats.move(ROLE, -1009)
    chats.set(ROLE, CHANNEL)
    assert await chats.find(ROLE) == -1009
    chats.set(ROLE, -77)
    assert await chats.find(ROLE) == -77
