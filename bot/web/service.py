"""`/healthz`, `/readyz`, `/robots.txt` and `/assets/…`: what proxies, crawlers and our own pages ask for."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.core.alarms import STANDSTILLS, Trouble, find_troubles
from bot.updates.vitals import VitalSigns
from bot.web.deps import deps_of
from bot.web.health import PROBE_SECONDS
from bot.web.templates import Templates
from storage.errors import StoreError

_CRAWLED = (("Disallow", "/s/"), ("Disallow", "/l/"), ("Disallow", "/dashboard"), ("Allow", "/r/"), ("Allow", "/c/"))
"""Share pages are their members' own; links and cards are there to be unfolded."""

_WRONG = {
    Trouble.POLLER: "no updates for {} min",
    Trouble.UPDATES: "none handled for {} min",
    Trouble.DELIVERER: "none sent for {} min",
    Trouble.JOBS: "late by {} min",
    Trouble.DISK: "{} MB left",
}

_FRESH = "public, max-age=300"
_FOR_EVER = "public, max-age=31536000, immutable"


async def say_health(request: Request) -> Response:
    """200 while the bot can write to its database: a row is really written, at most once in `PROBE_SECONDS`."""
    said = await deps_of(request).health.ask()
    return PlainTextResponse(f"{said}\n", 200 if said == "ok" else 503, {"Cache-Control": "no-store"})


async def say_ready(request: Request) -> Response:
    """200 while the bot can do its work, else 503; a line for each part of it, with what is wrong."""
    deps = deps_of(request)
    said = {"store": await deps.health.ask()}
    if deps.signs is not None and said["store"] == "ok":
        said |= await _look_at(deps.signs)
    lines = "".join(f"{name}: {word}\n" for name, word in said.items())
    well = all(word == "ok" for word in said.values())
    return PlainTextResponse(lines, 200 if well else 503, {"Cache-Control": "no-store"})


async def _look_at(signs: VitalSigns) -> dict[str, str]:
    """How each part is, in a word or two."""
    try:
        vitals = await signs.take(not_older_seconds=PROBE_SECONDS)
    except StoreError:
        return {"store": "cannot read"}
    found = find_troubles(vitals)
    return {part: _WRONG[part].format(found[part]) if part in found else "ok" for part in STANDSTILLS}


async def say_robots(_request: Request) -> Response:
    """What crawlers may look at."""
    return answer_crawler([""])


def answer_crawler(bases: Iterable[str]) -> Response:
    """What crawlers may look at under these paths: they ask for it once a host."""
    lines = [f"{word}: {base}{path}" for base in bases for word, path in _CRAWLED]
    return PlainTextResponse("\n".join(["User-agent: *", *lines, ""]), headers={"Cache-Control": _FRESH})


async def send_sheet(request: Request) -> Response:
    """A file of a shop's pages."""
    return answer_sheet(deps_of(request).templates, request)


def answer_sheet(templates: Templates, request: Request) -> Response:
    """A file of our pages; under the address that names its content it never changes."""
    sheet = templates.sheets.get(request.path_params["name"])
    if sheet is None:
        raise HTTPException(404)
    caching = _FOR_EVER if request.url.query == sheet.mark else _FRESH
    return Response(sheet.content, media_type=sheet.media_type, headers={"Cache-Control": caching})
