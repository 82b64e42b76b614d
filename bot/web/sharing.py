"""`/s/<code>`: the share page behind the button "More ways", and what it tells of its use."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.core.links import read_payload
from bot.core.throttling import Allowance
from bot.messages.sharing.networks import NETWORKS
from bot.messages.visiting import compose_share_page
from bot.services.visiting import note_page_share
from bot.web.deps import WebDeps, deps_of
from bot.web.pages import write_share_page
from bot.web.visitor import Found, Guest
from storage.errors import StoreError

logger = logging.getLogger(__name__)

WAYS = frozenset({*NETWORKS, "wechat", "sheet", "copy", "save", "tall"})
"""What the page can tell."""

BEACONS = Allowance(burst=20, per_second=1 / 10)
"""Shares one visitor can have counted."""


async def open_page(request: Request) -> Response:
    """The page of a member; of the shop itself where no member has the code."""
    deps = deps_of(request)
    guest = deps.visitors.greet(request)
    found = await _find(deps, request, guest)
    deps.visitors.refuse(found, guest)
    page = write_share_page(deps.templates, compose_share_page(deps.shop, found.host))
    return HTMLResponse(page, headers={"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"})


async def note_shared(request: Request) -> Response:
    """Count that somebody went on from the page; the answer is the same whether the code exists or not."""
    deps = deps_of(request)
    guest = deps.visitors.greet(request)
    if request.query_params.get("way") not in WAYS:
        raise HTTPException(400)
    if not is_own_page(request, deps.shop.public_url):
        raise HTTPException(403)
    if not deps.beacons.allows(guest.address):
        raise HTTPException(429, headers={"Retry-After": str(deps.beacons.compute_wait_seconds(guest.address))})
    deps.beacons.spend(guest.address)
    found = await _find(deps, request, guest)
    await _count(deps, found)
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


def is_own_page(request: Request, public_url: str) -> bool:
    """Whether one of our pages asks: browsers say so themselves, and no other page can make them lie."""
    site, own = request.headers.get("sec-fetch-site"), urlsplit(public_url)
    return site == "same-origin" if site else request.headers.get("origin") == f"{own.scheme}://{own.netloc}"


async def _find(deps: WebDeps, request: Request, guest: Guest) -> Found:
    asked = read_payload(request.path_params["code"])
    return await deps.visitors.look_up(asked.code if asked else "", guest, deps.nobody)


async def _count(deps: WebDeps, found: Found) -> None:
    if not found.host.code:
        return
    try:
        await deps.store.write(note_page_share, code=found.host.code)
    except StoreError as error:
        logger.warning("A share was not counted: %s", error)
