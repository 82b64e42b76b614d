"""What is sent to the team's group waits its turn behind people who wait for an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pytest
from telegram.error import BadRequest

from bot.messages.outgoing import OutgoingMessage
from bot.outbox import topics
from bot.outbox.topics import Topics
from bot.services.notices import Thread
from bot.wire.pacing import Priority
from bot.wire.telegram_bot import JSONDict, PassalongBot
from storage import Store
from storage.ticket import TicketId

GROUP, TICKET = -1001, TicketId(3)


class Team:
    """A group with topics, one of which is gone."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Priority]] = []
        self.gone: int | None = None

    async def deliver(
        self, chat_id: int, message: OutgoingMessage, *, thread_id: int | None, priority: Priority, **_named: bool
    ) -> JSONDict:
        """Send a message."""
        assert (chat_id, bool(message.text)) == (GROUP, True)
        self.calls.append((f"to {thread_id}", priority))
        if thread_id == self.gone:
            raise BadRequest("Bad Request: message thread not found")
        return {"message_id": 1}

    async def post_raw(self, method: str, parameters: Mapping[str, object], *, priority: Priority) -> JSONDict:
        """Look at the group, or make a topic."""
        assert parameters["chat_id"] == GROUP
        self.calls.append((method, priority))
        return {"is_forum": True, "message_thread_id": 9}

    async def tell(self, method: str, parameters: Mapping[str, object], *, priority: Priority) -> None:
        """Shut a topic."""
        assert parameters == {"chat_id": GROUP, "message_thread_id": 9}
        self.calls.append((method, priority))


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[TicketId, int | None]:
    """Which topic is whose."""
    found = dict[TicketId, int | None]()
    monkeypatch.setattr(topics, "find_topic", lambda ticket_id: (found.get(ticket_id), "Ada"))
    monkeypatch.setattr(topics, "set_topic", found.__setitem__)
    return found


class Kept:
    """A store whose units need no database."""

    async def run(self, unit: Any, *args: Any) -> Any:
        """A unit of work."""
        return unit(*args)

    read = write = run


async def test_people_who_wait_go_first(kept: dict[TicketId, int | None]) -> None:
    """Looking at the group, making a topic, sending, shutting, and sending anew where a topic is gone: all wait behind answers."""
    team = Team()
    group = Topics(cast("Store", Kept()), cast("PassalongBot", team))
    for method in ("sendMessage", "closeForumTopic"):
        await group.deliver(GROUP, OutgoingMessage(text="Bread was stale", method=method), Thread(TICKET))
    team.gone, kept[TICKET] = 4, 4
    await group.deliver(GROUP, OutgoingMessage(text="And dear"), Thread(TICKET))
    assert [call for call, _ in team.calls] == [
        "getChat",
        "createForumTopic",
        "to 9",
        "closeForumTopic",
        "to 4",
        "createForumTopic",
        "to 9",
    ]
    assert {priority for _, priority in team.calls} == {Priority.NOTICE}
