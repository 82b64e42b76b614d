"""What a campaign promises becomes rows that never change, and each referral says under which it came."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

SET_VERSION = """
    UPDATE referral SET campaign_version_id = (
        SELECT campaign_version.id FROM campaign_version JOIN campaign ON campaign.id = campaign_version.campaign_id
        WHERE campaign.slug = referral.campaign
    )
"""
COPY_REFERRALS = """
    INSERT INTO referral_new (id, inviter_id, invitee_id, source, state, joined_at, campaign_version_id)
    SELECT referral.id, inviter_id, invitee_id, source, state, joined_at, campaign_version.id
    FROM referral JOIN campaign ON campaign.slug = referral.campaign
    JOIN campaign_version ON campaign_version.campaign_id = campaign.id
    ORDER BY referral.id
"""


def upgrade() -> None:
    """Version 0 of each campaign that friends came under stands for what held then: the file was never kept."""
    create_campaign()
    create_campaign_version()
    create_shop()
    op.execute(
        "INSERT INTO campaign (slug, created_at) SELECT campaign, min(joined_at) FROM referral GROUP BY campaign"
    )
    op.execute(
        "INSERT INTO campaign_version (campaign_id, number, content, digest, created_at)"
        " SELECT id, 0, '', '', created_at FROM campaign"
    )
    extend_referral()
    protect_versions()


def create_campaign() -> None:
    """Promotions by their slug."""
    op.create_table(
        "campaign",
        sa.Column("id", ID, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("version_number", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("slug", name=op.f("uq_campaign_slug")),
        sqlite_autoincrement=True,
    )


def create_campaign_version() -> None:
    """What they promised when."""
    op.create_table(
        "campaign_version",
        sa.Column("id", ID, nullable=False),
        sa.Column("campaign_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_version_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_version")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_campaign_version_campaign_id_number")),
        sqlite_autoincrement=True,
    )


def create_shop() -> None:
    """The one row that says whose bot it is; written at every start."""
    op.create_table(
        "shop",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("campaign_id", ID, nullable=False),
        sa.Column("announce_chat", sa.Text()),
        sa.Column("community_chat", sa.Text()),
        sa.Column("community_id", BIG),
        sa.CheckConstraint("id = 1", name=op.f("ck_shop_only_one")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_shop_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop")),
    )


def extend_referral() -> None:
    """The version instead of the slug."""
    if op.get_bind().dialect.name == "sqlite":
        rebuild_referral()
        return
    op.add_column("referral", sa.Column("campaign_version_id", BIG))
    op.execute(SET_VERSION)
    op.alter_column("referral", "campaign_version_id", nullable=False)
    op.create_foreign_key(
        op.f("fk_referral_campaign_version_id"), "referral", "campaign_version", ["campaign_version_id"], ["id"]
    )
    op.drop_column("referral", "campaign")


def rebuild_referral() -> None:
    """SQLite adds no column that must be filled: the table is written anew. It has no triggers."""
    op.create_table(
        "referral_new",
        sa.Column("id", ID, nullable=False),
        sa.Column("inviter_id", ID, nullable=False),
        sa.Column("invitee_id", ID, nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("joined_at", BIG, nullable=False),
        sa.Column("campaign_version_id", ID, nullable=False),
        sa.CheckConstraint("inviter_id <> invitee_id", name=op.f("ck_referral_not_oneself")),
        sa.CheckConstraint("state IN ('waiting', 'qualified', 'revoked')", name=op.f("ck_referral_state")),
        sa.ForeignKeyConstraint(
            ["campaign_version_id"], ["campaign_version.id"], name=op.f("fk_referral_campaign_version_id")
        ),
        sa.ForeignKeyConstraint(["inviter_id"], ["person.id"], name=op.f("fk_referral_inviter_id")),
        sa.ForeignKeyConstraint(["invitee_id"], ["person.id"], name=op.f("fk_referral_invitee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("invitee_id", name=op.f("uq_referral_invitee_id")),
        sqlite_autoincrement=True,
    )
    op.execute(COPY_REFERRALS)
    op.drop_table("referral")
    op.rename_table("referral_new", "referral")
    op.create_index("ix_referral_inviter_id_id", "referral", ["inviter_id", sa.text("id DESC")])


def protect_versions() -> None:
    """Have the database itself refuse to change what was promised."""
    statements = POSTGRESQL_GUARD if op.get_bind().dialect.name == "postgresql" else SQLITE_GUARD
    for statement in statements:
        op.execute(statement)


SQLITE_GUARD = [
    f"CREATE TRIGGER campaign_version_refuses_{verb.lower()} BEFORE {verb} ON campaign_version"
    " BEGIN SELECT RAISE(ABORT, 'a campaign version never changes'); END"
    for verb in ("UPDATE", "DELETE")
]

POSTGRESQL_GUARD = [
    """
    CREATE FUNCTION refuse_version_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a campaign version never changes' USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER campaign_version_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON campaign_version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_version_change()
    """,
]
