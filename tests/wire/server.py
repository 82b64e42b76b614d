"""A plain server in Telegram's place: records every call, answers what the test says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN = "123456:canary-AbCdEfGhIjKlMnOpQrStUvWxYz012"

Reply = Callable[["Call"], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Call:
    """One request as it arrived."""

    method: str
    data: Mapping[str, Any]
    at: float
    request: web.Request


async def until(holds: Callable[[], object]) -> None:
    """Return once it holds; fail after a minute."""
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 -- what it looks at belongs to somebody else
            await asyncio.sleep(0.002)


def succeed(result: object) -> web.Response:
    """Telegram's success."""
    return web.json_response({"ok": True, "result": result})


def refuse(code: int, description: str, **parameters: int) -> web.Response:
    """Telegram's refusal."""
    body: dict[str, object] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=code)


def give_until_confirmed(*updates: dict[str, object]) -> Reply:
    """Answers getUpdates as Telegram does: a batch is there at every poll, until an offset beyond it confirms it."""
    last, confirmed = max(int(str(each["update_id"])) for each in updates), False

    async def give(call: Call) -> web.Response:
        nonlocal confirmed
        confirmed = confirmed or int(call.data.get("offset") or 0) > last
        return succeed([] if confirmed else list(updates))

    return give


def make_message(call: Call) -> dict[str, object]:
    """The message that a send call would have made."""
    chat_id = int(call.data.get("chat_id", 1))
    return {
        "message_id": 1,
        "date": 1,
        "chat": {"id": chat_id, "type": "private", "first_name": "Ada"},
        "text": call.data.get("text", ""),
    }


@dataclass
class Server:
    """What the test sees of it."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    replies: dict[str, Reply] = field(default_factory=dict)
    """By method; each may be replaced at any time."""
    batches: asyncio.Queue[list[object]] = field(default_factory=asyncio.Queue)
    """What getUpdates gives out, a batch a call; an empty answer after a moment if there is none."""

    def list_calls(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.calls if call.method == method]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Record and answer."""
        sent_as_json = request.content_type == "application/json"
        data = await request.json() if sent_as_json else dict(await request.post())
        call = Call(request.match_info["method"], data, asyncio.get_running_loop().time(), request)
        self.calls.append(call)
        reply = self.replies.get(call.method, self._answer)
        return await reply(call)

    async def _answer(self, call: Call) -> web.Response:
        if call.method == "getMe":
            return succeed({"id": 123456, "is_bot": True, "first_name": "Shop", "username": "shop_bot"})
        if call.method == "getUpdates":
            return succeed(await self._next_batch())
        return succeed(make_message(call) if call.method.startswith(("send", "edit")) else True)

    async def _next_batch(self) -> list[object]:
        try:
            return await asyncio.wait_for(self.batches.get(), 0.05)
        except TimeoutError:
            return []


@asynccontextmanager
async def serve() -> AsyncIterator[Server]:
    """A running server."""
    server = Server()
    app = web.Application(client_max_size=16 * 2**20)
    app.router.add_post("/bot{token}/{method}", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()
        for uploaded in (value for call in server.calls for value in call.data.values()):
            if isinstance(uploaded, web.FileField):
                uploaded.file.close()


def make_update(update_id: int, sender_id: int, text: str = "hello") -> dict[str, object]:
    """A text message from somebody to the bot."""
    person = {"id": sender_id, "is_bot": False, "first_name": f"Person {sender_id}"}
    chat = {"id": sender_id, "type": "private", "first_name": f"Person {sender_id}"}
    entities = (
        [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}] if text.startswith("/") else []
    )
    message = {"message_id": update_id, "date": 1, "chat": chat, "from": person, "text": text, "entities": entities}
    return {"update_id": update_id, "message": message}


def make_inline(update_id: int, sender_id: int, query: str) -> dict[str, object]:
    """Somebody types behind the bot's name."""
    person = {"id": sender_id, "is_bot": False, "first_name": f"Person {sender_id}"}
    return {
        "update_id": update_id,
        "inline_query": {"id": str(update_id), "from": person, "query": query, "offset": ""},
    }


def encode(update: dict[str, object]) -> bytes:
    """As it lies in the inbox."""
    return json.dumps(update).encode()
