"""Sums of rows that are cleaned away, and an index to find old cards by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Nothing is summed yet: the first cleaning does."""
    op.create_table(
        "tally",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "key", name=op.f("pk_tally")),
    )
    op.create_index("ix_card_uploaded_at", "card", ["uploaded_at"])
