"""A broadcast goes to a few first where its author likes, and its links are counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """What was sent before went to all, and nobody counted who opened it."""
    op.add_column("broadcast", sa.Column("sample_percent", sa.Integer()))
    op.create_table(
        "broadcast_link",
        sa.Column("broadcast_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"], name=op.f("fk_broadcast_link_broadcast_id")),
        sa.PrimaryKeyConstraint("broadcast_id", "number", name=op.f("pk_broadcast_link")),
    )
    op.create_table(
        "broadcast_open",
        sa.Column("broadcast_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("opened_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"], name=op.f("fk_broadcast_open_broadcast_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_broadcast_open_person_id")),
        sa.PrimaryKeyConstraint("broadcast_id", "person_id", name=op.f("pk_broadcast_open")),
    )
    op.create_index("ix_broadcast_open_person_id", "broadcast_open", ["person_id"])
