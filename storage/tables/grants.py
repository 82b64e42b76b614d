"""What came of what happened, for somebody: table `grant`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, func, literal_column, or_, select, update

from storage.columns import pair_names
from storage.errors import RowMissing
from storage.facts import BY_HAND, HAD_FOR_POINTS, EventId, GrantId, GrantKind, GrantRow, GrantState
from storage.records import CampaignId, PersonId, ReferralId, Side
from storage.schema.campaigns import campaign_version
from storage.schema.rewards import event, grant
from storage.tx import Conflicting, Row, Tx

_COLUMNS = ("rule", "person_id", "event_id", "side", "state", "kind", "points", "ledger_id", "granted_at")
_MORE = ("what", "threshold", "week", "matures_at", "reason")
_SHOWN = (
    *("id", "rule", "person_id", "event_id", "side", "state", "kind", "points", "ledger_id", "what", "threshold"),
    *("matures_at", "granted_at", "changed_at", "reason", "week"),
)

STANDING = (GrantState.HELD, GrantState.WAITING, GrantState.AVAILABLE, GrantState.RESERVED)
"""What can still be taken back: it is earned, and not in anybody's hands."""

MOST_LIVE = 6

_WAITS = grant.c.state.in_([literal_column("'held'"), literal_column("'pending'")])
"""In writing, so that the planners see that the partial index serves."""
_OF = grant.c.person_id == bindparam("of")
_STANDS = grant.c.state.in_([literal_column(f"'{state}'") for state in (GrantState.PENDING, *STANDING)])
_LIVES = and_(func.coalesce(grant.c.ledger_id, literal_column("0")) == literal_column("0"), _STANDS)
"""Likewise, in the very words and order of the index."""
_BY_LIVES = (grant, "INDEXED BY ix_grant_live", "sqlite")
"""SQLite's planner knows how much people have on average, and would look through all of what somebody has."""

_ADD = Conflicting(
    lambda insert: (
        insert(grant)
        .values({name: bindparam(name) for name in _COLUMNS})
        .on_conflict_do_nothing(index_elements=["event_id", "rule", "person_id"])
        .returning(grant.c.id)
    )
)
_ADD_ANY = Conflicting(
    lambda insert: (
        insert(grant)
        .values({name: bindparam(name) for name in (*_COLUMNS, *_MORE)})
        .on_conflict_do_nothing(index_elements=["event_id", "rule", "person_id"])
        .returning(grant.c.id)
    )
)
_ROWS = select(*(grant.c[name] for name in _SHOWN), event.c.referral_id, event.c.campaign_version_id).join(
    event, event.c.id == grant.c.event_id
)
_GET = _ROWS.where(grant.c.id == bindparam("id"))
_LOCK = _GET.with_for_update(of=grant)
_WAITING = (
    grant.c.kind == bindparam("kind"),
    grant.c.what == bindparam("what"),
    grant.c.state == literal_column(f"'{GrantState.WAITING}'"),  # in writing, for the partial index
)
_LIST_BY_REFERRAL = _ROWS.where(event.c.referral_id == bindparam("referral_id")).order_by(grant.c.side, grant.c.id)
_LIST_BY_EVENTS = _ROWS.where(grant.c.event_id.in_(bindparam("ids", expanding=True))).order_by(
    grant.c.person_id, grant.c.id
)
_LIST_ABOVE = _ROWS.where(_OF, grant.c.threshold > bindparam("score"), _STANDS).order_by(grant.c.threshold, grant.c.id)
_LIST_DUE = (
    select(grant.c.id)
    .where(_WAITS, grant.c.matures_at <= bindparam("now"))
    .order_by(grant.c.matures_at, grant.c.id)
    .limit(bindparam("most"))
)
_SUM_OF_FRIENDS = select(func.coalesce(func.sum(grant.c.points), 0)).where(
    grant.c.kind == literal_column("'points'"),
    grant.c.side == literal_column("'invitee'"),
    grant.c.state.in_([literal_column("'held'"), literal_column("'available'"), literal_column("'redeemed'")]),
    grant.c.granted_at >= bindparam("since"),
    grant.c.granted_at < bindparam("before"),
)
_LIST_QUEUED = (
    select(grant.c.id)
    .join(event, event.c.id == grant.c.event_id)
    .join(campaign_version, campaign_version.c.id == event.c.campaign_version_id)
    .where(
        _WAITS,
        grant.c.state == literal_column("'pending'"),
        grant.c.rule == bindparam("rule"),
        campaign_version.c.campaign_id == bindparam("campaign_id"),
    )
    .order_by(grant.c.granted_at, grant.c.id)
    .limit(bindparam("most"))
)
_FIND_WAITING = select(grant.c.id).where(*_WAITING).limit(1)
_COUNT_WAITING = select(func.count()).select_from(grant).where(*_WAITING)
_LIST_WAITING = (
    select(grant.c.id).where(*_WAITING).order_by(grant.c.id).limit(bindparam("most")).with_for_update(skip_locked=True)
)
_DECLINE_WAITING_OF = (
    update(grant)
    .where(
        _OF,
        grant.c.kind.in_([literal_column(f"'{kind}'") for kind in (GrantKind.COUPON, GrantKind.GIFT)]),
        grant.c.state == literal_column(f"'{GrantState.WAITING}'"),
    )
    .values(state=GrantState.DECLINED)
)
_FIND_PERCENT = (
    _ROWS.with_hint(*_BY_LIVES)
    .where(
        _OF,
        _LIVES,
        grant.c.kind == literal_column("'percent'"),
        grant.c.state == literal_column("'available'"),
    )
    .order_by(grant.c.id)
    .limit(1)
)
_SET_POINTS = update(grant).where(grant.c.id == bindparam("of")).values(points=bindparam("points"))
_LIST_OF = _ROWS.where(_OF).order_by(grant.c.id.desc()).limit(bindparam("limit")).offset(bindparam("offset"))
_SOME_OF = select(grant.c.id).where(_OF).limit(bindparam("most")).subquery("some")
_COUNT_OF = select(func.count()).select_from(_SOME_OF)
_NOT_LISTED = (GrantKind.CODE, GrantKind.PRIVILEGE, GrantKind.BY_HAND, GrantKind.LABEL)
"""What waits at the counter is listed there, and a label is nothing to wait for."""
_LIST_LIVE = (
    _ROWS.with_hint(*_BY_LIVES)
    .where(
        _OF,
        _LIVES,
        or_(
            _WAITS,
            grant.c.kind.not_in([literal_column(f"'{kind}'") for kind in _NOT_LISTED]),
            grant.c.rule.startswith(HAD_FOR_POINTS, autoescape=True),
        ),
    )
    .order_by(grant.c.id.desc())
    .limit(bindparam("most"))
)
_COUNT_PROMISED = select(func.count()).where(
    grant.c.state == literal_column(f"'{GrantState.WAITING}'"), grant.c.kind == bindparam("kind")
)
_SUM_BY_CAMPAIGN = (
    select(func.coalesce(func.sum(grant.c.points), literal_column("0")))
    .select_from(campaign_version)
    .join(event, event.c.campaign_version_id == campaign_version.c.id)
    .join(grant, grant.c.event_id == event.c.id)
    .where(
        campaign_version.c.campaign_id == bindparam("of"),
        grant.c.rule != literal_column(f"'{BY_HAND}'"),  # no promise of the campaign's
        grant.c.state.not_in([literal_column(f"'{state}'") for state in ("revoked", "declined", "pending")]),
    )
)
_SET_STATE = (
    update(grant)
    .where(grant.c.id == bindparam("of"), grant.c.state == bindparam("was"))
    .values(
        state=bindparam("state"),
        changed_at=bindparam("now"),
        reason=bindparam("why"),
        ledger_id=func.coalesce(grant.c.ledger_id, bindparam("posted")),
        matures_at=bindparam("until"),
        week=func.coalesce(bindparam("in_week"), grant.c.week),
    )
)


