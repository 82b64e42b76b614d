"""Contests, who was struck off, and who has won."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = ("running", "review", "released", "cancelled")


def upgrade() -> None:
    """There was none yet."""
    create_contest()
    create_strike()
    create_placing()


def create_contest() -> None:
    """What is under way."""
    states = ", ".join(f"'{state}'" for state in STATES)
    op.create_table(
        "contest",
        sa.Column("id", ID, nullable=False),
        sa.Column("campaign_id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("campaign_version_id", ID, nullable=False),
        sa.Column("board_id", ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False, server_default="running"),
        sa.Column("starts_at", BIG, nullable=False),
        sa.Column("ends_at", BIG, nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("released_at", BIG),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_contest_span")),
        sa.CheckConstraint(f"state IN ({states})", name=op.f("ck_contest_state")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_contest_campaign_id")),
        sa.ForeignKeyConstraint(
            ["campaign_version_id"], ["campaign_version.id"], name=op.f("fk_contest_campaign_version_id")
        ),
        sa.ForeignKeyConstraint(["board_id"], ["board.id"], name=op.f("fk_contest_board_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest")),
        sa.UniqueConstraint("board_id", name=op.f("uq_contest_board_id")),
        sa.UniqueConstraint("campaign_id", "key", name=op.f("uq_contest_campaign_id_key")),
        sqlite_autoincrement=True,
    )


def create_strike() -> None:
    """Who was taken out, by whom and why."""
    op.create_table(
        "strike",
        sa.Column("contest_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("struck_by_id", ID, nullable=False),
        sa.Column("struck_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_strike_contest_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_strike_person_id")),
        sa.ForeignKeyConstraint(["struck_by_id"], ["person.id"], name=op.f("fk_strike_struck_by_id")),
        sa.PrimaryKeyConstraint("contest_id", "person_id", name=op.f("pk_strike")),
    )


def create_placing() -> None:
    """Who has won."""
    op.create_table(
        "placing",
        sa.Column("contest_id", ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reached_at", BIG, nullable=False),
        sa.CheckConstraint("place > 0", name=op.f("ck_placing_place")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_placing_contest_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_placing_person_id")),
        sa.PrimaryKeyConstraint("contest_id", "place", name=op.f("pk_placing")),
        sa.UniqueConstraint("contest_id", "person_id", name=op.f("uq_placing_contest_id_person_id")),
    )
