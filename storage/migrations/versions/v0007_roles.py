"""Who runs the shop, and in whose chats commands of their own are shown."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

ROLES = ("owner", "manager", "staff", "member")


def upgrade() -> None:
    """Make both tables; owners are written down at the start, from the settings."""
    names = ", ".join(f"'{role}'" for role in ROLES)
    op.create_table(
        "role",
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("from_settings", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"role IN ({names})", name=op.f("ck_role_role")),
        sa.PrimaryKeyConstraint("telegram_id", name=op.f("pk_role")),
    )
    op.create_table(
        "command_menu",
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("telegram_id", name=op.f("pk_command_menu")),
    )
