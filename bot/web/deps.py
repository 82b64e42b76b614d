"""What every door is given, composed once."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request

from bot.messages.shop import Shop
from bot.services.members import MemberView
from bot.services.visiting import compose_nobody
from bot.telemetry import Metrics
from bot.updates.reception import Reception
from bot.updates.vitals import VitalSigns
from bot.web.card_cache import CardCache
from bot.web.click_writer import ClickWriter
from bot.web.health import Health
from bot.web.salt import DailySalt
from bot.web.templates import Templates
from bot.web.throttle import Admission, Throttle
from bot.web.visitor import Visitors
from bot.wire.pictures import Pictures
from bot.wire.snapshot import Snapshot, Snapshots
from storage.frozen import frozen
from storage.store import Store
from storage.tx import Clock


@frozen
class WebDeps:
    """The rooms behind the doors."""

    store: Store
    health: Health
    snapshots: Snapshots
    snapshot: Snapshot
    """Of the shop, as it was when the request came."""
    templates: Templates
    visitors: Visitors
    card_cache: CardCache
    salt: DailySalt
    click_writer: ClickWriter
    beacons: Throttle
    failures: Throttle
    """Requests to the API that nobody vouches for."""
    admission: Admission
    live: Admission
    """Browsers that are told of changes."""
    clock: Clock
    pepper: bytes
    """What other systems' secrets are made with."""
    metrics: Metrics
    """What was counted behind these doors, or by the bot where one works there."""
    signs: VitalSigns | None
    """The bot's own figures; None where no bot works behind these doors."""
    metrics_token: str
    """Whoever knows it reads those figures; empty: only this machine does."""
    updates: Reception | None = None
    """Takes in what Telegram brings; None where the bot fetches it."""

    @property
    def shop(self) -> Shop:
        """What pages need to know of the shop."""
        return self.snapshot.shop

    @property
    def pictures(self) -> Pictures:
        """What draws its cards."""
        return self.snapshot.pictures

    @property
    def nobody(self) -> MemberView:
        """Whom a link belongs to that belongs to nobody."""
        return compose_nobody(self.shop.campaign.channel_language)


def deps_of(request: Request) -> WebDeps:
    """The dependencies of the site that this request came to, with the shop as it is at this moment; asked once."""
    deps: WebDeps = request.app.state.deps
    return replace(deps, snapshot=deps.snapshots.current)
