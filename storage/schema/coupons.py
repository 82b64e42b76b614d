"""Tables of the codes that a shop has imported, and of whom each was given to."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint

from storage.facts import CouponState, PoolLevel
from storage.schema.base import Id, metadata, one_of

pool = Table(
    "pool",
    metadata,
    Column("name", Text, primary_key=True),
    Column("ready", BigInteger, CheckConstraint("ready >= 0", name="ready"), nullable=False),
    Column("stocked", BigInteger, CheckConstraint("stocked >= 0", name="stocked"), nullable=False),
    Column("warned", Text, one_of("warned", PoolLevel), nullable=False),
    Column("stocked_at", BigInteger, nullable=False),
)
"""`ready` is how many coupons nobody has, kept; `stocked` is how many those were after the last import."""

coupon = Table(
    "coupon",
    metadata,
    Column("id", Id, primary_key=True),
    Column("pool", Text, ForeignKey("pool.name"), nullable=False),
    Column("code", Text, nullable=False),
    Column("folded", Text, nullable=False),
    Column("state", Text, one_of("state", CouponState), nullable=False),
    Column("imported_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("grant_id", Id, ForeignKey("grant.id"), unique=True),
    Column("former_grant_id", Id, ForeignKey("grant.id")),
    Column("given_at", BigInteger),
    Column("shown_at", BigInteger),
    Column("used_at", BigInteger),
    Column("used_by_id", Id, ForeignKey("person.id")),
    CheckConstraint("(state IN ('given', 'used')) = (grant_id IS NOT NULL)", name="given"),
    CheckConstraint("(state = 'used') = (used_at IS NOT NULL)", name="used"),
    UniqueConstraint("pool", "code"),
    sqlite_autoincrement=True,
)
"""One grant at a time has a coupon, and one coupon a grant; `former_grant_id` had it until it expired or was taken back."""
Index("ix_coupon_folded", coupon.c.folded)
