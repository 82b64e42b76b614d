"""Rules can look at more, give more kinds of things, hold them back, and be bounded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

STATES = "'pending', 'held', 'waiting', 'available', 'reserved', 'redeemed', 'used', 'revoked', 'declined', 'expired'"
KINDS = "'points', 'code', 'coupon', 'percent', 'gift', 'privilege', 'by_hand'"
COPY_GRANTS = """
    INSERT INTO grant_anew
        (id, rule, person_id, event_id, side, state, kind, what, points, ledger_id, matures_at, granted_at)
    SELECT id, rule, person_id, event_id, side, state, kind, what, points, ledger_id, matures_at, granted_at
    FROM "grant" ORDER BY id
"""
KEEP_COUNTING = (
    "UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = :former) WHERE name = :anew"
)
WAITS = sa.text("state IN ('held', 'pending')")
DUE = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    """Every grant stays as it is: of no milestone, counting towards no bound."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_event_kind"), "event", type_="check")
        op.drop_constraint(op.f("ck_grant_kind"), "grant", type_="check")
        op.create_check_constraint(op.f("ck_grant_kind"), "grant", f"kind IN ({KINDS})")
        for column in list_columns():
            op.add_column("grant", column)
    else:
        rebuild_event()
        rebuild_grant()
    op.create_index("ix_grant_person_id", "grant", ["person_id"])
    op.create_index("ix_grant_due", "grant", ["matures_at"], sqlite_where=WAITS, postgresql_where=WAITS)
    create_allowance()
    create_awaited()


def list_columns() -> list[sa.Column[str] | sa.Column[int]]:
    """What a grant says besides."""
    return [
        sa.Column("threshold", sa.Integer()),
        sa.Column("week", sa.Text(), server_default="", nullable=False),
        sa.Column("changed_at", BIG),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
    ]


def rebuild_event() -> None:
    """SQLite takes a condition away from a new table alone."""
    op.create_table(
        "event_anew",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("referral_id", ID),
        sa.Column("campaign_version_id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("happened_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_version_id"], ["campaign_version.id"], name=op.f("fk_event_campaign_version_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_event_person_id")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_event_referral_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("key", name=op.f("uq_event_key")),
        sqlite_autoincrement=True,
    )
    op.execute("INSERT INTO event_anew SELECT * FROM event ORDER BY id")
    replace_table("event")
    op.create_index("ix_event_referral_id", "event", ["referral_id"])


def rebuild_grant() -> None:
    """Likewise, with the kinds that are new."""
    op.create_table(
        "grant_anew",
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
        *list_columns(),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_grant_kind")),
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
    op.execute(COPY_GRANTS)
    replace_table("grant")
    op.create_index("ix_grant_waiting", "grant", ["kind", "what", "id"], sqlite_where=sa.text("state = 'waiting'"))


def replace_table(name: str) -> None:
    """The new table takes the name of the old one, and numbers its rows from where that was."""
    op.execute(sa.text(KEEP_COUNTING).bindparams(former=name, anew=f"{name}_anew"))
    op.drop_table(name)
    op.rename_table(f"{name}_anew", name)


def create_allowance() -> None:
    """How much of a bound is gone."""
    op.create_table(
        "allowance",
        sa.Column("campaign_id", ID, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("taken", BIG, nullable=False),
        sa.Column("changed_at", BIG, nullable=False),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_allowance_taken")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_allowance_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", "rule", "scope", name=op.f("pk_allowance")),
    )
    op.create_index("ix_allowance_changed_at", "allowance", ["changed_at"])


def create_awaited() -> None:
    """What may still come of a friend."""
    op.create_table(
        "awaited",
        sa.Column("referral_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("seen_days", sa.Integer(), server_default="0", nullable=False),
        sa.Column("seen_day", sa.Text(), server_default="", nullable=False),
        sa.Column("due_at", BIG),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_awaited_referral_id")),
        sa.PrimaryKeyConstraint("referral_id", "kind", "days", name=op.f("pk_awaited")),
    )
    op.create_index("ix_awaited_due", "awaited", ["due_at"], sqlite_where=DUE, postgresql_where=DUE)
