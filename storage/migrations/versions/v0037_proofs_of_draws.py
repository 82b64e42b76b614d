"""The proof of a draw is kept as it was when its results were told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """What was told before has none."""
    op.add_column("contest", sa.Column("proof", sa.Text()))
