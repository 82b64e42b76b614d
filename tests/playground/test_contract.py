"""Every call, and every answer, is held against the table derived from the Bot API's description."""

from __future__ import annotations

import json
from typing import Any

import pytest
from telegram import Bot

from bot.playground.api.checking import check_value
from bot.playground.api.derive_table import derive_table, dump_table
from bot.playground.api.methods import METHODS
from bot.playground.api.table import load_table
from bot.playground.world import Chat, Person
from tests.playground.calling import Caller, draw_picture, open_caller, start_person
from tests.telegram import local_telegram

DESCRIPTION = {
    "version": "Bot API 0.1",
    "methods": {
        "sendIt": {
            "returns": ["Message"],
            "fields": [
                {"name": "chat_id", "types": ["Integer", "String"], "required": True, "description": "Where"},
                {"name": "note", "types": ["String"], "required": False, "description": "What"},
            ],
        },
        "ask": {"returns": ["Boolean"]},
    },
    "types": {
        "Thing": {"subtypes": ["Stone"]},
        "Stone": {
            "fields": [{"name": "type", "types": ["String"], "required": True, "description": "Kind, must be stone"}]
        },
    },
}


def test_the_table_keeps_names_types_and_what_is_required() -> None:
    """Prose goes, alternatives and fixed values stay, and the file reads back as it was."""
    table = derive_table(DESCRIPTION)
    assert table["methods"]["sendIt"] == {
        "returns": ["Message"],
        "required": ["chat_id"],
        "fields": {"chat_id": ["Integer", "String"], "note": ["String"]},
    }
    assert table["types"]["Thing"] == {"one_of": ["Stone"]}
    assert table["types"]["Stone"]["fixed"] == {"type": "stone"}
    assert json.loads(dump_table(table)) == table


def test_the_table_that_ships_is_whole() -> None:
    """180 methods and 359 types of Bot API 10.1; every type named in it is described; all that is played is known."""
    table = load_table()
    assert (table.version, len(table.methods), len(table.types)) == ("Bot API 10.1", 180, 359)
    shapes = [*table.methods.values(), *table.types.values()]
    named = {kind for shape in shapes for types in shape.fields.values() for kind in types}
    inner = {kind.replace("Array of ", "") for kind in named}
    assert inner - set(table.types) <= {"String", "Integer", "Float", "Boolean", "True"}
    assert {name.lower() for name in METHODS} <= set(table.methods)


@pytest.mark.parametrize(
    ("method", "params", "breach"),
    [
        ("sendMessage", {"colour": "red"}, "unknown parameter 'colour'"),
        ("sendMessage", {"disable_notification": "perhaps"}, "disable_notification must be Boolean"),
        ("sendMessage", {"message_thread_id": "first"}, "message_thread_id must be Integer"),
        ("sendMessage", {"reply_markup": {"inline_keyboard": [[{"text": "x", "hue": 1}]]}}, "unknown field"),
        ("sendMessage", {"entities": [{"type": "bold"}]}, "entities[0].offset of MessageEntity is missing"),
        ("sendMessage", {"link_preview_options": "{"}, "link_preview_options is no JSON"),
        ("sendMessage", {"spare": b"bytes"}, "unused file 'spare'"),
        ("answerInlineQuery", {"inline_query_id": "1", "results": [{"type": "song"}]}, "results[0]"),
        ("answerInlineQuery", {"inline_query_id": "1"}, "parameter 'results' is missing"),
        ("setMyCommands", {"commands": [{"command": "a"}]}, "commands[0].description of BotCommand is missing"),
    ],
)
async def test_a_breach_is_refused_and_written_down(
    caller: Caller, method: str, params: dict[str, Any], breach: str
) -> None:
    """Unknown names, wrong types, nested mistakes and missing parameters are a 400 and a violation."""
    ann = start_person(caller.telegram)
    base = {"chat_id": ann.id, "text": "x"} if method == "sendMessage" else {}
    status, body = await caller.ask(method, **base, **params)
    assert (status, body["description"][:12]) == (400, "Bad Request:")
    assert breach in "\n".join(map(str, caller.telegram.world.violations))
    assert not caller.telegram.world.sent
    with pytest.raises(AssertionError, match=method):
        caller.telegram.assert_clean()


