"""Owners and managers look at a dashboard in a browser."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nobody has looked yet."""
    op.create_table(
        "web_key",
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('link', 'session')", name=op.f("ck_web_key_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_web_key_person_id")),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_web_key")),
    )
    op.create_index("ix_web_key_person_id", "web_key", ["person_id"])
