"""What members have for their points, and how many of each thing are gone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = ("reserved", "redeemed", "used", "declined", "expired")


def upgrade() -> None:
    """Nobody has had anything yet."""
    create_redemption()
    op.create_table(
        "stock",
        sa.Column("campaign_id", ID, nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("taken", BIG, nullable=False),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_stock_taken")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_stock_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", "item", name=op.f("pk_stock")),
    )


def create_redemption() -> None:
    """From being put aside to being handed out."""
    states = ", ".join(f"'{state}'" for state in STATES)
    op.create_table(
        "redemption",
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
        sa.CheckConstraint("price > 0", name=op.f("ck_redemption_price")),
        sa.CheckConstraint(f"state IN ({states})", name=op.f("ck_redemption_state")),
        sa.CheckConstraint(
            "state NOT IN ('redeemed', 'used', 'expired') OR paid_id IS NOT NULL", name=op.f("ck_redemption_paid")
        ),
        sa.CheckConstraint("state <> 'expired' OR returned_id IS NOT NULL", name=op.f("ck_redemption_returned")),
        sa.CheckConstraint("(state = 'used') = (used_at IS NOT NULL)", name=op.f("ck_redemption_used")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_redemption_person_id")),
        sa.ForeignKeyConstraint(
            ["campaign_version_id"], ["campaign_version.id"], name=op.f("fk_redemption_campaign_version_id")
        ),
        sa.ForeignKeyConstraint(["paid_id"], ["ledger.id"], name=op.f("fk_redemption_paid_id")),
        sa.ForeignKeyConstraint(["returned_id"], ["ledger.id"], name=op.f("fk_redemption_returned_id")),
        sa.ForeignKeyConstraint(["used_by_id"], ["person.id"], name=op.f("fk_redemption_used_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemption")),
        sa.UniqueConstraint("reference", name=op.f("uq_redemption_reference")),
        sa.UniqueConstraint("paid_id", name=op.f("uq_redemption_paid_id")),
        sa.UniqueConstraint("returned_id", name=op.f("uq_redemption_returned_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_redemption_person_id"), "redemption", ["person_id"])
    op.create_index(op.f("ix_redemption_campaign_version_id"), "redemption", ["campaign_version_id"])
    due = sa.text("state IN ('reserved', 'redeemed')")
    op.create_index(op.f("ix_redemption_due"), "redemption", ["expires_at"], sqlite_where=due, postgresql_where=due)
