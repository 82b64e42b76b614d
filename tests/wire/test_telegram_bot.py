"""What a bot asks of Telegram and what it asks of its gate: who goes first, and whose pace it counts in."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, cast

import pytest
from telegram.error import BadRequest, InvalidToken, TelegramError
from telegram.ext import BaseRateLimiter, ExtBot

from bot.messages.outgoing import OutgoingMessage
from bot.updates.context import PassalongContext
from bot.wire.pacing import Priority
from bot.wire.stars import ask_balance, find_balance
from bot.wire.telegram_bot import PassalongBot, compose_silent_bot
from tests.wire.asked import Asked

TOKEN = "123456:of-nobody"


class Line(BaseRateLimiter[Priority]):
    """A gate that lets nothing through, notes what it was given and answers itself."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, object, object, Priority | None]] = []
        """Methods, what leaves, what is counted, and who goes first."""
        self.answer: object = True
        self.answers: list[object] = []
        """One by one, before that; errors are raised."""

    async def initialize(self) -> None:
        """Nothing to do."""

    async def shutdown(self) -> None:
        """Likewise."""

    async def process_request(  # noqa: PLR0917 -- the base class's signature
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Priority | None,
    ) -> Any:
        """Note it."""
        _, method, leaves = args
        assert (method, kwargs) == (endpoint, {})
        assert callable(callback)
        self.asked.append((endpoint, dict(leaves), data, rate_limit_args))
        answer = self.answers.pop(0) if self.answers else self.answer
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def line() -> Line:
    """A gate."""
    return Line()


@pytest.fixture
def waiting(line: Line) -> PassalongBot:
    """A bot behind it."""
    return PassalongBot(TOKEN, rate_limiter=line)


async def test_a_gift_counts_in_the_chat_of_whoever_gets_it(waiting: PassalongBot, line: Line) -> None:
    """Telegram is told whose it is by `user_id` alone; the pace goes by chats."""
    await waiting.give_gift(42, "heart", "Thanks!", on_leave=lambda: None)
    gift = {"user_id": 42, "gift_id": "heart", "text": "Thanks!"}
    assert line.asked == [("sendGift", gift, {**gift, "chat_id": 42}, Priority.BROADCAST)]


async def test_what_is_taken_back_goes_behind_people_who_wait(waiting: PassalongBot, line: Line) -> None:
    """All of a chat's at once."""
    await waiting.take_back(42, [7, 9], on_leave=lambda: None)
    taken = {"chat_id": 42, "message_ids": "[7, 9]"}
    assert line.asked == [("deleteMessages", taken, taken, Priority.BROADCAST)]


@pytest.mark.parametrize("answer", [False, 1, {"message_id": 1}, [True]])
async def test_whatever_is_no_yes_leaves_it_open_whether_it_was_done(
    answer: object, waiting: PassalongBot, line: Line
) -> None:
    """And says of what."""
    line.answer = answer
    with pytest.raises(TelegramError, match="sendGift brought something else"):
        await waiting.give_gift(42, "heart", "Thanks!", on_leave=lambda: None)
    with pytest.raises(TelegramError, match="deleteMessages brought something else"):
        await waiting.take_back(42, [7], on_leave=lambda: None)


async def test_of_an_album_the_first_message_is_returned(waiting: PassalongBot, line: Line) -> None:
    """An empty one, and what is no message, is no answer."""
    line.answer = [{"message_id": 1}, {"message_id": 2}]
    assert await waiting.post_raw("sendMediaGroup", {"chat_id": 1}) == {"message_id": 1}
    for nothing in ([], True, [7]):
        line.answer = nothing
        with pytest.raises(TelegramError, match="sendMediaGroup brought something else"):
            await waiting.post_raw("sendMediaGroup", {"chat_id": 1})
    assert {asked[3] for asked in line.asked} == {Priority.INTERACTIVE}


