"""Updates delivered to an address."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from bot.playground import faults
from tests.playground.calling import Caller, start_person

SECRET = "s-e_cret"


@dataclass
class Listener:
    """A bot's web server: what it was sent, and what it answers."""

    url: str = ""
    updates: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    answer: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)

    async def take(self, request: web.Request) -> web.Response:
        """Take one update."""
        self.updates.append(await request.json())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""))
        status = self.statuses.pop(0) if self.statuses else 200
        body = json.dumps(self.answer) if self.answer else ""
        return web.Response(status=status, text=body, headers=self.headers)

    def list_texts(self) -> list[str]:
        """Return the texts that came, in order."""
        return [update["message"]["text"] for update in self.updates]


@asynccontextmanager
async def listen() -> AsyncIterator[Listener]:
    """Run a bot's web server."""
    listener = Listener()
    app = web.Application()
    app.router.add_post("/hook", listener.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    listener.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield listener
    finally:
        await runner.cleanup()


async def test_waiting_and_new_updates_are_delivered_with_the_secret(caller: Caller) -> None:
    """What waited comes first; each post carries the secret; a 2xx takes the update."""
    world = caller.telegram.world
    ann = start_person(caller.telegram)
    async with listen() as listener:
        await caller.call("setWebhook", url=listener.url, secret_token=SECRET)
        world.send_text(ann, world.open_chat(ann), "two")
        await caller.telegram.until_confirmed()
    assert listener.list_texts() == ["/start", "two"]
    assert set(listener.secrets) == {SECRET}


async def test_what_is_not_taken_comes_again_in_order(caller: Caller) -> None:
    """A failing update holds back those of its chat only, and is tried until a 2xx."""
    world = caller.telegram.world
    caller.telegram.server.webhooks.retry_seconds = 0.02
    ann, bob = start_person(caller.telegram), start_person(caller.telegram, "Bob")
    world.updates.clear()
    async with listen() as listener:
        await caller.call("setWebhook", url=listener.url)
        listener.statuses = [500, 503]
        for person, text in ((ann, "a1"), (ann, "a2"), (ann, "a3"), (bob, "b1")):
            world.send_text(person, world.open_chat(person), text)
        await caller.telegram.until_confirmed()
    texts = listener.list_texts()
    assert [text for text in texts if text != "b1"][-2:] == ["a2", "a3"]
    assert texts.count("a1") + texts.count("b1") == 4
    info = await caller.call("getWebhookInfo")
    assert info["last_error_message"].startswith("Wrong response from the webhook: 50")
    assert info["pending_update_count"] == 0


async def test_a_wished_pause_is_kept(caller: Caller) -> None:
    """Retry-After says when to come again."""
    world = caller.telegram.world
    caller.telegram.server.webhooks.retry_seconds = 0.01
    ann = world.add_person("Ann")
    async with listen() as listener:
        await caller.call("setWebhook", url=listener.url)
        listener.statuses, listener.headers = [503], {"Retry-After": "1"}
        begun = asyncio.get_running_loop().time()
        world.press_start(ann)
        await caller.telegram.until_confirmed()
        assert asyncio.get_running_loop().time() - begun >= 1
    assert len(listener.updates) == 2


async def test_the_answer_may_be_a_call(caller: Caller) -> None:
    """A method in the body of the 200 is carried out, with the same strictness."""
    ann = caller.telegram.world.add_person("Ann")
    async with listen() as listener:
        listener.answer = {"method": "sendMessage", "chat_id": ann.id, "text": "by the way"}
        await caller.call("setWebhook", url=listener.url)
        caller.telegram.world.press_start(ann)
        await caller.telegram.until_message(ann, "by the way")


async def test_a_delivery_can_be_doubled(caller: Caller) -> None:
    """The same update_id comes twice, as when Telegram did not hear the 200."""
    ann = caller.telegram.world.add_person("Ann")
    caller.telegram.faults.order(faults.duplicate(), "webhook")
    async with listen() as listener:
        await caller.call("setWebhook", url=listener.url)
        caller.telegram.world.press_start(ann)
        await caller.telegram.until_confirmed()
    one, two = listener.updates
    assert one == two


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"url": "http://example.com/x"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "https://example.com:9000/x"},
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ({"url": "https://"}, "invalid webhook URL specified"),
        ({"url": "nonsense"}, "bad webhook: Failed to resolve host: Name or service not known"),
        ({"url": "https://example.com", "secret_token": "x" * 257}, "secret token is too long"),
        ({"url": "https://example.com", "secret_token": "x y"}, "secret token contains unallowed characters"),
    ],
)
async def test_an_address_telegram_refuses(caller: Caller, params: dict[str, str], words: str) -> None:
    """HTTPS, four ports, and a secret of plain characters; only this machine is taken without."""
    assert await caller.refuse("setWebhook", **params) == f"Bad Request: {words}"


async def test_a_public_address_is_kept_but_never_called(caller: Caller) -> None:
    """The playground talks to nobody but this machine: the update waits."""
    await caller.call("setWebhook", url="https://example.com/hook", max_connections=7)
    start_person(caller.telegram)
    info = await caller.call("getWebhookInfo")
    assert (info["url"], info["max_connections"]) == ("https://example.com/hook", 7)
    assert info["pending_update_count"] == 1
    assert caller.telegram.server.webhooks.attempts == []
