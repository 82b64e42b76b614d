"""Points: append-only transfers between accounts, and the balances folded from them: tables `account` and `ledger`."""

from __future__ import annotations

from sqlalchemy import Select, and_, bindparam, case, func, literal_column, null, select, union_all, update
from sqlalchemy.sql.expression import ColumnElement

from storage.columns import pair_names
from storage.errors import KeyReused, RowMissing
from storage.facts import LedgerLine
from storage.records import PersonId, Transfer
from storage.schema.people import profile
from storage.schema.referrals import HOUSE_ACCOUNT, account, ledger, referral
from storage.tx import Conflicting, Tx

__all__ = [
    "HOUSE_ACCOUNT",
    "compute_imbalance",
    "count_lines",
    "get_balance",
    "list_lines",
    "open_account",
    "post",
    "post_back",
    "spend",
]

_CONTENT = ("debit_id", "credit_id", "amount", "reason", "referral_id")

_FIND_ACCOUNT = select(account.c.id).where(account.c.owner_id == bindparam("owner_id"))
_OPEN_ACCOUNT = Conflicting(
    lambda insert: (
        insert(account)
        .values(owner_id=bindparam("owner_id"))
        .on_conflict_do_nothing(index_elements=["owner_id"])
        .returning(account.c.id)
    )
)
_POST = Conflicting(
    lambda insert: (
        insert(ledger)
        .values({name: bindparam(name) for name in (*_CONTENT, "key", "posted_at")})
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(ledger.c.id)
    )
)
_FIND_BY_KEY = select(ledger.c.id, *(ledger.c[name] for name in _CONTENT)).where(ledger.c.key == bindparam("key"))
_GET_LINE = select(ledger.c.key, *(ledger.c[name] for name in _CONTENT)).where(ledger.c.id == bindparam("id"))
_MOVE_BALANCE = (
    update(account).where(account.c.id == bindparam("of")).values(balance=account.c.balance + bindparam("change"))
)
_TAKE_POINTS = (
    update(account)
    .where(account.c.owner_id == bindparam("owner_id"), account.c.balance >= bindparam("amount"))
    .values(balance=account.c.balance - bindparam("amount"))
    .returning(account.c.id)
)
_BALANCE = select(account.c.balance).where(account.c.owner_id == bindparam("owner_id"))

_OWN_ACCOUNT = _FIND_ACCOUNT.scalar_subquery()
_CAME = ledger.c.credit_id == _OWN_ACCOUNT
# The house is ruled out in writing, so that the planners see that the partial index serves.
_LEFT = and_(ledger.c.debit_id == _OWN_ACCOUNT, ledger.c.debit_id != literal_column(str(HOUSE_ACCOUNT)))


def _newest_where(side: ColumnElement[bool], amount: ColumnElement[int]) -> Select[tuple[int, int, str, int, int]]:
    """Return the newest lines of one side, as many as the page could need: each side has an index of its own."""
    newest = (
        select(ledger.c.id, amount.label("amount"), ledger.c.reason, ledger.c.referral_id, ledger.c.posted_at)
        .where(side)
        .order_by(ledger.c.id.desc())
        .limit(bindparam("upto"))
        .subquery()
    )
    return select(newest)


