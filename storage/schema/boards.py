"""Tables of who leads: a ranking for a campaign and a period, each with its own scores."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Integer, Table, Text, UniqueConstraint

from storage.schema.base import Id, metadata

SHOP_BOARD = 1
"""The ranking of the shop: all campaigns, all time; written by a migration."""

board = Table(
    "board",
    metadata,
    Column("id", Id, primary_key=True),
    Column("campaign_id", Id, ForeignKey("campaign.id")),
    Column("period", Text, nullable=False),
    Column("starts_at", BigInteger, nullable=False, server_default="0"),
    Column("ends_at", BigInteger, nullable=False, server_default=str(2**62)),
    UniqueConstraint("campaign_id", "period"),
    sqlite_autoincrement=True,
)
"""Without a campaign it is about all of them. `period` is `all`, `week:` or `month:` with its first day, or what a contest calls
its own. Friends count who qualify from `starts_at` on, before `ends_at`; two of a kind never overlap."""

standing = Table(
    "standing",
    metadata,
    Column("board_id", Id, ForeignKey("board.id"), primary_key=True, autoincrement=False),
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, autoincrement=False),
    Column("score", Integer, CheckConstraint("score >= 0", name="score"), nullable=False),
    Column("reached_at", BigInteger, nullable=False, server_default="0"),
)
"""Who has how much on a board, and when the last of it came."""

score = Table(
    "score",
    metadata,
    Column("board_id", Id, ForeignKey("board.id"), primary_key=True, autoincrement=False),
    Column("score", Integer, primary_key=True, autoincrement=False),
    Column("members", Integer, CheckConstraint("members >= 0", name="members"), nullable=False),
)
"""How many people have each score above zero on a board: a rank is 1 + the people in higher rows."""

score_band = Table(
    "score_band",
    metadata,
    Column("board_id", Id, primary_key=True, autoincrement=False),
    Column("band", Integer, primary_key=True, autoincrement=False),
    Column("members", Integer, CheckConstraint("members >= 0", name="members"), nullable=False),
)
"""How many people have a score within each band of scores on a board, kept by triggers on `standing`; where bands begin is said by
`storage.tables.scores`. The lowest band has no row: a friend more for somebody who has few changes nothing here."""
