"""Shops import codes, and rewards give them out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LEVELS = ("full", "low", "empty")
STATES = ("free", "given", "used", "void", "expired")


def upgrade() -> None:
    """No shop has any yet."""
    levels = ", ".join(f"'{level}'" for level in LEVELS)
    op.create_table(
        "pool",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ready", BIG, nullable=False),
        sa.Column("stocked", BIG, nullable=False),
        sa.Column("warned", sa.Text(), nullable=False),
        sa.Column("stocked_at", BIG, nullable=False),
        sa.CheckConstraint("ready >= 0", name=op.f("ck_pool_ready")),
        sa.CheckConstraint("stocked >= 0", name=op.f("ck_pool_stocked")),
        sa.CheckConstraint(f"warned IN ({levels})", name=op.f("ck_pool_warned")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pool")),
    )
    create_coupon()
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        op.f("ix_grant_waiting"), "grant", ["kind", "what", "id"], sqlite_where=waiting, postgresql_where=waiting
    )


def create_coupon() -> None:
    """From the import to the counter."""
    states = ", ".join(f"'{state}'" for state in STATES)
    op.create_table(
        "coupon",
        sa.Column("id", ID, nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("imported_at", BIG, nullable=False),
        sa.Column("expires_at", BIG),
        sa.Column("grant_id", ID),
        sa.Column("former_grant_id", ID),
        sa.Column("given_at", BIG),
        sa.Column("shown_at", BIG),
        sa.Column("used_at", BIG),
        sa.Column("used_by_id", ID),
        sa.CheckConstraint(f"state IN ({states})", name=op.f("ck_coupon_state")),
        sa.CheckConstraint("(state IN ('given', 'used')) = (grant_id IS NOT NULL)", name=op.f("ck_coupon_given")),
        sa.CheckConstraint("(state = 'used') = (used_at IS NOT NULL)", name=op.f("ck_coupon_used")),
        sa.ForeignKeyConstraint(["pool"], ["pool.name"], name=op.f("fk_coupon_pool")),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_coupon_grant_id")),
        sa.ForeignKeyConstraint(["former_grant_id"], ["grant.id"], name=op.f("fk_coupon_former_grant_id")),
        sa.ForeignKeyConstraint(["used_by_id"], ["person.id"], name=op.f("fk_coupon_used_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon")),
        sa.UniqueConstraint("pool", "code", name=op.f("uq_coupon_pool_code")),
        sa.UniqueConstraint("grant_id", name=op.f("uq_coupon_grant_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_coupon_folded"), "coupon", ["folded"])
    free, due = sa.text("state = 'free'"), sa.text("expires_at IS NOT NULL AND state IN ('free', 'given')")
    op.create_index(op.f("ix_coupon_free"), "coupon", ["pool", "id"], sqlite_where=free, postgresql_where=free)
    op.create_index(op.f("ix_coupon_due"), "coupon", ["expires_at"], sqlite_where=due, postgresql_where=due)
