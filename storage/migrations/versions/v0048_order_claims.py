"""Members say which orders are theirs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nobody has said anything as yet."""
    op.create_table(
        "order_claim",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("said_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_order_claim_person_id")),
        sa.PrimaryKeyConstraint("order_id", "person_id", name=op.f("pk_order_claim")),
    )
    op.create_index("ix_order_claim_person_id", "order_claim", ["person_id"])
