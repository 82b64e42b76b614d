"""Whoever is not let into a chat is told so by every method that names one, and a restricted bot by every one that sends."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.world import Chat, Member
from tests.playground.calling import draw_picture
from tests.playground.facts.stage import Stage, set_stage

SENDING = {
    "sendMessage": "text messages",
    "sendPhoto": "photos",
    "sendDocument": "documents",
    "sendMediaGroup": "photos",
    "copyMessage": "text messages",
    "forwardMessage": "text messages",
}
"""What a plain member may not send, in Telegram's words."""

OTHERS = (
    "sendChatAction", "editMessageText", "editMessageCaption", "editMessageReplyMarkup", "deleteMessage",
    "deleteMessages", "pinChatMessage", "unpinChatMessage", "createChatInviteLink", "exportChatInviteLink",
    "revokeChatInviteLink", "approveChatJoinRequest", "declineChatJoinRequest", "getChatAdministrators", "getChatMember",
)  # fmt: skip
READING = ("getChat", "getChatMemberCount")
"""What a basic group lets its former members do, too."""

KICKED = "403 Forbidden: bot was kicked from the supergroup chat"
LEFT = "403 Forbidden: bot is not a member of the supergroup chat"
GROWN = "400 Bad Request: group chat was upgraded to a supergroup chat"


async def call(stage: Stage, chat: Chat, method: str, message_id: int) -> str:
    """Call a method about a chat with all that it needs; returns how it was answered."""
    own = (await stage.send())["message_id"]
    picture = draw_picture()
    album = [{"type": "photo", "media": "attach://one"}, {"type": "photo", "media": "attach://one"}]
    needs: dict[str, dict[str, Any]] = {
        "sendMessage": {"text": "x"},
        "sendPhoto": {"photo": picture},
        "sendDocument": {"document": picture},
        "sendMediaGroup": {"media": album, "one": picture},
        "sendChatAction": {"action": "typing"},
        "editMessageText": {"text": "y", "message_id": message_id},
        "deleteMessages": {"message_ids": [message_id]},
        "revokeChatInviteLink": {"invite_link": "https://t.me/+abcdef"},
    }
    needs |= {key: {"from_chat_id": stage.ann.id, "message_id": own} for key in ("copyMessage", "forwardMessage")}
    about = ("approveChatJoinRequest", "declineChatJoinRequest", "getChatMember")
    needs |= {key: {"user_id": stage.ann.id} for key in about}
    pointing = ("editMessageCaption", "editMessageReplyMarkup", "deleteMessage", "pinChatMessage")
    needs |= {key: {"message_id": message_id} for key in pointing}
    return await stage.tell(method, chat_id=chat.id, **needs.get(method, {}))


@pytest.mark.parametrize("method", [*SENDING, *OTHERS, *READING])
@pytest.mark.parametrize("state", ["kicked", "left"])
async def test_a_bot_that_is_not_inside_is_refused(method: str, state: str) -> None:
    """Before anything else is looked at."""
    async with set_stage() as stage:
        chat = stage.add_chat("supergroup")
        sent = await stage.send(chat_id=chat.id)
        if state == "kicked":
            stage.world.remove_bot(stage.ann, chat)
        else:
            stage.world.change_member(stage.world.bot, chat, Member(person=stage.world.bot, status="left"))
        assert await call(stage, chat, method, sent["message_id"]) == {"kicked": KICKED, "left": LEFT}[state]


@pytest.mark.parametrize("method", [*SENDING, *OTHERS])
async def test_a_group_that_has_grown_says_where_it_is(method: str) -> None:
    """The answer carries the number to go on with."""
    async with set_stage() as stage:
        chat = stage.add_chat("group")
        sent = await stage.send(chat_id=chat.id)
        grown = stage.world.upgrade_group(stage.ann, chat)
        told = await call(stage, chat, method, sent["message_id"])
    assert told == f'{GROWN} {{"migrate_to_chat_id": {grown.id}}}'


@pytest.mark.parametrize("method", SENDING)
async def test_a_restricted_bot_may_not_send(method: str) -> None:
    """Each kind in its own words; what is copied or forwarded counts as what it is."""
    async with set_stage() as stage:
        chat = stage.add_chat("supergroup")
        restricted = Member(person=stage.world.bot, status="restricted")
        stage.world.change_member(stage.world.bot, chat, restricted)
        told = await call(stage, chat, method, 1)
    assert told == f"400 Bad Request: not enough rights to send {SENDING[method]} to the chat"
