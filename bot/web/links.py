"""`/r/<code>[-<source>]`, with whichever code a member has, and `/`: a person is sent on to the bot, a preview gets what the link unfolds into.

Whoever may be either gets what unfolds, and in it what moves a browser on.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.core.links import Payload, read_payload
from bot.core.visiting import Reader, decide_counts
from bot.messages.shop import Source
from bot.messages.visiting import compose_link_page
from bot.services.visiting import Click
from bot.web.deps import WebDeps, deps_of
from bot.web.pages import write_link_page
from bot.web.visitor import Found, Guest, LookUp

_NOBODYS = Payload("")

_HEADERS = {
    "Cache-Control": "private, no-store",
    "Vary": "User-Agent, Sec-Fetch-Mode, Accept, Accept-Language",
    "X-Robots-Tag": "noindex",
}


async def open_link(request: Request) -> Response:
    """Whoever reads, the answer is the same page; a person is moved on from it at once.

    The one target there is, the bot, comes from the shop. An unknown code leads there without a payload; one that could
    not be looked up keeps it, since the bot looks it up itself, and a preview is told to come again.
    """
    deps = deps_of(request)
    asked = read_payload(request.path_params.get("tail", "")) or _NOBODYS
    guest = deps.visitors.greet(request)
    found = await deps.visitors.look_up(asked.code, guest, deps.nobody)
    if guest.reader is Reader.PREVIEW:
        deps.visitors.refuse(found, guest)
    _count(deps, guest, found, asked)
    target = _choose_target(deps, asked, found)
    said = compose_link_page(deps.shop, found.host, source=asked.source, target=target)
    page = write_link_page(deps.templates, said, moves_on=guest.reader is not Reader.PREVIEW)
    if guest.reader is Reader.PERSON:
        return HTMLResponse(page, 302, headers={**_HEADERS, "Location": target})
    return HTMLResponse(page, headers=_HEADERS)


def _choose_target(deps: WebDeps, asked: Payload, found: Found) -> str:
    code = asked.code if found.look_up is LookUp.FAILED else found.host.code
    return deps.shop.campaign_link(code, asked.source or Source.WEB, asked.campaign, asked.story)


def _count(deps: WebDeps, guest: Guest, found: Found, asked: Payload) -> None:
    host = found.host
    if host.code and decide_counts(guest.approach):
        deps.click_writer.note(
            Click(
                member_id=host.id,
                code=host.code,
                source=asked.source or Source.WEB,
                story=asked.story,
                campaign=asked.campaign,
            ),
            guest.address,
        )
