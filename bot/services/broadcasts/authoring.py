"""An admin's message to all members: written, looked at, confirmed, paused, resumed, cancelled."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.services.members import MemberView, enter, view_member
from storage.records import Broadcast, BroadcastId, BroadcastState, DeliveryState, Person, Profile, Recipient
from storage.tables import broadcasts, deliveries, expectations, people
from storage.tx import Tx

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An admin whose next message is the broadcast's."""

    member: MemberView
    broadcast_id: BroadcastId


def compose(tx: Tx, *, visitor: Profile) -> MemberView:
    """Wait for the message itself; an earlier one that was never confirmed is dropped."""
    author = abandon(tx, visitor=visitor)
    expectations.clear(tx, author.id)
    broadcasts.add(tx, author.id)
    return author


def abandon(tx: Tx, *, visitor: Profile) -> MemberView:
    """Wait for a message no longer."""
    author = enter(tx, visitor)
    latest = broadcasts.find_latest(tx, author.id)
    if latest is not None:
        broadcasts.set_state(tx, latest.id, BroadcastState.CANCELLED, expected=UNWRITTEN)
    return view_member(tx, author)


def find_composing(tx: Tx, *, visitor: Profile) -> Waiting | None:
    """The broadcast that waits for this admin's next message."""
    author = people.find_by_telegram_id(tx, visitor.telegram_id)
    latest = broadcasts.find_latest(tx, author.id) if author else None
    if author is None or latest is None or latest.state is not BroadcastState.COMPOSING:
        return None
    return Waiting(member=view_member(tx, author), broadcast_id=latest.id)


def draft(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId, content: dict[str, object]) -> BroadcastView | None:
    """Keep the message to be confirmed; None when it is no longer waited for."""
    found = _find_own(tx, visitor, broadcast_id)
    if found is None or not broadcasts.set_state(
        tx, broadcast_id, BroadcastState.DRAFT, expected=[BroadcastState.COMPOSING]
    ):
        return None
    broadcasts.set_content(tx, broadcast_id, content)
    return view_broadcast(tx, visitor=visitor, broadcast_id=broadcast_id)


def confirm(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId, progress_message_id: int) -> BroadcastView | None:
    """Fix the audience and start sending; a second tap changes nothing. None when there is nothing to confirm."""
    found = _find_own(tx, visitor, broadcast_id)
    if found is None or found.state is BroadcastState.COMPOSING:
        return None
    if broadcasts.set_state(tx, broadcast_id, BroadcastState.RUNNING, expected=[BroadcastState.DRAFT]):
        broadcasts.fix_audience(tx, broadcast_id)
        broadcasts.set_progress_message(tx, broadcast_id, progress_message_id)
    return view_broadcast(tx, visitor=visitor, broadcast_id=broadcast_id)


def pause(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId) -> BroadcastView | None:
    """Send nothing more until resumed; what is in flight arrives."""
    return _move(tx, visitor, broadcast_id, BroadcastState.PAUSED, expected=[BroadcastState.RUNNING])


def resume(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId) -> BroadcastView | None:
    """Go on with those who have not got it."""
    return _move(tx, visitor, broadcast_id, BroadcastState.RUNNING, expected=[BroadcastState.PAUSED])


def cancel(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId) -> BroadcastView | None:
    """Send it to nobody more, for good."""
    return _move(tx, visitor, broadcast_id, BroadcastState.CANCELLED, expected=[*UNWRITTEN, *UNDER_WAY])


def view_broadcast(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId) -> BroadcastView | None:
    """The broadcast and how far it is; None where this visitor has written no such broadcast."""
    found = _find_own(tx, visitor, broadcast_id)
    return None if found is None else compose_view(tx, enter(tx, visitor), found)


def compose_view(tx: Tx, author: Person, broadcast: Broadcast) -> BroadcastView:
    """The broadcast as `author` sees it."""
    counts = deliveries.count_by_state(tx, broadcast.id)
    if broadcast.audience_upto is None:
        total = people.count_members(tx) - people.count_blocked(tx)
    else:
        total = sum(counts.values()) + deliveries.count_unfilled(tx, broadcast.id)
    return BroadcastView(member=view_member(tx, author), broadcast=broadcast, counts=counts, total=total)


def list_unknown(
    tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId
) -> tuple[BroadcastView, list[Recipient]] | None:
    """Those of whom nobody can say whether they got it, at most `LISTED_AT_MOST`."""
    view = view_broadcast(tx, visitor=visitor, broadcast_id=broadcast_id)
    if view is None:
        return None
    return view, deliveries.list_in_state(tx, broadcast_id, DeliveryState.UNKNOWN, LISTED_AT_MOST)


def _find_own(tx: Tx, visitor: Profile, broadcast_id: BroadcastId) -> Broadcast | None:
    """Its buttons are in the author's chat alone: any other tap is made up."""
    found = broadcasts.find(tx, broadcast_id)
    return found if found is not None and found.author_id == enter(tx, visitor).id else None


def _move(
    tx: Tx,
    visitor: Profile,
    broadcast_id: BroadcastId,
    state: BroadcastState,
    *,
    expected: Collection[BroadcastState],
) -> BroadcastView | None:
    if _find_own(tx, visitor, broadcast_id) is None:
        return None
    broadcasts.set_state(tx, broadcast_id, state, expected=expected)
    return view_broadcast(tx, visitor=visitor, broadcast_id=broadcast_id)
