"""Tables of what the books were at a time, and of when they were last looked over."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, PrimaryKeyConstraint, Table, Text

from storage.schema.base import Id, metadata

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("log", Text, nullable=False),
    Column("day", BigInteger, nullable=False),
    Column("size", BigInteger, CheckConstraint("size >= 0", name="size"), nullable=False),
    Column("last_id", BigInteger, nullable=False),
    Column("root", Text, nullable=False),
    Column("peaks", Text, nullable=False),
    Column("noted_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("log", "day"),
)
"""One a day for each table that is followed (`log`), moved on as the day goes: `size` rows up to `last_id` have the head
`root`. Hashes are hexadecimal; `peaks` are what the next rows are hashed onto. `day` counts from 1970 in UTC."""

inspection = Table(
    "inspection",
    metadata,
    Column("id", Id, CheckConstraint("id = 1", name="one_row"), primary_key=True, autoincrement=False),
    Column("looked_at", BigInteger, nullable=False),
    Column("entries", BigInteger, nullable=False),
    Column("head", Text, nullable=False),
    Column("faults", BigInteger, nullable=False),
    Column("said", Text, nullable=False, server_default=""),
)
"""What came of the last look at the books: rows of the ledger and its head, how many faults, and the first of them."""
