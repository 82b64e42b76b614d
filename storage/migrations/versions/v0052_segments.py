"""Broadcasts can go to some of the members."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """What was sent before went to all. When somebody was last heard of is known by what they last did."""
    op.create_table(
        "segment",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("written", sa.Text(), nullable=False),
        sa.Column("changed_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment")),
        sa.UniqueConstraint("name", name=op.f("uq_segment_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "listed",
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("listed_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_listed_person_id")),
        sa.PrimaryKeyConstraint("list", "person_id", name=op.f("pk_listed")),
    )
    op.create_index("ix_listed_person_id", "listed", ["person_id"])
    op.add_column("broadcast", sa.Column("segment", sa.Text()))
    op.add_column("person", sa.Column("seen_at", BIG))
    op.execute(
        "UPDATE person SET seen_at = CASE WHEN COALESCE(shared_at, 0) > COALESCE(asked_at, 0)"
        " AND COALESCE(shared_at, 0) > started_at THEN shared_at"
        " WHEN COALESCE(asked_at, 0) > started_at THEN asked_at ELSE started_at END WHERE started_at IS NOT NULL"
    )
