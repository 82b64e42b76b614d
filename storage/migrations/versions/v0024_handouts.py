"""Cards that are handed out without being asked for: a newcomer's first, and those made ready in the vault."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nothing is owed yet: whoever is a member has been greeted."""
    op.create_table(
        "handout",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), server_default="", nullable=False),
        sa.Column("story", sa.Text(), server_default="", nullable=False),
        sa.Column("after_id", BIG),
        sa.Column("state", sa.Text(), server_default="due", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("wanted_at", BIG, nullable=False),
        sa.CheckConstraint("kind IN ('first', 'vault')", name=op.f("ck_handout_kind")),
        sa.CheckConstraint("state IN ('due', 'sending', 'unknown')", name=op.f("ck_handout_state")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_handout_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handout")),
        sa.UniqueConstraint("person_id", "kind", "version", name=op.f("uq_handout_person_id_kind_version")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_handout_wanted_at", "handout", ["wanted_at"])
    op.create_index("ix_handout_state_kind_id", "handout", ["state", "kind", "id"])
