"""What rules still wait for of a friend: table `awaited`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, exists, literal_column, select, update

from storage.facts import EventKind
from storage.frozen import frozen
from storage.records import ReferralId
from storage.schema.messages import inbox
from storage.schema.people import profile
from storage.schema.referrals import referral
from storage.schema.rewards import awaited
from storage.tx import Conflicting, Row, Tx

_DAY = 86_400_000_000

_KEY = ("referral_id", "kind", "days")
_STAYED = awaited.c.kind == literal_column(f"'{EventKind.STAYED}'")
_ACTIVE = awaited.c.kind == literal_column(f"'{EventKind.ACTIVE}'")
_ONE = tuple(awaited.c[name] == bindparam(f"of_{name}") for name in _KEY)

_ADD = Conflicting(
    lambda insert: (
        insert(awaited)
        .values({name: bindparam(name) for name in (*_KEY, "due_at")})
        .on_conflict_do_nothing(index_elements=[*_KEY])
    )
)
_BEGIN = (
    update(awaited)
    .where(awaited.c.referral_id == bindparam("of"), _STAYED, awaited.c.due_at.is_(None))
    .values(due_at=bindparam("now") + awaited.c.days * literal_column(str(_DAY)))
)
_ITS_REFERRAL = (
    select(referral.c.id)
    .join(profile, profile.c.person_id == referral.c.invitee_id)
    .where(profile.c.telegram_id == bindparam("telegram"))
)
_STOP = update(awaited).where(_STAYED, awaited.c.referral_id.in_(_ITS_REFERRAL)).values(due_at=None)
_LIST_DUE = (
    select(*(awaited.c[name] for name in (*_KEY, "seen_days")))
    .where(awaited.c.due_at.is_not(None), awaited.c.due_at <= bindparam("now"))
    .order_by(awaited.c.due_at, awaited.c.referral_id, awaited.c.days)
    .limit(bindparam("most"))
)
_ANY_ACTIVE = select(exists(select(awaited.c.referral_id).where(_ACTIVE)))
_LIST_SEEN = (
    select(*(awaited.c[name] for name in (*_KEY, "seen_days")))
    .distinct()
    .select_from(inbox)
    .join(profile, profile.c.telegram_id == inbox.c.sender_id)
    .join(referral, referral.c.invitee_id == profile.c.person_id)
    .join(awaited, awaited.c.referral_id == referral.c.id)
    .where(
        _ACTIVE,
        awaited.c.seen_day < bindparam("day"),
        inbox.c.received_at >= bindparam("since"),
        inbox.c.received_at < bindparam("until"),
    )
    .order_by(awaited.c.referral_id, awaited.c.days)
    .limit(bindparam("most"))
)
_NOTE_SEEN = (
    update(awaited)
    .where(*_ONE, awaited.c.seen_day < bindparam("day"))
    .values(seen_days=awaited.c.seen_days + literal_column("1"), seen_day=bindparam("day"))
    .returning(awaited.c.seen_days)
)
_DELETE = delete(awaited).where(*_ONE)
_DROP = delete(awaited).where(awaited.c.referral_id == bindparam("of"))
_LIST_OF = select(*(awaited.c[name] for name in (*_KEY, "seen_days", "due_at"))).where(
    awaited.c.referral_id.in_(bindparam("ids", expanding=True))
)


@frozen
class Awaited:
    """So many days of something are waited for; so many were seen."""

    referral_id: ReferralId
    kind: EventKind
    days: int
    seen_days: int = 0
    due_at: int | None = None
    """When the friend will have stayed for so long; None while they are not there."""


def add(tx: Tx, referral_id: ReferralId, kind: EventKind, days: int, *, due_at: int | None) -> None:
    """Wait for something of a friend, once."""
    tx.run(_ADD, referral_id=referral_id, kind=kind, days=days, due_at=due_at)


def begin_stay(tx: Tx, referral_id: ReferralId) -> None:
    """The friend is in the community now: the days begin, unless they have."""
    tx.run(_BEGIN, of=referral_id, now=tx.now)


def stop_stay(tx: Tx, telegram_id: int) -> None:
    """Whoever this is has left the community: the days that were begun are none."""
    tx.run(_STOP, telegram=telegram_id)


def list_due(tx: Tx, limit: int) -> list[Awaited]:
    """Return what has come by time alone, the longest first."""
    return [_to_awaited(row) for row in tx.rows(_LIST_DUE, now=tx.now, most=limit)]


def expects_days(tx: Tx) -> bool:
    """Whether anybody's days are counted."""
    return bool(tx.scalar(_ANY_ACTIVE))


def list_seen(tx: Tx, *, day: str, since: int, until: int, limit: int) -> list[Awaited]:
    """Return for whom a day counts that has not counted yet: something came of them between two moments of it."""
    return [_to_awaited(row) for row in tx.rows(_LIST_SEEN, day=day, since=since, until=until, most=limit)]


def note_seen(tx: Tx, each: Awaited, day: str) -> int | None:
    """Count a day, once, and return how many there are; None where it was counted before."""
    seen: int | None = tx.scalar(_NOTE_SEEN, **_name(each), day=day)
    return seen


def remove(tx: Tx, each: Awaited) -> bool:
    """Wait no longer; False where nobody waits (any more)."""
    return tx.run(_DELETE, **_name(each)) == 1


def drop_of(tx: Tx, referral_id: ReferralId) -> None:
    """Nothing is waited for of this friend any more."""
    tx.run(_DROP, of=referral_id)


def list_of(tx: Tx, referral_ids: list[ReferralId]) -> list[Awaited]:
    """Return what is waited for of some friends."""
    return [_to_awaited(row) for row in tx.rows(_LIST_OF, ids=referral_ids)] if referral_ids else []


def _name(each: Awaited) -> dict[str, object]:
    return {f"of_{name}": getattr(each, name) for name in _KEY}


def _to_awaited(row: Row) -> Awaited:
    referral_id, kind, days, seen_days, *due_at = row
    return Awaited(
        referral_id=referral_id,
        kind=EventKind(kind),
        days=days,
        seen_days=seen_days,
        due_at=due_at[0] if due_at else None,
    )
