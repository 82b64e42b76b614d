"""When a broadcast goes out, what it is about, and who will be left out or has to wait: decided before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.broadcasts.timing import Timing, read_timing, write_timing
from bot.core.roles import MANAGERS
from bot.services.broadcasts.authoring import BroadcastView, view_broadcast
from bot.services.members import MemberView, demand, enter, view_member
from storage.broadcast import Action, Broadcast, News
from storage.conversation import Conversation
from storage.records import BroadcastId, BroadcastState, Profile
from storage.tables import broadcasts, conversations
from storage.tx import Tx

BROADCAST_WHEN = "broadcast_when"
"""The flow in which a time is typed."""
WAIT_SECONDS = 15 * 60


def view_when(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId) -> BroadcastView | None:
    """What can be chosen, and what is; None where it is no draft of this visitor's."""
    view = view_broadcast(tx, visitor=visitor, broadcast_id=broadcast_id)
    return view if view is not None and view.broadcast.state is BroadcastState.DRAFT else None


def open_choices(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId) -> BroadcastView | None:
    """Likewise, and no time is waited for any more."""
    go_back(tx, visitor=visitor)
    return view_when(tx, visitor=visitor, broadcast_id=broadcast_id)


def choose(
    tx: Tx,
    *,
    visitor: Profile,
    broadcast_id: BroadcastId,
    timing: Timing | None = None,
    news: News | None = None,
    paid: bool | None = None,
) -> BroadcastView | None:
    """Change what was chosen of a draft; None where it is no draft of this visitor's."""
    found = _find_draft(tx, visitor, broadcast_id)
    if found is None:
        return None
    broadcasts.set_plan(
        tx,
        broadcast_id,
        news=news or found.news,
        timing=write_timing(timing or read_timing(found.timing)),
        paid=found.action is Action.SEND and (found.paid if paid is None else paid),
    )
    return view_when(tx, visitor=visitor, broadcast_id=broadcast_id)


def ask(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId, step: str, weekday: int = 0) -> BroadcastView | None:
    """Wait for a time to be typed; what was waited for before is waited for again after it."""
    if _find_draft(tx, visitor, broadcast_id) is None:
        return None
    author = enter(tx, visitor)
    asked = conversations.find(tx, author.id)
    data: dict[str, Any] = {"broadcast_id": broadcast_id, "weekday": weekday}
    if asked is not None:
        former = {"flow": asked.flow, "step": asked.step, "data": asked.data}
        data["former"] = asked.data.get("former") if asked.flow == BROADCAST_WHEN else former
    _wait(tx, visitor, BROADCAST_WHEN, step, data)
    return view_when(tx, visitor=visitor, broadcast_id=broadcast_id)


def answer(tx: Tx, *, visitor: Profile, asked: Conversation, timing: Timing) -> BroadcastView | None:
    """Take a time that was typed."""
    go_back(tx, visitor=visitor)
    return choose(tx, visitor=visitor, broadcast_id=BroadcastId(asked.data["broadcast_id"]), timing=timing)


def go_back(tx: Tx, *, visitor: Profile) -> MemberView:
    """Wait for a time no longer, but for what was waited for before it."""
    demand(tx, visitor, MANAGERS)
    author = enter(tx, visitor)
    asked = conversations.find_in(tx, author.id, BROADCAST_WHEN)
    if asked is not None:
        conversations.leave(tx, author.id, BROADCAST_WHEN)
        former = asked.data.get("former")
        if former:
            _wait(tx, visitor, former["flow"], former["step"], former["data"])
    return view_member(tx, author)


def stop(tx: Tx, *, visitor: Profile) -> MemberView:
    """Wait for nothing any more: the draft stays as it was, with its buttons."""
    demand(tx, visitor, MANAGERS)
    author = enter(tx, visitor)
    conversations.leave(tx, author.id, BROADCAST_WHEN)
    return view_member(tx, author)


def _wait(tx: Tx, visitor: Profile, flow: str, step: str, data: Mapping[str, Any]) -> None:
    expires_at = tx.now + WAIT_SECONDS * 1_000_000
    conversations.open(tx, enter(tx, visitor).id, flow, step, data, expires_at=expires_at)


def _find_draft(tx: Tx, visitor: Profile, broadcast_id: BroadcastId) -> Broadcast | None:
    demand(tx, visitor, MANAGERS)
    found = broadcasts.find(tx, broadcast_id)
    is_own = found is not None and found.author_id == enter(tx, visitor).id
    return found if found is not None and is_own and found.state is BroadcastState.DRAFT else None
