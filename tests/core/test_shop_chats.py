"""What the bot needs in the shop's chats."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.community import ChatProblem
from bot.core.shop_chats import Standing, decide_inviting, decide_posting, read_standing

WRITES = {"can_send_messages": True}
OUT, MUTE = ChatProblem.NOT_INSIDE, ChatProblem.NO_POSTING


@pytest.mark.parametrize(
    ("chat", "member", "problem"),
    [
        ({"type": "channel"}, {"status": "administrator", "can_post_messages": True}, None),
        ({"type": "channel"}, {"status": "administrator", "can_post_messages": False}, MUTE),
        ({"type": "channel"}, {"status": "creator"}, None),
        ({"type": "channel"}, {"status": "member"}, MUTE),
        ({"type": "channel"}, {"status": "left"}, OUT),
        ({"type": "channel"}, {"status": "kicked"}, OUT),
        ({"type": "supergroup", "permissions": WRITES}, {"status": "member"}, None),
        ({"type": "supergroup"}, {"status": "member"}, None),
        ({"type": "supergroup", "permissions": {"can_send_messages": False}}, {"status": "member"}, MUTE),
        ({"type": "supergroup", "permissions": {"can_send_messages": False}}, {"status": "administrator"}, None),
        ({"type": "supergroup", "permissions": WRITES}, {"status": "restricted", "is_member": True}, MUTE),
        ({"type": "supergroup", "permissions": WRITES}, {"status": "restricted", "is_member": True, **WRITES}, None),
        ({"type": "supergroup", "permissions": {}}, {"status": "restricted", "is_member": True, **WRITES}, MUTE),
        ({"type": "supergroup", "permissions": WRITES}, {"status": "restricted", "is_member": False, **WRITES}, OUT),
        ({"type": "group", "permissions": WRITES}, {"status": "left"}, OUT),
        ({"type": "private"}, {"status": "member"}, None),
        ({"type": "private", "permissions": {}}, {"status": "member"}, None),
        ({"type": "private"}, {"status": "left"}, None),
    ],
)
def test_who_may_post(chat: dict[str, Any], member: dict[str, Any], problem: ChatProblem | None) -> None:
    """In a channel by a right; in a group like any member, unless that is taken from all or from the bot."""
    assert decide_posting(read_standing(chat, member)) is problem


def test_what_telegram_says_of_a_chat_is_read() -> None:
    """With nothing in the place of what it does not say; of a group that names no permissions everybody may write."""
    assert read_standing({}, {}) == Standing(
        kind="", title="", status="", rights=frozenset(), allowed=frozenset({"can_send_messages"})
    )
    chat = {"type": "group", "title": "Oven", "permissions": {"can_send_photos": True, "can_send_messages": False}}
    member = {"status": "administrator", "can_invite_users": True, "can_pin_messages": False, "custom_title": "Bot"}
    assert read_standing(chat, member) == Standing(
        kind="group",
        title="Oven",
        status="administrator",
        rights=frozenset({"can_invite_users"}),
        allowed=frozenset({"can_send_photos"}),
    )


@pytest.mark.parametrize(
    ("member", "problem"),
    [
        ({"status": "creator"}, None),
        ({"status": "administrator", "can_invite_users": True}, None),
        ({"status": "administrator"}, ChatProblem.NO_INVITING),
        ({"status": "member", "can_invite_users": True}, ChatProblem.NO_ADMIN),
        ({"status": "left"}, OUT),
    ],
)
def test_who_may_invite_and_sees_who_comes(member: dict[str, Any], problem: ChatProblem | None) -> None:
    """An admin with the right to; others are not told who comes."""
    assert decide_inviting(read_standing({"type": "supergroup", "permissions": WRITES}, member)) is problem
