"""Tables of what happened, and of what came of it by the rules of a campaign."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint

from storage.facts import EventKind, GrantKind, GrantState
from storage.records import Side
from storage.schema.base import Id, metadata, one_of

event = Table(
    "event",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Text, one_of("kind", EventKind), nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("referral_id", Id, ForeignKey("referral.id")),
    Column("campaign_version_id", Id, ForeignKey("campaign_version.id"), nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("happened_at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
"""Written once per `key`, and never changed."""
Index("ix_event_referral_id", event.c.referral_id)

grant = Table(
    "grant",
    metadata,
    Column("id", Id, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("event_id", Id, ForeignKey("event.id"), nullable=False),
    Column("side", Text, one_of("side", Side)),
    Column("state", Text, one_of("state", GrantState), nullable=False),
    Column("kind", Text, one_of("kind", GrantKind), nullable=False),
    Column("what", Text, nullable=False, server_default=""),
    Column("points", BigInteger, CheckConstraint("points > 0", name="points")),
    Column("ledger_id", Id, ForeignKey("ledger.id"), unique=True),
    Column("matures_at", BigInteger),
    Column("granted_at", BigInteger, nullable=False),
    CheckConstraint("kind <> 'points' OR points IS NOT NULL", name="points_count"),
    UniqueConstraint("event_id", "rule", "person_id"),
    sqlite_autoincrement=True,
)
"""Nobody gets the same thing by the same rule twice for one event. `what` names a pool, a gift or a privilege."""
