"""Members say what could be better, and want what others have thought of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nobody has thought of anything yet."""
    op.create_table(
        "idea",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("photo", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("telling", sa.Text(), server_default="", nullable=False),
        sa.Column("supporters", BIG, server_default="0", nullable=False),
        sa.Column("made_at", BIG, nullable=False),
        sa.Column("answered_at", BIG),
        sa.CheckConstraint(
            "state IN ('open', 'thanked', 'considered', 'declined', 'adopted')", name=op.f("ck_idea_state")
        ),
        sa.CheckConstraint("telling IN ('', 'agreed', 'refused')", name=op.f("ck_idea_telling")),
        sa.CheckConstraint("supporters >= 0", name=op.f("ck_idea_supporters")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_idea_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_idea_person_id_made_at", "idea", ["person_id", "made_at"])
    op.create_index("ix_idea_state_supporters", "idea", ["state", "supporters", "id"])
    op.create_table(
        "idea_support",
        sa.Column("idea_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("supported_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_support_idea_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_idea_support_person_id")),
        sa.PrimaryKeyConstraint("idea_id", "person_id", name=op.f("pk_idea_support")),
    )
    op.create_index("ix_idea_support_person_id", "idea_support", ["person_id"])
