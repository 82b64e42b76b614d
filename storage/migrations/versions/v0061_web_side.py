"""The web side works in processes of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
additive = True


def upgrade() -> None:
    """The bot's name is told at the next start, a salt drawn by the first visitor."""
    op.add_column("shop", sa.Column("bot_username", sa.Text(), nullable=False, server_default=""))
    op.add_column("shop", sa.Column("salt", sa.Text(), nullable=False, server_default=""))
    op.add_column("shop", sa.Column("salt_day", sa.BigInteger(), nullable=False, server_default="-1"))
