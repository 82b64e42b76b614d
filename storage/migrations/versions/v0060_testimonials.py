"""Members say for all to read what they like."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nobody has yet."""
    op.create_table(
        "testimonial",
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("headlines", sa.Text(), server_default="{}", nullable=False),
        sa.Column("made_at", BIG, nullable=False),
        sa.Column("changed_at", BIG, nullable=False),
        sa.CheckConstraint("state IN ('offered', 'shown', 'declined')", name=op.f("ck_testimonial_state")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_testimonial_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_testimonial")),
    )
    op.create_index("ix_testimonial_state_changed_at", "testimonial", ["state", "changed_at"])