async def test_what_is_missing_is_told_in_telegrams_words(caller: Caller) -> None:
    """A call without a chat, text or photo reads what Telegram would say, and is a violation besides."""
    assert await caller.refuse("sendMessage", text="x") == "Bad Request: chat_id is empty"
    assert await caller.refuse("sendMessage", chat_id=1) == "Bad Request: message text is empty"
    assert await caller.refuse("sendPhoto", chat_id=1) == "Bad Request: there is no photo in the request"
    assert len(caller.telegram.world.violations) == 3


async def test_what_is_not_played_says_so(caller: Caller) -> None:
    """A method of the Bot API that is not simulated is a 501, one it does not have a 404; both are violations."""
    status, body = await caller.ask("sendDice", chat_id=1)
    assert (status, body["description"]) == (501, "Not Implemented: playground: method sendDice is not simulated")
    status, body = await caller.ask("sendHologram")
    assert (status, body["description"]) == (404, "Not Found: method not found")
    assert len(caller.telegram.world.violations) == 2


async def test_every_call_is_written_down(caller: Caller) -> None:
    """Method, typed parameters, outcome and effect of each request; files by name and size only."""
    ann = start_person(caller.telegram)
    await caller.call("sendPhoto", chat_id=ann.id, photo=draw_picture(), caption="x")
    await caller.refuse("SENDMESSAGE", chat_id=ann.id, text="")
    photo, text = caller.telegram.world.calls
    assert photo.params["chat_id"] == ann.id
    assert photo.params["photo"].startswith("<photo.jpg, ")
    assert (photo.method, photo.is_ok, photo.took_effect) == ("sendPhoto", True, True)
    assert (text.method, text.status, text.error) == ("sendMessage", 400, "Bad Request: message text is empty")
    assert [sent.method for sent in caller.telegram.world.sent] == ["sendPhoto"]


async def test_answers_are_what_the_table_promises() -> None:
    """Each method's result and each update has the fields and types of the Bot API."""
    table = load_table()
    problems: list[str] = []
    async with local_telegram() as telegram, open_caller(telegram) as caller:
        for method, params in await _plan_tour(caller):
            result = await caller.call(method, **params)
            types = table.methods[method.lower()].returns
            check_value(table, types, result, method, problems)
        assert not problems
        assert len({update.kind for update in telegram.world.updates.list_waiting()}) >= 6
        telegram.assert_clean()


async def test_python_telegram_bot_reads_every_kind_of_update() -> None:
    """The library builds its objects from all that the world tells, and finds nothing missing."""
    async with local_telegram() as telegram, open_caller(telegram) as caller:
        await _plan_tour(caller)
        kinds = {update.kind for update in telegram.world.updates.list_waiting()}
        async with Bot(telegram.token, base_url=telegram.base_url) as bot:
            updates = await bot.get_updates(timeout=0)
        assert all(not update.api_kwargs for update in updates)
        assert {"message", "callback_query", "inline_query", "chat_join_request", "chat_member"} <= kinds


OWN_CALLS: list[tuple[str, dict[str, Any]]] = [
    ("setMyCommands", {"commands": [{"command": "share", "description": "Share"}], "language_code": "en"}),
    ("getMyCommands", {"language_code": "en"}),
    ("deleteMyCommands", {}),
    ("setMyName", {"name": "Pass"}),
    ("getMyName", {}),
    ("setMyDescription", {"description": "d"}),
    ("getMyDescription", {}),
    ("setMyShortDescription", {"short_description": "s"}),
    ("getMyShortDescription", {}),
    ("getWebhookInfo", {}),
    ("deleteWebhook", {}),
    ("close", {}),
]
"""Calls that need nobody."""


