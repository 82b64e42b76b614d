"""Links that lead into a chat in the name of somebody who is forgotten: revoked by the bot, whenever it runs next."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Nothing is owed yet."""
    op.create_table(
        "link_revocation",
        sa.Column("link", sa.Text(), primary_key=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("owed_at", sa.BigInteger(), nullable=False),
    )
