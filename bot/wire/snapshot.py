"""What the shop says and looks like at this moment: one immutable snapshot, changed for another as a whole.

Whoever shows something takes the snapshot once and shows all of it from that one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.messages.shop import Shop
from bot.services.campaigns import ShopView, find_newer
from bot.wire.pictures import Pictures
from bot.wire.signal import Signal
from storage.frozen import frozen
from storage.records import ShopChanged, WrittenBeside
from storage.store import Store

logger = logging.getLogger(__name__)

RETRY_SECONDS = 1.0
"""Before a shop is read again that could not be read or shown."""

NEVER_READ = -1
"""No shop has this revision."""


@frozen
class Snapshot:
    """The shop, and what draws its pictures."""

    shop: Shop
    pictures: Pictures
    view: ShopView | None = None
    """What the store said of the shop; None before it was asked."""

    def renew(self, view: ShopView) -> Snapshot:
        """The same shop as it is now; reads a theme's file."""
        community = view.community_chat is not None
        name = view.bot_username or self.shop.bot_username
        shop = replace(self.shop, bot_username=name, campaign=view.campaign, zone=view.zone, community=community)
        return Snapshot(shop=shop, pictures=self.pictures.of_shop(shop), view=view)

    def get_view(self) -> ShopView:
        """What the store said.

        Raises:
            LookupError: it was not asked yet.
        """
        if self.view is None:
            raise LookupError("the shop was not read yet")
        return self.view

    def shows(self, view: ShopView) -> bool:
        """Whether it is the shop as it is now, whatever was counted."""
        return self.view is not None and replace(view, revision=self.view.revision) == self.view


class Snapshots:
    """Holds the snapshot that is valid now, and renews it when the shop has changed.

    Args:
        store: Where the shop is read.
        first: What is valid until the shop is read for the first time.
        retry_seconds: Before it is read again after a failure.
    """

    def __init__(self, store: Store, first: Snapshot, *, retry_seconds: float = RETRY_SECONDS) -> None:
        self._store = store
        self.current = first
        """What is valid at this moment; changed here alone."""
        self._revision = NEVER_READ
        self._retry_seconds = retry_seconds
        self._told = False
        self._signal = Signal()
        self._listeners: list[Callable[[Snapshot], None]] = []

    def subscribe(self, listener: Callable[[Snapshot], None]) -> None:
        """Have a listener given each snapshot in the moment it becomes valid; it must not raise."""
        self._listeners.append(listener)

    async def wait_other_than(self, known: Snapshot) -> Snapshot:
        """Return the snapshot that is valid, once that is not this one any more."""
        await self._signal.wait_for(lambda: self.current is not known)
        return self.current

    async def run(self) -> None:
        """Keep the snapshot up to date; ends by being cancelled alone."""
        self._store.subscribe(self._note_events, ShopChanged, WrittenBeside)
        while True:
            try:
                await self.refresh()
            except Exception:
                logger.exception("The shop cannot be read anew; what was valid stays")
                await asyncio.sleep(self._retry_seconds)
            else:
                await self._signal.wait_for(lambda: self._told)

    async def refresh(self) -> None:
        """Make what the store says valid, where that is something new.

        Raises:
            StoreError: it cannot be read.
            FileNotFoundError: there is no such theme.
        """
        self._told = False
        view = await self._store.read(find_newer, revision=self._revision)
        if view is None:
            return
        if not self.current.shows(view):
            self._swap(await asyncio.to_thread(self.current.renew, view))
        self._revision = view.revision

    def _swap(self, snapshot: Snapshot) -> None:
        self.current = snapshot
        for listener in self._listeners:
            listener(snapshot)
        logger.info("Campaign %r is shown as it is now", snapshot.shop.campaign.slug)
        self._signal.tell()

    def _note_events(self, _events: Sequence[ShopChanged | WrittenBeside]) -> None:
        self._told = True
        self._signal.tell()
