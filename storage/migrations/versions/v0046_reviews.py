"""Friends can be looked at before their recommendation counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBER = sa.Integer()


def upgrade() -> None:
    """Whoever came before is not looked at: looking begins with the next friend."""
    create_review()
    create_captcha()
    create_marks()
    op.create_table(
        "watch",
        sa.Column("id", NUMBER, nullable=False, autoincrement=False),
        sa.Column("looked_upto", ID, server_default="0", nullable=False),
        sa.Column("settled_upto", ID, server_default="0", nullable=False),
        sa.Column("measured", sa.Text(), server_default="", nullable=False),
        sa.Column("measured_at", BIG, server_default="0", nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_watch_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
    )
    op.execute(
        "INSERT INTO watch (id, looked_upto, settled_upto)"
        " SELECT 1, COALESCE(MAX(id), 0), COALESCE(MAX(id), 0) FROM referral"
    )
    op.add_column("person", sa.Column("watched", sa.Boolean(), server_default=sa.false(), nullable=False))


def create_review() -> None:
    """What was noticed of a friend, and what was decided."""
    op.create_table(
        "review",
        sa.Column("referral_id", ID, autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("risk", NUMBER, nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("counted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("opened_at", BIG, nullable=False),
        sa.Column("due_at", BIG, nullable=False),
        sa.Column("decided_at", BIG),
        sa.Column("by_itself", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("appeal", sa.Text(), server_default="", nullable=False),
        sa.Column("appealed_by_id", ID),
        sa.Column("appealed_at", BIG),
        sa.Column("answered_at", BIG),
        sa.CheckConstraint("state IN ('asked', 'open', 'approved', 'refused')", name=op.f("ck_review_state")),
        sa.CheckConstraint("(state IN ('asked', 'open')) = (decided_at IS NULL)", name=op.f("ck_review_decided")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_review_referral_id")),
        sa.ForeignKeyConstraint(["appealed_by_id"], ["person.id"], name=op.f("fk_review_appealed_by_id")),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_review")),
    )
    op.create_index("ix_review_state_due_at", "review", ["state", "due_at"])
    op.create_index("ix_review_appealed_by_id", "review", ["appealed_by_id"])


def create_captcha() -> None:
    """What a friend is asked."""
    op.create_table(
        "captcha",
        sa.Column("referral_id", ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("answer", NUMBER, nullable=False),
        sa.Column("tries", NUMBER, nullable=False),
        sa.Column("expires_at", BIG, nullable=False),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_captcha_tries")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_captcha_referral_id")),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_captcha")),
    )


def create_marks() -> None:
    """What signals remember, and how often they were right."""
    op.create_table(
        "mark",
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("times", NUMBER, nullable=False),
        sa.Column("noted_at", BIG, nullable=False),
        sa.CheckConstraint("kind IN ('pair', 'ring', 'left')", name=op.f("ck_mark_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mark_person_id")),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_mark")),
    )
    op.create_index("ix_mark_noted_at", "mark", ["noted_at"])
    op.create_table(
        "signal",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("right", NUMBER, server_default="0", nullable=False),
        sa.Column("wrong", NUMBER, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_signal")),
    )
