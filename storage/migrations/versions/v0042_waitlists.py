"""Queues of campaigns: who stands where, and what has moved them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OWED = sa.text("owed")


def upgrade() -> None:
    """Nobody has queued yet."""
    create_waitlist()
    create_place()
    create_jump()


def create_waitlist() -> None:
    """How long each is, in all and in parts."""
    op.create_table(
        "waitlist",
        sa.Column("campaign_id", ID, autoincrement=False, nullable=False),
        sa.Column("length", BIG, nullable=False, server_default="0"),
        sa.Column("let_in", BIG, nullable=False, server_default="0"),
        sa.Column("opened_on", sa.Text(), nullable=False, server_default=""),
        sa.CheckConstraint("length >= 0", name=op.f("ck_waitlist_length")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_waitlist_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_waitlist")),
    )
    op.create_table(
        "waitlist_chunk",
        sa.Column("campaign_id", ID, nullable=False),
        sa.Column("chunk", BIG, nullable=False),
        sa.Column("people", BIG, nullable=False),
        sa.CheckConstraint("people >= 0", name=op.f("ck_waitlist_chunk_people")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_waitlist_chunk_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", "chunk", name=op.f("pk_waitlist_chunk")),
    )


def create_place() -> None:
    """Who stands where."""
    op.create_table(
        "waitlist_place",
        sa.Column("campaign_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("rank_key", BIG),
        sa.Column("entered_at", BIG, nullable=False),
        sa.Column("let_in_at", BIG),
        sa.Column("owed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_waitlist_place_campaign_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_waitlist_place_person_id")),
        sa.PrimaryKeyConstraint("campaign_id", "person_id", name=op.f("pk_waitlist_place")),
        sa.UniqueConstraint("campaign_id", "rank_key", name=op.f("uq_waitlist_place_campaign_id_rank_key")),
    )
    op.create_index("ix_waitlist_place_person_id", "waitlist_place", ["person_id"])
    op.create_index(
        "ix_waitlist_place_owed",
        "waitlist_place",
        ["campaign_id", "person_id"],
        sqlite_where=OWED,
        postgresql_where=OWED,
    )


def create_jump() -> None:
    """How far a friend has moved somebody."""
    op.create_table(
        "waitlist_jump",
        sa.Column("referral_id", ID, autoincrement=False, nullable=False),
        sa.Column("campaign_id", ID, nullable=False),
        sa.Column("places", BIG, nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_waitlist_jump_referral_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_waitlist_jump_campaign_id")),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_waitlist_jump")),
    )