@pytest.mark.parametrize("priority", [Priority.NOTICE, Priority.BROADCAST])
async def test_an_edit_and_its_second_try_go_as_first_as_they_are_told(
    priority: Priority, waiting: PassalongBot, line: Line
) -> None:
    """Nobody who waits for an answer waits behind the progress of a broadcast, nor behind a slip in its words."""
    line.answers = [BadRequest("can't parse entities: unclosed tag"), {"message_id": 7}]
    left: list[bool] = []
    await waiting.edit(42, 7, OutgoingMessage(text="<b>hi"), priority=priority, on_leave=lambda: left.append(True))
    line.answers = [BadRequest("can't parse entities: unclosed tag"), {"message_id": 8}]
    await waiting.deliver(42, OutgoingMessage(text="<b>hi"), priority=priority)
    methods = [(method, asked) for method, _, _, asked in line.asked]
    assert methods == [("editMessageText", priority)] * 2 + [("sendMessage", priority)] * 2


async def test_what_is_for_somebody_else_waits_behind_whoever_asked(waiting: PassalongBot, line: Line) -> None:
    """A handler answers who is there first."""
    line.answer = {"message_id": 1}
    context = PassalongContext.__new__(PassalongContext)
    context._application = cast("Any", type("Application", (), {"bot": waiting}))
    assert await context.deliver_to(42, OutgoingMessage(text="Psst")) == {"message_id": 1}
    ((method, leaves, _, priority),) = line.asked
    assert (method, priority) == ("sendMessage", Priority.NOTICE)
    assert cast("dict[str, object]", leaves)["chat_id"] == 42


async def test_the_balance_is_in_whole_stars(caplog: pytest.LogCaptureFixture) -> None:
    """Where Telegram does not say it, whoever can do without is told nothing, and the log why."""
    telegram = Asked({"amount": 35}, {"amount": 36}, BadRequest("not now"), BadRequest("not now"))
    assert await ask_balance(telegram.bot, priority=Priority.ERRAND) == 35
    assert await find_balance(telegram.bot) == 36
    assert await find_balance(telegram.bot) is None
    assert [each.args for each in caplog.records] == [("not now",)]
    with pytest.raises(BadRequest):
        await ask_balance(telegram.bot)
    assert [(method, args) for method, args, _ in telegram.calls] == [("post_raw", ("getMyStarBalance", {}))] * 4
    assert [named["priority"] for _, _, named in telegram.calls] == [Priority.ERRAND, *[Priority.INTERACTIVE] * 3]


def test_a_bot_that_is_never_asked_knows_what_it_is_called() -> None:
    """Commands that name it are its own."""
    silent = compose_silent_bot("77:secret", "little_oven_bot")
    assert (silent.id, silent.username, silent.first_name) == (77, "little_oven_bot", "little_oven_bot")
    assert silent.bot.is_bot


async def test_a_token_that_is_refused_without_a_word(waiting: PassalongBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's own words hold the token."""

    async def refuse(_bot: ExtBot[Priority]) -> None:
        raise InvalidToken(f"The token {TOKEN} was rejected")

    monkeypatch.setattr(ExtBot, "initialize", refuse)
    with pytest.raises(InvalidToken, match=r"\(no reason given\)$") as caught:
        await waiting.initialize()
    assert TOKEN not in str(caught.value)


class Way:
    """A connection that notes what leaves by it."""

    read_timeout = 5.0

    def __init__(self) -> None:
        self.left: list[tuple[str, dict[str, object]]] = []

    async def post(self, url: str, *_: object, **timeouts: object) -> Any:
        """Note it; no updates, or a message."""
        self.left.append((url, timeouts))
        return [] if url.endswith("getUpdates") else {"message_id": 1}


async def test_a_long_poll_has_a_connection_of_its_own() -> None:
    """It is held for a minute, and nobody's answer waits behind it."""
    polls, others = Way(), Way()
    bot = PassalongBot(TOKEN, request=cast("Any", others), get_updates_request=cast("Any", polls))
    assert await bot.fetch_updates(offset=7, poll_seconds=50, allowed_updates=["message"]) == []
    await bot.post_raw("sendMessage", {"chat_id": 1, "text": "Hi"})
    assert [(url.rpartition("/")[2], timeouts) for url, timeouts in polls.left] == [
        ("getUpdates", {"read_timeout": 55.0})
    ]
    assert [(url.rpartition("/")[2], timeouts) for url, timeouts in others.left] == [("sendMessage", {})]
