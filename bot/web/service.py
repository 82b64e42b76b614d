"""`/healthz`, `/robots.txt` and `/assets/…`: what proxies, crawlers and our own pages ask for."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.web.deps import deps_of

ROBOTS = "User-agent: *\nDisallow: /s/\nAllow: /r/\nAllow: /c/\n"
"""Share pages are their members' own; links and cards are there to be unfolded."""

_FRESH = "public, max-age=300"
_FOR_EVER = "public, max-age=31536000, immutable"


async def say_health(request: Request) -> Response:
    """200 while the bot can write to its database: a row is really written, at most once in `PROBE_SECONDS`."""
    said = await deps_of(request).health.ask()
    return PlainTextResponse(f"{said}\n", 200 if said == "ok" else 503, {"Cache-Control": "no-store"})


async def say_robots(_request: Request) -> Response:
    """What crawlers may look at."""
    return PlainTextResponse(ROBOTS, headers={"Cache-Control": _FRESH})


async def send_sheet(request: Request) -> Response:
    """A file of our pages; under the address that names its content it never changes."""
    sheet = deps_of(request).templates.sheets.get(request.path_params["name"])
    if sheet is None:
        raise HTTPException(404)
    caching = _FOR_EVER if request.url.query == sheet.mark else _FRESH
    return Response(sheet.content, media_type=sheet.media_type, headers={"Cache-Control": caching})
