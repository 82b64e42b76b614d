"""The playground as a process of its own, steered by its control door."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web

from bot.playground.api.control import FAULTS, add_control
from bot.playground.api.fleet import Fleet

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "42:playground-process-secret"


@asynccontextmanager
async def run_playground(*options: str, token: str = TOKEN) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """Start the playground and give its address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot.playground.api", f"--token={token}", *options),
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    try:
        yield (await asyncio.wait_for(process.stdout.readline(), 60)).decode().strip(), process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_playground_of_its_own_is_steered_over_http() -> None:
    """People come, write and tap; faults strike; calls, sent messages and figures can be read; SIGTERM ends it."""
    async with run_playground("--control") as (url, process), ClientSession() as session:
        door = Door(session, url)
        ids = await door.post("people", count=3, payload="Code")
        await door.post("texts", texts=[[ids[0], "hello"], [ids[1], "you"]])
        await door.post("fault", name="error", options={"status": 500}, order={"method": "sendMessage"})
        await door.post("settings", throttles=False, latency_seconds=0.001)
        markup = '{"inline_keyboard":[[{"text":"x","callback_data":"y"}]]}'
        message = {"chat_id": str(ids[0]), "text": "x", "reply_markup": markup}
        assert (await door.call("sendMessage", message))["error_code"] == 500
        sent = await door.call("sendMessage", message)
        tapped = await door.post("tap", person_id=ids[0], message_id=sent["result"]["message_id"], label="x")
        assert tapped["kind"] == "callback"
        channel = await door.post("channel", username="news_here")
        await door.post("blocked", person_ids=ids[:1])
        assert await door.post("update", kind="message", body={}) > 0
        updates = (await door.call("getUpdates", {}))["result"]
        assert (channel < 0, len(updates)) == (True, 9)
        await door.call("sendHologram", {})
        await _check_reading(door, ids[0])
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 60) == 0


async def test_humans_do_by_the_door_what_no_button_offers() -> None:
    """Groups and topics are written into, words corrected, taps forged, and a slow or foreign answer ordered."""
    async with run_playground("--control") as (url, _), ClientSession() as session:
        door = Door(session, url)
        (ann,) = await door.post("people", payload="")
        group = await door.post("group", member_ids=[ann])
        topic = await door.post("topic", person_id=group["owner_id"], chat_id=group["chat_id"], name="Bread")
        said = await door.post("say", person_id=ann, chat_id=group["chat_id"], text="/start@passalong_bot", topic=topic)
        await door.post("edit", person_id=ann, chat_id=group["chat_id"], message_id=said, text="/help@passalong_bot")
        sent = (await door.call("sendMessage", {"chat_id": str(ann), "text": "x"}))["result"]["message_id"]
        ids = [
            await door.post("forged_tap", person_id=ann, message_id=sent, data="admin:1"),
            await door.post("forged_tap", person_id=ann, message_id=sent, data="admin:1", forgotten=True),
        ]
        updates = (await door.call("getUpdates", {}))["result"]
        assert [update["callback_query"]["id"] for update in updates if "callback_query" in update] == ids
        assert updates[-1]["callback_query"]["message"]["date"] == 0
        assert any(update.get("edited_message", {}).get("message_thread_id") == topic for update in updates)
        await door.call("answerCallbackQuery", {"callback_query_id": ids[0], "text": "no"})
        assert await door.get("callback", id=ids[0]) == {"text": "no", "alert": False, "url": ""}
        assert await door.get("callback", id=ids[1]) is None
        assert [each["text"] for each in await door.get("messages", chat_id=str(ann))] == ["/start", "x"]
        await door.post("fault", name="html_page", options={"status": 403}, order={"method": "getMe", "times": 1})
        async with session.get(f"{url}/bot{TOKEN}/getMe") as response:
            assert (response.status, response.content_type) == (403, "text/html")


async def test_without_control_there_is_no_door() -> None:
    """The door exists only when it is asked for, and the process listens on loopback only."""
    async with run_playground() as (url, _), ClientSession() as session:
        assert url.startswith("http://127.0.0.1:")
        async with session.get(f"{url}/control/statistics") as response:
            assert response.status == 404


def test_docs_name_every_door_and_every_fault() -> None:
    """Whoever steers the playground finds all of it on one page."""
    page = (ROOT / "docs" / "playground.md").read_text(encoding="utf-8")
    app = web.Application()
    add_control(app, Fleet())
    doors = {route.resource.canonical for route in app.router.routes() if route.resource is not None}
    assert {door for door in doors if f"{door}`" not in page} == set()
    assert {name for name in FAULTS if f"`{name}`" not in page} == set()


class Door:
    """The control door and the Bot API of one playground."""

    def __init__(self, session: ClientSession, url: str) -> None:
        self.session = session
        self.url = url

    async def post(self, name: str, /, **body: Any) -> Any:
        """Do something."""
        async with self.session.post(f"{self.url}/control/{name}", json=body) as response:
            return (await response.json())["result"]

    async def get(self, name: str, /, **query: str) -> Any:
        """Read something."""
        async with self.session.get(f"{self.url}/control/{name}", params=query) as response:
            return (await response.json())["result"]

    async def call(self, method: str, params: dict[str, str]) -> Any:
        """Call a method as the bot does."""
        async with self.session.post(f"{self.url}/bot{TOKEN}/{method}", data=params) as response:
            return await response.json()


async def _check_reading(door: Door, person_id: int) -> None:
    failed, worked = await door.get("calls", method="sendMessage")
    assert (failed["status"], worked["status"]) == (500, 200)
    assert [call["number"] for call in await door.get("calls", after=str(worked["number"]))] == [3]
    (sent,) = await door.get("sent")
    assert (sent["chat_id"], sent["text"]) == (person_id, "x")
    assert await door.get("violations") == ["sendHologram: Not Found: method not found"]
    figures = await door.get("statistics")
    assert (figures["sent"], figures["violations"], figures["calls"]["sendMessage"]) == (1, 1, 2)
