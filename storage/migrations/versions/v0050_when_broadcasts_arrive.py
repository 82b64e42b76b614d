"""Broadcasts have a time, a kind and a reason why somebody is left out; what was sent can be edited and taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = "state IN ('queued', 'sending', 'sent', 'blocked', 'failed', 'unknown', 'skipped')"
COPY = """
    INSERT INTO delivery_anew (broadcast_id, person_id, state, message_id, error, claimed_at, settled_at)
    SELECT broadcast_id, person_id, state, message_id, error, claimed_at, settled_at FROM delivery
"""
INDEX = ["broadcast_id", "state", "due_at", "person_id"]


def upgrade() -> None:
    """What runs goes on at once; everybody wants all kinds of news until they say otherwise."""
    op.add_column("person", sa.Column("zone", sa.Text()))
    op.add_column("person", sa.Column("news_off", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_person_started_at_id", "person", ["started_at", "id"])
    op.add_column("broadcast", sa.Column("action", sa.Text(), nullable=False, server_default="send"))
    op.add_column("broadcast", sa.Column("of_id", ID))
    op.add_column("broadcast", sa.Column("news", sa.Text(), nullable=False, server_default="offers"))
    op.add_column("broadcast", sa.Column("timing", sa.Text()))
    op.add_column("broadcast", sa.Column("due_at", BIG, nullable=False, server_default="0"))
    op.add_column("broadcast", sa.Column("joined_upto", BIG))
    op.add_column("broadcast", sa.Column("paid", sa.Boolean(), nullable=False, server_default=sa.false()))
    if op.get_bind().dialect.name == "postgresql":
        change()
    else:
        rebuild()


def change() -> None:
    """PostgreSQL changes the table where it lies."""
    op.drop_constraint(op.f("ck_delivery_state"), "delivery", type_="check")
    op.create_check_constraint(op.f("ck_delivery_state"), "delivery", STATES)
    op.add_column("delivery", sa.Column("due_at", BIG, nullable=False, server_default="0"))
    op.add_column("delivery", sa.Column("until_at", BIG))
    op.add_column("delivery", sa.Column("more_ids", sa.Text(), nullable=False, server_default=""))
    op.drop_index("ix_delivery_broadcast_id_state_person_id", "delivery")
    op.create_index("ix_delivery_due", "delivery", INDEX)


def rebuild() -> None:
    """SQLite changes a condition by writing the table anew."""
    op.create_table(
        "delivery_anew",
        sa.Column("broadcast_id", ID, autoincrement=False, nullable=False),
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("message_id", BIG),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("claimed_at", BIG),
        sa.Column("settled_at", BIG),
        sa.Column("due_at", BIG, server_default="0", nullable=False),
        sa.Column("until_at", BIG),
        sa.Column("more_ids", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(STATES, name=op.f("ck_delivery_state")),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"], name=op.f("fk_delivery_broadcast_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_delivery_person_id")),
        sa.PrimaryKeyConstraint("broadcast_id", "person_id", name=op.f("pk_delivery")),
    )
    op.execute(COPY)
    op.drop_table("delivery")
    op.rename_table("delivery_anew", "delivery")
    op.create_index("ix_delivery_due", "delivery", INDEX)
