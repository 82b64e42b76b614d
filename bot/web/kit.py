"""What every door is given, composed once."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from bot.gateway.pictures import Pictures
from bot.messages.shop import Shop
from bot.web.gallery import Gallery
from bot.web.paper import Paper
from bot.web.reception import Reception
from bot.web.salt import DailySalt
from bot.web.tally import Tally
from bot.web.throttle import Throttle
from storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class WebKit:
    """The rooms behind the doors."""

    store: Store
    shop: Shop
    pictures: Pictures
    paper: Paper
    reception: Reception
    gallery: Gallery
    salt: DailySalt
    tally: Tally
    beacons: Throttle


def kit_of(request: Request) -> WebKit:
    """The kit of the site that this request came to."""
    kit: WebKit = request.app.state.kit
    return kit
