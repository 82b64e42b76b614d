"""A broadcast on its way: recipients claimed before they are written to, outcomes written down, the end noticed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.services.broadcasts.authoring import BroadcastView, compose_view
from bot.services.segments.finding import find_audience
from bot.services.webhooks.publishing import publish_broadcast
from storage.broadcast import Broadcast, Outcome, Recipient
from storage.records import BroadcastId, BroadcastState, DeliveryState, PersonId
from storage.tables import broadcast_links, broadcasts, deliveries, people
from storage.tx import Tx

PAGE = 1000
"""Recipients queued at once: about as many rows as one transaction writes in the time of a few."""

PAGES = 4
"""Gone through in one transaction: of a million members few may be meant, and others wait to write."""

Key = tuple[BroadcastId, PersonId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Recipients of one broadcast that are this process's to write to, durably."""

    broadcast: Broadcast
    recipients: Sequence[Recipient]
    links: Mapping[str, int] = field(default_factory=dict)
    """Numbers of the addresses whose opening is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one step brought."""

    claims: list[Claim] = field(default_factory=list)
    finished: list[BroadcastId] = field(default_factory=list)
    unplanned: list[BroadcastId] = field(default_factory=list)
    """Where more members are still to be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
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
    paused: Collection[BroadcastId] = (),
    run: str = "",
) -> Step:
    """Write down how deliveries ended and claim the next ones, oldest broadcast first, as one.

    Args:
        tx: The transaction.
        outcomes: How deliveries ended.
        returned: Claimed recipients to whom surely nothing was sent; they are queued again.
        limit: How many recipients to claim at most; with 0 nothing is claimed or finished.
        paused: Broadcasts that cannot go on as things are.
        run: Names who claims; see `FormerRun`.
    """
    settle(tx, outcomes, returned)
    for broadcast_id in paused:
        broadcasts.set_state(tx, broadcast_id, BroadcastState.PAUSED, expected=[BroadcastState.RUNNING])
    step = Step()
    for broadcast in broadcasts.find_running(tx) if limit else ():
        recipients, is_planned = _claim(tx, broadcast, limit)
        if not is_planned:
            step.unplanned.append(broadcast.id)
        if recipients:
            if broadcast.claimed_by != run:
                broadcasts.set_claimed_by(tx, broadcast.id, run)
            step.claims.append(Claim(broadcast=broadcast, recipients=recipients, links=_list_links(tx, broadcast)))
        elif is_planned and _finish(tx, broadcast):
            step.finished.append(broadcast.id)
        limit -= len(recipients)
        if not limit:
            break
    return step


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


def _claim(tx: Tx, broadcast: Broadcast, limit: int) -> tuple[list[Recipient], bool]:
    """The next recipients, and whether all members are gone through.

    The audience is queued page by page: as it is needed where all are meant; else without a rest, so that it is soon
    decided who is.
    """
    claimed = deliveries.claim(tx, broadcast.id, limit)
    if broadcast.filled_upto >= (broadcast.audience_upto or 0):
        return claimed, True
    among = find_audience(tx, broadcast)
    for _ in range(PAGES):
        if among is None and len(claimed) >= limit:
            return claimed, False
        if not deliveries.fill(tx, broadcast.id, limit=PAGE, among=among):
            return claimed, True
        if len(claimed) < limit:
            claimed += deliveries.claim(tx, broadcast.id, limit - len(claimed))
    return claimed, False


def _list_links(tx: Tx, broadcast: Broadcast) -> dict[str, int]:
    if not broadcast.content or not broadcast.content.get("count"):
        return {}
    return {url: number for number, url in broadcast_links.list_of(tx, broadcast.id).items()}


def _finish(tx: Tx, broadcast: Broadcast) -> bool:
    """With nobody left to claim: done, unless somebody is still being written to, or was passed over while locked."""
    if any(
        deliveries.list_in_state(tx, broadcast.id, state, 1) for state in (DeliveryState.SENDING, DeliveryState.QUEUED)
    ):
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
