"""An admin's message to all members: written, looked at, confirmed, paused, resumed, cancelled."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field

from bot.core.broadcasts.content import list_links, read_content
from bot.core.broadcasts.timing import When, read_timing
from bot.core.roles import MANAGERS
from bot.services.audit import Act
from bot.services.broadcasts.planning import Plan, compute_due, summarize, view_plan
from bot.services.members import MemberView, demand, enter, list_team, view_member
from bot.services.segments.finding import count_steps, find_audience
from storage.broadcast import Action, Broadcast, Recipient, Skip
from storage.frozen import frozen
from storage.records import BroadcastId, BroadcastState, DeliveryState, Person, Profile
from storage.tables import audiences, audit, broadcast_links, broadcasts, conversations, deliveries, directory, people
from storage.tx import Tx

BROADCAST = "broadcast"
"""The flow in which a message to all is written."""

UNDER_WAY = (BroadcastState.RUNNING, BroadcastState.PAUSED)
LISTED_AT_MOST = 50
EVERYBODY_PERCENT = 100


@frozen
class BroadcastView:
    """A broadcast as its author sees it."""

    member: MemberView
    broadcast: Broadcast
    counts: dict[DeliveryState, int]
    total: int
    """Members the message is meant for; before confirmation, those who would get it now."""
    opened: int = 0
    """Who has opened one of its links; always 0 where that is not counted."""
    plan: Plan | None = None
    """When it goes out; None where it only edits or deletes."""
    skipped: Mapping[Skip, int] = field(default_factory=dict)
    """Who was left out, by reason."""
    doubtful: int = 0
    """Of an edit or a deletion: of whom nobody knows whether they have what it is about."""
    week: BroadcastView | None = None
    """Of one that is sent every week: the last."""


def confirm(
    tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId, progress_message_id: int, percent: int | None = None
) -> BroadcastView | None:
    """Fix the audience and start sending; a second tap changes nothing. None when there is nothing to confirm.

    With `percent` only so many of a hundred get it, at least one; the rest with `send_rest`.
    """
    found = find_own(tx, visitor, broadcast_id)
    if found is None:
        return None
    if broadcasts.set_state(tx, broadcast_id, BroadcastState.RUNNING, expected=[BroadcastState.DRAFT]):
        conversations.leave(tx, found.author_id, BROADCAST)
        _start(tx, found)
        broadcasts.set_progress_message(tx, broadcast_id, progress_message_id)
        number_links(tx, found)
        if percent is not None:
            _choose_sample(tx, broadcast_id, percent)
        _note(tx, found, BroadcastState.RUNNING)
    return view_broadcast(tx, visitor=visitor, broadcast_id=broadcast_id)


def send_rest(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId, progress_message_id: int) -> BroadcastView | None:
    """Let what went to a few go to everybody else; nobody gets it twice."""
    found = find_own(tx, visitor, broadcast_id)
    if found is None or found.sample_percent is None:
        return None
    if broadcasts.set_state(tx, broadcast_id, BroadcastState.RUNNING, expected=[BroadcastState.DONE]):
        broadcasts.set_sample(tx, broadcast_id, None)
        broadcasts.set_progress_message(tx, broadcast_id, progress_message_id)
        _note(tx, found, BroadcastState.RUNNING)
    return view_broadcast(tx, visitor=visitor, broadcast_id=broadcast_id)


def number_links(tx: Tx, broadcast: Broadcast) -> None:
    """Give each link that is to be counted its number for ever; those that have one keep it."""
    content = read_content(broadcast.content)
    if not content.counts:
        return
    counted_id = broadcasts.find_counted_id(broadcast)
    known = broadcast_links.list_of(tx, counted_id)
    new = [url for url in list_links(content) if url not in known.values()]
    first = max(known, default=0) + 1
    broadcast_links.add_each(tx, counted_id, dict(enumerate(new, first)))


def _choose_sample(tx: Tx, broadcast_id: BroadcastId, percent: int) -> None:
    """So many of a hundred; where that is nobody, as few as there can be."""
    while True:
        broadcasts.set_sample(tx, broadcast_id, percent)
        among = find_audience(tx, broadcasts.get(tx, broadcast_id))
        if percent >= EVERYBODY_PERCENT or deliveries.count_unfilled(tx, broadcast_id, among):
            return
        percent = min(EVERYBODY_PERCENT, 2 * percent)


def pause(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId) -> BroadcastView | None:
    """Send nothing more until resumed; what is in flight arrives."""
    return _move(tx, visitor, broadcast_id, BroadcastState.PAUSED, expected=[BroadcastState.RUNNING])


def resume(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId) -> BroadcastView | None:
    """Go on with those who have not got it."""
    return _move(tx, visitor, broadcast_id, BroadcastState.RUNNING, expected=[BroadcastState.PAUSED])


def cancel(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId) -> BroadcastView | None:
    """Send it to nobody more, for good."""
    author = enter_author(tx, visitor)
    asked = conversations.find_in(tx, author.id, BROADCAST)
    if asked is not None and asked.data.get("broadcast_id") == broadcast_id:
        conversations.leave(tx, author.id, BROADCAST)
    return _move(tx, visitor, broadcast_id, BroadcastState.CANCELLED, expected=[BroadcastState.DRAFT, *UNDER_WAY])


def view_broadcast(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId) -> BroadcastView | None:
    """The broadcast and how far it is; None where this visitor has written no such broadcast."""
    found = find_own(tx, visitor, broadcast_id)
    return None if found is None else compose_view(tx, enter(tx, visitor), found)


def compose_view(tx: Tx, author: Person, broadcast: Broadcast) -> BroadcastView:
    """The broadcast as `author` sees it."""
    counts = deliveries.count_by_state(tx, broadcast.id)
    opened = broadcast_links.count_opened(tx, broadcast.id) if read_content(broadcast.content).counts else 0
    return BroadcastView(
        member=view_member(tx, author),
        broadcast=broadcast,
        counts=counts,
        total=_count_all(tx, broadcast, counts),
        opened=opened,
        plan=_find_plan(tx, broadcast),
        skipped=deliveries.count_skipped(tx, broadcast.id) if counts.get(DeliveryState.SKIPPED) else {},
        doubtful=_count_doubtful(tx, broadcast),
        week=_find_week(tx, author, broadcast),
    )


def _count_doubtful(tx: Tx, broadcast: Broadcast) -> int:
    if broadcast.action is Action.SEND or broadcast.of_id is None:
        return 0
    return deliveries.count_by_state(tx, broadcast.of_id).get(DeliveryState.UNKNOWN, 0)


def _count_all(tx: Tx, broadcast: Broadcast, counts: Mapping[DeliveryState, int]) -> int:
    if broadcast.action is not Action.SEND:
        return sum(counts.values()) + audiences.count_unechoed(tx, broadcast)
    if broadcast.audience_upto is not None:
        return sum(counts.values()) + deliveries.count_unfilled(tx, broadcast.id, find_audience(tx, broadcast))
    if broadcast.joined_upto is not None:
        return sum(counts.values())
    if broadcast.segment is not None:
        return count_steps(tx, broadcast.segment)[-1]
    return directory.count_members(tx) - directory.count_blocked(tx)


def _find_plan(tx: Tx, broadcast: Broadcast) -> Plan | None:
    if broadcast.action is not Action.SEND:
        return None
    return summarize(tx, broadcast) if broadcast.state is BroadcastState.DRAFT else view_plan(tx, broadcast)


def _find_week(tx: Tx, author: Person, broadcast: Broadcast) -> BroadcastView | None:
    if broadcast.timing is None or read_timing(broadcast.timing).when is not When.WEEKLY:
        return None
    weeks = [each for each in broadcasts.list_of(tx, broadcast.id) if each.action is Action.SEND]
    return compose_view(tx, author, weeks[0]) if weeks else None


def list_unknown(
    tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId
) -> tuple[BroadcastView, list[Recipient]] | None:
    """Those of whom nobody can say whether they got it, at most `LISTED_AT_MOST`."""
    view = view_broadcast(tx, visitor=visitor, broadcast_id=broadcast_id)
    if view is None:
        return None
    return view, deliveries.list_in_state(tx, broadcast_id, DeliveryState.UNKNOWN, LISTED_AT_MOST)


def list_team_readers(tx: Tx, *, visitor: Profile) -> list[Recipient]:
    """Everybody of the team who can be written to, the visitor too."""
    enter_author(tx, visitor)
    found = (people.find_by_telegram_id(tx, telegram_id) for telegram_id in list_team(tx))
    return [
        Recipient(
            broadcast_id=BroadcastId(0),
            person_id=person.id,
            telegram_id=person.profile.telegram_id,
            code=person.code,
            language=person.language or person.profile.telegram_language,
        )
        for person in found
        if person is not None
    ]


def _start(tx: Tx, found: Broadcast) -> None:
    """What goes to everybody now has its audience now; what comes later finds it then."""
    timing = read_timing(found.timing)
    due_at = compute_due(tx, timing)
    broadcasts.set_started(tx, found.id, due_at=due_at, joined_upto=timing.compute_joined(tx.now))
    if not due_at and not timing.is_standing:
        broadcasts.fix_audience(tx, found.id)
    if found.action is Action.EDIT and found.of_id is not None and found.content is not None:
        broadcasts.set_content(tx, found.of_id, found.content)  # for whoever has not got it yet


def find_own(tx: Tx, visitor: Profile, broadcast_id: BroadcastId) -> Broadcast | None:
    """Its buttons are in the author's chat alone: any other tap is made up."""
    found = broadcasts.find(tx, broadcast_id)
    return found if found is not None and found.author_id == enter_author(tx, visitor).id else None


def enter_author(tx: Tx, visitor: Profile) -> Person:
    """The author; whoever lost the right to write to all has lost it here too.

    Raises:
        NotAllowed: somebody who may not write to all.
    """
    demand(tx, visitor, MANAGERS)
    return enter(tx, visitor)


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
    found = find_own(tx, visitor, broadcast_id)
    if found is None:
        return None
    if broadcasts.set_state(tx, broadcast_id, state, expected=expected):
        _note(tx, found, state)
        for week in broadcasts.list_of(tx, broadcast_id):
            if week.action is Action.SEND:
                broadcasts.set_state(tx, week.id, state, expected=[each for each in expected if each in UNDER_WAY])
    return view_broadcast(tx, visitor=visitor, broadcast_id=broadcast_id)
