"""What the handlers are given, composed once by `app`."""

from __future__ import annotations

from dataclasses import field

from bot.handlers.community.chat import CommunityChat
from bot.messages.shop import Shop
from bot.updates.capability import Registry
from bot.updates.context import PassalongContext
from bot.wire.pictures import Pictures
from bot.wire.snapshot import Snapshot
from storage.frozen import frozen


@frozen
class Deps:
    """What every handler may need besides the store."""

    snapshot: Snapshot
    """Of the shop, as it was when the update's handling began."""
    registry: Registry
    community: CommunityChat | None = None
    """The chat that friends are invited to."""
    vault: bool = False
    """Whether there is a channel that takes pictures."""

    shop: Shop = field(init=False)
    """What screens need to know of the shop."""
    pictures: Pictures = field(init=False)
    """What draws its cards and codes."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "shop", self.snapshot.shop)
        object.__setattr__(self, "pictures", self.snapshot.pictures)


Context = PassalongContext[Deps]
