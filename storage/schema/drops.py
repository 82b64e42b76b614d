"""Tables of coupons for whoever comes first, and of who came."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from storage.schema.base import Id, metadata

coupon_drop = Table(
    "coupon_drop",
    metadata,
    Column("id", Id, primary_key=True),
    Column("pool", Text, ForeignKey("pool.name"), nullable=False),
    Column("name", Text, nullable=False),
    Column("quantity", BigInteger, CheckConstraint("quantity > 0", name="quantity"), nullable=False),
    Column("taken", BigInteger, nullable=False, server_default="0"),
    Column("opened_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    CheckConstraint("taken >= 0 AND taken <= quantity", name="taken"),
    sqlite_autoincrement=True,
)
"""`taken` is kept, so that the last one is decided by one statement."""
Index("ix_coupon_drop_ended_at", coupon_drop.c.ended_at, coupon_drop.c.id)

coupon_claim = Table(
    "coupon_claim",
    metadata,
    Column("drop_id", Id, ForeignKey("coupon_drop.id"), nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("place", BigInteger),
    Column("grant_id", Id, ForeignKey("grant.id"), unique=True),
    Column("claimed_at", BigInteger, nullable=False),
    CheckConstraint("(place IS NULL) = (grant_id IS NULL)", name="won"),
    PrimaryKeyConstraint("drop_id", "person_id"),
    UniqueConstraint("drop_id", "place"),
)
"""One each, and each place once; without a place for whoever came too late, who is told so once."""
Index("ix_coupon_claim_person_id", coupon_claim.c.person_id)