async def _plan_tour(caller: Caller) -> list[tuple[str, dict[str, Any]]]:
    """Let humans do a bit of everything, and return calls that work, with what they need."""
    world = caller.telegram.world
    world.updates.allow(list(load_table().types["Update"].fields))
    ann, bob = start_person(caller.telegram, username="ann"), start_person(caller.telegram, "Bob", language_code="zh")
    chat, group = world.open_chat(ann), world.add_group("Club", ann)
    channel = world.add_channel("News", ann, username="news_here")
    world.add_bot(ann, group, rights=["can_invite_users", "can_pin_messages"])
    world.add_bot(ann, channel)
    picture = world.send_photo(ann, chat, draw_picture(), "<b>see</b>")
    world.send_document(ann, chat, b"abc")
    world.join(bob, group, world.add_invite(group, world.bot))
    world.ask_to_join(world.add_person("Carl"), world.add_invite(channel, world.bot, creates_request=True))
    world.send_text(ann, channel, "post")
    world.edit_text(ann, world.send_text(ann, chat, "tpyo"), "typo")
    world.react(ann, picture, "👍")
    world.block(bob)
    keyboard = {"inline_keyboard": [[{"text": "x", "callback_data": "y"}], [{"text": "z", "url": "https://a.bc"}]]}
    sent = await caller.call("sendMessage", chat_id=ann.id, text="x", reply_markup=keyboard)
    tap = world.tap(ann, chat.messages[sent["message_id"]], "x")
    assert tap.callback is not None
    assert picture.photo is not None
    query = world.type_inline(ann, chat, "q")
    target = {"chat_id": ann.id, "message_id": sent["message_id"]}
    file_id = picture.photo.biggest.file.file_id
    source = {"chat_id": ann.id, "from_chat_id": ann.id, "message_id": picture.id}
    article = {"type": "article", "id": "1", "title": "t", "input_message_content": {"message_text": "m"}}
    return [
        ("getMe", {}),
        ("sendPhoto", {"chat_id": ann.id, "photo": file_id}),
        ("sendMessage", {"chat_id": "@news_here", "text": "https://a.bc @ann #tag"}),
        ("copyMessage", source),
        ("forwardMessage", source),
        ("editMessageText", {**target, "text": "y", "reply_markup": keyboard}),
        ("editMessageReplyMarkup", target),
        ("answerCallbackQuery", {"callback_query_id": tap.callback.id}),
        ("answerInlineQuery", {"inline_query_id": query.id, "results": [article]}),
        ("getFile", {"file_id": file_id}),
        ("pinChatMessage", target),
        ("unpinChatMessage", {"chat_id": ann.id}),
        ("setMessageReaction", {**target, "reaction": [{"type": "emoji", "emoji": "🎉"}]}),
        ("sendChatAction", {"chat_id": ann.id, "action": "typing"}),
        ("deleteMessage", target),
        *_list_chat_calls(ann, bob, group, channel, world.bot),
        *OWN_CALLS,
    ]


def _list_chat_calls(
    ann: Person, bob: Person, group: Chat, channel: Chat, bot: Person
) -> list[tuple[str, dict[str, Any]]]:
    return [
        ("getChat", {"chat_id": ann.id}),
        ("getChat", {"chat_id": channel.id}),
        ("getChatMember", {"chat_id": channel.id, "user_id": bot.id}),
        ("getChatMember", {"chat_id": group.id, "user_id": ann.id}),
        ("getChatMember", {"chat_id": group.id, "user_id": bob.id}),
        ("getChatMemberCount", {"chat_id": group.id}),
        ("getChatAdministrators", {"chat_id": group.id}),
        ("createChatInviteLink", {"chat_id": group.id, "name": "n", "member_limit": 3, "expire_date": 2_000_000_000}),
        ("exportChatInviteLink", {"chat_id": group.id}),
    ]