def add_points(
    tx: Tx, *, rule: str, person_id: PersonId, event_id: EventId, side: Side | None, points: int, ledger_id: int
) -> GrantId | None:
    """Note points beside the ledger line that gave them; None where they were given by this rule for this event."""
    state, kind = GrantState.AVAILABLE, GrantKind.POINTS
    values = (rule, person_id, event_id, side, state, kind, points, ledger_id, tx.now)
    grant_id = tx.scalar(_ADD, **dict(pair_names(_COLUMNS, values)))
    return None if grant_id is None else GrantId(grant_id)


def add(
    tx: Tx,
    *,
    rule: str,
    person_id: PersonId,
    event_id: EventId,
    side: Side | None,
    state: GrantState,
    kind: GrantKind,
    what: str = "",
    points: int | None = None,
    threshold: int | None = None,
    week: str = "",
    matures_at: int | None = None,
    reason: str = "",
) -> GrantId | None:
    """Note anything that somebody gets, in any state; None where it was given by this rule for this event."""
    values = (
        rule,
        person_id,
        event_id,
        side,
        state,
        kind,
        points,
        None,
        tx.now,
        what,
        threshold,
        week,
        matures_at,
        reason,
    )
    grant_id = tx.scalar(_ADD_ANY, **dict(pair_names((*_COLUMNS, *_MORE), values)))
    return None if grant_id is None else GrantId(grant_id)


def set_state(
    tx: Tx,
    grant_id: GrantId,
    state: GrantState,
    *,
    expected: GrantState,
    reason: str = "",
    ledger_id: int | None = None,
    matures_at: int | None = None,
    week: str | None = None,
) -> bool:
    """Move a grant on from the expected state; False where it was in another."""
    more = {"why": reason, "posted": ledger_id, "until": matures_at, "in_week": week}
    return tx.run(_SET_STATE, of=grant_id, state=state, was=expected, now=tx.now, **more) == 1


def get(tx: Tx, grant_id: GrantId) -> GrantRow:
    """Return one.

    Raises:
        RowMissing: there is no such grant.
    """
    return _demand(tx.row(_GET, id=grant_id), grant_id)