_LINE = union_all(
    _newest_where(_CAME, ledger.c.amount),
    _newest_where(_LEFT, -ledger.c.amount),
).subquery("line")
_OTHER_ID = case(
    (referral.c.inviter_id == bindparam("owner_id"), referral.c.invitee_id),
    (referral.c.invitee_id == bindparam("owner_id"), referral.c.inviter_id),
    else_=null(),
)
_LIST_LINES = (
    select(_LINE.c.id, _LINE.c.amount, _LINE.c.reason, func.coalesce(profile.c.first_name, ""), _LINE.c.posted_at)
    .select_from(
        _LINE.outerjoin(referral, referral.c.id == _LINE.c.referral_id).outerjoin(
            profile, profile.c.person_id == _OTHER_ID
        )
    )
    .order_by(_LINE.c.id.desc())
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
_COUNT_CREDITS, _COUNT_DEBITS = (
    select(func.count()).select_from(select(ledger.c.id).where(side).limit(bindparam("most")).subquery("some"))
    for side in (_CAME, _LEFT)
)

_SIGNED = union_all(
    select(ledger.c.credit_id.label("account_id"), ledger.c.amount.label("amount")),
    select(ledger.c.debit_id, -ledger.c.amount),
).subquery("signed")
_FOLDED = (
    select(_SIGNED.c.account_id, func.sum(_SIGNED.c.amount).label("amount"))
    .group_by(_SIGNED.c.account_id)
    .subquery("folded")
)
_IMBALANCE = (
    select(func.coalesce(func.sum(func.abs(account.c.balance - func.coalesce(_FOLDED.c.amount, 0))), 0))
    .select_from(account.outerjoin(_FOLDED, _FOLDED.c.account_id == account.c.id))
    .where(account.c.owner_id.is_not(None))
)


def open_account(tx: Tx, owner_id: PersonId) -> int:
    """Return the id of a person's account, which is opened where there was none."""
    found = tx.scalar(_FIND_ACCOUNT, owner_id=owner_id) or tx.scalar(_OPEN_ACCOUNT, owner_id=owner_id)
    return int(found or tx.scalar(_FIND_ACCOUNT, owner_id=owner_id))


def post(tx: Tx, transfer: Transfer) -> int:
    """Write a transfer, once per key, move the balances of people, and return the id of its ledger line.

    The house's balance is not kept, so that joins never queue for its one row.

    Raises:
        KeyReused: the key belongs to another transfer.
    """
    content = (transfer.debit, transfer.credit, transfer.amount, transfer.reason, transfer.referral_id)
    values = dict(pair_names(_CONTENT, content))
    ledger_id = tx.scalar(_POST, **values, key=transfer.key, posted_at=tx.now)
    if ledger_id is None:
        found = tx.row(_FIND_BY_KEY, key=transfer.key)
        if found is None or found[1:] != content:
            raise KeyReused(f"The key {transfer.key!r} belongs to another transfer.")
        return int(found[0])
    # In the order of ids, so that two transfers between the same accounts never wait for each other.
    for account_id, change in sorted([(transfer.debit, -transfer.amount), (transfer.credit, transfer.amount)]):
        if account_id != HOUSE_ACCOUNT:
            tx.run(_MOVE_BALANCE, of=account_id, change=change)
    return int(ledger_id)


def post_back(tx: Tx, ledger_id: int) -> int:
    """Write the same transfer the other way round, for the same reason, once; returns the id of its ledger line.

    Raises:
        RowMissing: there is no such line.
    """
    line = tx.row(_GET_LINE, id=ledger_id)
    if line is None:
        raise RowMissing(f"There is no ledger line {ledger_id}.")
    key, debit, credit, *rest = line
    amount, reason, referral_id = rest
    return post(
        tx,
        Transfer(
            debit=credit,
            credit=debit,
            amount=amount,
            key=f"revoke:{key}",
            reason=reason,
            referral_id=referral_id,
        ),
    )


def spend(tx: Tx, owner_id: PersonId, amount: int, *, key: str, reason: str) -> int | None:
    """Give points of a person back to the house, and return the id of the ledger line; None where there are not so many.

    Whether there are enough is decided by the statement that takes them. A key that was used before is not spent again.
    """
    if tx.scalar(_FIND_BY_KEY, key=key) is not None:
        raise KeyReused(f"The key {key!r} has been spent.")
    account_id = tx.scalar(_TAKE_POINTS, owner_id=owner_id, amount=amount)
    if account_id is None:
        return None
    values = (account_id, HOUSE_ACCOUNT, amount, reason, None)
    return int(tx.scalar(_POST, **dict(pair_names(_CONTENT, values)), key=key, posted_at=tx.now))


def get_balance(tx: Tx, person_id: PersonId) -> int:
    """Return a person's points; 0 for somebody who has no account."""
    return tx.scalar(_BALANCE, owner_id=person_id) or 0


def list_lines(tx: Tx, person_id: PersonId, *, limit: int, offset: int) -> list[LedgerLine]:
    """Return a page of a person's ledger lines, newest first."""
    rows = tx.rows(_LIST_LINES, owner_id=person_id, limit=limit, offset=offset, upto=limit + offset)
    return [
        LedgerLine(id=line_id, amount=amount, reason=reason, other_name=other_name, posted_at=posted_at)
        for line_id, amount, reason, other_name, posted_at in rows
    ]


def count_lines(tx: Tx, person_id: PersonId, *, most: int) -> int:
    """Count a person's ledger lines, up to `most`."""
    counted = sum(int(tx.scalar(each, owner_id=person_id, most=most)) for each in (_COUNT_CREDITS, _COUNT_DEBITS))
    return min(most, counted)


def compute_imbalance(tx: Tx) -> int:
    """Return by how many points all kept balances together miss the fold of the ledger; anything but 0 is a fault."""
    return int(tx.scalar(_IMBALANCE))
