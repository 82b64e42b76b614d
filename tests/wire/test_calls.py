from __future__ import annotations

import pytest
from aiohttp import web
from telegram.error import TelegramError

from bot.wire.calls import count_messages
from bot.wire.pacing import Priority
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
