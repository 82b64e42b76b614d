"""What came of the latest broadcasts."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.broadcasts.content import read_content
from bot.core.broadcasts.timing import When, read_timing
from storage.broadcast import Broadcast
from storage.frozen import frozen
from storage.records import DeliveryState
from storage.tables import broadcast_links, broadcasts, deliveries
from storage.tx import Tx

SHOWN_BROADCASTS = 10
"""The deliveries of each are counted, so that there are few."""

_READ = 3 * SHOWN_BROADCASTS


@frozen
class BroadcastResult:
    """How many of its recipients are in which state, and how many people have opened one of its links."""

    broadcast: Broadcast
    counts: Mapping[DeliveryState, int]
    opened: int | None
    """None where its links are not counted."""

    @property
    def sent(self) -> int:
        """Who has got it."""
        return self.counts.get(DeliveryState.SENT, 0)

    @property
    def failed(self) -> int:
        """Who has not, whoever blocked the bot included."""
        return self.counts.get(DeliveryState.FAILED, 0) + self.counts.get(DeliveryState.BLOCKED, 0)

    @property
    def unknown(self) -> int:
        """Of whom nobody can say."""
        return self.counts.get(DeliveryState.UNKNOWN, 0)


def list_results(tx: Tx, *, limit: int = SHOWN_BROADCASTS) -> list[BroadcastResult]:
    """The broadcasts that were confirmed last, the latest first; of one that is sent every week, each week's own."""
    sent = [each for each in broadcasts.list_sent(tx, limit=_READ) if read_timing(each.timing).when is not When.WEEKLY]
    return [_count(tx, each) for each in sent[:limit]]


def _count(tx: Tx, broadcast: Broadcast) -> BroadcastResult:
    counts_links = read_content(broadcast.content).counts
    return BroadcastResult(
        broadcast=broadcast,
        counts=deliveries.count_by_state(tx, broadcast.id),
        opened=broadcast_links.count_opened(tx, broadcast.id) if counts_links else None,
    )
