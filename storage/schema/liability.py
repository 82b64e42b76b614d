"""Tables of what the shop owes its members."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Table, Text

from storage.facts import LiabilityLevel
from storage.schema.base import Id, metadata, one_of

liability = Table(
    "liability",
    metadata,
    Column("shard", Id, primary_key=True, autoincrement=False),
    Column("balances", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False),
    Column("counter", BigInteger, nullable=False),
    Column("coupons", BigInteger, nullable=False),
)
"""Kept by triggers on the tables that it sums up: points on members' balances, held for them, and paid for what waits at the counter;
coupons in members' hands. There are 256 rows, by the number of the account, person or coupon, so that few wait for each other."""

liability_bound = Table(
    "liability_bound",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("told", Text, one_of("told", LiabilityLevel), nullable=False),
    Column("most", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)
"""One row, locked by whoever promises points where there is a bound; `told` is what owners were told last, of one of `most` points."""
