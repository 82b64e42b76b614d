"""The address that Telegram brings updates to: set, kept right, and asked how it goes."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from aiohttp import web

from bot.telemetry import Metrics
from bot.updates.intake import TokenRefused
from bot.updates.webhook import Webhook, WebhookRefused, compose_door, compute_secret, is_secret
from bot.wire.errors import Flooded, NotSent
from bot.wire.telegram_bot import PassalongBot
from tests.wire.server import Call, Server, refuse, succeed, until

URL, SECRET = "https://shop.example/telegram", "s" * 64
LOOK_SECONDS = 30.0


@dataclass
class Telegram:
    """What it knows of the address, and says of it."""

    server: Server
    info: dict[str, object] = field(default_factory=lambda: dict[str, object](url="", pending_update_count=0))
    now: float = 0.0
    """By the clock of the bot."""
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        self.server.replies |= {"setWebhook": self._set, "getWebhookInfo": self._tell}

    async def _set(self, call: Call) -> web.StreamResponse:
        self.info |= {"url": call.data["url"], "allowed_updates": ["message", "chat_member"]}
        return succeed(result=True)

    async def _tell(self, _: Call) -> web.StreamResponse:
        return succeed(self.info)

    def make_webhook(self, bot: PassalongBot, look_seconds: float = LOOK_SECONDS) -> Webhook:
        """The bot's side."""
        return Webhook(
            bot=bot,
            url=URL,
            secret=SECRET,
            allowed_updates=["message", "chat_member"],
            metrics=self.metrics,
            look_seconds=look_seconds,
            retry_seconds=0.001,
            clock=lambda: self.now,
        )

    async def see_look(self) -> None:
        """Return after one more whole look."""
        asked = len(self.server.list_calls("getWebhookInfo"))
        await until(lambda: len(self.server.list_calls("getWebhookInfo")) > asked + 1)


@pytest.fixture
def telegram(server: Server) -> Telegram:
    """A Telegram that knows of no address yet."""
    return Telegram(server)


