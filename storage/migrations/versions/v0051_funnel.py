"""How far people come is counted as it happens: people, by day, campaign, source, story and language.

What was shared and opened long ago is known as sums alone, and stands on day 0; each link opened then counts as a person.
"""

# ruff: noqa: S608 -- all names are written here

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"

BIG = sa.BigInteger()

COUNTS = (
    *("members", "blocked", "reached", "shared", "prepared", "sent", "clicks", "clicked"),
    *("started", "qualified", "purchased", "redeemed"),
)
KEY = ("day", "campaign_id", "source", "story", "language", "shard")
DAY, HOUR = 86_400_000_000, 3_600_000_000

SENT = "('inline', 'page', 'guest')"
"""Ways by which something is seen to leave its member's hands."""

CAMPAIGN = "(SELECT campaign_id FROM campaign_version WHERE campaign_version.id = {0}.campaign_version_id)"
IS_SO = {
    "clicked": "is_first_contact",
    "qualified": "state = 'qualified'",
    "purchased": "purchases > 0",
    "redeemed": "redemptions > 0",
}
FIRST = "SELECT MIN(id) FROM share AS first WHERE first.person_id = share.person_id"

FILLED: Sequence[tuple[str, Mapping[str, str], Mapping[str, str]]] = (
    (
        "person WHERE started_at IS NOT NULL",
        {"day": f"started_at / {DAY}", "language": "start_language", "shard": "id & 15"},
        {"members": "COUNT(*)", "blocked": "COUNT(blocked_at)"},
    ),
    (
        "share",
        {name: name for name in ("campaign_id", "story", "language")}
        | {"day": f"shared_at / {DAY}", "source": "way", "shard": "person_id & 15"},
        {
            "prepared": f"SUM(CASE WHEN way IN {SENT} THEN 0 ELSE 1 END)",
            "sent": f"SUM(CASE WHEN way IN {SENT} THEN 1 ELSE 0 END)",
            "reached": f"SUM(CASE WHEN id = ({FIRST}) THEN 1 ELSE 0 END)",
            "shared": f"SUM(CASE WHEN id = ({FIRST} AND first.way IN {SENT}) THEN 1 ELSE 0 END)",
        },
    ),
    (
        "person WHERE shared_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM share WHERE share.person_id = person.id)",
        {"language": "start_language", "shard": "id & 15"},
        {"reached": "COUNT(*)"},
    ),
    (
        "tally WHERE subject = 'share'",
        {"source": "key"},
        {
            "prepared": f"SUM(CASE WHEN key IN {SENT} THEN 0 ELSE total END)",
            "sent": f"SUM(CASE WHEN key IN {SENT} THEN total ELSE 0 END)",
        },
    ),
    (
        "click",
        {"day": f"clicked_at / {DAY}", "source": "source", "shard": "person_id & 15"},
        {"clicks": "COUNT(*)", "clicked": "COUNT(*)"},
    ),
    ("tally WHERE subject = 'click'", {"source": "key"}, {"clicks": "SUM(total)", "clicked": "SUM(total)"}),
    (
        "referral",
        {
            "day": f"joined_at / {DAY}",
            "campaign_id": CAMPAIGN.format("referral"),
            "source": "source",
            "language": "language",
            "shard": "invitee_id & 15",
        },
        {
            "started": "COUNT(*)",
            **{name: f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END)" for name, condition in IS_SO.items()},
        },
    ),
)
"""From what rows, their keys, and what is counted of them."""

NEW_COLUMNS = (
    ("person", "start_language"),
    ("share", "campaign_id", "language"),
    ("click", "story", "campaign_id", "language", "is_first"),
    ("referral", "story", "language", "is_first_contact", "purchases", "redemptions"),
)
KINDS: Mapping[str, tuple[Any, Any]] = {
    "campaign_id": (BIG, "0"),
    **dict.fromkeys(("is_first", "is_first_contact"), (sa.Boolean(), sa.true())),
    **dict.fromkeys(("purchases", "redemptions"), (sa.Integer(), "0")),
}
DUE: Sequence[str] = (
    "UPDATE person SET start_language = COALESCE(language, '')",
    (
        f"UPDATE person SET sent_at = (SELECT MAX(shared_at) FROM share WHERE person_id = person.id AND way IN {SENT})"
        f" WHERE id IN (SELECT person_id FROM share WHERE way IN {SENT})"
    ),
    (
        "UPDATE share SET campaign_id = COALESCE((SELECT campaign_id FROM shop), 0),"
        " language = (SELECT start_language FROM person WHERE person.id = share.person_id)"
    ),
    (
        "UPDATE referral SET language = (SELECT start_language FROM person WHERE person.id = referral.invitee_id),"
        " is_first_contact = NOT EXISTS (SELECT 1 FROM click"
        " WHERE click.person_id = referral.inviter_id AND click.source = referral.source),"
        " purchases = (SELECT COUNT(*) FROM sale WHERE person_id = referral.invitee_id AND state IN ('counted', 'reduced')),"
        " redemptions = (SELECT COUNT(*) FROM redemption"
        " WHERE person_id = referral.invitee_id AND state IN ('redeemed', 'used', 'granted'))"
        ' + (SELECT COUNT(*) FROM coupon JOIN "grant" ON "grant".id = coupon.grant_id'
        " WHERE \"grant\".person_id = referral.invitee_id AND coupon.state = 'used')"
    ),
)
"""What the new columns say of what there is already."""

