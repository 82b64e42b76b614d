"""A picture behind the word that so many friends have come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = "kind IN ('first', 'step', 'vault')"
COPY = """
    INSERT INTO handout_anew (id, person_id, kind, version, story, after_id, state, error, wanted_at)
    SELECT id, person_id, kind, version, story, after_id, state, error, wanted_at FROM handout ORDER BY id
"""
KEEP_COUNTING = "UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'handout') WHERE name = 'handout_anew'"


def upgrade() -> None:
    """What is owed stays owed."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_handout_kind"), "handout", type_="check")
        op.create_check_constraint(op.f("ck_handout_kind"), "handout", KINDS)
        return
    rebuild()


def rebuild() -> None:
    """SQLite changes a condition by writing the table anew."""
    op.create_table(
        "handout_anew",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), server_default="", nullable=False),
        sa.Column("story", sa.Text(), server_default="", nullable=False),
        sa.Column("after_id", BIG),
        sa.Column("state", sa.Text(), server_default="due", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("wanted_at", BIG, nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_handout_kind")),
        sa.CheckConstraint("state IN ('due', 'sending', 'unknown')", name=op.f("ck_handout_state")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_handout_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handout")),
        sa.UniqueConstraint("person_id", "kind", "version", name=op.f("uq_handout_person_id_kind_version")),
        sqlite_autoincrement=True,
    )
    op.execute(COPY)
    op.execute(KEEP_COUNTING)
    op.drop_table("handout")
    op.rename_table("handout_anew", "handout")
    op.create_index("ix_handout_wanted_at", "handout", ["wanted_at"])
    op.create_index("ix_handout_state_kind_id", "handout", ["state", "kind", "id"])
