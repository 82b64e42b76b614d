"""Tables of whom the shop writes to: segments by name, and lists of people that were sent as a document."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, PrimaryKeyConstraint, Table, Text

from storage.schema.base import Id, metadata

segment = Table(
    "segment",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("written", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
"""`written` is what somebody could type: `language:id and friends>=3`."""

listed = Table(
    "listed",
    metadata,
    Column("list", Text, nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("listed_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("list", "person_id"),
)
"""Who stands in a list; without anybody there is no list."""
Index("ix_listed_person_id", listed.c.person_id)
