"""What every door is given, composed once."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from bot.messages.shop import Shop
from bot.web.card_cache import CardCache
from bot.web.click_writer import ClickWriter
from bot.web.health import Health
from bot.web.salt import DailySalt
from bot.web.templates import Templates
from bot.web.throttle import Throttle
from bot.web.visitor import Visitors
from bot.wire.pictures import Pictures
from storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class WebDeps:
    """The rooms behind the doors."""

    store: Store
    health: Health
    shop: Shop
    pictures: Pictures
    templates: Templates
    visitors: Visitors
    card_cache: CardCache
    salt: DailySalt
    click_writer: ClickWriter
    beacons: Throttle


def deps_of(request: Request) -> WebDeps:
    """The dependencies of the site that this request came to."""
    deps: WebDeps = request.app.state.deps
    return deps
