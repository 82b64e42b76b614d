"""Scores and ranks belong to a board, so that there can be more than one ranking."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """The ranking there was becomes the shop's board."""
    op.create_table(
        "board",
        sa.Column("id", ID, nullable=False),
        sa.Column("campaign_id", ID),
        sa.Column("period", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_board_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board")),
        sa.UniqueConstraint("campaign_id", "period", name=op.f("uq_board_campaign_id_period")),
        sqlite_autoincrement=True,
    )
    # No id is given, so that the key's sequence moves on; the first one drawn is 1 on both engines.
    op.execute("INSERT INTO board (period) VALUES ('all')")
    create_standing()
    create_score()


def create_standing() -> None:
    """Who has how much, in place of an index on people."""
    op.create_table(
        "standing",
        sa.Column("board_id", ID, autoincrement=False, nullable=False),
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.CheckConstraint("score >= 0", name=op.f("ck_standing_score")),
        sa.ForeignKeyConstraint(["board_id"], ["board.id"], name=op.f("fk_standing_board_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_standing_person_id")),
        sa.PrimaryKeyConstraint("board_id", "person_id", name=op.f("pk_standing")),
    )
    op.execute(
        "INSERT INTO standing (board_id, person_id, score) SELECT 1, id, score FROM person WHERE score > 0 ORDER BY id"
    )
    ranked = sa.text("score > 0")
    op.create_index(
        "ix_standing_ranking",
        "standing",
        ["board_id", sa.text("score DESC"), "person_id"],
        sqlite_where=ranked,
        postgresql_where=ranked,
    )
    op.drop_index("ix_person_ranking", "person")


def create_score() -> None:
    """How many have each score; counted anew."""
    op.drop_table("score")
    op.create_table(
        "score",
        sa.Column("board_id", ID, autoincrement=False, nullable=False),
        sa.Column("score", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.CheckConstraint("members >= 0", name=op.f("ck_score_members")),
        sa.ForeignKeyConstraint(["board_id"], ["board.id"], name=op.f("fk_score_board_id")),
        sa.PrimaryKeyConstraint("board_id", "score", name=op.f("pk_score")),
    )
    op.execute(
        "INSERT INTO score (board_id, score, members)"
        " SELECT board_id, score, count(*) FROM standing GROUP BY board_id, score"
    )
