"""What members have for their points, and how many of each thing are gone: tables `redemption` and `stock`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, insert, literal_column, select, update
from sqlalchemy.sql.expression import ColumnElement

from storage.columns import pair_names
from storage.errors import RowMissing
from storage.facts import GrantId, GrantState, RedemptionId, RedemptionRow, RedemptionState
from storage.records import CampaignId, PersonId, VersionId
from storage.schema.campaigns import campaign_version
from storage.schema.redeeming import redemption, stock
from storage.schema.rewards import grant
from storage.tx import Conflicting, Row, Tx

_SHOWN = (
    *("id", "reference", "person_id", "campaign_version_id", "item", "price", "state", "reserved_at", "expires_at"),
    *("used_at", "used_by_id", "grant_id"),
)
_ADDED = ("reference", "person_id", "campaign_version_id", "item", "price", "state", "reserved_at", "expires_at")


def _is_one_of(*states: RedemptionState) -> ColumnElement[bool]:
    """In writing, so that the planners see that the partial index serves."""
    return redemption.c.state.in_([literal_column(f"'{state}'") for state in states])


_LIVE = _is_one_of(RedemptionState.RESERVED, RedemptionState.REDEEMED)
_HAD = _is_one_of(RedemptionState.RESERVED, RedemptionState.REDEEMED, RedemptionState.USED, RedemptionState.GRANTED)
"""What counts towards the bound of a member, and is out of stock."""

_ROWS = select(*(redemption.c[name] for name in _SHOWN))
_GET = _ROWS.where(redemption.c.id == bindparam("id"))
_FIND_BY_REFERENCE = _ROWS.where(redemption.c.reference == bindparam("reference"))
_LOCK = _GET.with_for_update()
_LIST_LIVE = (
    _ROWS.where(redemption.c.person_id == bindparam("of"), _LIVE)
    .order_by(redemption.c.id.desc())
    .limit(bindparam("most"))
)
_LIST_DUE = (
    select(redemption.c.id)
    .where(_LIVE, redemption.c.expires_at <= bindparam("now"))
    .order_by(redemption.c.expires_at)
    .limit(bindparam("most"))
)
_COUNT_HAD = (
    select(func.count())
    .select_from(redemption)
    .join(campaign_version, campaign_version.c.id == redemption.c.campaign_version_id)
    .where(
        redemption.c.person_id == bindparam("of"),
        redemption.c.item == bindparam("item"),
        _HAD,
        campaign_version.c.campaign_id == bindparam("campaign_id"),
    )
)
_ADD = insert(redemption).values({name: bindparam(name) for name in _ADDED}).returning(redemption.c.id)
_ADD_GIVEN = (
    insert(redemption).values({name: bindparam(name) for name in (*_ADDED, "grant_id")}).returning(redemption.c.id)
)
_LIST_PAID = select(redemption.c.paid_id, *(redemption.c[name] for name in _SHOWN)).where(
    redemption.c.paid_id.in_(bindparam("ids", expanding=True))
)
_FIND_BY_GRANT = _ROWS.where(redemption.c.grant_id == bindparam("grant_id"))
_LIST_GIVEN = (
    _ROWS.where(_LIVE, redemption.c.grant_id.is_not(None))
    .order_by(redemption.c.expires_at, redemption.c.id)
    .limit(bindparam("most"))
)
_LIST_AWAITED = (
    select(redemption.c.grant_id)
    .join(grant, grant.c.id == redemption.c.grant_id)
    .where(
        redemption.c.person_id == bindparam("of"),
        redemption.c.state == literal_column(f"'{RedemptionState.GRANTED}'"),
        grant.c.state == literal_column(f"'{GrantState.WAITING}'"),
    )
    .order_by(redemption.c.grant_id)
)
_MOVE = (
    update(redemption)
    .where(redemption.c.id == bindparam("of"), redemption.c.state == bindparam("was"))
    .values(
        state=bindparam("state"),
        expires_at=func.coalesce(bindparam("until"), redemption.c.expires_at),
        paid_id=func.coalesce(redemption.c.paid_id, bindparam("paid")),
        returned_id=bindparam("returned"),
        grant_id=func.coalesce(redemption.c.grant_id, bindparam("granted")),
        used_at=bindparam("used_at"),
        used_by_id=bindparam("used_by_id"),
    )
)
_OPEN_STOCK = Conflicting(
    lambda insert: (
        insert(stock)
        .values(campaign_id=bindparam("campaign_id"), item=bindparam("item"), taken=literal_column("0"))
        .on_conflict_do_nothing(index_elements=["campaign_id", "item"])
    )
)
_TAKE = (
    update(stock)
    .where(
        stock.c.campaign_id == bindparam("in_campaign"),
        stock.c.item == bindparam("of"),
        stock.c.taken < bindparam("most"),
    )
    .values(taken=stock.c.taken + literal_column("1"))
)
_ITS_CAMPAIGN = select(campaign_version.c.campaign_id).where(campaign_version.c.id == bindparam("version_id"))
_PUT_BACK = (
    update(stock)
    .where(stock.c.item == bindparam("of"), stock.c.campaign_id == _ITS_CAMPAIGN.scalar_subquery())
    .values(taken=stock.c.taken - literal_column("1"))
)
_LIST_TAKEN = select(stock.c.item, stock.c.taken).where(stock.c.campaign_id == bindparam("campaign_id"))

UNLIMITED = 2**62
MOST_SHOWN = 10


def take_from_stock(tx: Tx, campaign_id: CampaignId, item: str, most: int | None) -> bool:
    """Put one aside of `most` in all; False where none is left. The last one is decided here, by one statement."""
    tx.run(_OPEN_STOCK, campaign_id=campaign_id, item=item)
    return tx.run(_TAKE, in_campaign=campaign_id, of=item, most=UNLIMITED if most is None else most) == 1


def put_back(tx: Tx, row: RedemptionRow) -> None:
    """Let somebody else have it."""
    tx.run(_PUT_BACK, of=row.item, version_id=row.campaign_version_id)


def list_taken(tx: Tx, campaign_id: CampaignId) -> dict[str, int]:
    """Return how many of each item are gone; nothing of those that nobody has had."""
    return {str(item): int(taken) for item, taken in tx.rows(_LIST_TAKEN, campaign_id=campaign_id)}


def count_had(tx: Tx, person_id: PersonId, campaign_id: CampaignId, item: str) -> int:
    """Count what a member has had of an item, or has put aside; while they are locked it stays so."""
    return int(tx.scalar(_COUNT_HAD, of=person_id, campaign_id=campaign_id, item=item))


def add(
    tx: Tx, *, reference: str, person_id: PersonId, version_id: VersionId, item: str, price: int, expires_at: int
) -> RedemptionId:
    """Note that something is put aside for a member until then."""
    values = (reference, person_id, version_id, item, price, RedemptionState.RESERVED, tx.now, expires_at)
    return RedemptionId(tx.scalar(_ADD, **dict(pair_names(_ADDED, values))))


def add_given(
    tx: Tx,
    *,
    reference: str,
    person_id: PersonId,
    version_id: VersionId,
    item: str,
    expires_at: int,
    grant_id: GrantId,
) -> RedemptionId:
    """Note that something a rule gave waits at the counter until then."""
    values = (reference, person_id, version_id, item, 0, RedemptionState.REDEEMED, tx.now, expires_at, grant_id)
    return RedemptionId(tx.scalar(_ADD_GIVEN, **dict(pair_names((*_ADDED, "grant_id"), values))))


def find_by_grant(tx: Tx, grant_id: GrantId) -> RedemptionRow | None:
    """Return what of a grant waits, or waited, at the counter."""
    row = tx.row(_FIND_BY_GRANT, grant_id=grant_id)
    return None if row is None else _to_redemption(row)


def get_by_grant(tx: Tx, grant_id: GrantId) -> RedemptionRow:
    """Likewise.

    Raises:
        RowMissing: it is nothing that was had for points, or waited at the counter.
    """
    return _demand(tx.row(_FIND_BY_GRANT, grant_id=grant_id), f"of grant {grant_id}")


def list_awaited(tx: Tx, person_id: PersonId) -> list[GrantId]:
    """Return what a member has paid for that has not come yet."""
    return [GrantId(number) for (number,) in tx.rows(_LIST_AWAITED, of=person_id)]


def list_paid(tx: Tx, ledger_ids: Sequence[int]) -> dict[int, RedemptionRow]:
    """Return what was paid by these lines of the ledger, by the line."""
    rows = tx.rows(_LIST_PAID, ids=[*ledger_ids]) if ledger_ids else []
    return {int(row[0]): _to_redemption(row[1:]) for row in rows}


def list_given(tx: Tx, limit: int) -> list[RedemptionRow]:
    """Return what rules gave and nobody has come for yet, what expires first before the others."""
    return [_to_redemption(row) for row in tx.rows(_LIST_GIVEN, most=limit)]


def get(tx: Tx, redemption_id: RedemptionId) -> RedemptionRow:
    """Return one.

    Raises:
        RowMissing: there is no such thing.
    """
    return _demand(tx.row(_GET, id=redemption_id), redemption_id)


def find(tx: Tx, redemption_id: RedemptionId) -> RedemptionRow | None:
    """Likewise; None for what never was."""
    row = tx.row(_GET, id=redemption_id)
    return None if row is None else _to_redemption(row)


def find_locked(tx: Tx, redemption_id: RedemptionId) -> RedemptionRow | None:
    """Likewise, and keep everybody else from changing it until this transaction ends."""
    row = tx.row(_LOCK, id=redemption_id)
    return None if row is None else _to_redemption(row)


def lock(tx: Tx, redemption_id: RedemptionId) -> RedemptionRow:
    """Likewise, and keep everybody else from changing it until this transaction ends."""
    return _demand(tx.row(_LOCK, id=redemption_id), redemption_id)


def find_by_reference(tx: Tx, reference: str) -> RedemptionRow | None:
    """Return what a reference stands for."""
    row = tx.row(_FIND_BY_REFERENCE, reference=reference)
    return None if row is None else _to_redemption(row)


def list_live(tx: Tx, person_id: PersonId) -> list[RedemptionRow]:
    """Return what waits for a member's yes or at the counter, the latest first."""
    return [_to_redemption(row) for row in tx.rows(_LIST_LIVE, of=person_id, most=MOST_SHOWN)]


