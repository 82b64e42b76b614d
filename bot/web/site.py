"""The web side: its doors in order, and what is put around them."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.gateway.pictures import Pictures
from bot.messages.shop import Shop
from bot.messages.web import Refusal
from bot.web.cards import show_card
from bot.web.gallery import Gallery
from bot.web.kit import WebKit, kit_of
from bot.web.links import open_link
from bot.web.pages import write_refusal
from bot.web.paper import Paper
from bot.web.reception import Reception
from bot.web.salt import DailySalt
from bot.web.service import say_health, say_robots, send_sheet
from bot.web.sharing import BEACONS, note_shared, open_page
from bot.web.shell import Shell, compose_headers
from bot.web.tally import Tally
from bot.web.throttle import Throttle
from storage.clock import Clock, utc_now
from storage.store import Store

DOORS = (
    Route("/", open_link, methods=["GET"]),
    Route("/r/{tail:path}", open_link, methods=["GET"]),
    Route("/c/{file}", show_card, methods=["GET"]),
    Route("/s/{code}", open_page, methods=["GET"]),
    Route("/s/{code}/shared", note_shared, methods=["POST"]),
    Route("/assets/{name}", send_sheet, methods=["GET"]),
    Route("/healthz", say_health, methods=["GET"]),
    Route("/robots.txt", say_robots, methods=["GET"]),
)
"""All there is; assets/web/openapi.json describes it."""

_REFUSALS = {404: Refusal.MISSING, 429: Refusal.BUSY}


def build_kit(
    *,
    store: Store,
    shop: Shop,
    pictures: Pictures,
    assets: Path,
    clock: Clock = utc_now,
    guesses: Throttle | None = None,
) -> WebKit:
    """The rooms behind the doors, with their usual measures; `guesses` overrules how often a visitor may guess."""
    return WebKit(
        store=store,
        shop=shop,
        pictures=pictures,
        paper=Paper(assets / "web"),
        reception=Reception(store, shop.campaign.channel_language, guesses),
        gallery=Gallery(),
        salt=DailySalt(clock),
        tally=Tally(store),
        beacons=Throttle(BEACONS),
    )


def build_site(kit: WebKit) -> Shell:
    """The web side as an ASGI application."""
    site = Starlette(routes=list(DOORS), exception_handlers={HTTPException: _refuse})
    site.router.redirect_slashes = False  # it would build a redirect from the request's Host
    site.state.kit = kit
    return Shell(site, compose_headers(https=kit.shop.public_url.startswith("https:")))


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kit = kit_of(request)
    refusal = _REFUSALS.get(error.status_code, Refusal.REFUSED)
    page = write_refusal(kit.paper, kit.reception.nobody.language, refusal, kit.shop.address)
    return HTMLResponse(page, error.status_code, headers={"Cache-Control": "no-store", **(error.headers or {})})
