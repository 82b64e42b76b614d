"""One bot's Telegram over HTTP: what it asks is held against the contract, and the world acts."""

from __future__ import annotations

import asyncio
import inspect
import secrets
import traceback
from collections.abc import Mapping
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
        self.token = token
        """The bot's token."""
        self._table = load_table()
        self.port = 0

    @property
    def url(self) -> str:
        """What the bot's BOT_API_URL is set to."""
        return f"http://{LOOPBACK}:{self.port}"

    async def answer(self, request: web.Request, path: str) -> web.StreamResponse:
        """Answer a request of this bot's: a method, or the path of a file where the request asks for one."""
        return self._give_file(path) if request.path.startswith("/file/") else await self._handle_method(request, path)

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
        call.port = find_port(request)
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


def find_port(request: web.Request) -> int:
    """Return the port a request came in by, 0 where its connection has gone."""
    name = request.transport.get_extra_info("sockname") if request.transport is not None else None
    return int(name[1]) if name else 0


def _find_place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.name}, line {frame.lineno}"


def _summarise(raw: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters for the journal: typed where they could be, files by name and size."""
    return {name: repr(value) if isinstance(value, Upload) else values.get(name, value) for name, value in raw.items()}
