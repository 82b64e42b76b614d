"""The state of each recipient of a broadcast: table `delivery`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, exists, func, literal_column, select, update

from storage.broadcast import Broadcast, Due, News, Outcome, Page, Planned, Recipient, Skip
from storage.records import BroadcastId, DeliveryState, PersonId
from storage.schema.messages import broadcast, delivery
from storage.schema.people import person, profile
from storage.segment import Tree
from storage.tables import audiences, tallies
from storage.tables.audiences import IN_SAMPLE, LANGUAGE
from storage.tables.traits import REACHABLE, STATEMENTS_KEPT, build
from storage.texts import clean_error
from storage.tx import Conflicting, Row, Tx

_OF_BROADCAST = delivery.c.broadcast_id == bindparam("of")
_AMONG = delivery.c.person_id.in_(bindparam("ids", expanding=True))
_SENDING = delivery.c.state == literal_column("'sending'")

_QUEUED = delivery.c.state == literal_column("'queued'")
_QUEUE = Conflicting(
    lambda insert: (
        insert(delivery)
        .values(broadcast_id=bindparam("of"), person_id=bindparam("recipient"))
        .on_conflict_do_nothing(index_elements=["broadcast_id", "person_id"])
    )
)
_REPLAN = (
    update(delivery)
    .where(_OF_BROADCAST, delivery.c.person_id == bindparam("recipient"), _QUEUED)
    .values({name: bindparam(name) for name in ("state", "error", "due_at", "until_at", "settled_at")})
)
_MOVE_FILLED = update(broadcast).where(broadcast.c.id == bindparam("of")).values(filled_upto=bindparam("upto"))
_MOVE_JOINED = (
    update(broadcast)
    .where(broadcast.c.id == bindparam("of"))
    .values(filled_upto=bindparam("upto"), joined_upto=bindparam("joined_upto"))
)
_RECIPIENT = (
    delivery.c.person_id,
    profile.c.telegram_id,
    person.c.code,
    LANGUAGE,
)
_RECIPIENTS = delivery.join(profile, profile.c.person_id == delivery.c.person_id).join(
    person, person.c.id == delivery.c.person_id
)
_LIST_QUEUED = (
    select(*_RECIPIENT, person.c.zone, delivery.c.until_at)
    .select_from(_RECIPIENTS)
    .where(_OF_BROADCAST, delivery.c.state == literal_column("'queued'"), delivery.c.due_at <= bindparam("now"))
    .order_by(delivery.c.due_at, delivery.c.person_id)
    .limit(bindparam("limit"))
    .with_for_update(of=delivery, skip_locked=True)
)
_NEXT_DUE = select(delivery.c.due_at).where(_OF_BROADCAST, _QUEUED).order_by(delivery.c.due_at).limit(1)
_CLAIM = (
    update(delivery).where(_OF_BROADCAST, _AMONG).values(state=literal_column("'sending'"), claimed_at=bindparam("now"))
)
_SETTLE = (
    update(delivery)
    .where(_OF_BROADCAST, delivery.c.person_id == bindparam("recipient"), _SENDING)
    .values(
        state=bindparam("state"),
        message_id=bindparam("message_id"),
        more_ids=bindparam("more_ids"),
        error=bindparam("error"),
        settled_at=bindparam("now"),
    )
)
_REQUEUE = (
    update(delivery).where(_OF_BROADCAST, _AMONG, _SENDING).values(state=literal_column("'queued'"), claimed_at=None)
)
_REQUEUE_ECHOES = (
    update(delivery)
    .where(
        delivery.c.broadcast_id.in_(select(broadcast.c.id).where(broadcast.c.action != literal_column("'send'"))),
        _SENDING,
    )
    .values(state=literal_column("'queued'"), claimed_at=None)
)
_REQUEUE_UNKNOWN = (
    update(delivery)
    .where(_OF_BROADCAST, delivery.c.state == literal_column("'unknown'"))
    .values(state=literal_column("'queued'"), claimed_at=None, settled_at=None, error="", due_at=bindparam("now"))
)
_UNDER_WAY = select(broadcast.c.id).where(
    broadcast.c.finished_at.is_(None), broadcast.c.action == literal_column("'send'")
)
_OF_MEMBER = (delivery.c.person_id == bindparam("recipient"), _QUEUED)
_PLAN_ANEW = (
    update(delivery)
    .where(delivery.c.broadcast_id.in_(_UNDER_WAY), *_OF_MEMBER, delivery.c.until_at.is_not(None))
    .values(due_at=literal_column("0"), until_at=literal_column("0"))
)
_DECLINE = (
    update(delivery)
    .where(delivery.c.broadcast_id.in_(_UNDER_WAY.where(broadcast.c.news == bindparam("news"))), *_OF_MEMBER)
    .values(state=literal_column("'skipped'"), error=bindparam("why"), settled_at=bindparam("now"))
)
_MARK_UNKNOWN = (
    update(delivery)
    # Named one by one, the broadcasts let the index find the few rows.
    .where(delivery.c.broadcast_id.in_(select(broadcast.c.id).where(broadcast.c.started_at.is_not(None))), _SENDING)
    .values(state=literal_column("'unknown'"), settled_at=bindparam("now"))
)
_COUNT_UNFILLED = (
    select(func.count())
    .select_from(person.join(broadcast, broadcast.c.id == bindparam("of")))
    .where(
        person.c.id > broadcast.c.filled_upto,
        person.c.id <= broadcast.c.audience_upto,
        *REACHABLE,
        IN_SAMPLE,
    )
)
_COUNT_AHEAD = (
    select(func.count())
    .select_from(
        delivery.join(broadcast, broadcast.c.id == delivery.c.broadcast_id).join(
            person, person.c.id == delivery.c.person_id
        )
    )
    .where(_OF_BROADCAST, delivery.c.person_id > broadcast.c.filled_upto, *REACHABLE, IN_SAMPLE)
)
"""Who was in a sample already, where the rest is gone through."""

_FIND_OLD = (
    select(broadcast.c.id)
    .where(
        broadcast.c.finished_at < bindparam("before"),
        exists().where(delivery.c.broadcast_id == broadcast.c.id).correlate(broadcast),
    )
    .order_by(broadcast.c.id)
    .limit(1)
)
_LIST_STATES = (
    select(delivery.c.person_id, delivery.c.state)
    .where(_OF_BROADCAST)
    .order_by(delivery.c.person_id)
    .limit(bindparam("limit"))
)
_DROP_QUEUED = delete(delivery).where(
    # Named one by one, the broadcasts let the index find the few rows.
    delivery.c.broadcast_id.in_(select(broadcast.c.id).where(broadcast.c.finished_at.is_(None))),
    delivery.c.person_id == bindparam("of"),
    delivery.c.state == literal_column("'queued'"),
)
_DELETE = delete(delivery).where(_OF_BROADCAST, _AMONG)
_COUNT_SKIPPED = (
    select(delivery.c.error, func.count())
    .where(_OF_BROADCAST, delivery.c.state == literal_column("'skipped'"))
    .group_by(delivery.c.error)
)
_COUNT_BY_STATE = select(delivery.c.state, func.count()).where(_OF_BROADCAST).group_by(delivery.c.state)
_LIST_IN_STATE = (
    select(*_RECIPIENT)
    .select_from(_RECIPIENTS)
    .where(_OF_BROADCAST, delivery.c.state == bindparam("state"))
    .order_by(delivery.c.due_at, delivery.c.person_id)
    .limit(bindparam("limit"))
)


def queue(tx: Tx, broadcast_id: BroadcastId, person_ids: Sequence[PersonId]) -> None:
    """Keep that some are due at once, after whom the audience goes on; for whoever is queued already nothing changes."""
    tx.run_each(_QUEUE, [{"of": broadcast_id, "recipient": each} for each in person_ids])
    tx.run(_MOVE_FILLED, of=broadcast_id, upto=person_ids[-1])


def queue_page(tx: Tx, of: Broadcast, page: Page, among: Tree | None = None) -> int:
    """Keep what is decided for a page of the audience, and return for how many; whoever is queued already stays as they are."""
    decided, values = audiences.decide_page(of, page, among, now=tx.now)
    number = tx.run(_compose_queue(decided), **values)
    tx.run(_MOVE_FILLED if page.joined_upto is None else _MOVE_JOINED, **values)
    return number


@lru_cache(maxsize=4 * STATEMENTS_KEPT)
def _compose_queue(decided: Select[Any]) -> Conflicting:
    names = ["broadcast_id", "person_id", "state", "error", "due_at", "until_at", "settled_at"]
    key = ["broadcast_id", "person_id"]
    return Conflicting(
        lambda insert: insert(delivery).from_select(names, decided).on_conflict_do_nothing(index_elements=key)
    )


def finish_queue(tx: Tx, of: Broadcast) -> None:
    """The last page of the audience was queued."""
    if of.audience_upto is not None and of.filled_upto < of.audience_upto:
        tx.run(_MOVE_FILLED, of=of.id, upto=of.audience_upto)


def replan(tx: Tx, broadcast_id: BroadcastId, planned: Sequence[Planned]) -> None:
    """Change what was decided for some who are queued."""
    tx.run_each(_REPLAN, [_to_values(tx, broadcast_id, each) for each in planned])


def list_due(tx: Tx, broadcast_id: BroadcastId, limit: int) -> list[Due]:
    """Return the next who are queued and due; nobody else is given them before this transaction ends."""
    rows = tx.rows(_LIST_QUEUED, of=broadcast_id, now=tx.now, limit=limit)
    return [Due(_to_recipient(broadcast_id, row[:-2]), *row[-2:]) for row in rows]


def find_next_due(tx: Tx, broadcast_id: BroadcastId) -> int | None:
    """Return when the next who is queued is due, past moments included; None where nobody is."""
    due_at: int | None = tx.scalar(_NEXT_DUE, of=broadcast_id)
    return due_at


def claim(tx: Tx, broadcast_id: BroadcastId, person_ids: Collection[PersonId]) -> None:
    """Move those who were listed as due to sending. Commit before sending: nobody is claimed twice."""
    if person_ids:
        tx.run(_CLAIM, of=broadcast_id, ids=list(person_ids), now=tx.now)


def settle(tx: Tx, outcomes: Sequence[Outcome]) -> None:
    """Note how deliveries ended; those that are not in sending any more stay as they are."""
    values = [
        {
            "of": each.broadcast_id,
            "recipient": each.person_id,
            "state": each.state,
            "message_id": each.message_id,
            "more_ids": " ".join(map(str, each.more_ids)),
            "error": each.error and clean_error(each.error),
            "now": tx.now,
        }
        for each in outcomes
    ]
    tx.run_each(_SETTLE, values)


def requeue(tx: Tx, broadcast_id: BroadcastId, person_ids: Collection[PersonId]) -> None:
    """Give claimed recipients back to the queue: only where it is known that nothing was sent to them."""
    if person_ids:
        tx.run(_REQUEUE, of=broadcast_id, ids=list(person_ids))


def mark_unknown(tx: Tx) -> int:
    """Settle as unknown what a process that died was sending, and return how many.

    Called once at the start of a process, before it claims anything.
    """
    return tx.run(_MARK_UNKNOWN, now=tx.now)


def requeue_echoes(tx: Tx) -> None:
    """Queue again what a process that died was editing or deleting: done twice, it is the same.

    Called once at the start of a process, before it claims anything.
    """
    tx.run(_REQUEUE_ECHOES)


def requeue_unknown(tx: Tx, broadcast_id: BroadcastId) -> int:
    """Queue those again of whom nobody knows whether they got it, and return how many: somebody takes the risk."""
    return tx.run(_REQUEUE_UNKNOWN, of=broadcast_id, now=tx.now)


def plan_anew(tx: Tx, person_id: PersonId) -> None:
    """Have it decided anew when somebody gets what waits for an hour of theirs: they are somewhere else."""
    tx.run(_PLAN_ANEW, recipient=person_id)


def decline(tx: Tx, person_id: PersonId, news: News, why: Skip = Skip.NEWS) -> None:
    """Leave somebody out of what waits for them and is about what they do not want any more, or are not to get now."""
    tx.run(_DECLINE, recipient=person_id, news=news, why=why, now=tx.now)


def count_skipped(tx: Tx, broadcast_id: BroadcastId) -> dict[Skip, int]:
    """Count whoever was left out, by reason; once only sums are kept, nobody."""
    return {Skip(error): count for error, count in tx.rows(_COUNT_SKIPPED, of=broadcast_id)}


def count_by_state(tx: Tx, broadcast_id: BroadcastId) -> dict[DeliveryState, int]:
    """Count the recipients in each state, also those of which only the sum is left; states without any are left out."""
    counts = tallies.read(tx, _name_subject(broadcast_id)) + Counter(dict(tx.rows(_COUNT_BY_STATE, of=broadcast_id)))
    return {DeliveryState(state): count for state, count in counts.items()}


def fold(tx: Tx, *, before: int, limit: int) -> int:
    """Keep only the sums of a broadcast that ended before a moment, a page at a time; returns how many rows went."""
    broadcast_id = tx.scalar(_FIND_OLD, before=before)
    if broadcast_id is None:
        return 0
    rows = tx.rows(_LIST_STATES, of=broadcast_id, limit=limit)
    tallies.add(tx, _name_subject(broadcast_id), (state for _, state in rows))
    return tx.run(_DELETE, of=broadcast_id, ids=[row[0] for row in rows])


def count_unfilled(tx: Tx, broadcast_id: BroadcastId, among: Tree | None = None) -> int:
    """Count who is meant and not queued yet; reads all people who are still to be gone through."""
    return int(tx.scalar(_compose_unfilled(among), of=broadcast_id)) - int(tx.scalar(_COUNT_AHEAD, of=broadcast_id))


@lru_cache(maxsize=STATEMENTS_KEPT)
def _compose_unfilled(among: Tree | None) -> Select[Any]:
    return _COUNT_UNFILLED if among is None else _COUNT_UNFILLED.where(build(among))


def list_in_state(tx: Tx, broadcast_id: BroadcastId, state: DeliveryState, limit: int) -> list[Recipient]:
    """Return recipients in a state, in the order in which they were due."""
    rows = tx.rows(_LIST_IN_STATE, of=broadcast_id, state=state, limit=limit)
    return [_to_recipient(broadcast_id, row) for row in rows]


def drop_queued(tx: Tx, person_id: PersonId) -> None:
    """Take a person out of every broadcast that has not reached them."""
    tx.run(_DROP_QUEUED, of=person_id)


def _name_subject(broadcast_id: BroadcastId) -> str:
    return f"delivery:{broadcast_id}"


def _to_recipient(broadcast_id: BroadcastId, row: Row) -> Recipient:
    person_id, telegram_id, code, language = row
    return Recipient(
        broadcast_id=broadcast_id, person_id=person_id, telegram_id=telegram_id, code=code, language=language
    )


def _to_values(tx: Tx, broadcast_id: BroadcastId, planned: Planned) -> dict[str, object]:
    skipped = planned.skip is not None
    return {
        "of": broadcast_id,
        "recipient": planned.person_id,
        "state": DeliveryState.SKIPPED if skipped else DeliveryState.QUEUED,
        "error": planned.skip or "",
        "due_at": planned.due_at,
        "until_at": planned.until_at,
        "settled_at": tx.now if skipped else None,
    }
