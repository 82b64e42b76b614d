"""When a person was asked, so that a clock that was ahead for a while makes no question wait longer than its kind does."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """What waits now is believed as it is."""
    op.add_column("conversation", sa.Column("asked_at", sa.BigInteger(), nullable=False, server_default="0"))
