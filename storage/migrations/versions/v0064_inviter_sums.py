"""How many friends came by a member and what they had for them is kept; what a page is of is found by an index in its order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
additive = True

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FOR_FRIEND = "invited_friend"
HOUSE = 1

FILL = f"""
    INSERT INTO inviter_sum (person_id, friends, points)
    SELECT person_id, SUM(friends), SUM(points) FROM (
        SELECT inviter_id AS person_id, COUNT(*) AS friends, 0 AS points FROM referral GROUP BY inviter_id
        UNION ALL SELECT account.owner_id, 0, summed.points
        FROM (
            SELECT account_id, SUM(points) AS points FROM (
                SELECT credit_id AS account_id, amount AS points FROM ledger WHERE reason = '{FOR_FRIEND}'
                UNION ALL SELECT debit_id, -amount FROM ledger WHERE reason = '{FOR_FRIEND}' AND debit_id <> {HOUSE}
            ) AS line GROUP BY account_id
        ) AS summed
        JOIN account ON account.id = summed.account_id WHERE account.owner_id IS NOT NULL
    ) AS part GROUP BY person_id
"""  # noqa: S608 -- the words above

ADD = "ON CONFLICT (person_id) DO UPDATE SET {0} = inviter_sum.{0} + excluded.{0}"
FRIEND = "INSERT INTO inviter_sum (person_id, friends, points) VALUES (NEW.inviter_id, 1, 0) " + ADD.format("friends")  # noqa: S608 -- likewise
POINTS = f"""
    INSERT INTO inviter_sum (person_id, friends, points)
    SELECT owner_id, 0, {{sign}}NEW.amount FROM account WHERE id = NEW.{{side}} AND owner_id IS NOT NULL {ADD.format("points")}
"""  # noqa: S608 -- likewise

WATCHED = (
    ("referral_is_summed", "referral", "TRUE", FRIEND),
    (
        "points_for_friends_come",
        "ledger",
        f"NEW.reason = '{FOR_FRIEND}' AND NEW.credit_id <> {HOUSE}",
        POINTS.format(sign="", side="credit_id"),
    ),
    (
        "points_for_friends_leave",
        "ledger",
        f"NEW.reason = '{FOR_FRIEND}' AND NEW.debit_id <> {HOUSE}",
        POINTS.format(sign="-", side="debit_id"),
    ),
)
"""What changes the sums: by its name, the table that a row comes into, for which rows, and how. No such row ever goes, or changes its owner."""

LIVE = sa.text("coalesce(ledger_id, 0) = 0 AND state IN ('pending', 'held', 'waiting', 'available', 'reserved')")
COUNTED = sa.text("threshold IS NOT NULL")


def upgrade() -> None:
    """What is known is summed up once; the database keeps it from then on. What takes no reader's place comes last."""
    op.create_table(
        "inviter_sum",
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("friends", sa.Integer(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_inviter_sum_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_inviter_sum")),
    )
    watch()  # first: on PostgreSQL nobody writes a row from then on until all of this is done
    op.execute(FILL)
    op.create_index(
        "ix_grant_live", "grant", ["person_id", sa.text("id DESC")], sqlite_where=LIVE, postgresql_where=LIVE
    )
    op.create_index(
        "ix_grant_threshold", "grant", ["person_id", "threshold"], sqlite_where=COUNTED, postgresql_where=COUNTED
    )
    for table in ("share", "click", "grant"):
        op.create_index(f"ix_{table}_person_id_id", table, ["person_id", sa.text("id DESC")])
    for table in ("share", "click", "grant"):
        op.drop_index(f"ix_{table}_person_id", table)


def watch() -> None:
    """Whoever writes `referral` or `ledger` anew drops its triggers, and calls this again."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for name, table, condition, change in WATCHED:
        if is_postgresql:
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {change}; RETURN NULL; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {name} AFTER INSERT ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()"
            )
        else:
            op.execute(f"CREATE TRIGGER {name} AFTER INSERT ON {table} WHEN {condition} BEGIN {change}; END")