def lock(tx: Tx, grant_id: GrantId) -> GrantRow:
    """Likewise, and keep everybody else from changing it until this transaction ends."""
    return _demand(tx.row(_LOCK, id=grant_id), grant_id)


def list_waiting(tx: Tx, kind: GrantKind, what: str, limit: int) -> list[GrantId]:
    """Return what waits for something to be there, the oldest first; what another transaction has in hand is left out."""
    return [GrantId(number) for (number,) in tx.rows(_LIST_WAITING, kind=kind, what=what, most=limit)]


def has_waiting(tx: Tx, kind: GrantKind, what: str) -> bool:
    """Whether anybody waits for something to be there."""
    return tx.row(_FIND_WAITING, kind=kind, what=what) is not None


def count_waiting(tx: Tx, kind: GrantKind, what: str) -> int:
    """Count those who wait for something to be there."""
    return int(tx.scalar(_COUNT_WAITING, kind=kind, what=what))


def decline_waiting_of(tx: Tx, person_id: PersonId) -> None:
    """Let somebody wait for coupons and gifts no longer, who was forgotten."""
    tx.run(_DECLINE_WAITING_OF, of=person_id)


def list_by_referral(tx: Tx, referral_id: ReferralId) -> list[GrantRow]:
    """Return what came of a referral for either side, whatever became of it since."""
    return [_to_grant(row) for row in tx.rows(_LIST_BY_REFERRAL, referral_id=referral_id)]


def list_by_events(tx: Tx, ids: Sequence[EventId]) -> list[GrantRow]:
    """Return what came of some events, whatever became of it since, in the order of people."""
    return [_to_grant(row) for row in tx.rows(_LIST_BY_EVENTS, ids=list(ids))] if ids else []


def list_above(tx: Tx, person_id: PersonId, score: int) -> list[GrantRow]:
    """Return what somebody was given for more friends than that, and still has."""
    return [_to_grant(row) for row in tx.rows(_LIST_ABOVE, of=person_id, score=score)]


def sum_of_friends(tx: Tx, *, since: int, before: int) -> int:
    """Return the points that friends were given within a time and still have or had; reads all grants."""
    return int(tx.scalar(_SUM_OF_FRIENDS, since=since, before=before))


def list_due(tx: Tx, limit: int) -> list[GrantId]:
    """Return what has been held, or has waited for its turn, for long enough; the longest first."""
    return [GrantId(number) for (number,) in tx.rows(_LIST_DUE, now=tx.now, most=limit)]


def list_queued(tx: Tx, campaign_id: CampaignId, rule: str, limit: int) -> list[GrantId]:
    """Return what waits for a place that a rule has no more of, the longest first."""
    rows = tx.rows(_LIST_QUEUED, rule=rule, campaign_id=campaign_id, most=limit)
    return [GrantId(number) for (number,) in rows]


def find_percent(tx: Tx, person_id: PersonId) -> GrantRow | None:
    """Return the share of a purchase that somebody was promised first, and has not had yet."""
    row = tx.row(_FIND_PERCENT, of=person_id)
    return None if row is None else _to_grant(row)


def set_points(tx: Tx, grant_id: GrantId, points: int) -> None:
    """Write down how many points a share has come to."""
    tx.run(_SET_POINTS, of=grant_id, points=points)


def list_of(tx: Tx, person_id: PersonId, *, limit: int, offset: int) -> list[GrantRow]:
    """Return a page of what somebody was given, the newest first."""
    return [_to_grant(row) for row in tx.rows(_LIST_OF, of=person_id, limit=limit, offset=offset)]


def count_of(tx: Tx, person_id: PersonId, *, most: int) -> int:
    """Count what somebody was given, up to `most`."""
    return int(tx.scalar(_COUNT_OF, of=person_id, most=most))


def list_live(tx: Tx, person_id: PersonId) -> list[GrantRow]:
    """Return what somebody has that is no points and not at the counter, and what is on its way, the newest first."""
    return [_to_grant(row) for row in tx.rows(_LIST_LIVE, of=person_id, most=MOST_LIVE)]


def count_promised(tx: Tx, kind: GrantKind) -> int:
    """Count what of a kind is waited for, whatever it is called."""
    return int(tx.scalar(_COUNT_PROMISED, kind=kind))


def sum_by_campaign(tx: Tx, campaign_id: CampaignId) -> int:
    """Return how many points a campaign has given, those taken back and those never given left out."""
    return int(tx.scalar(_SUM_BY_CAMPAIGN, of=campaign_id))


def _demand(row: Row | None, grant_id: GrantId) -> GrantRow:
    if row is None:
        raise RowMissing(f"There is no grant {grant_id}.")
    return _to_grant(row)


def _to_grant(row: Row) -> GrantRow:
    values = dict(pair_names((*_SHOWN, "referral_id", "campaign_version_id"), row))
    side = values["side"]
    return GrantRow(
        **values
        | {
            "side": None if side is None else Side(side),
            "state": GrantState(values["state"]),
            "kind": GrantKind(values["kind"]),
            "changed_at": values["changed_at"] or values["granted_at"],
        }
    )
