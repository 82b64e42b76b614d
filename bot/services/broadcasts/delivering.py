"""A broadcast on its way: recipients claimed before they are written to, outcomes written down, the end noticed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.broadcasts.content import count_messages
from bot.core.broadcasts.timing import Timing, When, read_timing
from bot.services.broadcasts.authoring import BroadcastView, compose_view
from bot.services.broadcasts.notices import BroadcastSlowed, BroadcastStopped
from bot.services.broadcasts.planning import GLANCE, LOOK, PAGE, claim_next, compute_due, is_planned_ahead
from bot.services.notices import owe
from bot.services.webhooks.publishing import publish_broadcast
from storage.addresses import MemberAddress
from storage.broadcast import Action, Broadcast, Outcome, Recipient
from storage.frozen import frozen
from storage.records import BroadcastId, BroadcastState, DeliveryState, PersonId
from storage.tables import broadcast_links, broadcasts, deliveries, people
from storage.tx import Tx

Key = tuple[BroadcastId, PersonId]


@frozen
class Claim:
    """Recipients of one broadcast that are this process's to write to, durably."""

    broadcast: Broadcast
    recipients: Sequence[Recipient]
    weight: int = 1
    """Messages to each of them."""
    counted_id: BroadcastId
    """Under whose number its links are counted."""
    links: Mapping[str, int] = field(default_factory=dict)
    """Numbers of the addresses whose opening is counted."""


@frozen
class Step:
    """What one step brought."""

    claims: list[Claim] = field(default_factory=list)
    finished: list[BroadcastId] = field(default_factory=list)
    more: set[bool] = field(default_factory=set)
    """Whether somebody is still to be looked at of those that are free of charge (False) and of those paid for (True)."""
    ahead: list[BroadcastId] = field(default_factory=list)
    """Where more members are to be looked at beside the steps, see `planning.plan_on`."""
    now: int = 0
    due_ats: list[int] = field(default_factory=list)
    """When somebody is due who was not now."""

    def note_due(self, due_at: int) -> None:
        """Somebody is due then."""
        self.due_ats.append(due_at)

    def compute_wait(self) -> float | None:
        """Seconds until somebody is due; None while nobody is waited for."""
        return max(0.0, (min(self.due_ats) - self.now) / 1_000_000) if self.due_ats else None


@dataclass(slots=True, eq=False)
class Ends:
    """What is to be written down."""

    outcomes: list[Outcome] = field(default_factory=list)
    returned: list[Recipient] = field(default_factory=list)
    paused: set[BroadcastId] = field(default_factory=set)
    stopped: set[BroadcastId] = field(default_factory=set)
    unpaid: set[BroadcastId] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.outcomes or self.returned or self.paused or self.stopped or self.unpaid)

    def list_keys(self) -> set[Key]:
        """Recipients that the database still shows as being written to."""
        ended = {(each.broadcast_id, each.person_id) for each in self.outcomes}
        return ended | {(each.broadcast_id, each.person_id) for each in self.returned}

    def add(self, earlier: Ends) -> None:
        """Take back what could not be written down."""
        self.outcomes[:0] = earlier.outcomes
        self.returned[:0] = earlier.returned
        self.paused |= earlier.paused
        self.stopped |= earlier.stopped
        self.unpaid |= earlier.unpaid


@frozen
class FormerRun:
    """What a run that was killed is known to have sent."""

    run: str
    """Its name; it says nothing of what other runs have claimed."""
    left: Collection[Key] = ()
    """Whose message may have arrived."""
    answered: Mapping[Key, int] = field(default_factory=dict)
    """Whose message has arrived, with its number."""


def begin(tx: Tx, *, former: FormerRun | None = None) -> list[BroadcastId]:
    """Settle what a former process was sending, as unknown where nothing is known.

    Returns the broadcasts whose progress is shown.
    """
    deliveries.requeue_echoes(tx)
    if former is not None:
        for broadcast in broadcasts.list_started(tx, claimed_by=former.run):
            _settle_former(tx, broadcast, former)
    deliveries.mark_unknown(tx)
    return [broadcast.id for broadcast in broadcasts.list_shown(tx)]


