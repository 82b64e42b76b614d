"""Several shops behind one port: each by its host, or by a path of its own, and nobody's page for whatever is left."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.messages.visiting import Refusal, say_refusal
from bot.telemetry import SHOP
from bot.updates.webhook import DOOR
from bot.web.deps import WebDeps
from bot.web.metrics import answer_watcher
from bot.web.pages import write_narrow
from bot.web.security import RawHeaders, SecurityShell, compose_headers, is_under
from bot.web.service import answer_crawler, answer_sheet
from bot.web.site import build_site
from bot.web.telegram import refuse_stranger
from bot.web.templates import Templates
from bot.web.visitor import find_language
from storage.frozen import frozen

_HOST = re.compile(r"\[?([^\[\]:]*|[0-9a-f:]*)\]?(?::[0-9]*)?", re.IGNORECASE)


RETRY_SECONDS = 5
"""When to come again to a shop whose database is away."""

SHEETS = "/assets"
"""What the pages of nobody, and of a shop that is away, are dressed with."""

NONE: Mapping[str, str] = MappingProxyType({})


class Crossed(ValueError):
    """Two shops would be reached by the same address; the text says which and is for the operator."""


@frozen
class _Place:
    name: str
    deps: WebDeps | None
    """None while its database cannot be read."""
    site: SecurityShell
    host: str
    base: str


def build_host_site(sites: Mapping[str, WebDeps], templates: Templates, *, metrics_token: str = "") -> HostSite:
    """The web side of these shops, by name, for as long as `show` is not told of others.

    Raises:
        Crossed: two of them have the same address.
    """
    site = HostSite(templates, metrics_token=metrics_token)
    site.show(sites)
    return site


class HostSite:
    """All shops of a process as one ASGI application; `show` changes which there are while it serves.

    A host that no shop names is a proxy's word for this machine, or nothing: there the path alone decides.
    """

    def __init__(self, templates: Templates, *, metrics_token: str = "") -> None:
        self.templates = templates
        self.metrics_token = metrics_token
        self.list_absent: Callable[[], Collection[str]] = list
        """Shops that should work here and do not, by name."""
        self._places: Sequence[_Place] = ()
        self._asked = 0
        process = Starlette(
            routes=[*_PROCESS, Route(f"{SHEETS}/{{name}}", _send_sheet, methods=["GET"])],
            exception_handlers={HTTPException: _refuse},
        )
        process.state.host = self
        self._process = SecurityShell(process, self.headers)
        self._closed = SecurityShell(refuse_stranger, self.headers)
        self._away = SecurityShell(self._answer_away, self.headers)

    @property
    def headers(self) -> RawHeaders:
        """What an answer carries that is no shop's."""
        return compose_headers(https=False)

    @property
    def shops(self) -> dict[str, WebDeps]:
        """All there are, by name."""
        return {place.name: place.deps for place in self._places if place.deps is not None}

    def show(self, sites: Mapping[str, WebDeps], closed: Mapping[str, str] = NONE) -> None:
        """Serve these shops from now on, by name; requests that are being answered are not disturbed.

        Visitors of the `closed` ones, by name with their public addresses, are asked to come again.

        Raises:
            Crossed: two of them have the same address; what was served before goes on.
        """
        known = {place.name: place for place in self._places}
        places = [_place(name, deps, known.get(name)) for name, deps in sites.items()]
        places += [_close(name, public_url, self._away) for name, public_url in closed.items()]
        taken: dict[tuple[str, str], str] = {}
        for place in places:
            other = taken.setdefault((place.host, place.base), place.name)
            if place.host and other != place.name:
                raise Crossed(f"{other} and {place.name} have the same PASSALONG_PUBLIC_URL: give one of them a path")
        self._places = sorted(places, key=lambda place: len(place.base), reverse=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; anything but HTTP is left alone."""
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        if path in _OWN:
            await self._process(scope, receive, send)
        elif is_under(path, DOOR):
            place = self._find_named(path.removeprefix(DOOR).removeprefix("/"))
            await (self._closed if place is None else place.site)({**scope, "path": DOOR}, receive, send)
        elif (place := self._find(scope)) is None or (place.deps is None and is_under(path, SHEETS)):
            await self._process(scope, receive, send)
        else:
            SHOP.set(place.name)
            await place.site(scope, receive, send)

    async def look(self) -> tuple[int, int]:
        """How many shops' databases are well, of how many: one is really asked, and only where that one is not, all are."""
        there = [deps.health for deps in self.shops.values()]
        if there:
            self._asked = (self._asked + 1) % len(there)
            if await there[self._asked].ask() != "ok":
                await asyncio.gather(*(health.ask() for health in there))
        return sum(health.last == "ok" for health in there), len(self._places)

    async def _answer_away(self, scope: Scope, receive: Receive, send: Send) -> None:
        page = _write_refusal(self.templates, Request(scope), Refusal.AWAY)
        headers = {"Cache-Control": "no-store", "Retry-After": str(RETRY_SECONDS)}
        await HTMLResponse(page, 503, headers=headers)(scope, receive, send)

    def _find_named(self, name: str) -> _Place | None:
        return next((place for place in self._places if place.name == name), None)

    def _find(self, scope: Scope) -> _Place | None:
        """Whose address this is: of those at its host the one with the longest path; nobody's, where two have it."""
        said = _HOST.fullmatch(Request(scope).headers.get("host", ""))
        named = [place for place in self._places if place.host]
        there = [place for place in named if said and place.host == said[1].lower()] or named
        fitting = [place for place in there if not place.base or is_under(scope["path"], place.base)]
        best = [place for place in fitting if len(place.base) == len(fitting[0].base)]
        return best[0] if len(best) == 1 else None


def _place(name: str, deps: WebDeps, known: _Place | None) -> _Place:
    if known is not None and known.deps is deps:
        return known
    url = urlsplit(deps.shop.public_url)
    return _Place(name=name, deps=deps, site=build_site(deps), host=url.hostname or "", base=url.path)


def _close(name: str, public_url: str, away: SecurityShell) -> _Place:
    url = urlsplit(public_url)
    return _Place(name=name, deps=None, site=away, host=url.hostname or "", base=url.path)


def _write_refusal(templates: Templates, request: Request, refusal: Refusal) -> str:
    language = find_language(request)
    title, why = say_refusal(language, refusal)
    return write_narrow(templates, language=language, title=title, why=why)


async def _say_health(request: Request) -> Response:
    """200 while any shop can write to its database: the trouble of one takes nobody else's doors away."""
    host: HostSite = request.app.state.host
    well, there = await host.look()
    said = "ok" if well == there else f"{well} of {there} shops can write"
    return PlainTextResponse(f"{said}\n", 200 if well or not there else 503, {"Cache-Control": "no-store"})


async def _show_metrics(request: Request) -> Response:
    host: HostSite = request.app.state.host
    absent = [name for name in host.list_absent() if name not in host.shops]
    return await answer_watcher(request, host.shops, host.metrics_token, absent=absent)


async def _say_robots(request: Request) -> Response:
    host: HostSite = request.app.state.host
    return answer_crawler(sorted({deps.shop.web_path for deps in host.shops.values()}))


async def _send_sheet(request: Request) -> Response:
    host: HostSite = request.app.state.host
    return answer_sheet(host.templates, request)


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    host: HostSite = request.app.state.host
    page = _write_refusal(host.templates, request, Refusal.MISSING if error.status_code == 404 else Refusal.REFUSED)
    return HTMLResponse(page, error.status_code, headers={"Cache-Control": "no-store", **(error.headers or {})})


_PROCESS = (
    Route("/healthz", _say_health, methods=["GET"]),
    Route("/readyz", _say_health, methods=["GET"]),
    Route("/metrics", _show_metrics, methods=["GET"]),
    Route("/robots.txt", _say_robots, methods=["GET"]),
)
_OWN = frozenset(route.path for route in _PROCESS)
