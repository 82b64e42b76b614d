"""Whom nobody is credited for anew, since they had themselves forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Nobody has had themselves forgotten yet."""
    op.create_table(
        "forgotten",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("forgotten_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_forgotten")),
    )
    op.create_index("ix_forgotten_forgotten_at", "forgotten", ["forgotten_at"])
