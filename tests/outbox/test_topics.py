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
from tests.logged import list_values

GROUP, TICKET = -1001, TicketId(3)


class Team:
    """A group with topics, one of which is gone."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Priority]] = []
        self.named: list[object] = []
        self.keeping: list[bool] = []
        """Whether each message goes nowhere else where its topic is gone."""
        self.gone = -1
        self.gone_words = "Bad Request: message thread not found"
        self.is_forum = True
        self.refused: dict[str, str] = {}
        """What is said to a method instead of doing it."""

    def note(self, method: str, priority: Priority) -> None:
        """Note a call, and refuse it where that is so."""
        self.calls.append((method, priority))
        if method in self.refused:
            raise BadRequest(self.refused[method])

    async def deliver(
        self,
        chat_id: int,
        message: OutgoingMessage,
        *,
        thread_id: int | None,
        priority: Priority,
        keeps_topic: bool = False,
    ) -> JSONDict:
        """Send a message."""
        self.keeping.append(keeps_topic)
        assert (chat_id, bool(message.text)) == (GROUP, True)
        self.calls.append((f"to {thread_id}", priority))
        if thread_id == self.gone:
            raise BadRequest(self.gone_words)
        return {"message_id": 1}

    async def post_raw(self, method: str, parameters: Mapping[str, object], *, priority: Priority) -> JSONDict:
        """Look at the group, or make a topic."""
        assert parameters["chat_id"] == GROUP
        self.named += [parameters["name"]] if "name" in parameters else []
        self.note(method, priority)
        return {"is_forum": self.is_forum, "message_thread_id": 9}

    async def tell(self, method: str, parameters: Mapping[str, object], *, priority: Priority) -> None:
        """Shut a topic."""
        assert parameters == {"chat_id": GROUP, "message_thread_id": 9}
        self.note(method, priority)


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
    assert team.keeping == [True, True, False], "another topic was made for the last one"


def list_methods(team: Team) -> list[str]:
    """What was asked of Telegram."""
    return [call for call, _ in team.calls]


async def test_a_group_that_lets_no_topic_be_made_is_written_to_without(
    kept: dict[TicketId, int | None], caplog: pytest.LogCaptureFixture
) -> None:
    """And is not asked again with every message; the log says what is in the way."""
    team = Team()
    team.refused["createForumTopic"] = "Bad Request: not enough rights to create a topic"
    group = Topics(cast("Store", Kept()), cast("PassalongBot", team))
    for _ in range(2):
        await group.deliver(GROUP, OutgoingMessage(text="Bread was stale"), Thread(TICKET))
    assert list_methods(team) == ["getChat", "createForumTopic", "to None", "to None"]
    assert ["ot enough rights to create a topic" in said for (said,) in list_values(caplog)] == [True]
    assert kept == {}


async def test_a_group_without_topics_is_looked_at_now_and_then(
    kept: dict[TicketId, int | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not with every message, but for ever it is not believed: an owner may switch topics on."""
    team = Team()
    team.is_forum = False
    group = Topics(cast("Store", Kept()), cast("PassalongBot", team))
    for _ in range(2):
        await group.deliver(GROUP, OutgoingMessage(text="Bread was stale"), Thread(TICKET))
    assert list_methods(team) == ["getChat", "to None", "to None"]
    team.is_forum = True
    monkeypatch.setattr(topics, "LOOK_SECONDS", 0.0)
    await group.deliver(GROUP, OutgoingMessage(text="And dear"), Thread(TICKET))
    assert list_methods(team)[3:] == ["getChat", "createForumTopic", "to 9"]
    assert kept == {TICKET: 9}


async def test_a_topic_is_named_by_its_ticket_and_who_asks(
    kept: dict[TicketId, int | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As much of it as Telegram takes."""
    team = Team()
    group = Topics(cast("Store", Kept()), cast("PassalongBot", team))
    await group.deliver(GROUP, OutgoingMessage(text="Bread was stale"), Thread(TICKET))
    kept.clear()
    monkeypatch.setattr(topics, "find_topic", lambda _: (None, "Ada" * 99))
    await group.deliver(GROUP, OutgoingMessage(text="Bread was stale"), Thread(TICKET))
    assert team.named == ["#3 Ada", f"#3 {'Ada' * 99}"[:128]]


async def test_a_ticket_without_a_topic_needs_none_to_be_shut(
    kept: dict[TicketId, int | None], caplog: pytest.LogCaptureFixture
) -> None:
    """None is made for it; one that Telegram does not shut stays as it is, and the log says why."""
    caplog.set_level("INFO", "bot.outbox.topics")
    team = Team()
    group = Topics(cast("Store", Kept()), cast("PassalongBot", team))
    shut = OutgoingMessage(text="", method="closeForumTopic")
    assert await group.deliver(GROUP, shut, Thread(TICKET)) == {}
    assert team.calls == []
    kept[TICKET] = 9
    team.refused["closeForumTopic"] = "Bad Request: TOPIC_NOT_MODIFIED"
    assert await group.deliver(GROUP, shut, Thread(TICKET)) == {}
    assert list_methods(team) == ["closeForumTopic"]
    assert ["Topic_not_modified" in said for (said,) in list_values(caplog)] == [True]


async def test_what_has_nothing_to_do_with_a_topic_is_told(kept: dict[TicketId, int | None]) -> None:
    """Only a topic that is gone is made anew; any other refusal is the sender's to face, and nothing is forgotten."""
    team = Team()
    kept[TICKET] = 9
    team.gone, team.gone_words = 9, "Bad Request: message is too long"
    with pytest.raises(BadRequest, match="too long"):
        await Topics(cast("Store", Kept()), cast("PassalongBot", team)).deliver(
            GROUP, OutgoingMessage(text="Bread was stale"), Thread(TICKET)
        )
    assert kept == {TICKET: 9}
    assert list_methods(team) == ["to 9"]
