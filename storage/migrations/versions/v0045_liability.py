"""What is owed to members is kept, not summed up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

OPEN = """
    WITH RECURSIVE shards (shard) AS (SELECT 0 UNION ALL SELECT shard + 1 FROM shards WHERE shard < 255)
    INSERT INTO liability (shard, balances, held, counter, coupons) SELECT shard, 0, 0, 0, 0 FROM shards
"""
FILLED = (
    ("balances", "SUM(balance)", "account WHERE owner_id IS NOT NULL AND balance > 0 AND id & 255"),
    ("held", "SUM(points)", "\"grant\" WHERE state = 'held' AND kind = 'points' AND person_id & 255"),
    ("counter", "SUM(price)", "redemption WHERE state = 'redeemed' AND person_id & 255"),
    ("coupons", "COUNT(*)", "coupon WHERE state = 'given' AND id & 255"),
)

COUNTED = (
    ("account_is_owed", "account", "UPDATE OF balance", "NEW.owner_id IS NOT NULL AND NEW.balance <> OLD.balance"),
    ("new_account_is_owed", "account", "INSERT", "NEW.owner_id IS NOT NULL AND NEW.balance > 0"),
    (
        "held_grant_is_owed",
        '"grant"',
        "UPDATE OF state",
        "NEW.kind = 'points' AND (NEW.state = 'held') <> (OLD.state = 'held')",
    ),
    ("new_held_grant_is_owed", '"grant"', "INSERT", "NEW.kind = 'points' AND NEW.state = 'held'"),
    (
        "redemption_is_owed",
        "redemption",
        "UPDATE OF state",
        "NEW.price > 0 AND (NEW.state = 'redeemed') <> (OLD.state = 'redeemed')",
    ),
    ("coupon_is_owed", "coupon", "UPDATE OF state", "(NEW.state = 'given') <> (OLD.state = 'given')"),
)
"""What changes it: by its name, the table, when, and for which rows; all other rows cost nothing."""

CHANGES = {
    "account_is_owed": "balances = balances + {greatest}(NEW.balance, 0) - {greatest}(OLD.balance, 0) WHERE shard = NEW.id & 255",
    "new_account_is_owed": "balances = balances + NEW.balance WHERE shard = NEW.id & 255",
    "held_grant_is_owed": "held = held + CASE WHEN NEW.state = 'held' THEN NEW.points ELSE -NEW.points END WHERE shard = NEW.person_id & 255",
    "new_held_grant_is_owed": "held = held + NEW.points WHERE shard = NEW.person_id & 255",
    "redemption_is_owed": "counter = counter + CASE WHEN NEW.state = 'redeemed' THEN NEW.price ELSE -NEW.price END WHERE shard = NEW.person_id & 255",
    "coupon_is_owed": "coupons = coupons + CASE WHEN NEW.state = 'given' THEN 1 ELSE -1 END WHERE shard = NEW.id & 255",
}


def upgrade() -> None:
    """What is owed now is summed up once; the database keeps it from then on."""
    op.create_table(
        "liability",
        sa.Column("shard", ID, autoincrement=False, nullable=False),
        sa.Column("balances", BIG, nullable=False),
        sa.Column("held", BIG, nullable=False),
        sa.Column("counter", BIG, nullable=False),
        sa.Column("coupons", BIG, nullable=False),
        sa.PrimaryKeyConstraint("shard", name=op.f("pk_liability")),
    )
    op.create_table(
        "liability_bound",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("most", BIG, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_liability_bound_one_row")),
        sa.CheckConstraint("told IN ('calm', 'near', 'full')", name=op.f("ck_liability_bound_told")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_liability_bound")),
    )
    op.execute(OPEN)
    for name, total, where in FILLED:
        op.execute(f"UPDATE liability SET {name} = (SELECT COALESCE({total}, 0) FROM {where} = liability.shard)")  # noqa: S608 -- the names above
    op.execute("INSERT INTO liability_bound (id, told, most) VALUES (1, 'calm', 0)")
    watch()


def watch() -> None:
    """Whoever writes one of these tables anew drops its triggers, and calls this again."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for name, table, when, condition in COUNTED:
        change = f"UPDATE liability SET {CHANGES[name].format(greatest='GREATEST' if is_postgresql else 'MAX')}"  # noqa: S608 -- likewise
        if is_postgresql:
            body = f"BEGIN {change}; RETURN NULL; END"
            op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
            op.execute(
                f"CREATE TRIGGER {name} AFTER {when} ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()"
            )
        else:
            op.execute(f"CREATE TRIGGER {name} AFTER {when} ON {table} WHEN {condition} BEGIN {change}; END")
