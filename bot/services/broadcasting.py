"""An admin's message to all members: written, looked at, confirmed, paused, resumed, cancelled."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.services.members import MemberView, enter, view_member
from storage.records import Broadcast, BroadcastChanged, BroadcastId, BroadcastState, DeliveryState, Profile, Recipient
from storage.tx import Tx
from storage.tables import broadcasts, deliveries, people

UNWRITTEN = (BroadcastState.COMPOSING, BroadcastState.DRAFT)
UNDER_WAY = (BroadcastState.RUNNING, BroadcastState.PAUSED)
LISTED_AT_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastView:
    """A broadcast as its author sees it."""

    member: MemberView
    broadcast: Broadcast
    counts: dict[DeliveryState, int]
    total: int
    """Members the message is meant for; before confirmation, those who would get it now."""


def compose(tx: Tx, *, visitor: Profile) -> MemberView:
    """Wait for the message itself; an earlier one that was never confirmed is dropped."""
    author = enter(tx, visitor)
    earlier = broadcasts.find_latest(tx, author.id)
    if earlier is not None:
        broadcasts.set_state(tx, earlier.id, BroadcastState.CANCELLED, expected=UNWRITTEN)
    broadcasts.add(tx, author.id)
    return view_member(tx, author)


def find_composing(tx: Tx, *, visitor: Profile) -> BroadcastId | None:
    """The broadcast that waits for this admin's next message."""
    author = people.find_by_telegram_id(tx, visitor.telegram_id)
    latest = broadcasts.find_latest(tx, author.id) if author else None
    return latest.id if latest is not None and latest.state is BroadcastState.COMPOSING else None


def draft(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId, content: dict[str, object]) -> BroadcastView | None:
    """Keep the message to be confirmed; None when it is no longer waited for."""
    if not broadcasts.set_state(tx, broadcast_id, BroadcastState.DRAFT, expected=[BroadcastState.COMPOSING]):
        return None
    broadcasts.set_content(tx, broadcast_id, content)
    return view_broadcast(tx, visitor=visitor, broadcast_id=broadcast_id)


def confirm(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId, progress_message_id: int) -> BroadcastView | None:
    """Fix the audience and start sending; None when this is no draft any more."""
    if not _move(tx, broadcast_id, BroadcastState.RUNNING, expected=[BroadcastState.DRAFT]):
        return None
    broadcasts.fix_audience(tx, broadcast_id)
    broadcasts.set_progress_message(tx, broadcast_id, progress_message_id)
    return view_broadcast(tx, visitor=visitor, broadcast_id=broadcast_id)


def pause(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId) -> BroadcastView:
    """Send nothing more until resumed; what is in flight arrives."""
    _move(tx, broadcast_id, BroadcastState.PAUSED, expected=[BroadcastState.RUNNING])
    return view_broadcast(tx, visitor=visitor, broadcast_id=broadcast_id)


def resume(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId) -> BroadcastView:
    """Go on with those who have not got it."""
    _move(tx, broadcast_id, BroadcastState.RUNNING, expected=[BroadcastState.PAUSED])
    return view_broadcast(tx, visitor=visitor, broadcast_id=broadcast_id)


def cancel(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId) -> BroadcastView:
    """Send it to nobody more, for good."""
    _move(tx, broadcast_id, BroadcastState.CANCELLED, expected=[*UNWRITTEN, *UNDER_WAY])
    return view_broadcast(tx, visitor=visitor, broadcast_id=broadcast_id)


def view_broadcast(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId) -> BroadcastView:
    """The broadcast, how far it is, and who looks at it."""
    found = broadcasts.get(tx, broadcast_id)
    counts = deliveries.count_by_state(tx, broadcast_id)
    total = (
        deliveries.count_audience(tx, broadcast_id)
        if found.audience_upto
        else people.count_members(tx) - people.count_blocked(tx)
    )
    return BroadcastView(member=view_member(tx, enter(tx, visitor)), broadcast=found, counts=counts, total=total)


def list_unknown(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId) -> tuple[MemberView, list[Recipient]]:
    """Those of whom nobody can say whether they got it, at most `LISTED_AT_MOST`."""
    listed = deliveries.list_in_state(tx, broadcast_id, DeliveryState.UNKNOWN, LISTED_AT_MOST)
    return view_member(tx, enter(tx, visitor)), listed


def _move(tx: Tx, broadcast_id: BroadcastId, state: BroadcastState, *, expected: Collection[BroadcastState]) -> bool:
    moved = broadcasts.set_state(tx, broadcast_id, state, expected=expected)
    if moved:
        tx.tell(BroadcastChanged(broadcast_id=broadcast_id))
    return moved
