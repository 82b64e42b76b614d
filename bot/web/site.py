"""The web side: its doors in order, and what is put around them."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.core.addresses import THIS_MACHINE, Network
from bot.messages.visiting import Refusal
from bot.telemetry import Metrics
from bot.updates.reception import Reception
from bot.updates.vitals import VitalSigns
from bot.updates.webhook import DOOR
from bot.web.api import FAILURES, MOST_AT_ONCE
from bot.web.card_cache import CardCache
from bot.web.cards import show_card, show_logo
from bot.web.click_writer import ClickWriter
from bot.web.conversions import describe_api, make_receipt_link, report_conversion
from bot.web.counted import open_counted
from bot.web.dashboard.pages import MOST_LIVE, send_list, show_chart, show_page, tell_changes
from bot.web.dashboard.sessions import enter, leave_dashboard, look_at
from bot.web.deps import WebDeps, deps_of
from bot.web.health import Health
from bot.web.links import open_link
from bot.web.metrics import show_metrics
from bot.web.pages import write_refusal
from bot.web.problems import API, Problem, compose_problem
from bot.web.salt import DailySalt
from bot.web.security import SecurityShell, compose_headers
from bot.web.service import say_health, say_ready, say_robots, send_sheet
from bot.web.sharing import BEACONS, note_shared, open_page
from bot.web.telegram import answer_bare, take_update
from bot.web.templates import Templates
from bot.web.throttle import Admission, Throttle
from bot.web.visitor import Visitors, find_language
from bot.wire.snapshot import Snapshots
from storage.store import Store
from storage.tx import Clock, utc_now


class _Anything(Convertor[str]):
    """The rest of a path, whatever stands in it: a chat may have taken a line break along with the link."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("anything", _Anything())

WATCHED = (
    Route("/healthz", say_health, methods=["GET"]),
    Route("/readyz", say_ready, methods=["GET"]),
    Route("/metrics", show_metrics, methods=["GET"]),
)
"""For whoever watches the bot: open where there is a token for them, also without a public address."""

DOORS = (
    *WATCHED,
    Route("/", open_link, methods=["GET"]),
    Route("/r/{tail:anything}", open_link, methods=["GET"]),
    Route("/c/{file}", show_card, methods=["GET"]),
    Route("/logo.png", show_logo, methods=["GET"]),
    Route("/l/{key}", open_counted, methods=["GET"]),
    Route("/s/{code}", open_page, methods=["GET"]),
    Route("/s/{code}/shared", note_shared, methods=["POST"]),
    Route("/assets/{name}", send_sheet, methods=["GET"]),
    Route("/api/v1/conversions", report_conversion, methods=["POST"]),
    Route("/api/v1/receipts", make_receipt_link, methods=["POST"]),
    Route("/api/v1/openapi.json", describe_api, methods=["GET"]),
    Route("/dashboard/enter/{token}", look_at, methods=["GET"]),
    Route("/dashboard/enter", enter, methods=["POST"]),
    Route("/dashboard/leave", leave_dashboard, methods=["POST"]),
    Route("/dashboard/live", tell_changes, methods=["GET"]),
    Route("/dashboard/charts/{page}", show_chart, methods=["GET"]),
    Route("/dashboard/lists/{file}", send_list, methods=["GET"]),
    Route("/dashboard", show_page, methods=["GET"]),
    Route("/dashboard/{page}", show_page, methods=["GET"]),
    Route("/robots.txt", say_robots, methods=["GET"]),
    Route(DOOR, take_update, methods=["POST"]),
)
"""All there is; assets/web/openapi.json describes it."""

_REFUSALS = {404: Refusal.MISSING, 429: Refusal.BUSY, 503: Refusal.AWAY}


def build_deps(
    *,
    store: Store,
    snapshots: Snapshots,
    assets: Path,
    trusted_proxies: tuple[Network, ...] = THIS_MACHINE,
    clock: Clock = utc_now,
    guesses: Throttle | None = None,
    pepper: bytes = b"",
    signs: VitalSigns | None = None,
    metrics_token: str = "",
    templates: Templates | None = None,
    updates: Reception | None = None,
    metrics: Metrics | None = None,
) -> WebDeps:
    """The rooms behind the doors, with their usual measures; `guesses` overrules how often a visitor may guess.

    With `pepper` the secrets are made that other systems sign with. `templates` are read where another shop has not yet.
    """
    shop, salt = snapshots.current.shop, DailySalt(store, pepper, clock)
    return WebDeps(
        store=store,
        health=Health(store),
        snapshots=snapshots,
        snapshot=snapshots.current,
        templates=(templates or Templates(assets / "web")).under(shop.web_path),
        visitors=Visitors(store, trusted_proxies, guesses),
        card_cache=CardCache(),
        salt=salt,
        click_writer=ClickWriter(store, salt),
        beacons=Throttle(BEACONS),
        failures=Throttle(FAILURES),
        admission=Admission(MOST_AT_ONCE),
        live=Admission(MOST_LIVE),
        clock=clock,
        pepper=pepper,
        metrics=metrics or (signs.metrics if signs is not None else Metrics()),
        signs=signs,
        metrics_token=metrics_token,
        updates=updates,
    )


def build_site(deps: WebDeps) -> SecurityShell:
    """The web side as an ASGI application."""
    doors = DOORS if deps.shop.public_url else WATCHED
    site = Starlette(routes=list(doors), exception_handlers={HTTPException: _refuse})
    site.router.redirect_slashes = False  # it would build a redirect from the request's Host
    site.state.deps = deps
    headers = compose_headers(https=deps.shop.public_url.startswith("https:"))
    return SecurityShell(site, headers, deps.shop.web_path)


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if request.url.path == DOOR:
        return answer_bare(error.status_code, error.headers)
    if request.url.path.startswith(API):
        return compose_problem(Problem(error.status_code, error.detail, headers=dict(error.headers or {})))
    deps = deps_of(request)
    refusal = _REFUSALS.get(error.status_code, Refusal.REFUSED)
    language = find_language(request, deps.nobody.language)
    page = write_refusal(deps.templates, language, refusal, deps.shop.address)
    return HTMLResponse(page, error.status_code, headers={"Cache-Control": "no-store", **(error.headers or {})})
