"""Tables of queues: who stands where in the waitlist of a campaign."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from storage.schema.base import Id, metadata

waitlist = Table(
    "waitlist",
    metadata,
    Column("campaign_id", Id, ForeignKey("campaign.id"), primary_key=True, autoincrement=False),
    Column("length", BigInteger, CheckConstraint("length >= 0", name="length"), nullable=False, server_default="0"),
    Column("let_in", BigInteger, nullable=False, server_default="0"),
    Column("opened_on", Text, nullable=False, server_default=""),
)
"""Whoever moves somebody in a queue locks its row. `opened_on` is the day whose doors have opened by themselves."""

waitlist_chunk = Table(
    "waitlist_chunk",
    metadata,
    Column("campaign_id", Id, ForeignKey("campaign.id"), nullable=False),
    Column("chunk", BigInteger, nullable=False),
    Column("people", BigInteger, CheckConstraint("people >= 0", name="people"), nullable=False),
    PrimaryKeyConstraint("campaign_id", "chunk"),
)
"""How many wait in each part of a queue, so that a place costs the same with a thousand and with a million."""

waitlist_place = Table(
    "waitlist_place",
    metadata,
    Column("campaign_id", Id, ForeignKey("campaign.id"), nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("rank_key", BigInteger),
    Column("entered_at", BigInteger, nullable=False),
    Column("let_in_at", BigInteger),
    Column("owed", Boolean, nullable=False, server_default=false()),
    PrimaryKeyConstraint("campaign_id", "person_id"),
    UniqueConstraint("campaign_id", "rank_key", name="uq_waitlist_place_campaign_id_rank_key"),
)
"""Who has the lower `rank_key` stands in front; NULL for who was let in, and `owed` until they were given what that gives."""
Index("ix_waitlist_place_person_id", waitlist_place.c.person_id)

waitlist_jump = Table(
    "waitlist_jump",
    metadata,
    Column("referral_id", Id, ForeignKey("referral.id"), primary_key=True, autoincrement=False),
    Column("campaign_id", Id, ForeignKey("campaign.id"), nullable=False),
    Column("places", BigInteger, nullable=False),
)
"""How many places a friend has moved who brought them: gone again where the friend does not count any more."""