def list_due(tx: Tx, limit: int) -> list[RedemptionId]:
    """Return what has waited longer than it may, the longest first."""
    return [RedemptionId(number) for (number,) in tx.rows(_LIST_DUE, now=tx.now, most=limit)]


def set_paid(tx: Tx, redemption_id: RedemptionId, *, ledger_id: int, expires_at: int) -> bool:
    """Let it wait at the counter; False where it was not put aside any more."""
    return _move(
        tx, redemption_id, RedemptionState.REDEEMED, was=RedemptionState.RESERVED, until=expires_at, paid=ledger_id
    )


def set_granted(tx: Tx, redemption_id: RedemptionId, *, ledger_id: int, grant_id: GrantId) -> bool:
    """Note that it is paid and given without the counter; False where it was not put aside any more."""
    granted, reserved = RedemptionState.GRANTED, RedemptionState.RESERVED
    return _move(tx, redemption_id, granted, was=reserved, paid=ledger_id, granted=grant_id)


def set_returned(tx: Tx, redemption_id: RedemptionId, *, ledger_id: int) -> bool:
    """Note by which transfer the points went back for what could not be given; False where it was no such thing."""
    returned, granted = RedemptionState.RETURNED, RedemptionState.GRANTED
    return _move(tx, redemption_id, returned, was=granted, until=tx.now, returned=ledger_id)