def proceed(
    tx: Tx,
    *,
    outcomes: Sequence[Outcome] = (),
    returned: Sequence[Recipient] = (),
    limit: int,
    paid_limit: int = 0,
    paused: Collection[BroadcastId] = (),
    stopped: Collection[BroadcastId] = (),
    unpaid: Collection[BroadcastId] = (),
    run: str = "",
) -> Step:
    """Write down how deliveries ended and claim the next ones, oldest broadcast first, as one.

    Args:
        tx: The transaction.
        outcomes: How deliveries ended.
        returned: Claimed recipients to whom surely nothing was sent; they are queued again.
        limit: How many messages there is room for; with 0 nothing is claimed or finished.
        paid_limit: Likewise, of broadcasts that are paid for.
        paused: Broadcasts that cannot go on as things are.
        stopped: Broadcasts of which too many were refused: their authors are told.
        unpaid: Broadcasts for which Telegram takes no Stars: they go on free of charge, and their authors are told.
        run: Names who claims; see `FormerRun`.
    """
    settle(tx, outcomes, returned)
    for broadcast_id in paused:
        broadcasts.set_state(tx, broadcast_id, BroadcastState.PAUSED, expected=[BroadcastState.RUNNING])
    for broadcast_id in stopped:
        _stop(tx, broadcast_id)
    for broadcast_id in unpaid:
        _slow_down(tx, broadcast_id)
    step, rooms = Step(now=tx.now), {False: limit, True: paid_limit}
    for broadcast in broadcasts.find_running(tx) if limit or paid_limit else ():
        if rooms[broadcast.paid] <= 0:
            continue
        claim = _claim(tx, broadcast, rooms[broadcast.paid], step)
        if claim.recipients:
            if broadcast.claimed_by != run:
                broadcasts.set_claimed_by(tx, broadcast.id, run)
            step.claims.append(claim)
        rooms[broadcast.paid] -= len(claim.recipients) * claim.weight
        if rooms[broadcast.paid] <= 0:
            step.more.add(broadcast.paid)
    return step


