"""Days of the funnel that are over are folded, and what was ever counted lies in few rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
additive = False  # programs before it would count a day that is folded twice


def upgrade() -> None:
    """Nothing is folded yet: the next cleaning begins with it."""
    counted = sa.text("shard >= 0")
    op.create_index("ix_funnel_ever", "funnel", ["shard"], sqlite_where=counted, postgresql_where=counted)
