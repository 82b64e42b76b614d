"""How often the shop has changed, so that whoever holds a picture of it sees that it is an old one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Counting begins now."""
    op.add_column("shop", sa.Column("revision", sa.BigInteger(), nullable=False, server_default="0"))
