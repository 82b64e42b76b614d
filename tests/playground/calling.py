"""A bot reduced to raw HTTP calls, and pictures to send."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from aiohttp import ClientSession, FormData
from PIL import Image

from bot.playground.world import Person
from tests.telegram import LocalTelegram, local_telegram


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls methods and returns what HTTP brought."""

    telegram: LocalTelegram
    session: ClientSession

    async def call(self, method: str, **params: Any) -> Any:
        """Return the result of a call that must work."""
        status, body = await self.ask(method, **params)
        assert status == 200, body
        return body["result"]

    async def refuse(self, method: str, **params: Any) -> str:
        """Return the description of a call that must be refused; status and error_code agree."""
        status, body = await self.ask(method, **params)
        assert not body["ok"], body
        assert body["error_code"] == status
        return str(body["description"])

    async def ask(self, method: str, **params: Any) -> tuple[int, Any]:
        """Return status and body of a call, sent as a form; bytes are sent as files."""
        url = f"{self.telegram.base_url}{self.telegram.token}/{method}"
        async with self.session.post(url, data=_write_form(params)) as response:
            return response.status, await response.json()


def draw_picture(width: int = 64, height: int = 80, form: str = "JPEG", color: str = "tomato") -> bytes:
    """Return a plain picture."""
    out = BytesIO()
    Image.new("RGB", (width, height), color).save(out, form)
    return out.getvalue()


def start_person(telegram: LocalTelegram, name: str = "Ann", **more: Any) -> Person:
    """Return somebody who has pressed START."""
    person = telegram.world.add_person(name, **more)
    telegram.world.press_start(person)
    return person


@asynccontextmanager
async def open_caller(telegram: LocalTelegram | None = None) -> AsyncIterator[Caller]:
    """Give a caller to a local Telegram; one of its own may be broken without failing the test."""
    async with ClientSession() as session:
        if telegram is not None:
            yield Caller(telegram, session)
            return
        async with local_telegram() as own:
            yield Caller(own, session)


def _write_form(params: dict[str, Any]) -> FormData | dict[str, str]:
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in _list_texts(params)}
    files = {name: value for name, value in params.items() if isinstance(value, bytes)}
    if not files:
        return texts
    form = FormData(texts)
    for name, data in files.items():
        form.add_field(name, BytesIO(data), filename=f"{name}.jpg", content_type="image/jpeg")
    return form


def _list_texts(params: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in params.items() if not isinstance(value, bytes)]
