"""Members may show their Telegram photo on their cards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nobody shows one yet."""
    op.add_column("person", sa.Column("face", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "face",
        sa.Column("person_id", ID, nullable=False, autoincrement=False),
        sa.Column("photo_id", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("looked_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_face_person_id")),
        sa.PrimaryKeyConstraint("person_id", "photo_id", name=op.f("pk_face")),
    )
    op.create_index("ix_face_looked_at", "face", ["looked_at"])
