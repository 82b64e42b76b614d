from __future__ import annotations

import json
from dataclasses import replace

import pytest
from aiohttp import web
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputFile
from telegram.error import TelegramError

from bot.messages.outgoing import NO_PREVIEW, Document, OutgoingMessage, Photo
from bot.wire.calls import (
    Kind,
    compose_call,
    compose_edit,
    count_messages,
    find_kind,
    name_chat_scope,
    parse_chat,
    parse_chat_scope,
)
from bot.wire.pacing import Chat, Priority
from bot.wire.telegram_bot import PassalongBot
from tests.wire.server import Call, Server, succeed


@pytest.mark.parametrize(
    ("listed", "count"),
    [
        ('[{"type": "photo"}, {"type": "photo"}]', 2),
        ([1, 2, 3], 3),
        ((7, 8), 2),
        ("[]", 1),
        ([], 1),
        ("{}", 1),
        (None, 1),
        (7, 1),
    ],
)
def test_each_part_of_an_album_counts(listed: object, count: int) -> None:
    """And whatever lists nothing is one message."""
    assert count_messages(listed) == count


@pytest.mark.parametrize("said", [False, {"message_id": 1}, 1, None])
async def test_only_a_yes_is_a_yes(said: object, server: Server, bot: PassalongBot) -> None:
    """What was told may have been done where anything else comes back; nobody knows."""
    with pytest.raises(TelegramError, match="closeForumTopic brought something else"):
        await tell(server, bot, said)


async def test_a_yes(server: Server, bot: PassalongBot) -> None:
    """Nothing more is said."""
    await tell(server, bot, True)
    assert len(server.list_calls("closeForumTopic")) == 1


async def tell(server: Server, bot: PassalongBot, said: object) -> None:
    """Shut a topic, to which the server says something."""

    async def answer(_call: Call) -> web.Response:
        return succeed(said)

    server.replies["closeForumTopic"] = answer
    await bot.tell("closeForumTopic", {"chat_id": -1001, "message_thread_id": 5}, priority=Priority.NOTICE)


@pytest.mark.parametrize(
    ("endpoint", "kind"),
    [
        ("sendMessage", Kind(False, True, True, "", "family:sendMessage")),
        ("sendMediaGroup", Kind(False, True, True, "media", "family:sendMediaGroup")),
        ("copyMessages", Kind(False, True, True, "message_ids", "family:copyMessages")),
        ("forwardMessages", Kind(False, True, True, "message_ids", "family:forwardMessages")),
        ("editMessageText", Kind(True, True, True, "", "family:editMessageText")),
        ("stopPoll", Kind(True, True, True, "", "family:stopPoll")),
        ("deleteMessages", Kind(True, True, True, "", "family:deleteMessages")),
        ("sendChatAction", Kind(False, False, False, "", "family:sendChatAction")),
        ("answerCallbackQuery", Kind(False, False, True, "", "family:answerCallbackQuery")),
        ("getChat", Kind(False, False, False, "", "family:getChat")),
        ("setMyCommands", Kind(False, False, False, "", "family:profile")),
        ("deleteMyCommands", Kind(False, False, False, "", "family:profile")),
        ("setChatMenuButton", Kind(False, False, False, "", "family:profile")),
        ("editChatInviteLink", Kind(False, False, False, "", "family:invites")),
        ("createChatInviteLink", Kind(False, False, False, "", "family:invites")),
        ("deleteWebhook", Kind(False, False, False, "", "family:deleteWebhook")),
    ],
)
def test_telegram_counts_what_is_put_into_chats_and_changed_there(endpoint: str, kind: Kind) -> None:
    """All else has a pace of its own; what is refused together is held back together."""
    assert find_kind(endpoint) == kind


@pytest.mark.parametrize(
    ("said", "chat"),
    [(7, 7), (-1001, -1001), ("7", 7), ("-1001", -1001), ("@news", "@news"), ("", None), (None, None)],
)
def test_a_chat_is_a_number_or_a_name(said: object, chat: Chat | None) -> None:
    """However it was written."""
    assert parse_chat(said) == chat