def _claim(tx: Tx, broadcast: Broadcast, room: int, step: Step) -> Claim:
    """The next recipients of one broadcast: as many as there is room for messages to them."""
    weight = count_messages(broadcast.content) if broadcast.action is Action.SEND else 1
    recipients = _advance(tx, broadcast, max(1, room // weight), step)
    links = _list_links(tx, broadcast) if recipients else {}
    return Claim(
        broadcast=broadcast,
        recipients=recipients,
        weight=weight,
        counted_id=broadcasts.find_counted_id(broadcast),
        links=links,
    )


def settle(tx: Tx, outcomes: Sequence[Outcome], returned: Sequence[Recipient] = ()) -> None:
    """Write down how deliveries ended; who has blocked the bot is known as such from now on."""
    deliveries.settle(tx, outcomes)
    for person_id in sorted({each.person_id for each in outcomes if each.state is DeliveryState.BLOCKED}):
        people.set_blocked(tx, person_id, blocked=True)
    _requeue(tx, returned)


def requeue_strays(tx: Tx, *, held: Collection[Key]) -> None:
    """Queue again what is claimed but nobody holds: a claim whose commit was in doubt, and took place."""
    for broadcast in broadcasts.find_running(tx):
        claimed = deliveries.list_in_state(tx, broadcast.id, DeliveryState.SENDING, PAGE)
        _requeue(tx, [each for each in claimed if (each.broadcast_id, each.person_id) not in held])


def view_progress(tx: Tx, *, broadcast_id: BroadcastId) -> BroadcastView | None:
    """The broadcast as its author sees it now; None where no message shows it."""
    found = broadcasts.get(tx, broadcast_id)
    if found.progress_message_id is None:
        return None
    return compose_view(tx, people.get(tx, found.author_id), found)


def forget_progress(tx: Tx, *, broadcast_id: BroadcastId) -> None:
    """The last word is said, or there is no message any more to say it in."""
    broadcasts.set_progress_message(tx, broadcast_id, None)


def _settle_former(tx: Tx, broadcast: Broadcast, former: FormerRun) -> None:
    """Who surely was not written to is queued again, who surely was is done."""
    claimed = deliveries.list_in_state(tx, broadcast.id, DeliveryState.SENDING, PAGE)
    keys = [(each.broadcast_id, each.person_id) for each in claimed]
    deliveries.settle(
        tx,
        [
            Outcome(broadcast_id=key[0], person_id=key[1], state=DeliveryState.SENT, message_id=former.answered[key])
            for key in keys
            if key in former.answered
        ],
    )
    deliveries.requeue(
        tx, broadcast.id, [key[1] for key in keys if key not in former.left and key not in former.answered]
    )


def _advance(tx: Tx, broadcast: Broadcast, limit: int, step: Step) -> list[Recipient]:
    """Claim the next of one broadcast; with nobody there, note what comes next, or that it is over."""
    timing = read_timing(broadcast.timing)
    if timing.when is When.WEEKLY:
        _repeat(tx, broadcast, timing, step)
        return []
    if broadcast.due_at > tx.now and timing.when is not When.DRIP:
        step.note_due(broadcast.due_at)
        return []
    if broadcast.audience_upto is None and timing.when is not When.DRIP:
        broadcasts.fix_audience(tx, broadcast.id)
    recipients, is_planned = claim_next(tx, broadcast, limit)
    if not is_planned and is_planned_ahead(broadcast):
        step.ahead.append(broadcast.id)
        step.note_due(tx.now + GLANCE)
    elif not is_planned:
        step.more.add(broadcast.paid)
    elif len(recipients) < limit:
        due_at = deliveries.find_next_due(tx, broadcast.id)
        if due_at is not None:
            step.note_due(due_at)
        elif timing.when is When.DRIP:
            step.note_due(tx.now + LOOK)
        elif not recipients and _finish(tx, broadcast):
            step.finished.append(broadcast.id)
    return recipients


def _repeat(tx: Tx, broadcast: Broadcast, timing: Timing, step: Step) -> None:
    """This week's begins once it is due; the next step claims from it."""
    if broadcast.due_at <= tx.now:
        broadcasts.repeat(tx, broadcast.id)
        broadcasts.set_due(tx, broadcast.id, compute_due(tx, timing))
        step.note_due(tx.now)
    else:
        step.note_due(broadcast.due_at)


def _stop(tx: Tx, broadcast_id: BroadcastId) -> None:
    """Too much goes wrong: whoever wrote it looks first."""
    if broadcasts.set_state(tx, broadcast_id, BroadcastState.PAUSED, expected=[BroadcastState.RUNNING]):
        broadcast, counts = broadcasts.get(tx, broadcast_id), deliveries.count_by_state(tx, broadcast_id)
        troubled = counts.get(DeliveryState.FAILED, 0) + counts.get(DeliveryState.UNKNOWN, 0)
        notice = BroadcastStopped(broadcast=broadcast_id, troubled=troubled, sent=counts.get(DeliveryState.SENT, 0))
        owe(tx, MemberAddress(broadcast.author_id), notice, key=f"{broadcast_id}:{tx.now}")


def _slow_down(tx: Tx, broadcast_id: BroadcastId) -> None:
    """It reaches everybody all the same, only later."""
    if broadcasts.set_free(tx, broadcast_id):
        notice = BroadcastSlowed(broadcast=broadcast_id)
        owe(tx, MemberAddress(broadcasts.get(tx, broadcast_id).author_id), notice, key=f"{broadcast_id}:{tx.now}")


def _list_links(tx: Tx, broadcast: Broadcast) -> dict[str, int]:
    if not broadcast.content or not broadcast.content.get("count"):
        return {}
    return {url: number for number, url in broadcast_links.list_of(tx, broadcasts.find_counted_id(broadcast)).items()}


def _finish(tx: Tx, broadcast: Broadcast) -> bool:
    """With nobody left to claim: done, unless somebody is still being written to, or waits, or was passed over while locked."""
    is_sending = bool(deliveries.list_in_state(tx, broadcast.id, DeliveryState.SENDING, 1))
    if is_sending or deliveries.find_next_due(tx, broadcast.id) is not None:
        return False
    done = broadcasts.set_state(tx, broadcast.id, BroadcastState.DONE, expected=[BroadcastState.RUNNING])
    if done and broadcast.sample_percent is None:
        publish_broadcast(tx, broadcast.id)
    return done


def _requeue(tx: Tx, recipients: Iterable[Recipient]) -> None:
    grouped: dict[BroadcastId, list[PersonId]] = {}
    for each in recipients:
        grouped.setdefault(each.broadcast_id, []).append(each.person_id)
    for broadcast_id, person_ids in grouped.items():
        deliveries.requeue(tx, broadcast_id, person_ids)
