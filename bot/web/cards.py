"""`/c/<code>[-<story>][.<format>].jpg`: a member's card, or the shop's where no member has the code; `/logo.png`."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.core.visiting import parse_card
from bot.services.sharing.cards import sign
from bot.web.deps import deps_of
from bot.web.visitor import LookUp

CACHE_SECONDS = 60
"""A new name, story or picture shows after so long; asking again costs an empty answer until then."""

_KEPT = {"Cache-Control": f"public, max-age={CACHE_SECONDS}"}
_NOT_KEPT = {"Cache-Control": "no-store"}
"""What stands in the place of a card that there is not must not outlive the moment."""


async def show_card(request: Request) -> Response:
    """JPEG of 1024 x 1280 pixels, or of the format asked for; 304 for whoever has this version.

    An unknown code shows the shop's own card, which nobody may keep under that address.
    """
    deps, asked = deps_of(request), parse_card(request.path_params["file"])
    if asked is None:
        raise HTTPException(404)
    guest = deps.visitors.greet(request)
    found = await deps.visitors.look_up(asked.code, guest, deps.nobody)
    deps.visitors.refuse(found, guest)
    story = deps.shop.story(found.host.language, asked.story).key
    versions = deps.pictures.versions
    version = versions.of_format(versions.of_card(sign(found.host), found.host.language, story), asked.format)
    true = found.look_up is LookUp.MEMBER or asked.is_shops
    headers = {**(_KEPT if true else _NOT_KEPT), "Cross-Origin-Resource-Policy": "cross-origin"}
    if true:
        headers["ETag"] = f'"{version}"'
        if has_version(request.headers.get("if-none-match", ""), version):
            return Response(status_code=304, headers=headers)
    jpeg = await deps.card_cache.fetch(version, lambda: deps.pictures.draw_card(found.host, story, asked.format))
    return Response(jpeg, media_type="image/jpeg", headers=headers)


async def show_logo(request: Request) -> Response:
    """The shop's logo as PNG, for our pages; 404 where there is none."""
    deps = deps_of(request)
    logo, pictures = deps.shop.campaign.logo, deps.pictures
    png = await deps.card_cache.fetch(f"logo {logo}", pictures.draw_page_logo) if logo else b""
    if not png:
        raise HTTPException(404)
    return Response(png, media_type="image/png", headers=_KEPT)


def has_version(if_none_match: str, version: str) -> bool:
    """Whether this header names the version, weakly or not, alone or among others."""
    tags = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
    return any(tag in {f'"{version}"', "*"} for tag in tags)
