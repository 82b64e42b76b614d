"""Members are asked how it was, and nobody who is displeased is asked to share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nobody was asked as yet."""
    op.create_table(
        "pulse",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("asked_at", BIG, nullable=False),
        sa.Column("answered_at", BIG),
        sa.Column("answer", sa.Integer()),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("cause IN ('joined', 'purchased', 'redeemed')", name=op.f("ck_pulse_cause")),
        sa.CheckConstraint("answer BETWEEN 1 AND 5", name=op.f("ck_pulse_answer")),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_pulse_answered")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pulse_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_pulse_person_id_id", "pulse", ["person_id", "id"])
    op.create_index("ix_pulse_asked_at", "pulse", ["asked_at"])
    op.create_table(
        "asking",
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("pulse_due_at", BIG),
        sa.Column("pulse_cause", sa.Text()),
        sa.Column("pulse_asked_at", BIG),
        sa.Column("pulse_off", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("answer", sa.Integer()),
        sa.Column("displeased_at", BIG),
        sa.Column("ask_due_at", BIG),
        sa.Column("ask_cause", sa.Text()),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_asking_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_asking")),
    )
    op.create_index("ix_asking_pulse_due_at", "asking", ["pulse_due_at"])
    op.create_index("ix_asking_ask_due_at", "asking", ["ask_due_at"])
