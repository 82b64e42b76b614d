"""The state of each recipient of a broadcast: table `delivery`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, exists, func, literal_column, or_, select, update

from storage.broadcast import Outcome, Recipient
from storage.errors import RowMissing
from storage.records import BroadcastId, DeliveryState, PersonId
from storage.schema import broadcast, delivery, person, profile
from storage.segment import Tree
from storage.tables import tallies
from storage.tables.traits import STATEMENTS_KEPT, build
from storage.texts import clean_error
from storage.tx import Conflicting, Row, Tx

_OF_BROADCAST = delivery.c.broadcast_id == bindparam("of")
_AMONG = delivery.c.person_id.in_(bindparam("ids", expanding=True))
_SENDING = delivery.c.state == literal_column("'sending'")

_PROGRESS = (
    select(broadcast.c.filled_upto, broadcast.c.audience_upto)
    .where(broadcast.c.id == bindparam("of"))
    .with_for_update()
)
_REACHABLE = (person.c.started_at.is_not(None), person.c.blocked_at.is_(None))
_IN_SAMPLE = or_(
    broadcast.c.sample_percent.is_(None),
    (person.c.id * 7919 + broadcast.c.id * 104_729) % 100 < broadcast.c.sample_percent,
)
"""The two primes scatter: neighbours fall into different samples, and each broadcast asks others first."""

_PAGE = (
    select(person.c.id)
    .where(person.c.id > bindparam("above"), person.c.id <= bindparam("upto"), *_REACHABLE)
    .order_by(person.c.id)
    .limit(bindparam("limit"))
    .subquery("page")
)
_PAGE_END = select(func.max(_PAGE.c.id), func.count())
_MEANT = select(broadcast.c.id, person.c.id).where(
    broadcast.c.id == bindparam("of"),
    person.c.id > bindparam("above"),
    person.c.id <= bindparam("upto"),
    *_REACHABLE,
    _IN_SAMPLE,
)


@lru_cache(maxsize=STATEMENTS_KEPT)
def _compose_fill(among: Tree | None) -> Conflicting:
    meant = _MEANT if among is None else _MEANT.where(build(among))
    return Conflicting(
        lambda insert: (
            insert(delivery)
            .from_select(["broadcast_id", "person_id"], meant)
            .on_conflict_do_nothing(index_elements=["broadcast_id", "person_id"])
        )
    )


_FILL = _compose_fill(None)
_MOVE_FILLED = update(broadcast).where(broadcast.c.id == bindparam("of")).values(filled_upto=bindparam("upto"))
_RECIPIENT = (
    delivery.c.person_id,
    profile.c.telegram_id,
    person.c.code,
    func.coalesce(person.c.language, profile.c.telegram_language),
)
_RECIPIENTS = delivery.join(profile, profile.c.person_id == delivery.c.person_id).join(
    person, person.c.id == delivery.c.person_id
)
_LIST_QUEUED = (
    select(*_RECIPIENT)
    .select_from(_RECIPIENTS)
    .where(_OF_BROADCAST, delivery.c.state == literal_column("'queued'"), delivery.c.due_at <= bindparam("now"))
    .order_by(delivery.c.due_at, delivery.c.person_id)
    .limit(bindparam("limit"))
    .with_for_update(of=delivery, skip_locked=True)
)
_CLAIM = (
    update(delivery).where(_OF_BROADCAST, _AMONG).values(state=literal_column("'sending'"), claimed_at=bindparam("now"))
)
_SETTLE = (
    update(delivery)
    .where(_OF_BROADCAST, delivery.c.person_id == bindparam("recipient"), _SENDING)
    .values(
        state=bindparam("state"),
        message_id=bindparam("message_id"),
        error=bindparam("error"),
        settled_at=bindparam("now"),
    )
)
_REQUEUE = (
    update(delivery).where(_OF_BROADCAST, _AMONG, _SENDING).values(state=literal_column("'queued'"), claimed_at=None)
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
        *_REACHABLE,
        _IN_SAMPLE,
    )
)
_COUNT_AHEAD = (
    select(func.count())
    .select_from(
        delivery.join(broadcast, broadcast.c.id == delivery.c.broadcast_id).join(
            person, person.c.id == delivery.c.person_id
        )
    )
    .where(_OF_BROADCAST, delivery.c.person_id > broadcast.c.filled_upto, *_REACHABLE, _IN_SAMPLE)
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
_COUNT_BY_STATE = select(delivery.c.state, func.count()).where(_OF_BROADCAST).group_by(delivery.c.state)
_LIST_IN_STATE = (
    select(*_RECIPIENT)
    .select_from(_RECIPIENTS)
    .where(_OF_BROADCAST, delivery.c.state == bindparam("state"))
    .order_by(delivery.c.due_at, delivery.c.person_id)
    .limit(bindparam("limit"))
)


def fill(tx: Tx, broadcast_id: BroadcastId, *, limit: int, among: Tree | None = None) -> int:
    """Queue those who are meant of the next page of members who have not blocked the bot.

    Some are meant where it is said `among` whom, else all. Returns how many members were gone through, whoever of them is meant; 0 once all are.

    Raises:
        RowMissing: there is no such broadcast, or its audience is not fixed.
    """
    above, audience_upto = tx.row(_PROGRESS, of=broadcast_id) or (0, None)
    if audience_upto is None:
        raise RowMissing(f"There is no broadcast {broadcast_id} with a fixed audience.")
    upto, passed = tx.row(_PAGE_END, above=above, upto=audience_upto, limit=limit) or (None, 0)
    if passed:
        tx.run(_compose_fill(among), of=broadcast_id, above=above, upto=upto)
    tx.run(_MOVE_FILLED, of=broadcast_id, upto=upto or audience_upto)
    return int(passed)


def claim(tx: Tx, broadcast_id: BroadcastId, limit: int) -> list[Recipient]:
    """Move the next queued recipients to sending and return them. Commit before sending: nobody is claimed twice."""
    rows = tx.rows(_LIST_QUEUED, of=broadcast_id, now=tx.now, limit=limit)
    if rows:
        tx.run(_CLAIM, of=broadcast_id, ids=[row[0] for row in rows], now=tx.now)
    return [_to_recipient(broadcast_id, row) for row in rows]


def settle(tx: Tx, outcomes: Sequence[Outcome]) -> None:
    """Note how deliveries ended; those that are not in sending any more stay as they are."""
    values = [
        {
            "of": each.broadcast_id,
            "recipient": each.person_id,
            "state": each.state,
            "message_id": each.message_id,
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
