"""Friends who are looked at, and what was decided: table `review`."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import and_, bindparam, case, exists, func, insert, literal, literal_column, or_, select, tuple_, update

from storage.columns import pair_names
from storage.records import PersonId, ReferralId
from storage.review import Evidence, ReviewRow, ReviewState, Trace
from storage.schema.conversions import sale
from storage.schema.fairness import review
from storage.schema.people import person, profile
from storage.schema.redeeming import redemption
from storage.schema.referrals import referral
from storage.tx import Row, Tx

_SHOWN = (
    *("referral_id", "state", "risk", "evidence", "counted", "opened_at", "due_at", "decided_at", "by_itself"),
    *("reason", "appeal", "appealed_by_id", "appealed_at", "answered_at"),
)
_ADDED = ("referral_id", "state", "risk", "evidence", "counted", "opened_at", "due_at")
_THIS = review.c.referral_id == bindparam("of")
_UNDECIDED = review.c.state.in_([literal_column("'asked'"), literal_column("'open'")])
_APPEALED = and_(
    review.c.state == literal_column("'refused'"),
    review.c.appealed_at.is_not(None),
    review.c.answered_at.is_(None),
)
_QUEUED = or_(review.c.state == literal_column("'open'"), _APPEALED)
_PLACE = case((_APPEALED, literal_column("0")), else_=literal_column("1"))

_ROWS = select(*(review.c[name] for name in _SHOWN))
_FIND = _ROWS.where(_THIS)
_LOCK = _FIND.with_for_update()
_ADD = insert(review).values({name: bindparam(name) for name in _ADDED})
_IS_OPEN = select(review.c.referral_id).where(_THIS, _UNDECIDED)
_DECIDE = (
    update(review)
    .where(_THIS, review.c.state == bindparam("was"))
    .values(
        state=bindparam("state"),
        decided_at=bindparam("at"),
        by_itself=bindparam("alone"),
        reason=bindparam("why"),
        answered_at=bindparam("answered"),
    )
)
_REOPEN = (
    update(review)
    .where(_THIS, review.c.state == bindparam("was"))
    .values(state=bindparam("state"), decided_at=None, by_itself=False, reason="", due_at=bindparam("until"))
)
_SET_EVIDENCE = (
    update(review)
    .where(_THIS, _UNDECIDED)
    .values(state=bindparam("state"), risk=bindparam("risk"), evidence=bindparam("evidence"))
)
_SET_APPEAL = (
    update(review)
    .where(_THIS, review.c.state == literal_column("'refused'"), review.c.appealed_at.is_(None))
    .values(appeal=bindparam("appeal"), appealed_by_id=bindparam("by"), appealed_at=bindparam("now"))
)
_LIST_DUE = (
    select(review.c.referral_id)
    .where(_UNDECIDED, review.c.due_at <= bindparam("now"))
    .order_by(review.c.due_at)
    .limit(bindparam("most"))
)
_ORDER = (_PLACE, review.c.due_at, review.c.referral_id)
_FIND_FIRST = _ROWS.where(_QUEUED).order_by(*_ORDER).limit(1)
_BEFORE = select(_PLACE.label("place"), review.c.due_at, review.c.referral_id).where(_THIS).cte("before")
_FIND_NEXT = (
    _ROWS.select_from(review)
    .join(_BEFORE, tuple_(*_ORDER) > tuple_(*_BEFORE.c))
    .where(_QUEUED)
    .order_by(*_ORDER)
    .limit(1)
)
_COUNT_QUEUED = select(func.count()).select_from(review).where(_QUEUED)
_FORGET = update(review).where(review.c.appealed_by_id == bindparam("of")).values(appeal="", appealed_by_id=None)

_TRACE = (
    referral.c.id,
    referral.c.inviter_id,
    referral.c.invitee_id,
    profile.c.telegram_id,
    profile.c.first_name,
    profile.c.last_name,
    profile.c.username,
    profile.c.telegram_language,
    referral.c.joined_at,
    person.c.blocked_at,
    person.c.shared_at,
)
_TRACES = select(*_TRACE).select_from(
    referral.join(profile, profile.c.person_id == referral.c.invitee_id).join(
        person, person.c.id == referral.c.invitee_id
    )
)
_LIST_FRIENDS = (
    _TRACES.where(referral.c.inviter_id == bindparam("inviter_id"), referral.c.id <= bindparam("upto"))
    .order_by(referral.c.id.desc())
    .limit(bindparam("most"))
)
_LIST_LATER_FRIENDS = (
    _TRACES.where(referral.c.inviter_id == bindparam("inviter_id"), referral.c.id > bindparam("after"))
    .order_by(referral.c.id)
    .limit(bindparam("most"))
)
_LIST_AFTER = _TRACES.where(referral.c.id > bindparam("after")).order_by(referral.c.id).limit(bindparam("most"))
_FIND_TRACE = _TRACES.where(referral.c.invitee_id == bindparam("invitee_id"))
_LIST_UNREVIEWED = (
    _TRACES.where(
        referral.c.id <= bindparam("upto"),
        ~exists(select(review.c.referral_id).where(review.c.referral_id == referral.c.id)),
    )
    .order_by(referral.c.id.desc())
    .limit(bindparam("most"))
)
_LIST_UPTO = _TRACES.where(referral.c.id <= bindparam("upto")).order_by(referral.c.id.desc()).limit(bindparam("most"))

_LINE = (
    select(referral.c.inviter_id.label("id"), literal(1).label("step"))
    .where(referral.c.invitee_id == bindparam("guest_id"))
    .cte(recursive=True)
)
_ABOVE = _LINE.union_all(
    select(referral.c.inviter_id, _LINE.c.step + literal_column("1"))
    .join(_LINE, referral.c.invitee_id == _LINE.c.id)
    .where(_LINE.c.step < bindparam("most"))
)
_LIST_LINE = select(_ABOVE.c.id).order_by(_ABOVE.c.step)
_COUNT_BOUGHT = select(
    func.count(), func.coalesce(func.sum(case((sale.c.refunded >= sale.c.amount, 1), else_=0)), literal_column("0"))
).where(sale.c.person_id.in_(bindparam("ids", expanding=True)), sale.c.amount > literal_column("0"))
_LIST_HANDED = (
    select(redemption.c.used_at)
    .where(redemption.c.person_id.in_(bindparam("ids", expanding=True)), redemption.c.used_at.is_not(None))
    .order_by(redemption.c.used_at.desc())
    .limit(bindparam("limit"))
)

MOST_STEPS = 16
"""Of a line of inviters so much is looked at."""


def add(
    tx: Tx, referral_id: ReferralId, state: ReviewState, *, risk: int, evidence: Evidence, counted: bool, due_at: int
) -> None:
    """Look at a friend who was never looked at."""
    values = (referral_id, state, risk, _write(evidence), counted, tx.now, due_at)
    tx.run(_ADD, **dict(pair_names(_ADDED, values)))


def find(tx: Tx, referral_id: ReferralId) -> ReviewRow | None:
    """Return what is noted of a friend; None for one who was never looked at."""
    row = tx.row(_FIND, of=referral_id)
    return None if row is None else _to_review(row)


def lock(tx: Tx, referral_id: ReferralId) -> ReviewRow | None:
    """Likewise, and keep everybody else from deciding until this transaction ends."""
    row = tx.row(_LOCK, of=referral_id)
    return None if row is None else _to_review(row)


def is_open(tx: Tx, referral_id: ReferralId) -> bool:
    """Whether it is still to be decided about a friend."""
    return tx.row(_IS_OPEN, of=referral_id) is not None


def decide(tx: Tx, row: ReviewRow, state: ReviewState, *, reason: str = "", by_itself: bool = False) -> bool:
    """Note what was decided; False where somebody was quicker. It answers an appeal, where there was one."""
    answered = row.answered_at or (tx.now if row.appealed_at is not None else None)
    values = {"state": state, "at": tx.now, "alone": by_itself, "why": reason, "answered": answered}
    return tx.run(_DECIDE, of=row.referral_id, was=row.state, **values) == 1


def reopen(tx: Tx, row: ReviewRow, *, due_at: int) -> bool:
    """Take a decision back; False where it was taken back before."""
    return tx.run(_REOPEN, of=row.referral_id, was=row.state, state=ReviewState.OPEN, until=due_at) == 1


def set_evidence(tx: Tx, referral_id: ReferralId, state: ReviewState, *, risk: int, evidence: Evidence) -> None:
    """Write down more that was noticed, while it is not decided."""
    tx.run(_SET_EVIDENCE, of=referral_id, state=state, risk=risk, evidence=_write(evidence))


def set_appeal(tx: Tx, referral_id: ReferralId, *, by: PersonId, text: str) -> bool:
    """Keep what somebody says to a refusal, once; False where that is not to be said (any more)."""
    return tx.run(_SET_APPEAL, of=referral_id, by=by, appeal=text, now=tx.now) == 1


def list_due(tx: Tx, *, limit: int) -> list[ReferralId]:
    """Return whose time is over, the longest first."""
    return [ReferralId(number) for (number,) in tx.rows(_LIST_DUE, now=tx.now, most=limit)]


def find_next(tx: Tx, *, after: int = 0) -> ReviewRow | None:
    """Return who is to be decided about next: appeals first, then whose time is over first; behind the last the first again."""
    row = (tx.row(_FIND_NEXT, of=after) if after else None) or tx.row(_FIND_FIRST)
    return None if row is None else _to_review(row)


def count_queued(tx: Tx) -> int:
    """Count who is to be decided about."""
    return int(tx.scalar(_COUNT_QUEUED))


def forget_of(tx: Tx, person_id: PersonId) -> None:
    """Leave nothing of what somebody has written."""
    tx.run(_FORGET, of=person_id)


def list_friends(tx: Tx, inviter_id: PersonId, *, upto: int = 2**62, limit: int) -> list[Trace]:
    """Return who came by a member last, up to a referral, the newest first."""
    return [_to_trace(row) for row in tx.rows(_LIST_FRIENDS, inviter_id=inviter_id, upto=upto, most=limit)]


def list_later_friends(tx: Tx, inviter_id: PersonId, *, after: int, limit: int) -> list[Trace]:
    """Return who came by a member next after a referral, the oldest first."""
    return [_to_trace(row) for row in tx.rows(_LIST_LATER_FRIENDS, inviter_id=inviter_id, after=after, most=limit)]


def list_after(tx: Tx, *, after: int, limit: int) -> list[Trace]:
    """Return who came after a referral, whoever brought them, the oldest first."""
    return [_to_trace(row) for row in tx.rows(_LIST_AFTER, after=after, most=limit)]


def list_upto(tx: Tx, *, upto: int, limit: int) -> list[Trace]:
    """Return who came last up to a referral, whoever brought them, the newest first."""
    return [_to_trace(row) for row in tx.rows(_LIST_UPTO, upto=upto, most=limit)]


def list_unreviewed(tx: Tx, *, upto: int, limit: int) -> list[Trace]:
    """Likewise without those who were looked at."""
    return [_to_trace(row) for row in tx.rows(_LIST_UNREVIEWED, upto=upto, most=limit)]


def find_trace(tx: Tx, invitee_id: PersonId) -> Trace | None:
    """Return somebody who came by a member; None for whoever came alone."""
    row = tx.row(_FIND_TRACE, invitee_id=invitee_id)
    return None if row is None else _to_trace(row)


def count_bought(tx: Tx, people: Sequence[PersonId]) -> tuple[int, int]:
    """Return how much some people have bought, and how much of it was given back whole."""
    ((bought, returned),) = tx.rows(_COUNT_BOUGHT, ids=list(people))
    return int(bought), int(returned)


def list_handed_out(tx: Tx, people: Sequence[PersonId], *, limit: int) -> list[int]:
    """Return when some people were last handed out what they had."""
    return [used_at for (used_at,) in tx.rows(_LIST_HANDED, ids=list(people), limit=limit)]


def list_line(tx: Tx, guest_id: PersonId, *, upto: PersonId) -> list[PersonId]:
    """Return who stands between a person and one further up their line of inviters, both left out."""
    above = [number for (number,) in tx.rows(_LIST_LINE, guest_id=guest_id, most=MOST_STEPS)]
    return [PersonId(each) for each in above[: above.index(upto)]] if upto in above else []


def _write(evidence: Evidence) -> str:
    return json.dumps(evidence, separators=(",", ":"))


def _to_review(row: Row) -> ReviewRow:
    values = dict(pair_names(_SHOWN, row))
    told = json.loads(values["evidence"])
    return ReviewRow(
        **values
        | {
            "state": ReviewState(values["state"]),
            "evidence": tuple((key, tuple(numbers)) for key, numbers in told),
            "counted": bool(values["counted"]),
            "by_itself": bool(values["by_itself"]),
        }
    )


def _to_trace(row: Row) -> Trace:
    *told, joined_at, blocked_at, shared_at = row
    referral_id, inviter_id, invitee_id, telegram_id, first_name, last_name, username, language = told
    return Trace(
        referral_id=referral_id,
        inviter_id=inviter_id,
        invitee_id=invitee_id,
        telegram_id=telegram_id,
        first_name=first_name,
        last_name=last_name,
        username=username,
        language=language,
        joined_at=joined_at,
        blocked_at=blocked_at,
        shared=shared_at is not None,
    )
