"""Table of Telegram gifts that were tried to be sent."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Table, Text

from storage.gift import GiftState, Trouble
from storage.schema.base import Id, metadata, one_of

gift = Table(
    "gift",
    metadata,
    Column("grant_id", Id, ForeignKey("grant.id"), primary_key=True, autoincrement=False),
    Column("state", Text, one_of("state", GiftState), nullable=False),
    Column("trouble", Text, one_of("trouble", Trouble), nullable=False, server_default=""),
    Column("error", Text, nullable=False, server_default=""),
    Column("stars", BigInteger, CheckConstraint("stars >= 0", name="stars"), nullable=False, server_default="0"),
    Column("tried_at", BigInteger, nullable=False),
    Column("due_at", BigInteger),
    CheckConstraint("(state = 'stuck') = (due_at IS NOT NULL)", name="due"),
)
"""One row for each grant of a gift; the row that is claimed before the sending decides that nobody sends it twice."""
