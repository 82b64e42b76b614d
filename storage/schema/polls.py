"""Tables of what a shop has its members choose, and of what they chose."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from storage.schema.base import Id, metadata

poll = Table(
    "poll",
    metadata,
    Column("id", Id, primary_key=True),
    Column("question", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("outcome", Text, nullable=False, server_default=""),
    Column("opened_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("told_upto", Id, nullable=False, server_default="0"),
    Column("told_at", BigInteger),
    CheckConstraint("told_at IS NULL OR closed_at IS NOT NULL", name="told"),
    sqlite_autoincrement=True,
)
"""Words are JSON, by language. Those who chose are told in the order of their ids, up to `told_upto`; `told_at` once all are."""
Index("ix_poll_told_at", poll.c.told_at, poll.c.id)

vote = Table(
    "vote",
    metadata,
    Column("poll_id", Id, ForeignKey("poll.id"), nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("choice", Integer, CheckConstraint("choice >= 0", name="choice"), nullable=False),
    Column("voted_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("poll_id", "person_id"),
)
"""One each; `choice` is a place among the options, which never change."""
Index("ix_vote_person_id", vote.c.person_id)
