"""Labels of members, and which story's card brought a friend."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nobody has a label yet, and of no friend a story is known. A tier's tag is set anew, since none was kept."""
    op.create_table(
        "label",
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("given_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_label_person_id")),
        sa.PrimaryKeyConstraint("person_id", "label", name=op.f("pk_label")),
    )
    op.create_index("ix_label_label_person_id", "label", ["label", "person_id"])
    op.create_table(
        "told_story",
        sa.Column("referral_id", ID, autoincrement=False, nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_told_story_referral_id")),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_told_story")),
    )
    op.add_column("honour", sa.Column("tag", sa.Text(), nullable=False, server_default=""))
