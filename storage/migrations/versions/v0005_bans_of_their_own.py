"""How long a 429 was when it began, so that a clock set back does not make it longer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """What is written down already is believed for a minute."""
    op.add_column("flood_wait", sa.Column("wait_seconds", sa.Integer(), nullable=False, server_default="60"))
