"""Coupons for whoever comes first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """There was none yet."""
    op.create_table(
        "coupon_drop",
        sa.Column("id", ID, nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("quantity", BIG, nullable=False),
        sa.Column("taken", BIG, server_default="0", nullable=False),
        sa.Column("opened_at", BIG, nullable=False),
        sa.Column("ended_at", BIG),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_coupon_drop_quantity")),
        sa.CheckConstraint("taken >= 0 AND taken <= quantity", name=op.f("ck_coupon_drop_taken")),
        sa.ForeignKeyConstraint(["pool"], ["pool.name"], name=op.f("fk_coupon_drop_pool")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_drop")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_coupon_drop_ended_at", "coupon_drop", ["ended_at", "id"])
    op.create_table(
        "coupon_claim",
        sa.Column("drop_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("place", BIG),
        sa.Column("grant_id", ID),
        sa.Column("claimed_at", BIG, nullable=False),
        sa.CheckConstraint("(place IS NULL) = (grant_id IS NULL)", name=op.f("ck_coupon_claim_won")),
        sa.ForeignKeyConstraint(["drop_id"], ["coupon_drop.id"], name=op.f("fk_coupon_claim_drop_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_coupon_claim_person_id")),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_coupon_claim_grant_id")),
        sa.PrimaryKeyConstraint("drop_id", "person_id", name=op.f("pk_coupon_claim")),
        sa.UniqueConstraint("drop_id", "place", name=op.f("uq_coupon_claim_drop_id_place")),
        sa.UniqueConstraint("grant_id", name=op.f("uq_coupon_claim_grant_id")),
    )
    op.create_index("ix_coupon_claim_person_id", "coupon_claim", ["person_id"])
