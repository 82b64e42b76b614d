"""What happened, once per key: table `event`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, literal_column, select

from storage.columns import pair_names
from storage.errors import RowMissing
from storage.facts import EventId, EventKind
from storage.records import PersonId, Referral, ReferralId, VersionId
from storage.schema.rewards import event
from storage.tx import Conflicting, Tx

_EVENT = ("kind", "person_id", "referral_id", "campaign_version_id", "key", "happened_at")
_ADD_EVENT = Conflicting(
    lambda insert: (
        insert(event)
        .values({name: bindparam(name) for name in _EVENT})
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(event.c.id)
    )
)
_GET_EVENT = select(event.c.id).where(event.c.key == bindparam("key"))
_COUNT_OF = (
    select(func.count())
    .select_from(event)
    .where(event.c.referral_id == bindparam("of"), event.c.kind == bindparam("kind"))
)
_GET_CAUSE = select(event.c.kind, event.c.happened_at).where(event.c.id == bindparam("id"))
_LIST_REACHED = select(event.c.referral_id, event.c.kind, event.c.key).where(
    event.c.referral_id.in_(bindparam("ids", expanding=True)),
    event.c.kind.in_([literal_column(f"'{kind}'") for kind in (EventKind.STAYED, EventKind.ACTIVE)]),
)
_FIND_QUALIFIED = select(event.c.happened_at).where(
    event.c.referral_id == bindparam("referral_id"), event.c.kind == bindparam("kind")
)


def add(tx: Tx, kind: EventKind, referral: Referral, *, key: str = "") -> EventId | None:
    """Note what happened to a referral; None where that was noted before.

    It happens once for each kind, or once for each `key` where it can happen more often.
    """
    key = f"{kind}:{key or referral.id}"
    values = (kind, referral.invitee_id, referral.id, referral.campaign_version_id, key, tx.now)
    event_id = tx.scalar(_ADD_EVENT, **dict(pair_names(_EVENT, values)))
    return None if event_id is None else EventId(event_id)


def add_fact(
    tx: Tx,
    kind: EventKind,
    person_id: PersonId,
    *,
    key: str,
    version_id: VersionId,
) -> EventId | None:
    """Note what somebody did, or what happened to them, beside any referral, under the terms of a version; None where the key is known."""
    values = (kind, person_id, None, version_id, key, tx.now)
    event_id = tx.scalar(_ADD_EVENT, **dict(pair_names(_EVENT, values)))
    return None if event_id is None else EventId(event_id)


def get_id(tx: Tx, kind: EventKind, key: ReferralId | str) -> EventId:
    """Return what happened to a referral once, or of what can happen more often the one of a `key`.

    Raises:
        RowMissing: it never did.
    """
    event_id = tx.scalar(_GET_EVENT, key=f"{kind}:{key}")
    if event_id is None:
        raise RowMissing(f"Referral {key} was never {kind}.")
    return EventId(event_id)


def get_by_key(tx: Tx, kind: EventKind, key: str) -> EventId:
    """Return what was noted under a key of its own.

    Raises:
        RowMissing: nothing was.
    """
    event_id = tx.scalar(_GET_EVENT, key=f"{kind}:{key}")
    if event_id is None:
        raise RowMissing(f"Nothing {kind} was noted as {key}.")
    return EventId(event_id)


def find_qualified(tx: Tx, referral_id: ReferralId) -> int:
    """Return when a friend counted first; 0 for one who never did."""
    return int(tx.scalar(_FIND_QUALIFIED, referral_id=referral_id, kind=EventKind.QUALIFIED) or 0)


def list_reached(tx: Tx, ids: Sequence[ReferralId]) -> list[tuple[ReferralId, tuple[EventKind, int]]]:
    """Return how many days of what some friends have: the last part of the key says how many."""
    rows = tx.rows(_LIST_REACHED, ids=list(ids)) if ids else ()
    return [(ReferralId(of), (EventKind(kind), int(key.rpartition(":")[2]))) for of, kind, key in rows]


def count(tx: Tx, kind: EventKind, referral_id: ReferralId) -> int:
    """Count what of a kind happened to a referral."""
    return int(tx.scalar(_COUNT_OF, of=referral_id, kind=kind))


def get_cause(tx: Tx, event_id: EventId) -> tuple[EventKind, int]:
    """Return what something was given for, and when that happened.

    Raises:
        RowMissing: there is no such event.
    """
    row = tx.row(_GET_CAUSE, id=event_id)
    if row is None:
        raise RowMissing(f"There is no event {event_id}.")
    return EventKind(row[0]), int(row[1])
