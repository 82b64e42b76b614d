"""The Bot API over HTTP, on the loopback interface only."""

from __future__ import annotations

import asyncio
import inspect
import re
import secrets
import traceback
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from bot.playground.api.answers import Answer, break_answer
from bot.playground.api.checking import Upload, Verdict, read_call
from bot.playground.api.delivering import WebhookDoor
from bot.playground.api.methods import METHODS
from bot.playground.api.polling import PollDoor
from bot.playground.api.requests import read_parameters
from bot.playground.api.table import load_table
from bot.playground.faults import Fault, Faults, When, drop
from bot.playground.world import ApiError, Call, NotSimulatedError, World
from bot.playground.world.errors import bad_request

LOOPBACK = "127.0.0.1"
MAX_BODY_BYTES = 51 * 1024 * 1024

AddRoutes = Callable[[web.Application], None]
"""Adds routes of another door to the application before its own are."""

_TOKEN = re.compile(r"[1-9][0-9]{0,14}:[A-Za-z0-9_-]{1,64}")
_MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "photo": "there is no photo in the request",
    "message_id": "message identifier is not specified",
    "file_id": "file_id not specified",
}
"""Telegram's words where a required parameter is missing; others get the playground's own."""


def make_token(bot_id: int) -> str:
    """Return a token for a bot, good for this playground alone."""
    return f"{bot_id}:{secrets.token_urlsafe(26)}"


