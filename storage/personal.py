"""Everything the database holds about one person, whatever tables there are."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping

from sqlalchemy import Column, Select, Table, and_, bindparam, or_, select

from storage.records import PersonId
from storage.schema.conversions import api_key, conversion, sale
from storage.schema.coupons import coupon
from storage.schema.everything import metadata
from storage.schema.fairness import review
from storage.schema.gifts import gift
from storage.schema.people import person
from storage.schema.referrals import account, ledger, referral
from storage.schema.rewards import grant
from storage.schema.tickets import ticket, ticket_copy
from storage.schema.webhooks import hook_event
from storage.tx import Tx

Rows = Mapping[str, list[dict[str, object]]]
"""By table; values fit into JSON, moments are microseconds."""

MOST_ROWS = 10_000
"""Of each table."""

_TELEGRAM_COLUMNS = ("telegram_id", "sender_id")
_SECRET = ("search_name", "search_first_name", "search_username", "folded", "token_hash")
"""Repeat others for searching, or are hashes of secrets."""


def list_personal(tx: Tx, person_id: PersonId, telegram_id: int) -> Rows:
    """Return a person's rows of every table, what others wrote left out."""
    found = {
        table.name: [_show(table, row) for row in tx.rows(statement, of=person_id, telegram=telegram_id)]
        for table, statement in _STATEMENTS.items()
    }
    return {name: rows for name, rows in found.items() if rows}


def _compose() -> Iterator[tuple[Table, Select[tuple[object, ...]]]]:
    """A statement for each table that points to a person, or knows somebody's number at Telegram."""
    for table in metadata.sorted_tables:
        conditions = [column == bindparam("of") for column in table.c if _points_to_person(column)]
        conditions += [column == bindparam("telegram") for column in table.c if column.name in _TELEGRAM_COLUMNS]
        if table is ledger:
            own = select(account.c.id).where(account.c.owner_id == bindparam("of"))
            conditions = [ledger.c.debit_id.in_(own), ledger.c.credit_id.in_(own)]
        if table is coupon:  # not those that somebody of the team has taken at the counter, which are others'
            own = select(grant.c.id).where(grant.c.person_id == bindparam("of"))
            conditions = [coupon.c.grant_id.in_(own)]
        if table is gift:
            conditions = [gift.c.grant_id.in_(select(grant.c.id).where(grant.c.person_id == bindparam("of")))]
        if table is review:  # what was noticed of a recommendation is both sides'; what one has written, their own
            own = select(referral.c.id).where(
                or_(referral.c.inviter_id == bindparam("of"), referral.c.invitee_id == bindparam("of"))
            )
            conditions += [and_(review.c.referral_id.in_(own), review.c.appeal == "")]
        if table is conversion:  # not those that somebody of the team has typed, which are others'
            conditions = [conversion.c.sale_id.in_(select(sale.c.id).where(sale.c.person_id == bindparam("of")))]
        if table is ticket:  # not those that somebody of the team has taken, which are others'
            conditions = [ticket.c.person_id == bindparam("of")]
        if table is ticket_copy:
            conditions = [ticket_copy.c.chat_id == bindparam("telegram")]
        if conditions and table is not api_key:  # the shop's, whoever made it
            yield table, select(table).where(or_(*conditions)).limit(MOST_ROWS)


def _points_to_person(column: Column[object]) -> bool:
    return column is person.c.id or any(key.column is person.c.id for key in column.foreign_keys)


_STATEMENTS = dict(_compose())


def _show(table: Table, row: tuple[object, ...]) -> dict[str, object]:
    return {
        column.name: _show_bytes(value) if isinstance(value, bytes) else value
        for column, value in zip(table.c, row, strict=True)
        if value is not None and column.name not in _SECRET and not _is_others(table, column.name)
    }


def _is_others(table: Table, column: str) -> bool:
    """Numbers of other people say nothing to whoever reads, and are theirs."""
    return (table is referral and column in {"inviter_id", "invitee_id"}) or (table is hook_event and column == "data")


def _show_bytes(value: bytes) -> str:
    """Text as it is; what is none, such as a picture, in Base64."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return b64encode(value).decode()
