"""`/telegram`: updates as Telegram brings them; 200 says that they are kept."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.updates.webhook import SECRET_HEADER, is_secret
from bot.web.deps import deps_of
from bot.web.security import MOST_UPDATE_BYTES
from storage.errors import StoreError

logger = logging.getLogger(__name__)

RETRY_SECONDS = 2
"""When Telegram may come again with what could not be kept; it is asked for, and waits no longer than it would by itself."""

_NOT_KEPT = {"Cache-Control": "no-store"}


async def take_update(request: Request) -> Response:
    """200 once an update is committed, 503 where it cannot be: then it comes again. A stranger's body is never read."""
    door = deps_of(request).updates
    secret = door.secret if door is not None else ""
    if not is_secret(request.headers.get(SECRET_HEADER, ""), secret) or door is None:
        return answer_bare(403)
    entry = await _read_entry(request)
    if isinstance(entry, Response):
        return entry
    try:
        await door.take(entry)
    except StoreError as error:
        logger.warning("An update cannot be kept, and has to come again: %s", error)
        return answer_bare(503, {"Retry-After": str(RETRY_SECONDS)})
    return Response(headers=_NOT_KEPT)


async def _read_entry(request: Request) -> object:
    """The JSON that was sent; the answer to what is none."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return answer_bare(415)
    try:
        raw = await _read(request)
        return answer_bare(413, {"Connection": "close"}) if raw is None else json.loads(raw)
    except (ValueError, RecursionError, ClientDisconnect):
        return answer_bare(400)


async def refuse_stranger(scope: Scope, receive: Receive, send: Send) -> None:
    """At the door of a shop that there is not: no other answer than to a wrong secret, after as much work."""
    request = Request(scope, receive)
    is_secret(request.headers.get(SECRET_HEADER, ""), "")
    answer = answer_bare(403) if request.method == "POST" else answer_bare(405, {"Allow": "POST"})
    await answer(scope, receive, send)


async def _read(request: Request) -> bytes | None:
    """The body; None where it is longer than it may be, and then the rest is not listened to."""
    parts, length = list[bytes](), 0
    async for part in request.stream():
        length += len(part)
        if length > MOST_UPDATE_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)


def answer_bare(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """No word more than the status: nobody reads here."""
    return Response(status_code=status, headers={**_NOT_KEPT, **(headers or {})})
