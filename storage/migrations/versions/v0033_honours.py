"""Members have tiers, kept beside them so that a card and a ranking need not count friends."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BIG = sa.BigInteger()


def upgrade() -> None:
    """Nobody has one yet: who has earned one is found once a campaign names tiers."""
    op.create_table(
        "honour",
        sa.Column("person_id", ID, nullable=False, autoincrement=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("until_at", BIG),
        sa.Column("reached_at", BIG, nullable=False),
        sa.Column("tag_owed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_honour_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_honour")),
    )
    ends, owed = sa.text("until_at IS NOT NULL"), sa.text("tag_owed")
    op.create_index("ix_honour_until_at", "honour", ["until_at"], sqlite_where=ends, postgresql_where=ends)
    op.create_index("ix_honour_tag_owed", "honour", ["person_id"], sqlite_where=owed, postgresql_where=owed)
    op.add_column("shop", sa.Column("tiers_digest", sa.Text(), nullable=False, server_default=""))
    op.add_column("shop", sa.Column("tiers_upto", BIG, nullable=False, server_default="0"))
