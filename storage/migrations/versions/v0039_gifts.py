"""Telegram gifts are sent, each claimed before it leaves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = ("stuck", "sending", "unknown", "sent")
TROUBLES = ("", "declined", "balance", "gone", "unreachable", "refused")


def upgrade() -> None:
    """Gifts that wait already are due at once."""
    states, troubles = (", ".join(f"'{each}'" for each in words) for words in (STATES, TROUBLES))
    op.create_table(
        "gift",
        sa.Column("grant_id", ID, autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("trouble", sa.Text(), server_default="", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("stars", BIG, server_default="0", nullable=False),
        sa.Column("tried_at", BIG, nullable=False),
        sa.Column("due_at", BIG),
        sa.CheckConstraint(f"state IN ({states})", name=op.f("ck_gift_state")),
        sa.CheckConstraint(f"trouble IN ({troubles})", name=op.f("ck_gift_trouble")),
        sa.CheckConstraint("stars >= 0", name=op.f("ck_gift_stars")),
        sa.CheckConstraint("(state = 'stuck') = (due_at IS NOT NULL)", name=op.f("ck_gift_due")),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_gift_grant_id")),
        sa.PrimaryKeyConstraint("grant_id", name=op.f("pk_gift")),
    )