@asynccontextmanager
async def looked_after(webhook: Webhook) -> AsyncIterator[None]:
    """While somebody looks after the address."""
    running = asyncio.create_task(webhook.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def list_set(server: Server) -> list[Mapping[str, Any]]:
    """What Telegram was told to do."""
    return [call.data for call in server.list_calls("setWebhook")]


async def test_the_address_is_set_once_with_all_that_goes_with_it(
    telegram: Telegram, server: Server, bot: PassalongBot
) -> None:
    """Its secret, all kinds of updates that are used, and as many at once as Telegram brings; in what order they are told is nothing."""
    webhook = telegram.make_webhook(bot, look_seconds=0.001)
    async with looked_after(webhook):
        await webhook.wait_heard(60)
        await telegram.see_look()
    (told,) = list_set(server)
    assert json.loads(told["allowed_updates"]) == ["chat_member", "message"]
    assert {name: value for name, value in told.items() if name != "allowed_updates"} == {
        "url": URL,
        "secret_token": SECRET,
        "max_connections": "40",
    }


@pytest.mark.parametrize(
    "changed", [{"url": ""}, {"url": "https://else.example"}, {"allowed_updates": ["message"]}], ids=str
)
async def test_what_somebody_changes_is_put_right(
    telegram: Telegram,
    server: Server,
    bot: PassalongBot,
    changed: Mapping[str, object],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Another program of the same token takes the address, or asks for less."""
    webhook = telegram.make_webhook(bot, look_seconds=0.001)
    caplog.set_level(logging.INFO, "bot.updates.webhook")
    async with looked_after(webhook):
        await webhook.wait_heard(60)
        telegram.info |= changed
        await until(lambda: len(list_set(server)) == 2)
        await telegram.see_look()
    assert len(list_set(server)) == 2
    assert caplog.messages.count(f"Telegram brings updates to {URL}") == 2


async def test_silence_is_counted_from_the_last_look_on(telegram: Telegram, bot: PassalongBot) -> None:
    """What lies between two looks is none; nor is there any before the first look could have been."""
    webhook = telegram.make_webhook(bot)
    telegram.now = LOOK_SECONDS
    assert webhook.silent_for() == 0
    telegram.now = LOOK_SECONDS + 7
    assert webhook.silent_for() == 7
    async with looked_after(webhook):
        await webhook.wait_heard(60)
    assert webhook.silent_for() == 0
    telegram.now += LOOK_SECONDS + 3
    assert webhook.silent_for() == 3


async def test_while_telegram_does_not_get_through_it_is_silent(telegram: Telegram, bot: PassalongBot) -> None:
    """Each failure is counted once; one that left nothing waiting, and one of long ago, are no silence."""
    webhook = telegram.make_webhook(bot, look_seconds=0.001)
    async with looked_after(webhook):
        await webhook.wait_heard(60)
        telegram.now = 100
        await telegram.see_look()
        assert webhook.silent_for() == 0
        telegram.info |= {"last_error_date": 5, "last_error_message": "Connection refused"}
        await telegram.see_look()
        assert (webhook.silent_for(), telegram.metrics.read()["pushes_failed"]) == (0, 1)
        telegram.info["pending_update_count"] = 3
        telegram.now = 200
        await telegram.see_look()
        assert (webhook.silent_for(), telegram.metrics.read()["pushes_failed"]) == (0, 1)
        for moment in range(6, 9):
            telegram.info["last_error_date"] = moment
            await until(lambda: telegram.metrics.read()["pushes_failed"] == moment - 4)  # noqa: B023 -- it ends here
        assert telegram.metrics.read()["pushes_failed"] == 4


async def test_a_failure_with_updates_waiting_is_silence(
    telegram: Telegram, server: Server, bot: PassalongBot, caplog: pytest.LogCaptureFixture
) -> None:
    """By Telegram's own word: it has something for us and cannot bring it. The log says how much, and why."""
    telegram.info |= {"last_error_date": 5, "last_error_message": "Connection refused", "pending_update_count": 17}
    webhook = telegram.make_webhook(bot)
    telegram.now = 100
    async with looked_after(webhook):
        await webhook.wait_heard(60)
    assert len(server.list_calls("getWebhookInfo")) == 1
    assert webhook.silent_for() == 100 - LOOK_SECONDS
    (record,) = [each for each in caplog.records if each.levelname == "WARNING"]
    assert record.args == (17, "Connection refused")


async def test_an_address_that_telegram_does_not_take_ends_the_bot_in_words(
    server: Server, telegram: Telegram, bot: PassalongBot
) -> None:
    """Waiting would not mend it: the words say what would."""

    async def refuse_it(_: Call) -> web.StreamResponse:
        return refuse(400, "Bad Request: bad webhook: IP address 10.0.0.1 is reserved")

    server.replies["setWebhook"] = refuse_it
    async with asyncio.timeout(60):
        with pytest.raises(WebhookRefused, match=f"{URL}.*10.0.0.1 is reserved.*PASSALONG_PUBLIC_URL.*WEBHOOK=false"):
            await telegram.make_webhook(bot).run()


async def test_a_token_that_telegram_does_not_know_ends_the_bot(
    server: Server, telegram: Telegram, bot: PassalongBot
) -> None:
    """However long the address has been in order."""

    async def refuse_it(_: Call) -> web.StreamResponse:
        return refuse(401, "Unauthorized")

    webhook = telegram.make_webhook(bot, look_seconds=0.001)
    running = asyncio.create_task(webhook.run())
    await webhook.wait_heard(60)
    server.replies["getWebhookInfo"] = refuse_it
    async with asyncio.timeout(60):
        with pytest.raises(TokenRefused, match="token: Unauthorized"):
            await running


@pytest.mark.parametrize("method", ["setWebhook", "getWebhookInfo"])
async def test_whatever_telegram_says_otherwise_is_outlasted(
    method: str, server: Server, telegram: Telegram, bot: PassalongBot
) -> None:
    """Errors of its own, and answers without sense."""
    said = [refuse(502, "Bad Gateway"), succeed([1]), web.Response(text="<html>"), refuse(500, "Internal")]
    right = server.replies[method]

    async def stumble(call: Call) -> web.StreamResponse:
        return said.pop() if said else await right(call)

    server.replies[method] = stumble
    webhook = telegram.make_webhook(bot)
    async with looked_after(webhook):
        await webhook.wait_heard(60)
    assert telegram.metrics.read()["polls_failed"] >= 3
    assert said == []


async def test_a_refusal_later_on_is_no_end(
    server: Server, telegram: Telegram, bot: PassalongBot, caplog: pytest.LogCaptureFixture
) -> None:
    """The address was good once: its name may not be found for a while, which the log says in Telegram's words."""
    webhook = telegram.make_webhook(bot, look_seconds=0.001)
    right = server.replies["setWebhook"]
    refused = 0

    async def refuse_twice(call: Call) -> web.StreamResponse:
        nonlocal refused
        refused += 1
        return refuse(400, "Bad Request: failed to resolve host") if refused < 3 else await right(call)

    async with looked_after(webhook):
        await webhook.wait_heard(60)
        server.replies["setWebhook"] = refuse_twice
        telegram.info["url"] = ""
        await until(lambda: telegram.info["url"] == URL)
    assert telegram.metrics.read()["polls_failed"] == 2
    assert [each.args for each in caplog.records][1:] == [("refused", "Failed to resolve host")] * 2


@pytest.mark.parametrize(
    ("public_url", "name", "door"),
    [
        ("https://shop.example", "", "https://shop.example/telegram"),
        ("https://shop.example/mina", "", "https://shop.example/mina/telegram"),
        ("https://shops.example:8443/mina", "mina", "https://shops.example:8443/telegram/mina"),
    ],
)
def test_each_shop_has_a_door_of_its_own(public_url: str, name: str, door: str) -> None:
    """A shop that is alone has it below its address; several have theirs at the root of their host, by name."""
    assert compose_door(public_url, name) == door


def test_only_who_knows_the_token_knows_the_secret() -> None:
    """The same at every start, of letters that a header may carry, and another one for each token; an empty one fits nothing."""
    secret = compute_secret("1:a")
    assert secret == compute_secret("1:a") != compute_secret("1:b")
    assert (len(secret), secret.isalnum(), secret.isascii()) == (64, True, True)
    assert is_secret(secret, secret)
    assert not is_secret(secret[:-1], secret)
    assert not is_secret("", "")
    assert not is_secret("\udcff", secret)


class Way:
    """A connection to a Telegram that says what the test says, one after the other; errors are raised."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def post(self, url: str, _form: object, **_timeouts: object) -> object:
        """Ask."""
        self.asked.append(url.rpartition("/")[2])
        said = self.answers.pop(0)
        if isinstance(said, Exception):
            raise said
        return said

    def make_webhook(self, clock: Callable[[], float] = lambda: 0.0) -> Webhook:
        """Whoever looks after the address by it."""
        return Webhook(
            bot=PassalongBot("1:a", request=cast("Any", self), get_updates_request=cast("Any", self)),
            url=URL,
            secret=SECRET,
            allowed_updates=["message", "chat_member"],
            metrics=Metrics(),
            clock=clock,
        )


GOOD: Mapping[str, object] = {"url": URL, "allowed_updates": ["message", "chat_member"]}


async def test_looks_become_rarer_and_rests_after_trouble_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """At first it is looked at soon, since a poller that ends may take the address away; one that was changed is set again at once."""
    rested: list[float] = []

    async def rest(seconds: float) -> None:
        rested.append(seconds)
        if not way.answers:
            raise asyncio.CancelledError

    changed = {**GOOD, "allowed_updates": ["message"]}
    setting = [Flooded(7), NotSent("No connection"), True, GOOD]
    way = Way(*setting, GOOD, NotSent("No connection"), GOOD, changed, True, GOOD, GOOD, GOOD)
    webhook = way.make_webhook()
    monkeypatch.setattr("asyncio.sleep", rest)
    with pytest.raises(asyncio.CancelledError):
        await webhook.run()
    assert rested == [1.0 + 7.0, 2.0, 3.0, 6.0, 1.0, 12.0, 24.0, 30.0, 30.0]
    assert way.asked == ["setWebhook"] * 3 + ["getWebhookInfo"] * 5 + ["setWebhook"] + ["getWebhookInfo"] * 3
    assert webhook._metrics.read()["polls_failed"] == 3


@pytest.mark.parametrize("info", [True, [GOOD], "url"], ids=repr)
async def test_what_is_no_object_says_nothing_of_the_address(info: object) -> None:
    """Nobody takes that for a change of it."""
    with pytest.raises(TypeError, match=r"^getWebhookInfo brought something else than an object$"):
        await Way(info).make_webhook()._look()


async def test_an_address_is_right_where_all_of_it_is(caplog: pytest.LogCaptureFixture) -> None:
    """In whatever order kinds of updates are told; what is missing is not right."""
    for info, right in (
        (GOOD, True),
        ({**GOOD, "allowed_updates": ["chat_member", "message"]}, True),
        ({**GOOD, "url": "https://else.example"}, False),
        ({"url": URL}, False),
        ({"allowed_updates": GOOD["allowed_updates"]}, False),
        ({}, False),
    ):
        caplog.clear()
        assert await Way(info).make_webhook()._look() is right
        assert len(caplog.records) == (0 if right else 1)


def test_a_failure_at_our_door_is_told_once_in_telegrams_words(caplog: pytest.LogCaptureFixture) -> None:
    """Not more of them than a line holds; silence begins with what waits and was not brought."""
    now = 100.0
    webhook = Way().make_webhook(lambda: now)
    for moment, info, told, heard_at in (
        (100.0, {}, None, 100.0),
        (
            110.0,
            {"last_error_date": 5, "last_error_message": "x" * 300, "pending_update_count": 2},
            (2, "x" * 200),
            100.0,
        ),
        (120.0, {"last_error_date": 5, "last_error_message": "x", "pending_update_count": 2}, None, 120.0),
        (130.0, {"last_error_date": 6, "pending_update_count": 0}, (0, "None"), 130.0),
        (140.0, {"last_error_date": 4, "last_error_message": "x", "pending_update_count": 2}, None, 140.0),
        (150.0, {"last_error_date": "7", "last_error_message": "x", "pending_update_count": 2}, None, 150.0),
        (160.0, {"last_error_date": 7, "last_error_message": "x"}, (None, "x"), 160.0),
    ):
        now = moment
        caplog.clear()
        webhook._note_errors(info)
        assert [each.args for each in caplog.records] == ([] if told is None else [told])
        assert webhook._heard_at == heard_at
    assert webhook._metrics.read()["pushes_failed"] == 3
