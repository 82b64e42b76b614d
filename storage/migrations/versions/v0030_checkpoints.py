"""What the books were at a time, and when they were last looked over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0026"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nothing was noted yet: the first checkpoint covers all there is."""
    op.create_table(
        "checkpoint",
        sa.Column("log", sa.Text(), nullable=False),
        sa.Column("day", BIG, nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("last_id", BIG, nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("peaks", sa.Text(), nullable=False),
        sa.Column("noted_at", BIG, nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_checkpoint_size")),
        sa.PrimaryKeyConstraint("log", "day", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "inspection",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("looked_at", BIG, nullable=False),
        sa.Column("entries", BIG, nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("faults", BIG, nullable=False),
        sa.Column("said", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_inspection_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
    )
    # What was given up keeps the moment until which it was put aside, as from now on: so that it can be checked.
    op.execute("UPDATE redemption SET expires_at = reserved_at + 600000000 WHERE state = 'declined'")
