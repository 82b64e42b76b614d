"""One message, however it goes out: sent, or in the place of another; with its formatting, or without."""

from __future__ import annotations

import json

import pytest
from aiohttp import web
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

from bot.messages.outgoing import PARTY, OutgoingMessage, Photo
from bot.wire.errors import LostAnswer
from bot.wire.pacing import Priority
from bot.wire.telegram_bot import PassalongBot
from tests.logged import list_values
from tests.wire.server import Call, Server, make_message, refuse, succeed

KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])
UNREADABLE = "Bad Request: can't parse entities: unclosed tag"


async def answer_plain_only(call: Call) -> web.Response:
    """What Telegram says to words that it cannot read, and to others."""
    return refuse(400, UNREADABLE) if "parse_mode" in call.data else succeed(make_message(call))


async def test_a_text_takes_the_place_of_a_text(bot: PassalongBot, server: Server) -> None:
    """With its buttons, and without a preview of links, like one that is sent."""
    await bot.edit(42, 7, OutgoingMessage(text="<b>hi</b>", keyboard=KEYBOARD))
    (call,) = server.list_calls("editMessageText")
    assert (call.data["chat_id"], call.data["message_id"], call.data["text"]) == ("42", "7", "<b>hi</b>")
    assert call.data["parse_mode"] == "HTML"
    assert json.loads(call.data["reply_markup"])["inline_keyboard"][0][0]["text"] == "Go"
    assert json.loads(call.data["link_preview_options"]) == {"is_disabled": True}


async def test_a_known_photo_takes_the_place_of_a_photo(bot: PassalongBot, server: Server) -> None:
    """By its file id; the words belong to the picture."""
    await bot.edit(42, 7, OutgoingMessage(text="hi", photo=Photo(file_id="known"), keyboard=KEYBOARD))
    (call,) = server.list_calls("editMessageMedia")
    assert json.loads(call.data["media"]) == {"type": "photo", "media": "known", "caption": "hi", "parse_mode": "HTML"}
    assert call.data.keys() == {"chat_id", "message_id", "media", "reply_markup"}


async def test_a_new_photo_comes_along(bot: PassalongBot, server: Server) -> None:
    """As a part of the request that the picture's description names."""
    await bot.edit(42, 7, OutgoingMessage(photo=Photo(image=b"bytes", name="a.png")))
    (call,) = server.list_calls("editMessageMedia")
    media = json.loads(call.data["media"])
    assert call.data[media["media"].removeprefix("attach://")].filename == "a.png"
    assert "caption" not in media


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText"])
async def test_what_cannot_be_read_goes_out_plain(
    bot: PassalongBot, server: Server, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A slip in the words must not keep them from their reader; the log says which slip."""
    server.replies[method] = answer_plain_only
    message = OutgoingMessage(text="<b>Tea &amp; cake")
    await (bot.deliver(42, message) if method == "sendMessage" else bot.edit(42, 7, message))
    assert [call.data["text"] for call in server.list_calls(method)] == ["<b>Tea &amp; cake", "Tea & cake"]
    assert ["unclosed tag" in said for (said,) in list_values(caplog)] == [True]


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText"])
async def test_other_refusals_are_told(bot: PassalongBot, server: Server, method: str) -> None:
    """Sending it once more would change nothing."""

    async def refuse_all(_: Call) -> web.Response:
        return refuse(400, "Bad Request: message to edit not found")

    server.replies[method] = refuse_all
    message = OutgoingMessage(text="hi")
    with pytest.raises(BadRequest):
        await (bot.deliver(42, message) if method == "sendMessage" else bot.edit(42, 7, message))
    assert len(server.list_calls(method)) == 1


EFFECTS_REFUSED = ("Bad Request: EFFECT_ID_INVALID", "Bad Request: can't use message effects in the chat")


@pytest.mark.parametrize(("chat_id", "plays"), [(42, True), (-1001234, False)])
async def test_effects_play_in_private_chats_only(
    bot: PassalongBot, server: Server, chat_id: int, *, plays: bool
) -> None:
    """Telegram refuses them anywhere else."""
    await bot.deliver(chat_id, OutgoingMessage(text="You won", effect_id=PARTY))
    (call,) = server.list_calls("sendMessage")
    assert call.data.get("message_effect_id") == (PARTY if plays else None)


@pytest.mark.parametrize("refusal", EFFECTS_REFUSED)
async def test_what_cannot_play_arrives_without(bot: PassalongBot, server: Server, refusal: str) -> None:
    """The news is what matters; its topic and its formatting stay."""

    async def answer(call: Call) -> web.Response:
        return refuse(400, refusal) if "message_effect_id" in call.data else succeed(make_message(call))

    server.replies["sendMessage"] = answer
    await bot.deliver(42, OutgoingMessage(text="<b>You won</b>", effect_id=PARTY), thread_id=5)
    first, second = server.list_calls("sendMessage")
    assert {name: value for name, value in first.data.items() if name != "message_effect_id"} == second.data


@pytest.mark.parametrize("keeps_topic", [False, True])
async def test_what_was_meant_for_a_topic_that_is_gone(bot: PassalongBot, server: Server, *, keeps_topic: bool) -> None:
    """Goes to the chat itself, once, and to no chat where whoever sends it will make another topic."""

    async def take_no_topic(call: Call) -> web.Response:
        gone = "message_thread_id" in call.data
        return refuse(400, "Bad Request: message thread not found") if gone else succeed(make_message(call))

    server.replies["sendMessage"] = take_no_topic
    message = OutgoingMessage(text="hi", silent=True)
    if keeps_topic:
        with pytest.raises(BadRequest):
            await bot.deliver(-1001, message, thread_id=5, keeps_topic=True)
    else:
        await bot.deliver(-1001, message, thread_id=5)
    calls = [call.data for call in server.list_calls("sendMessage")]
    assert [each.get("message_thread_id") for each in calls] == (["5"] if keeps_topic else ["5", None])
    assert all("disable_notification" in each for each in calls)


async def test_only_what_is_silent_or_paid_for_says_so(bot: PassalongBot, server: Server) -> None:
    """Anything else rings, and costs nothing."""
    await bot.deliver(42, OutgoingMessage(text="hi"))
    await bot.deliver(42, OutgoingMessage(text="hi"), priority=Priority.BROADCAST)
    await bot.deliver(42, OutgoingMessage(text="hi", silent=True))
    await bot.deliver(42, OutgoingMessage(text="hi"), priority=Priority.PAID_BROADCAST)
    said = [
        set(call.data) & {"disable_notification", "allow_paid_broadcast"} for call in server.list_calls("sendMessage")
    ]
    assert said == [set(), set(), {"disable_notification"}, {"allow_paid_broadcast"}]


async def test_messages_are_taken_back_together(bot: PassalongBot, server: Server) -> None:
    """By one request, which says when it leaves; anything but a yes leaves open whether they are gone."""
    left: list[int] = []
    said: list[object] = [True, {"message_id": 5}]

    async def answer(_: Call) -> web.Response:
        return succeed(said.pop(0))

    server.replies["deleteMessages"] = answer
    await bot.take_back(42, (5, 6), on_leave=lambda: left.append(1))
    with pytest.raises(LostAnswer, match="deleteMessages"):
        await bot.take_back(42, [7], on_leave=lambda: left.append(2))
    calls = [
        (call.data["chat_id"], json.loads(call.data["message_ids"])) for call in server.list_calls("deleteMessages")
    ]
    assert calls == [("42", [5, 6]), ("42", [7])]
    assert left == [1, 2]
