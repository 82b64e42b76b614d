"""The shop has a time zone, and remembers what the settings said of it and of its chats, so that who spoke last is heard."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Add the columns without rebuilding the table; the next start takes what the settings say."""
    for name in ("zone", "announce_said", "community_said", "zone_said"):
        op.add_column("shop", sa.Column(name, sa.Text()))
    op.add_column("picture", sa.Column("read_from", sa.Text()))
    op.create_index("ix_picture_read_from", "picture", ["read_from", "sha256"])