TOOK = "({0}.joined_at - started_at)"
CYCLE = (
    f"CAST(CASE WHEN {TOOK} < 2 * {DAY} THEN {TOOK} / {HOUR} ELSE {TOOK} / {DAY} * 24 END AS TEXT)"
    " || ':' || CAST({0}.invitee_id & 15 AS TEXT)"
)
CYCLES = (
    f"INSERT INTO tally (subject, key, total) SELECT 'cycle', {CYCLE.format('referral')}, COUNT(*)"
    " FROM referral JOIN person ON person.id = inviter_id WHERE started_at <= joined_at GROUP BY 2"
)
"""Hours from an inviter's start to a friend's coming, from two days on in whole days; with a shard, as in the funnel."""

IS_SENT = f"NEW.way IN {SENT}"
PERSON = "(SELECT {0} FROM person WHERE person.id = NEW.person_id)"
OF_SHARE = {
    "day": f"NEW.shared_at / {DAY}",
    "campaign_id": "NEW.campaign_id",
    "source": "NEW.way",
    "story": "NEW.story",
    "language": "NEW.language",
    "shard": "NEW.person_id & 15",
}
OF_CLICK = {**OF_SHARE} | {"day": f"NEW.clicked_at / {DAY}", "source": "NEW.source"}
OF_REFERRAL = OF_CLICK | {
    "day": f"NEW.joined_at / {DAY}",
    "campaign_id": CAMPAIGN.format("NEW"),
    "shard": "NEW.invitee_id & 15",
}
WAS = "CASE WHEN OLD.started_at IS NULL THEN NEW.{0} ELSE OLD.{0} END"
COUNTS_NOW = "({0}.state IN ('counted', 'reduced') AND {0}.person_id IS NOT NULL)"
IS_USED = "{0}.state = 'used'"
WAS_HAD = "({0}.state IN ('redeemed', 'used', 'granted'))"


def _one_if(condition: str) -> str:
    return f"CASE WHEN {condition} THEN 1 ELSE 0 END"


def _change(condition: str) -> str:
    """One more or less where a condition on a row holds now and did not, or the other way round."""
    return f"{_one_if(condition.format('NEW'))} - {_one_if(condition.format('OLD'))}"


def compose_addition(
    key: Mapping[str, str], counted: Mapping[str, str], rows: str = "", *, grouped: bool = False
) -> str:
    """A statement that adds to what is counted; what is left out of the key is not known."""
    whole = {"day": "0", "campaign_id": "0", "source": "''", "story": "''", "language": "''", "shard": "0"} | dict(key)
    columns = ", ".join([*whole, *counted])
    values = ", ".join([*whole.values(), *counted.values()])
    by = ", ".join(key.values()) if grouped else ""
    changes = ", ".join(f"{name} = funnel.{name} + excluded.{name}" for name in counted)
    having = f" GROUP BY {by}" if by else ""
    where = "" if "WHERE" in rows else " WHERE 1 = 1"  # SQLite takes ON for a part of a join else
    return (
        f"INSERT INTO funnel ({columns}) SELECT {values} {rows}{where}{having}"
        f" ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET {changes}"
    )


