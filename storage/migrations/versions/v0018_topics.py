"""What answers somebody goes to the topic they asked in; a notice knows it from the transaction that owes it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add the column without rebuilding the table."""
    op.add_column("outbox", sa.Column("topic_id", sa.BigInteger(), nullable=True))
