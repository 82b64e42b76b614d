"""Who of the team gave points by hand, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nobody has given any yet. What was noted of grants is noted anew: their points are hashed for points alone now."""
    op.create_table(
        "hand_grant",
        sa.Column("grant_id", ID, autoincrement=False, nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_hand_grant_grant_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_hand_grant_actor_id")),
        sa.PrimaryKeyConstraint("grant_id", name=op.f("pk_hand_grant")),
    )
    op.create_index("ix_hand_grant_actor_id_given_at", "hand_grant", ["actor_id", "given_at"])
    op.execute("DELETE FROM checkpoint WHERE log = 'grant'")
