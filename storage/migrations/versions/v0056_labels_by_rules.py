"""Rules give labels, too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

STATES = "'pending', 'held', 'waiting', 'available', 'reserved', 'redeemed', 'used', 'revoked', 'declined', 'expired'"
KINDS = "'points', 'code', 'coupon', 'percent', 'gift', 'privilege', 'by_hand', 'label'"
COPY = """
    INSERT INTO grant_anew
        (id, rule, person_id, event_id, side, state, kind, what, points, ledger_id, matures_at, granted_at, threshold,
         week, changed_at, reason)
    SELECT id, rule, person_id, event_id, side, state, kind, what, points, ledger_id, matures_at, granted_at, threshold,
         week, changed_at, reason
    FROM "grant" ORDER BY id
"""
KEEP_COUNTING = (
    "UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'grant') WHERE name = 'grant_anew'"
)
TRIGGERS = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND (tbl_name = 'grant' OR sql LIKE '%\"grant\"%')"
)
WAITING = sa.text("state = 'waiting'")
DUE = sa.text("state IN ('held', 'pending')")


def upgrade() -> None:
    """Every grant stays as it is, and every label was given by the team."""
    op.add_column("label", sa.Column("by_rule", sa.Boolean(), server_default=sa.false(), nullable=False))
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_grant_kind"), "grant", type_="check")
        op.create_check_constraint(op.f("ck_grant_kind"), "grant", f"kind IN ({KINDS})")
    else:
        triggers = op.get_bind().execute(sa.text(TRIGGERS)).all()
        for name, _ in triggers:
            op.execute(f"DROP TRIGGER {name}")
        rebuild_grant()
        for _, trigger in triggers:
            op.execute(trigger)


def rebuild_grant() -> None:
    """SQLite changes a condition in a new table alone."""
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
        sa.Column("threshold", sa.Integer()),
        sa.Column("week", sa.Text(), server_default="", nullable=False),
        sa.Column("changed_at", BIG),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
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
    op.execute(COPY)
    op.execute(KEEP_COUNTING)
    op.drop_table("grant")
    op.rename_table("grant_anew", "grant")
    op.create_index("ix_grant_waiting", "grant", ["kind", "what", "id"], sqlite_where=WAITING)
    op.create_index("ix_grant_person_id", "grant", ["person_id"])
    op.create_index("ix_grant_due", "grant", ["matures_at"], sqlite_where=DUE)