WATCHED: Sequence[tuple[str, str, str, tuple[str, ...]]] = (
    (
        "share_is_counted",
        "INSERT ON share",
        "NEW.id > 0",
        (
            compose_addition(
                OF_SHARE,
                {
                    "prepared": _one_if(f"NOT {IS_SENT}"),
                    "sent": _one_if(IS_SENT),
                    "reached": _one_if(f"{PERSON.format('shared_at')} IS NULL"),
                    "shared": _one_if(f"{IS_SENT} AND {PERSON.format('sent_at')} IS NULL"),
                },
            ),
        ),
    ),
    (
        "click_is_counted",
        "INSERT ON click",
        "NEW.id > 0",
        (compose_addition(OF_CLICK, {"clicks": "1", "clicked": _one_if("NEW.is_first")}),),
    ),
    (
        "new_member_is_counted",
        "INSERT ON person",
        "NEW.started_at IS NOT NULL",
        (
            compose_addition(
                {"day": f"NEW.started_at / {DAY}", "language": "NEW.start_language", "shard": "NEW.id & 15"},
                {"members": "1", "blocked": _one_if("NEW.blocked_at IS NOT NULL")},
            ),
        ),
    ),
    (
        "member_is_counted",
        "UPDATE OF started_at, blocked_at ON person",
        (
            "(NEW.started_at IS NULL) <> (OLD.started_at IS NULL)"
            " OR (NEW.started_at IS NOT NULL AND (NEW.blocked_at IS NULL) <> (OLD.blocked_at IS NULL))"
        ),
        (
            compose_addition(
                {
                    "day": f"{WAS.format('started_at')} / {DAY}",
                    "language": WAS.format("start_language"),
                    "shard": "NEW.id & 15",
                },
                {
                    "members": _change("{0}.started_at IS NOT NULL"),
                    "blocked": _change("{0}.started_at IS NOT NULL AND {0}.blocked_at IS NOT NULL"),
                },
            ),
        ),
    ),
    (
        "friend_is_counted",
        "INSERT ON referral",
        "NEW.id > 0",
        (
            compose_addition(
                OF_REFERRAL, {"started": "1"} | {name: _one_if(f"NEW.{so}") for name, so in IS_SO.items()}
            ),
            (
                f"INSERT INTO tally (subject, key, total) SELECT 'cycle', {CYCLE.format('NEW')}, 1"
                " FROM person WHERE person.id = NEW.inviter_id AND started_at <= NEW.joined_at"
                " ON CONFLICT (subject, key) DO UPDATE SET total = tally.total + 1"
            ),
        ),
    ),
    (
        "friend_goes_on",
        "UPDATE OF state, purchases, redemptions ON referral",
        (
            "(NEW.state = 'qualified') <> (OLD.state = 'qualified') OR (NEW.purchases > 0) <> (OLD.purchases > 0)"
            " OR (NEW.redemptions > 0) <> (OLD.redemptions > 0)"
        ),
        (
            compose_addition(
                OF_REFERRAL, {name: _change(f"{{0}}.{so}") for name, so in IS_SO.items() if name != "clicked"}
            ),
        ),
    ),
    (
        "friend_has_bought",
        "UPDATE OF state, person_id ON sale",
        (
            f"{COUNTS_NOW.format('NEW')} <> {COUNTS_NOW.format('OLD')}"
            f" OR ({COUNTS_NOW.format('NEW')} AND NEW.person_id <> OLD.person_id)"
        ),
        (
            f"UPDATE referral SET purchases = purchases - 1 WHERE invitee_id = OLD.person_id AND {COUNTS_NOW.format('OLD')}",
            f"UPDATE referral SET purchases = purchases + 1 WHERE invitee_id = NEW.person_id AND {COUNTS_NOW.format('NEW')}",
        ),
    ),
    (
        "friend_has_had",
        "UPDATE OF state ON redemption",
        f"{WAS_HAD.format('NEW')} <> {WAS_HAD.format('OLD')}",
        (f"UPDATE referral SET redemptions = redemptions + ({_change(WAS_HAD)}) WHERE invitee_id = NEW.person_id",),
    ),
    (
        "friend_has_had_at_once",
        "INSERT ON redemption",
        WAS_HAD.format("NEW"),
        ("UPDATE referral SET redemptions = redemptions + 1 WHERE invitee_id = NEW.person_id",),
    ),
    (
        "friend_has_used",
        "UPDATE OF state ON coupon",
        "(NEW.state = 'used') <> (OLD.state = 'used')",
        (
            (
                f"UPDATE referral SET redemptions = redemptions + ({_change(IS_USED)})"
                ' WHERE invitee_id = (SELECT person_id FROM "grant" WHERE id = COALESCE(NEW.grant_id, OLD.grant_id))'
            ),
        ),
    ),
)
"""What changes the counts: by its name, when, for which rows, and how; all other rows cost nothing."""


def upgrade() -> None:
    """What is known is counted once; the database keeps count from then on."""
    _add_columns()
    for statement in DUE:
        op.execute(statement)
    op.create_table(
        "funnel",
        *(
            sa.Column(name, sa.Text() if name in ("source", "story", "language") else BIG, nullable=False)
            for name in KEY
        ),
        *(sa.Column(name, BIG, server_default="0", nullable=False) for name in COUNTS),
        sa.PrimaryKeyConstraint(*KEY, name=op.f("pk_funnel")),
    )
    for rows, key, counted in FILLED:
        op.execute(compose_addition(key, counted, f"FROM {rows}", grouped=True))
    op.execute(CYCLES)
    op.execute("DELETE FROM tally WHERE subject IN ('share', 'click')")
    watch()


def _add_columns() -> None:
    for table, *names in NEW_COLUMNS:
        for name in names:
            kind, default = KINDS.get(name, (sa.Text(), ""))
            op.add_column(table, sa.Column(name, kind, nullable=False, server_default=default))
    op.add_column("person", sa.Column("sent_at", BIG))


def watch() -> None:
    """Whoever writes one of these tables anew drops its triggers, and calls this again."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for name, when, condition, changes in WATCHED:
        body = "; ".join(changes)
        if is_postgresql:
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN NULL; END $$"
            )
            op.execute(f"CREATE TRIGGER {name} AFTER {when} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()")
        else:
            op.execute(f"CREATE TRIGGER {name} AFTER {when} WHEN {condition} BEGIN {body}; END")
