"""A broadcast knows which run of the program has claimed recipients last, so that what it has recorded can be believed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Add the column without rebuilding the table; nothing is known of former runs."""
    op.add_column("broadcast", sa.Column("claimed_by", sa.Text(), nullable=False, server_default=""))
