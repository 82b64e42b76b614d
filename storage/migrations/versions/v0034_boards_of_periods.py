"""Rankings of a campaign, a week and a month beside the shop's; among equals leads who got there first."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"

BIG = sa.BigInteger()
FOREVER = 2**62

FILL = """
INSERT INTO standing (board_id, person_id, score, reached_at)
SELECT board.id, referral.inviter_id, count(*), max(event.happened_at)
FROM board
JOIN event ON event.kind = 'qualified' AND event.happened_at >= board.starts_at AND event.happened_at < board.ends_at
JOIN referral ON referral.id = event.referral_id AND referral.state = 'qualified'
JOIN campaign_version ON campaign_version.id = referral.campaign_version_id
WHERE board.id <> 1 AND (board.campaign_id IS NULL OR board.campaign_id = campaign_version.campaign_id)
GROUP BY board.id, referral.inviter_id
"""
COUNT = """
INSERT INTO score (board_id, score, members)
SELECT board_id, score, count(*) FROM standing WHERE board_id <> 1 GROUP BY board_id, score
"""
REACHED = """
UPDATE standing SET reached_at = coalesce((
    SELECT max(event.happened_at) FROM referral JOIN event ON event.referral_id = referral.id
    WHERE referral.inviter_id = standing.person_id AND referral.state = 'qualified' AND event.kind = 'qualified'
), 0)
WHERE board_id = 1 AND score > 0
"""


def upgrade() -> None:
    """What is there already counts on the boards of its campaign, and on those of this week and month."""
    op.add_column("board", sa.Column("starts_at", BIG, nullable=False, server_default="0"))
    op.add_column("board", sa.Column("ends_at", BIG, nullable=False, server_default=str(FOREVER)))
    op.add_column("standing", sa.Column("reached_at", BIG, nullable=False, server_default="0"))
    shops = sa.text("campaign_id IS NULL")
    op.create_index(
        "uq_board_shops_period", "board", ["period"], unique=True, sqlite_where=shops, postgresql_where=shops
    )
    op.drop_index("ix_standing_ranking", "standing")
    open_boards()
    op.execute(FILL)
    op.execute(COUNT)
    op.execute(REACHED)
    ranked = sa.text("score > 0")
    op.create_index(
        "ix_standing_ranking",
        "standing",
        ["board_id", sa.text("score DESC"), "reached_at", "person_id"],
        sqlite_where=ranked,
        postgresql_where=ranked,
    )


def open_boards() -> None:
    """One for each campaign, and those of this week and month where the shop is."""
    op.execute("INSERT INTO board (campaign_id, period) SELECT id, 'all' FROM campaign ORDER BY id")
    zone = find_zone(op.get_bind().scalar(sa.text("SELECT zone FROM shop")))
    today = datetime.now(zone).date()
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    for name, start, end in (
        ("week", monday, monday + timedelta(days=7)),
        ("month", first, (first + timedelta(days=31)).replace(day=1)),
    ):
        starts_at, ends_at = (
            int(datetime.combine(day, time(), zone).astimezone(UTC).timestamp()) * 1_000_000 for day in (start, end)
        )
        op.get_bind().execute(
            sa.text("INSERT INTO board (period, starts_at, ends_at) VALUES (:period, :starts_at, :ends_at)"),
            {"period": f"{name}:{start.isoformat()}", "starts_at": starts_at, "ends_at": ends_at},
        )


def find_zone(name: str | None) -> tzinfo:
    """The shop's; UTC where it says none, or this machine does not know it."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
