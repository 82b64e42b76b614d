"""What is had for points can be a coupon or a gift as well, which its grant speaks of, and can be given back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = "'reserved', 'redeemed', 'used', 'declined', 'expired', 'granted', 'returned'"
PRICE = "price > 0 OR (price = 0 AND grant_id IS NOT NULL)"
PAID = "state NOT IN ('redeemed', 'used', 'expired') OR paid_id IS NOT NULL OR grant_id IS NOT NULL"
RETURNED = (
    "(state <> 'expired' OR returned_id IS NOT NULL OR grant_id IS NOT NULL)"
    " AND (state <> 'returned' OR returned_id IS NOT NULL)"
)
GRANTED = "state NOT IN ('granted', 'returned') OR (paid_id IS NOT NULL AND grant_id IS NOT NULL)"
DUE = sa.text("state IN ('reserved', 'redeemed')")
COPY = """
    INSERT INTO redemption_anew
        (id, reference, person_id, campaign_version_id, item, price, state, reserved_at, expires_at, paid_id, returned_id,
        used_at, used_by_id, grant_id)
    SELECT id, reference, person_id, campaign_version_id, item, price, state, reserved_at, expires_at, paid_id, returned_id,
        used_at, used_by_id, grant_id
    FROM redemption ORDER BY id
"""
KEEP_COUNTING = (
    "UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'redemption')"
    " WHERE name = 'redemption_anew'"
)


def upgrade() -> None:
    """What members have stays as it is."""
    if op.get_bind().dialect.name == "postgresql":
        for name, condition in (("state", f"state IN ({STATES})"), ("returned", RETURNED)):
            op.drop_constraint(op.f(f"ck_redemption_{name}"), "redemption", type_="check")
            op.create_check_constraint(op.f(f"ck_redemption_{name}"), "redemption", condition)
        op.create_check_constraint(op.f("ck_redemption_granted"), "redemption", GRANTED)
        return
    rebuild()


def rebuild() -> None:
    """SQLite changes a condition by writing the table anew."""
    op.create_table(
        "redemption_anew",
        sa.Column("id", ID, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("campaign_version_id", ID, nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("price", BIG, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reserved_at", BIG, nullable=False),
        sa.Column("expires_at", BIG, nullable=False),
        sa.Column("paid_id", ID),
        sa.Column("returned_id", ID),
        sa.Column("used_at", BIG),
        sa.Column("used_by_id", ID),
        sa.Column("grant_id", ID),
        sa.CheckConstraint(PRICE, name=op.f("ck_redemption_price")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_redemption_state")),
        sa.CheckConstraint(PAID, name=op.f("ck_redemption_paid")),
        sa.CheckConstraint(RETURNED, name=op.f("ck_redemption_returned")),
        sa.CheckConstraint(GRANTED, name=op.f("ck_redemption_granted")),
        sa.CheckConstraint("(state = 'used') = (used_at IS NOT NULL)", name=op.f("ck_redemption_used")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_redemption_person_id")),
        sa.ForeignKeyConstraint(
            ["campaign_version_id"], ["campaign_version.id"], name=op.f("fk_redemption_campaign_version_id")
        ),
        sa.ForeignKeyConstraint(["paid_id"], ["ledger.id"], name=op.f("fk_redemption_paid_id")),
        sa.ForeignKeyConstraint(["returned_id"], ["ledger.id"], name=op.f("fk_redemption_returned_id")),
        sa.ForeignKeyConstraint(["used_by_id"], ["person.id"], name=op.f("fk_redemption_used_by_id")),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_redemption_grant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemption")),
        sa.UniqueConstraint("reference", name=op.f("uq_redemption_reference")),
        sa.UniqueConstraint("paid_id", name=op.f("uq_redemption_paid_id")),
        sa.UniqueConstraint("returned_id", name=op.f("uq_redemption_returned_id")),
        sa.UniqueConstraint("grant_id", name=op.f("uq_redemption_grant_id")),
        sqlite_autoincrement=True,
    )
    op.execute(COPY)
    op.execute(KEEP_COUNTING)
    op.drop_table("redemption")
    op.rename_table("redemption_anew", "redemption")
    op.create_index(op.f("ix_redemption_person_id"), "redemption", ["person_id"])
    op.create_index(op.f("ix_redemption_campaign_version_id"), "redemption", ["campaign_version_id"])
    op.create_index(op.f("ix_redemption_due"), "redemption", ["expires_at"], sqlite_where=DUE)
