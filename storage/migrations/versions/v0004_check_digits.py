"""A secret from which the last character of new codes follows."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

KEY_BYTES = 16


def upgrade() -> None:
    """Make the secret; whoever is there already keeps a code that knows nothing of it."""
    table = op.create_table(
        "code_key",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("unchecked_upto", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_code_key_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_key")),
    )
    upto = op.get_bind().scalar(sa.text("SELECT coalesce(max(id), 0) FROM person"))
    op.bulk_insert(table, [{"id": 1, "key": secrets.token_bytes(KEY_BYTES), "unchecked_upto": upto}])
