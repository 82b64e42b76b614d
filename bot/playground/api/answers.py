"""Answers as HTTP, whole or broken as ordered."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.playground.faults import Fault
from bot.playground.world import ApiError

_HANG_SECONDS = 600.0
_PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center><hr>nginx</body></html>"


@dataclass(frozen=True, slots=True)
class Described:
    """A result that comes with words."""

    result: Any
    description: str


@dataclass(slots=True)
class Answer:
    """What a method came to."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)

    @staticmethod
    def of_result(result: Any) -> Answer:
        """Return the answer to a call that worked."""
        if isinstance(result, Described):
            return Answer(200, {"ok": True, "result": result.result, "description": result.description})
        return Answer(200, {"ok": True, "result": result})

    @staticmethod
    def of_error(error: ApiError) -> Answer:
        """Return the answer to a call that was refused."""
        return Answer(error.code, error.render())

    def build(self) -> web.Response:
        """Return it as HTTP."""
        return web.Response(
            status=self.status,
            body=json.dumps(self.body, separators=(",", ":")).encode(),
            headers=self._headers(),
        )

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        wait = self.body.get("parameters", {}).get("retry_after")
        return headers if wait is None else headers | {"Retry-After": str(wait)}


async def break_answer(request: web.Request, fault: Fault, answer: Answer) -> web.StreamResponse:
    """Return what the bot gets when a fault was ordered; `answer` is what it would have got."""
    if fault.kind == "delay":
        await asyncio.sleep(fault.seconds)
        return answer.build()
    if fault.kind == "hang":
        await asyncio.sleep(_HANG_SECONDS)
    if fault.kind in {"drop", "hang"}:
        return _close(request)
    if fault.kind == "short_body":
        return await _cut_short(request, answer)
    return _spoil(fault, answer)


def _spoil(fault: Fault, answer: Answer) -> web.Response:
    if fault.kind == "html":
        return web.Response(status=fault.status, text=_PAGE.format(fault.status), content_type="text/html")
    if fault.kind == "truncated":
        whole = json.dumps(answer.body).encode()
        return web.Response(body=whole[: len(whole) // 2], content_type="application/json")
    if fault.kind == "empty":
        return web.Response(body=b"", content_type="application/json")
    if fault.kind == "not_ok":
        return Answer(200, {"ok": False}).build()
    if fault.kind == "duplicate":
        return Answer(200, answer.body | {"result": _double(answer.body.get("result"))}).build()
    return Answer.of_error(ApiError(fault.status, fault.description, **fault.parameters)).build()


def _double(result: Any) -> Any:
    return [twin for update in result for twin in (update, update)] if isinstance(result, list) else result


def _close(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _cut_short(request: web.Request, answer: Answer) -> web.StreamResponse:
    whole = json.dumps(answer.body).encode()
    response = web.StreamResponse(headers={"Content-Length": str(len(whole)), "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(whole[: len(whole) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
