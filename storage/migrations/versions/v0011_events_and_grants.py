"""Rewards become events and what came of them, so that there can be rewards other than points for a join."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

STATES = "'pending', 'held', 'waiting', 'available', 'reserved', 'redeemed', 'used', 'revoked', 'declined', 'expired'"

COPY_JOINS = """
    INSERT INTO event (kind, person_id, referral_id, campaign_version_id, key, happened_at)
    SELECT 'joined', invitee_id, id, campaign_version_id, 'joined:' || id, joined_at FROM referral ORDER BY id
"""
COPY_QUALIFICATIONS = """
    INSERT INTO event (kind, person_id, referral_id, campaign_version_id, key, happened_at)
    SELECT 'qualified', invitee_id, id, campaign_version_id, 'qualified:' || id,
        coalesce((SELECT min(posted_at) FROM ledger WHERE ledger.referral_id = referral.id), joined_at)
    FROM referral WHERE state = 'qualified' OR EXISTS (SELECT 1 FROM reward WHERE reward.referral_id = referral.id)
    ORDER BY id
"""
COPY_REVOCATIONS = """
    INSERT INTO event (kind, person_id, referral_id, campaign_version_id, key, happened_at)
    SELECT 'revoked', invitee_id, id, campaign_version_id, 'revoked:' || id,
        coalesce((SELECT max(posted_at) FROM ledger WHERE ledger.referral_id = referral.id), joined_at)
    FROM referral WHERE state = 'revoked' ORDER BY id
"""
COPY_REWARDS = """
    INSERT INTO "grant" (rule, person_id, event_id, side, state, kind, points, ledger_id, granted_at)
    SELECT reward.rule, reward.person_id, event.id, reward.side,
        CASE referral.state WHEN 'revoked' THEN 'revoked' ELSE 'available' END,
        'points', reward.points, reward.ledger_id, ledger.posted_at
    FROM reward
    JOIN referral ON referral.id = reward.referral_id
    JOIN ledger ON ledger.id = reward.ledger_id
    JOIN event ON event.key = 'qualified:' || reward.referral_id
    ORDER BY reward.id
"""


def upgrade() -> None:
    """Every reward keeps its ledger line and its points."""
    create_event()
    create_grant()
    for statement in (COPY_JOINS, COPY_QUALIFICATIONS, COPY_REVOCATIONS, COPY_REWARDS):
        op.execute(statement)
    op.drop_table("reward")


def create_event() -> None:
    """What happened, once per key."""
    op.create_table(
        "event",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("referral_id", ID),
        sa.Column("campaign_version_id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("happened_at", BIG, nullable=False),
        sa.CheckConstraint("kind IN ('joined', 'qualified', 'revoked')", name=op.f("ck_event_kind")),
        sa.ForeignKeyConstraint(
            ["campaign_version_id"], ["campaign_version.id"], name=op.f("fk_event_campaign_version_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_event_person_id")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_event_referral_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("key", name=op.f("uq_event_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_referral_id", "event", ["referral_id"])


def create_grant() -> None:
    """What came of it for whom."""
    op.create_table(
        "grant",
        sa.Column("id", ID, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("side", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), server_default="", nullable=False),
        sa.Column("points", BIG),
        sa.Column("ledger_id", ID),
        sa.Column("matures_at", BIG),
        sa.Column("granted_at", BIG, nullable=False),
        sa.CheckConstraint("kind IN ('points', 'coupon', 'gift', 'privilege', 'by_hand')", name=op.f("ck_grant_kind")),
        sa.CheckConstraint("kind <> 'points' OR points IS NOT NULL", name=op.f("ck_grant_points_count")),
        sa.CheckConstraint("points > 0", name=op.f("ck_grant_points")),
        sa.CheckConstraint("side IN ('inviter', 'invitee')", name=op.f("ck_grant_side")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_grant_state")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_grant_event_id")),
        sa.ForeignKeyConstraint(["ledger_id"], ["ledger.id"], name=op.f("fk_grant_ledger_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_grant_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant")),
        sa.UniqueConstraint("event_id", "rule", "person_id", name=op.f("uq_grant_event_id_rule_person_id")),
        sa.UniqueConstraint("ledger_id", name=op.f("uq_grant_ledger_id")),
        sqlite_autoincrement=True,
    )
