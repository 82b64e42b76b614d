"""What came of messages to many and of what members asked, as samples."""

from __future__ import annotations

from bot.core.tickets import TicketFigures
from bot.services.broadcasts.results import SHOWN_BROADCASTS, BroadcastResult
from bot.services.tickets.watching import DeskFigures
from storage.broadcast import Broadcast
from storage.records import BroadcastId, BroadcastState, DeliveryState, PersonId

MARCH = 1_772_000_000_000_000


def make_result(
    content: dict[str, object], *, sent: int = 1200, opened: int | None = None, failed: int = 0, unknown: int = 0
) -> BroadcastResult:
    """What came of a broadcast that says this."""
    broadcast = Broadcast(
        id=BroadcastId(3),
        author_id=PersonId(7),
        state=BroadcastState.DONE,
        content=content,
        progress_message_id=None,
        audience_upto=PersonId(2000),
        filled_upto=PersonId(2000),
        created_at=MARCH,
        started_at=MARCH,
        finished_at=MARCH,
    )
    counts = {DeliveryState.SENT: sent, DeliveryState.FAILED: failed, DeliveryState.UNKNOWN: unknown}
    return BroadcastResult(broadcast=broadcast, counts=counts, opened=opened)


def make_desk() -> DeskFigures:
    """A shop that has been asked much."""
    lately = TicketFigures(tickets=1200, answered=1100, solved=900, answer_seconds=7_500, solved_seconds=172_900)
    return DeskFigures(open=100, lately=lately)


def make_results(name: str) -> list[BroadcastResult]:
    """As many as are shown, each of which says a name."""
    return [make_result({"text": name}, opened=310, failed=12, unknown=1) for _ in range(SHOWN_BROADCASTS)]
