"""Tables of what happened, and of what came of it by the rules of a campaign."""

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
    UniqueConstraint,
)

from storage.facts import GrantKind, GrantState
from storage.records import Side
from storage.schema.base import Id, metadata, one_of

event = Table(
    "event",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("referral_id", Id, ForeignKey("referral.id")),
    Column("campaign_version_id", Id, ForeignKey("campaign_version.id"), nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("happened_at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
"""Written once per `key`, and never changed. Which kinds there are is for the program to say."""
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
    Column("threshold", Integer),
    Column("week", Text, nullable=False, server_default=""),
    Column("changed_at", BigInteger),
    Column("reason", Text, nullable=False, server_default=""),
    CheckConstraint("kind <> 'points' OR points IS NOT NULL", name="points_count"),
    UniqueConstraint("event_id", "rule", "person_id"),
    sqlite_autoincrement=True,
)
"""Nobody gets the same thing by the same rule twice for one event. `what` names a pool, a gift or a privilege.

`threshold` is how many friends it was given for, `week` in which week it counts towards a bound, `changed_at` since when it
is in its state (NULL: since it was granted), `reason` why.
"""
Index("ix_grant_person_id_id", grant.c.person_id, grant.c.id.desc())

allowance = Table(
    "allowance",
    metadata,
    Column("campaign_id", Id, ForeignKey("campaign.id"), nullable=False),
    Column("rule", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("taken", BigInteger, CheckConstraint("taken >= 0", name="taken"), nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("campaign_id", "rule", "scope"),
)
"""How much of a bound of a rule is gone: kept, so that the last one is decided by one statement.

`scope` is `member:PERSON`, `week:WEEK:PERSON`, `budget` or `first`.
"""
Index("ix_allowance_changed_at", allowance.c.changed_at)

awaited = Table(
    "awaited",
    metadata,
    Column("referral_id", Id, ForeignKey("referral.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("days", Integer, nullable=False),
    Column("seen_days", Integer, nullable=False, server_default="0"),
    Column("seen_day", Text, nullable=False, server_default=""),
    Column("due_at", BigInteger),
    PrimaryKeyConstraint("referral_id", "kind", "days"),
)
"""What rules still wait for of a friend: staying (`due_at`, NULL while away), or being seen on so many days (the last of them
is `seen_day`)."""
