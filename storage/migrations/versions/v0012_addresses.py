"""What is owed has a channel and an address: until now whoever was no member was the announce chat."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the columns without rebuilding the table."""
    added: list[sa.Column[Any]] = [
        sa.Column("channel", sa.Text(), server_default="telegram", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
    ]
    for column in added:
        op.add_column("outbox", column)
    op.execute("UPDATE outbox SET address = 'announce' WHERE recipient_id IS NULL")
