"""`/l/<key>`: a counted link of a broadcast; whoever opens it is sent on to where the shop has said, and nowhere else."""

from __future__ import annotations

import logging
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.core.broadcasts.counted_links import CountedLink, read_link_key
from bot.core.visiting import decide_counts
from bot.services.broadcasts.opening import find_target, note_opened
from bot.web.deps import WebDeps, deps_of
from bot.web.visitor import RETRY_SECONDS
from storage.errors import StoreError

logger = logging.getLogger(__name__)

_HEADERS = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}


async def open_counted(request: Request) -> Response:
    """302 to where the link leads, for people and programs alike; only people are counted.

    What the shop has not sealed is nothing here: the store is not even asked.
    """
    deps = deps_of(request)
    link = read_link_key(deps.pepper, request.path_params["key"])
    target = None if link is None else await _find_target(deps, link)
    if link is None or target is None:
        raise HTTPException(404)
    if decide_counts(deps.visitors.greet(request).approach):
        await _count(deps, link)
    return Response(status_code=302, headers={**_HEADERS, "Location": target})


async def _find_target(deps: WebDeps, link: CountedLink) -> str | None:
    try:
        target = await deps.store.read(find_target, link=link)
    except StoreError as error:
        raise HTTPException(503, headers={"Retry-After": str(RETRY_SECONDS)}) from error
    return None if target is None else quote(target, safe=_AS_THEY_ARE)


async def _count(deps: WebDeps, link: CountedLink) -> None:
    """Nobody waits in vain for a page because it could not be counted."""
    try:
        await deps.store.write(note_opened, link=link)
    except StoreError as error:
        logger.warning("An opened link was not counted: %s", error)


_AS_THEY_ARE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"<>\\^`{|}')
"""Letters that may stand in a header as they are, `%` among them."""
