"""Tables of what members have for their points."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, PrimaryKeyConstraint, Table, Text

from storage.facts import RedemptionState
from storage.schema.base import Id, metadata, one_of

redemption = Table(
    "redemption",
    metadata,
    Column("id", Id, primary_key=True),
    Column("reference", Text, nullable=False, unique=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("campaign_version_id", Id, ForeignKey("campaign_version.id"), nullable=False),
    Column("item", Text, nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("state", Text, one_of("state", RedemptionState), nullable=False),
    Column("reserved_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("paid_id", Id, ForeignKey("ledger.id"), unique=True),
    Column("returned_id", Id, ForeignKey("ledger.id"), unique=True),
    Column("used_at", BigInteger),
    Column("used_by_id", Id, ForeignKey("person.id")),
    Column("grant_id", Id, ForeignKey("grant.id"), unique=True),
    CheckConstraint("price > 0 OR (price = 0 AND grant_id IS NOT NULL)", name="price"),
    CheckConstraint(
        "state NOT IN ('redeemed', 'used', 'expired') OR paid_id IS NOT NULL OR grant_id IS NOT NULL", name="paid"
    ),
    CheckConstraint(
        "(state <> 'expired' OR returned_id IS NOT NULL OR grant_id IS NOT NULL)"
        " AND (state <> 'returned' OR returned_id IS NOT NULL)",
        name="returned",
    ),
    CheckConstraint(
        "state NOT IN ('granted', 'returned') OR (paid_id IS NOT NULL AND grant_id IS NOT NULL)", name="granted"
    ),
    CheckConstraint("(state = 'used') = (used_at IS NOT NULL)", name="used"),
    sqlite_autoincrement=True,
)
"""`paid_id` and `returned_id` are the transfers of the points; `grant_id` is what was given for them, or in their place by a rule."""
Index("ix_redemption_person_id", redemption.c.person_id)
Index("ix_redemption_campaign_version_id", redemption.c.campaign_version_id)

stock = Table(
    "stock",
    metadata,
    Column("campaign_id", Id, ForeignKey("campaign.id"), nullable=False),
    Column("item", Text, nullable=False),
    Column("taken", BigInteger, CheckConstraint("taken >= 0", name="taken"), nullable=False),
    PrimaryKeyConstraint("campaign_id", "item"),
)
"""How many of an item are put aside, waiting or handed out: kept, so that the last one is decided by one statement."""
