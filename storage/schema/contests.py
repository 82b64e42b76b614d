"""Tables of contests: what is under way, who was struck off, and who has won."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from storage.contest import ContestState
from storage.schema.base import Id, metadata, one_of

contest = Table(
    "contest",
    metadata,
    Column("id", Id, primary_key=True),
    Column("campaign_id", Id, ForeignKey("campaign.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("campaign_version_id", Id, ForeignKey("campaign_version.id"), nullable=False),
    Column("board_id", Id, ForeignKey("board.id"), nullable=False, unique=True),
    Column("state", Text, one_of("state", ContestState), nullable=False, server_default=ContestState.RUNNING),
    Column("starts_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("seed", LargeBinary, nullable=False),
    Column("released_at", BigInteger),
    Column("proof", Text),
    CheckConstraint("starts_at < ends_at", name="span"),
    UniqueConstraint("campaign_id", "key"),
    sqlite_autoincrement=True,
)
"""What was promised stands in the version. The seed decides draws: its hash is told from the beginning, itself with the results.

`proof` is what everybody can draw again by, as it was when the results were told."""

strike = Table(
    "strike",
    metadata,
    Column("contest_id", Id, ForeignKey("contest.id"), nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("struck_by_id", Id, ForeignKey("person.id"), nullable=False),
    Column("struck_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("contest_id", "person_id"),
)
"""Who was taken out of a contest before its results, by whom and why."""

placing = Table(
    "placing",
    metadata,
    Column("contest_id", Id, ForeignKey("contest.id"), nullable=False),
    Column("place", Integer, CheckConstraint("place > 0", name="place"), nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("score", Integer, nullable=False),
    Column("reached_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("contest_id", "place"),
    UniqueConstraint("contest_id", "person_id"),
)
"""Who has won, once the results are told: one person a place, one place a person."""