class Server:
    """One bot's Telegram: takes its calls, holds them against the contract, lets the world act."""

    def __init__(self, world: World, token: str, *, strict: bool = True) -> None:
        self.world = world
        self.faults = Faults()
        self.strict = strict
        """Whether every call is held against the table; benchmarks of the bot may leave it out."""
        self.polls = PollDoor(world)
        self.webhooks = WebhookDoor(world, self.faults, self._call_from_webhook)
        self._token = token
        self._table = load_table()
        self.port = 0

    @property
    def url(self) -> str:
        """What the bot's BOT_API_URL is set to."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def token(self) -> str:
        """The bot's token."""
        return self._token

    def make_app(self, add_routes: AddRoutes | None = None) -> web.Application:
        """Return the HTTP application; its routes are /bot… and /file/bot…, after those added first."""
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        if add_routes is not None:
            add_routes(app)
        app.router.add_route("*", "/{path:(?:bot|file/bot).*}", self.handle)
        app.router.add_route("*", "/{path:.*}", _not_found)
        return app

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        is_file = request.path.startswith("/file/")
        token, _, rest = request.path.removeprefix("/file").removeprefix("/bot").partition("/")
        if token != self._token:
            words = "Unauthorized" if _TOKEN.fullmatch(token) else "Unauthorized: invalid token specified"
            return Answer.of_error(ApiError(401, words)).build()
        return self._give_file(rest) if is_file else await self._handle_method(request, rest)

    async def _handle_method(self, request: web.Request, name: str) -> web.StreamResponse:
        shape = self._table.methods.get(name.lower())
        if shape is None:
            return self._refuse(name, ApiError(404, "Not Found: method not found"))
        try:
            raw = await read_parameters(request)
        except ApiError as error:
            return self._refuse(name, error)
        verdict = read_call(self._table, shape, raw, strict=self.strict)
        call = self.world.journal.note_call(self.world.now, shape.name, _summarise(raw, verdict.args))
        self.world.emit("request", about=call)
        fault = self.faults.choose(shape.name, verdict.args.get("chat_id"))
        return await self._play(request, call, verdict, fault)

    def _refuse(self, name: str, error: ApiError) -> web.Response:
        self.world.note_violation(name, error.description)
        return Answer.of_error(error).build()

    async def _play(
        self, request: web.Request, call: Call, verdict: Verdict, fault: Fault | None
    ) -> web.StreamResponse:
        if self.faults.on_request is not None and await self._hook(call, "before") is False:
            fault = drop(after_effect=False)
        call.fault = str(fault or "")
        if fault is not None and not fault.after_effect and fault.kind != "delay":
            self._settle(call, fault, None)
            return await break_answer(request, fault, Answer(200))
        if fault is not None and not fault.after_effect:
            await asyncio.sleep(fault.seconds)
        answer = await self._perform(call, verdict)
        self._settle(call, fault, answer)
        if self.faults.on_request is not None:
            await self._hook(call, "after")
        if self.faults.latency_seconds and call.method != "getUpdates":
            await asyncio.sleep(self.faults.latency_seconds)
        if fault is not None and fault.after_effect:
            return await break_answer(request, fault, answer)
        return answer.build()

    async def _perform(self, call: Call, verdict: Verdict) -> Answer:
        try:
            result = await self._act(call.method, verdict)
        except ApiError as error:
            if isinstance(error, NotSimulatedError) or "playground:" in error.description:
                self.world.note_violation(call.method, error.description)
            return Answer.of_error(error)
        except Exception as error:  # noqa: BLE001 - a mistake of the playground's own must fail the test that met it
            self.world.note_violation(call.method, f"playground: {error!r} at {_find_place(error)}")
            return Answer.of_error(ApiError(500, "Internal Server Error: playground: the call broke it"))
        call.took_effect = True
        return Answer.of_result(result)

    async def _act(self, method: str, verdict: Verdict) -> Any:
        self._check(method, verdict)
        if method == "getUpdates":
            return await self.polls.get_updates(verdict.args)
        if method not in METHODS:
            raise NotSimulatedError(f"method {method} is")
        return METHODS[method](self.world, verdict.args)

    async def _call_from_webhook(self, name: str, params: dict[str, Any]) -> None:
        shape = self._table.methods.get(name.lower())
        if shape is None:
            self.world.note_violation(name, "Not Found: method not found")
            return
        verdict = read_call(self._table, shape, params, strict=self.strict)
        call = self.world.journal.note_call(self.world.now, shape.name, _summarise(params, verdict.args))
        self._settle(call, None, await self._perform(call, verdict))

    def _check(self, method: str, verdict: Verdict) -> None:
        for problem in verdict.problems:
            self.world.note_violation(method, problem)
        if verdict.problems:
            raise bad_request(f"playground: {'; '.join(verdict.problems)}")
        if verdict.missing:
            name = verdict.missing[0]
            self.world.note_violation(method, f"parameter {name!r} is missing")
            raise bad_request(_MISSING.get(name, f"parameter {name!r} is missing"))

    def _settle(self, call: Call, fault: Fault | None, answer: Answer | None) -> None:
        """Write down how a call ended, and the ban if it was told to wait."""
        call.status = answer.status if answer else 0
        call.error = answer.body.get("description", "") if answer else ""
        wait = answer.body.get("parameters", {}).get("retry_after") if answer else None
        if fault is not None:
            call.status = 0 if fault.kind in {"drop", "hang"} else fault.status
            call.error = str(fault) if fault.kind != "delay" else call.error
            wait = fault.retry_after if fault.retry_after is not None else wait
        if wait:
            self.world.journal.note_ban(self.world.now + wait * 1_000_000)
        self.world.emit("call", about=call)

    async def _hook(self, call: Call, when: When) -> bool | None:
        hook = self.faults.on_request
        found = hook(call.number, call.method, when) if hook else None
        return await found if inspect.isawaitable(found) else found

    def _give_file(self, path: str) -> web.Response:
        file = self.world.files.by_path.get(path)
        if file is None:
            return Answer.of_error(ApiError(404, "Not Found")).build()
        return web.Response(body=file.read(), content_type="application/octet-stream")


@asynccontextmanager
async def serve(server: Server, *, port: int = 0, add_routes: AddRoutes | None = None) -> AsyncIterator[Server]:
    """Serve on the loopback interface while the context lasts; port 0 takes a free one."""
    runner = web.AppRunner(server.make_app(add_routes), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        site = web.TCPSite(runner, LOOPBACK, port)
        await site.start()
        server.port = runner.addresses[0][1]
        server.webhooks.open()
        yield server
    finally:
        server.polls.close()
        await server.webhooks.close()
        await runner.cleanup()


def _find_place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.name}, line {frame.lineno}"


async def _not_found(_request: web.Request) -> web.Response:
    return Answer.of_error(ApiError(404, "Not Found")).build()


def _summarise(raw: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters for the journal: typed where they could be, files by name and size."""
    return {name: repr(value) if isinstance(value, Upload) else values.get(name, value) for name, value in raw.items()}
