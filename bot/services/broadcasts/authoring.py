"""An admin's message to all members: written, looked at, confirmed, paused, resumed, cancelled."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.core.durations import DAY_SECONDS
from bot.core.roles import MANAGERS
from bot.services.audit import Act
from bot.services.members import MemberView, demand, enter, view_member
from storage.broadcast import Broadcast, Recipient
from storage.records import BroadcastId, BroadcastState, DeliveryState, Person, Profile
from storage.tables import audit, broadcasts, conversations, deliveries, directory
from storage.tx import Tx

BROADCAST = "broadcast"
"""The flow in which a message to all is written: its content, then the tap that confirms it."""

WAIT_SECONDS = DAY_SECONDS
"""For so long the next message is taken for everybody's, and its edits are followed."""

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
    author = _enter(tx, visitor)
    latest = broadcasts.find_latest(tx, author.id)
    if latest is not None:
        broadcasts.set_state(tx, latest.id, BroadcastState.CANCELLED, expected=[BroadcastState.DRAFT])
    _wait(tx, author, "content", {})
    return view_member(tx, author)


def abandon(tx: Tx, *, visitor: Profile) -> MemberView:
    """Wait for a message no longer; what was written in this dialogue is dropped, and nothing else."""
    author = _enter(tx, visitor)
    asked = conversations.find_in(tx, author.id, BROADCAST)
    if asked is not None and "broadcast_id" in asked.data:
        drafted = BroadcastId(asked.data["broadcast_id"])
        broadcasts.set_state(tx, drafted, BroadcastState.CANCELLED, expected=[BroadcastState.DRAFT])
    conversations.leave(tx, author.id, BROADCAST)
    return view_member(tx, author)


def draft(tx: Tx, *, visitor: Profile, message_id: int, content: dict[str, object]) -> BroadcastView | None:
    """Keep the message to be confirmed, or its edited form; None when it is not the one that is waited for."""
    author = _enter(tx, visitor)
    asked = conversations.find_in(tx, author.id, BROADCAST)
    if asked is None:
        return None
    if asked.step == "content":
        drafted = broadcasts.add(tx, author.id)
        _wait(tx, author, "confirm", {"broadcast_id": drafted.id, "message_id": message_id})
    else:
        drafted = broadcasts.get(tx, BroadcastId(asked.data["broadcast_id"]))
        if asked.data["message_id"] != message_id or drafted.state is not BroadcastState.DRAFT:
            return None
    broadcasts.set_content(tx, drafted.id, content)
    return view_broadcast(tx, visitor=visitor, broadcast_id=drafted.id)


def confirm(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId, progress_message_id: int) -> BroadcastView | None:
    """Fix the audience and start sending; a second tap changes nothing. None when there is nothing to confirm."""
    found = _find_own(tx, visitor, broadcast_id)
    if found is None:
        return None
    if broadcasts.set_state(tx, broadcast_id, BroadcastState.RUNNING, expected=[BroadcastState.DRAFT]):
        conversations.leave(tx, found.author_id, BROADCAST)
        broadcasts.fix_audience(tx, broadcast_id)
        broadcasts.set_progress_message(tx, broadcast_id, progress_message_id)
        _note(tx, found, BroadcastState.RUNNING)
    return view_broadcast(tx, visitor=visitor, broadcast_id=broadcast_id)


def pause(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId) -> BroadcastView | None:
    """Send nothing more until resumed; what is in flight arrives."""
    return _move(tx, visitor, broadcast_id, BroadcastState.PAUSED, expected=[BroadcastState.RUNNING])


def resume(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId) -> BroadcastView | None:
    """Go on with those who have not got it."""
    return _move(tx, visitor, broadcast_id, BroadcastState.RUNNING, expected=[BroadcastState.PAUSED])


def cancel(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId) -> BroadcastView | None:
    """Send it to nobody more, for good."""
    author = _enter(tx, visitor)
    asked = conversations.find_in(tx, author.id, BROADCAST)
    if asked is not None and asked.data.get("broadcast_id") == broadcast_id:
        conversations.leave(tx, author.id, BROADCAST)
    return _move(tx, visitor, broadcast_id, BroadcastState.CANCELLED, expected=[BroadcastState.DRAFT, *UNDER_WAY])


def view_broadcast(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId) -> BroadcastView | None:
    """The broadcast and how far it is; None where this visitor has written no such broadcast."""
    found = _find_own(tx, visitor, broadcast_id)
    return None if found is None else compose_view(tx, enter(tx, visitor), found)


def compose_view(tx: Tx, author: Person, broadcast: Broadcast) -> BroadcastView:
    """The broadcast as `author` sees it."""
    counts = deliveries.count_by_state(tx, broadcast.id)
    if broadcast.audience_upto is None:
        total = directory.count_members(tx) - directory.count_blocked(tx)
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
    return found if found is not None and found.author_id == _enter(tx, visitor).id else None


def _enter(tx: Tx, visitor: Profile) -> Person:
    """The author; whoever lost the right to write to all has lost it here too.

    Raises:
        NotAllowed: somebody who may not write to all.
    """
    demand(tx, visitor, MANAGERS)
    return enter(tx, visitor)


def _wait(tx: Tx, author: Person, step: str, data: dict[str, object]) -> None:
    expires_at = tx.now + WAIT_SECONDS * 1_000_000
    conversations.open(tx, author.id, BROADCAST, step, data, expires_at=expires_at)


def _note(tx: Tx, found: Broadcast, state: BroadcastState) -> None:
    audit.add(tx, actor_id=found.author_id, act=Act.BROADCAST, subject=str(found.id), before=found.state, after=state)


def _move(
    tx: Tx,
    visitor: Profile,
    broadcast_id: BroadcastId,
    state: BroadcastState,
    *,
    expected: Collection[BroadcastState],
) -> BroadcastView | None:
    found = _find_own(tx, visitor, broadcast_id)
    if found is None:
        return None
    if broadcasts.set_state(tx, broadcast_id, state, expected=expected):
        _note(tx, found, state)
    return view_broadcast(tx, visitor=visitor, broadcast_id=broadcast_id)
