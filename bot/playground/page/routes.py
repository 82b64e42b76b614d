"""The page's addresses: the page, its files, pictures, the stream of what changes, and what humans do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.assets import ASSETS
from bot.playground.page.actions import Actions, BadBodyError
from bot.playground.page.browser import Browser
from bot.playground.page.cast import Cast
from bot.playground.page.feed import Feed
from bot.playground.page.guard import HEADERS, Guard
from bot.playground.world import ApiError, ImpossibleError, World
from bot.playground.world.files import Document

_TICK_SECONDS = 1.0
_GATHER_SECONDS = 0.04
"""How long changes are gathered before they are told: one frame or two."""
_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".jpg": "image/jpeg",
    ".ttf": "font/ttf",
}
_PDF = "application/pdf"
_ACTIONS = frozenset(name for name in vars(Actions) if not name.startswith("_"))


def add_page_routes(
    app: web.Application,
    world: World,
    cast: Cast,
    *,
    on_reset: Callable[[], Awaitable[None]] | None = None,
    site: str = "",
) -> None:
    """Add the page at `/` and what it needs under `/play/`; call it before other routes that might take these.

    With `on_reset` the page has a button "Start over"; after it the page reloads. `site` is the origin of the bot's web
    side, which the phones have a browser for; without it its links lead out of Telegram like any others.
    """
    feed = Feed(world, cast, can_reset=on_reset is not None)
    page = _Page(world, feed, Guard(), Actions(world, cast, feed, on_reset, Browser(site)))
    look, act = page.guard.for_looking, page.guard.for_acting
    app.router.add_get("/", look(page.give_index))
    app.router.add_get("/play/stream", look(page.give_stream))
    app.router.add_get("/play/photo/{file_id}", look(page.give_photo))
    app.router.add_get("/play/file/{file_id}/{name:[^/]*}", look(page.give_file))
    app.router.add_get("/play/assets/{path:.+}", look(page.give_asset))
    app.router.add_post("/play/do/{action}", act(page.do))
    app.on_shutdown.append(page.close)


class _Page:
    def __init__(self, world: World, feed: Feed, guard: Guard, actions: Actions) -> None:
        self.guard = guard
        self._world = world
        self._feed = feed
        self._actions = actions
        self._assets = _list_assets()

    async def close(self, _app: web.Application) -> None:
        self._feed.close()

    async def give_index(self, _request: web.Request) -> web.Response:
        html = (ASSETS / "playground" / "index.html").read_text(encoding="utf-8")
        headers = {"Cache-Control": "no-store"}
        return web.Response(text=html.replace("{{key}}", self.guard.key), content_type="text/html", headers=headers)

    async def give_asset(self, request: web.Request) -> web.StreamResponse:
        file = self._assets.get(request.match_info["path"])
        if file is None:
            raise web.HTTPNotFound
        headers = {"Cache-Control": "no-cache", "Content-Type": _TYPES[file.suffix]}
        return web.FileResponse(file, headers=headers)

    async def give_photo(self, request: web.Request) -> web.Response:
        file = self._world.files.by_id.get(request.match_info["file_id"])
        if file is None or file.kind != "photo":
            raise web.HTTPNotFound
        body = await asyncio.to_thread(file.read)
        return web.Response(body=body, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=86400"})

    async def give_file(self, request: web.Request) -> web.Response:
        """A PDF opens in the browser; whatever else was sent is saved, never run on this page."""
        document = self._world.files.owners.get(request.match_info["file_id"])
        if not isinstance(document, Document):
            raise web.HTTPNotFound
        headers = {"Cache-Control": "private, no-cache"}
        if document.mime_type != _PDF:
            headers["Content-Disposition"] = "attachment"
        kind = _PDF if document.mime_type == _PDF else "application/octet-stream"
        return web.Response(body=document.file.read(), content_type=kind, headers=headers)

    async def give_stream(self, request: web.Request) -> web.StreamResponse:
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers=HEADERS | headers)
        await response.prepare(request)
        with suppress(ConnectionResetError):  # the page was closed
            await self._tell(response)
        return response

    async def _tell(self, response: web.StreamResponse) -> None:
        await response.write(_event("key", self.guard.key))
        with self._feed.follow() as follower:
            while not self._feed.closed:
                pieces = self._feed.collect(follower)
                words = json.dumps(pieces, ensure_ascii=False) if pieces else ""
                await response.write(_event("pieces", words) if pieces else b":\n\n")
                await follower.wait(_TICK_SECONDS)
                await asyncio.sleep(_GATHER_SECONDS)

    async def do(self, request: web.Request) -> web.Response:
        name = request.match_info["action"]
        if name not in _ACTIONS:
            return _refuse(404, "No such action.")
        try:
            action: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]] = getattr(self._actions, name)
            return web.json_response(await action(await _read_body(request)))
        except BadBodyError as error:
            return _refuse(400, str(error))
        except ImpossibleError as error:
            return _refuse(409, _say(str(error)))
        except ApiError as error:
            return _refuse(409, _say(error.description.removeprefix("Bad Request: ")))


async def _read_body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError as error:
        raise BadBodyError("the body must be JSON") from error
    if not isinstance(body, dict):
        raise BadBodyError("the body must be an object")
    return body


def _refuse(status: int, words: str) -> web.Response:
    return web.json_response({"error": words}, status=status)


def _say(words: str) -> str:
    return words[:1].upper() + words[1:]


def _event(kind: str, data: str) -> bytes:
    return f"event: {kind}\ndata: {data}\n\n".encode()


def _list_assets() -> dict[str, Path]:
    """Return what may be fetched, by address: a fixed list, so that no address leads anywhere else."""
    page = ASSETS / "playground"
    found = {
        f"{folder}/{file.name}": file
        for folder in ("scripts", "styles", "pictures")
        for file in (page / folder).iterdir()
        if file.suffix in _TYPES
    }
    return found | {f"fonts/{file.name}": file for file in (ASSETS / "fonts").glob("*.ttf")}
