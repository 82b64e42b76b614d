"""What happened, once per key, and what came of it for somebody: tables `event` and `grant`."""

from __future__ import annotations

from sqlalchemy import bindparam, func, literal_column, select, update

from storage.errors import RowMissing
from storage.facts import EventId, EventKind, GrantId, GrantKind, GrantRow, GrantState
from storage.records import CampaignId, PersonId, Referral, ReferralId, Side
from storage.schema import campaign_version, event, grant
from storage.tx import Conflicting, Row, Tx

_EVENT = ("kind", "person_id", "referral_id", "campaign_version_id", "key", "happened_at")
_COLUMNS = ("rule", "person_id", "event_id", "side", "state", "kind", "points", "ledger_id", "granted_at")
_SHOWN = ("id", "rule", "person_id", "event_id", "side", "state", "kind", "what", "points", "ledger_id")

_ADD_EVENT = Conflicting(
    lambda insert: (
        insert(event)
        .values({name: bindparam(name) for name in _EVENT})
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(event.c.id)
    )
)
_ADD = Conflicting(
    lambda insert: (
        insert(grant)
        .values({name: bindparam(name) for name in _COLUMNS})
        .on_conflict_do_nothing(index_elements=["event_id", "rule", "person_id"])
        .returning(grant.c.id)
    )
)
_GRANTS = select(*(grant.c[name] for name in _SHOWN), event.c.referral_id).join(event, event.c.id == grant.c.event_id)
_GET = _GRANTS.where(grant.c.id == bindparam("id"))
_LOCK = _GET.with_for_update(of=grant)
_WAITING = (
    grant.c.kind == bindparam("kind"),
    grant.c.what == bindparam("what"),
    grant.c.state == literal_column(f"'{GrantState.WAITING}'"),  # in writing, for the partial index
)
_FIND_WAITING = select(grant.c.id).where(*_WAITING).limit(1)
_LIST_WAITING = (
    select(grant.c.id).where(*_WAITING).order_by(grant.c.id).limit(bindparam("most")).with_for_update(skip_locked=True)
)
_DECLINE_WAITING_OF = (
    update(grant)
    .where(
        grant.c.person_id == bindparam("of"),
        grant.c.kind == literal_column(f"'{GrantKind.COUPON}'"),
        grant.c.state == literal_column(f"'{GrantState.WAITING}'"),
    )
    .values(state=GrantState.DECLINED)
)
_LIST_BY_REFERRAL = _GRANTS.where(event.c.referral_id == bindparam("referral_id")).order_by(grant.c.side, grant.c.id)
_SUM_BY_CAMPAIGN = (
    select(func.coalesce(func.sum(grant.c.points), literal_column("0")))
    .select_from(campaign_version)
    .join(event, event.c.campaign_version_id == campaign_version.c.id)
    .join(grant, grant.c.event_id == event.c.id)
    .where(campaign_version.c.campaign_id == bindparam("of"), grant.c.state != bindparam("revoked"))
)
_SET_STATE = (
    update(grant)
    .where(grant.c.id == bindparam("of"), grant.c.state == bindparam("was"))
    .values(state=bindparam("state"))
)


def add_event(tx: Tx, kind: EventKind, referral: Referral) -> EventId | None:
    """Note what happened to a referral, which is once for each kind; None where that was noted before."""
    key = f"{kind}:{referral.id}"
    values = (kind, referral.invitee_id, referral.id, referral.campaign_version_id, key, tx.now)
    event_id = tx.scalar(_ADD_EVENT, **dict(zip(_EVENT, values, strict=True)))
    return None if event_id is None else EventId(event_id)


def add_points(
    tx: Tx, *, rule: str, person_id: PersonId, event_id: EventId, side: Side | None, points: int, ledger_id: int
) -> GrantId | None:
    """Note points beside the ledger line that gave them; None where they were given by this rule for this event."""
    state, kind = GrantState.AVAILABLE, GrantKind.POINTS
    values = (rule, person_id, event_id, side, state, kind, points, ledger_id, tx.now)
    grant_id = tx.scalar(_ADD, **dict(zip(_COLUMNS, values, strict=True)))
    return None if grant_id is None else GrantId(grant_id)


def set_state(tx: Tx, grant_id: GrantId, state: GrantState, *, expected: GrantState) -> bool:
    """Move a grant on from the expected state; False where it was in another."""
    return tx.run(_SET_STATE, of=grant_id, state=state, was=expected) == 1


def get(tx: Tx, grant_id: GrantId) -> GrantRow:
    """Return a grant.

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


def decline_waiting_of(tx: Tx, person_id: PersonId) -> None:
    """Let somebody wait for coupons no longer, who was forgotten."""
    tx.run(_DECLINE_WAITING_OF, of=person_id)


def list_by_referral(tx: Tx, referral_id: ReferralId) -> list[GrantRow]:
    """Return what came of a referral for either side, whatever became of it since."""
    return [_to_grant(row) for row in tx.rows(_LIST_BY_REFERRAL, referral_id=referral_id)]


def sum_by_campaign(tx: Tx, campaign_id: CampaignId) -> int:
    """Return how many points a campaign has given, those taken back left out."""
    return int(tx.scalar(_SUM_BY_CAMPAIGN, of=campaign_id, revoked=GrantState.REVOKED))


def _demand(row: Row | None, grant_id: GrantId) -> GrantRow:
    if row is None:
        raise RowMissing(f"There is no grant {grant_id}.")
    return _to_grant(row)


def _to_grant(row: Row) -> GrantRow:
    grant_id, rule, person_id, event_id, side, state, kind, what, points, ledger_id, referral_id = row
    return GrantRow(
        id=grant_id,
        rule=rule,
        person_id=person_id,
        event_id=event_id,
        referral_id=referral_id,
        side=None if side is None else Side(side),
        state=GrantState(state),
        kind=GrantKind(kind),
        what=what,
        points=points,
        ledger_id=ledger_id,
    )