def set_declined(tx: Tx, redemption_id: RedemptionId) -> bool:
    """Give up what was only put aside; False where it was paid or given up already."""
    return _move(tx, redemption_id, RedemptionState.DECLINED, was=RedemptionState.RESERVED)


def set_taken(tx: Tx, row: RedemptionRow) -> bool:
    """What a rule gave was taken back before it was handed out; False where it was handed out."""
    return _move(tx, row.id, RedemptionState.DECLINED, was=RedemptionState.REDEEMED, until=tx.now)


def set_expired(tx: Tx, redemption_id: RedemptionId, *, ledger_id: int | None) -> bool:
    """Note that nobody came for it, and by which transfer the points went back, if any were paid; False where it was handed out."""
    return _move(
        tx, redemption_id, RedemptionState.EXPIRED, was=RedemptionState.REDEEMED, until=tx.now, returned=ledger_id
    )


def set_used(tx: Tx, row: RedemptionRow, by: PersonId) -> bool:
    """Hand it out; True only for the one call that did."""
    used, redeemed = RedemptionState.USED, RedemptionState.REDEEMED
    return _move(tx, row.id, used, was=redeemed, used_at=tx.now, used_by_id=by)


def set_unused(tx: Tx, row: RedemptionRow) -> bool:
    """Let it wait at the counter again; False where it was not handed out."""
    return _move(tx, row.id, RedemptionState.REDEEMED, was=RedemptionState.USED)


def _move(
    tx: Tx,
    redemption_id: RedemptionId,
    state: RedemptionState,
    *,
    was: RedemptionState,
    until: int | None = None,
    paid: int | None = None,
    returned: int | None = None,
    granted: GrantId | None = None,
    used_at: int | None = None,
    used_by_id: PersonId | None = None,
) -> bool:
    values = {"paid": paid, "returned": returned, "granted": granted, "used_at": used_at, "used_by_id": used_by_id}
    return tx.run(_MOVE, of=redemption_id, state=state, was=was, until=until, **values) == 1


def _demand(row: Row | None, named: object) -> RedemptionRow:
    if row is None:
        raise RowMissing(f"There is no redemption {named}.")
    return _to_redemption(row)


def _to_redemption(row: Row) -> RedemptionRow:
    values = dict(pair_names(_SHOWN, row))
    return RedemptionRow(**values | {"state": RedemptionState(values["state"])})