def test_a_ban_of_a_chat_is_found_again_by_its_scope() -> None:
    """And no other scope is taken for a chat's."""
    for chat in (7, -1001, "@news"):
        assert parse_chat_scope(name_chat_scope(chat)) == chat
    for scope in ("telegram", "family:profile", ""):
        assert parse_chat_scope(scope) is None


def test_a_picture_without_words_takes_the_place_of_another() -> None:
    """All but where and its buttons belongs to the file."""
    bare = OutgoingMessage(method="sendVideo", formatting={"video": "known", "has_spoiler": True})
    method, parameters = compose_edit(bare, chat_id=1, message_id=2)
    assert (method, set(parameters)) == ("editMessageMedia", {"chat_id", "message_id", "media"})
    media = {"type": "video", "media": "known", "caption_entities": [], "has_spoiler": True}
    assert json.loads(str(parameters["media"])) == media
    worded = replace(
        bare, formatting={**(bare.formatting or {}), "caption": "Hi", "caption_entities": '[{"type": "bold"}]'}
    )
    _, parameters = compose_edit(worded, chat_id=1, message_id=2)
    assert json.loads(str(parameters["media"])) == {**media, "caption": "Hi", "caption_entities": [{"type": "bold"}]}


PICTURE, PAPER = Photo(image=b"bytes", name="a.png"), Document(content=b"paper", name="a.pdf")
KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])
AT: dict[str, object] = {"chat_id": 7}


@pytest.mark.parametrize(
    ("message", "method", "parameters"),
    [
        (
            OutgoingMessage(text="<b>hi</b>", keyboard=KEYS),
            "sendMessage",
            {"text": "<b>hi</b>", "link_preview_options": NO_PREVIEW, "parse_mode": "HTML", "reply_markup": KEYS},
        ),
        (
            OutgoingMessage(text="hi", formatting={"entities": "[]"}),
            "sendMessage",
            {"text": "hi", "entities": "[]"},
        ),
        (
            OutgoingMessage(text="hi", photo=Photo(file_id="known"), keyboard=KEYS),
            "sendPhoto",
            {"caption": "hi", "photo": "known", "parse_mode": "HTML", "reply_markup": KEYS},
        ),
        (OutgoingMessage(photo=Photo(file_id="known")), "sendPhoto", {"photo": "known", "parse_mode": "HTML"}),
        (
            OutgoingMessage(method="sendPoll", formatting={"question": "?"}, keyboard=KEYS),
            "sendPoll",
            {"question": "?", "reply_markup": KEYS},
        ),
        (OutgoingMessage(method="sendPoll", formatting={"question": "?"}), "sendPoll", {"question": "?"}),
        (OutgoingMessage(method="closeForumTopic"), "closeForumTopic", {}),
    ],
)
def test_a_message_is_one_call(message: OutgoingMessage, method: str, parameters: dict[str, object]) -> None:
    """Its words are a text, or stand below a picture; an author's own formatting comes in the place of ours, and so does a preview."""
    assert compose_call(message, **AT) == (method, AT | parameters)


def test_files_go_along_under_their_names() -> None:
    """A picture by its own name, a file by the one that people see."""
    for message, method, name in (
        (OutgoingMessage(text="hi", photo=PICTURE), "sendPhoto", "photo"),
        (OutgoingMessage(text="hi", document=PAPER), "sendDocument", "document"),
    ):
        found, parameters = compose_call(message, **AT)
        attached = parameters.pop(name)
        assert (found, parameters) == (method, AT | {"caption": "hi", "parse_mode": "HTML"})
        assert isinstance(attached, InputFile)
        assert attached.filename == {"photo": "a.png", "document": "a.pdf"}[name]
        assert attached.input_file_content == {"photo": b"bytes", "document": b"paper"}[name]
