"""A request's parameters, in whichever of Telegram's four ways they came: query, form, multipart, JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

from aiohttp import BodyPartReader, web

from bot.playground.api.checking import Upload
from bot.playground.world.errors import ApiError, bad_request


async def read_parameters(request: web.Request) -> dict[str, Any]:
    """Return the parameters, those of the body over those of the query; files as Upload."""
    found: dict[str, Any] = dict(request.query) if request.query_string else {}
    if not request.body_exists:
        return found
    try:
        return found | await _read_body(request)
    except web.HTTPRequestEntityTooLarge as error:
        raise ApiError(413, "Request Entity Too Large") from error


async def _read_body(request: web.Request) -> dict[str, Any]:
    kind = request.content_type
    if kind == "application/x-www-form-urlencoded":
        return dict(_read_form((await request.read()).decode("utf-8", "replace")))
    if kind == "multipart/form-data":
        return await _read_multipart(request)
    return _read_json(await request.read()) if kind == "application/json" else {}


def _read_form(body: str) -> Iterator[tuple[str, str]]:
    for pair in body.split("&"):
        name, _, value = pair.partition("=")
        if name:
            yield _unquote(name), _unquote(value)


_unquote = lru_cache(maxsize=1024)(unquote_plus)
"""Decoding is the dearest part of a form, and most values come again: names, chats, keyboards."""


async def _read_multipart(request: web.Request) -> dict[str, Any]:
    found: dict[str, Any] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or not part.name:
            continue
        data = bytes(await part.read(decode=True))
        if part.filename is None:
            found[part.name] = data.decode("utf-8", "replace")
        else:
            found[part.name] = Upload(part.filename, data, part.headers.get("Content-Type", ""))
    return found


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(found, dict):
        raise bad_request("can't parse JSON object")
    return found
