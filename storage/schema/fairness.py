"""Tables of friends who are looked at: what was noticed, what was asked, what was decided."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, false

from storage.review import MarkKind, ReviewState
from storage.schema.base import Id, metadata, one_of

review = Table(
    "review",
    metadata,
    Column("referral_id", Id, ForeignKey("referral.id"), primary_key=True, autoincrement=False),
    Column("state", Text, one_of("state", ReviewState), nullable=False),
    Column("risk", Integer, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("counted", Boolean, nullable=False, server_default=false()),
    Column("opened_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("decided_at", BigInteger),
    Column("by_itself", Boolean, nullable=False, server_default=false()),
    Column("reason", Text, nullable=False, server_default=""),
    Column("appeal", Text, nullable=False, server_default=""),
    Column("appealed_by_id", Id, ForeignKey("person.id")),
    Column("appealed_at", BigInteger),
    Column("answered_at", BigInteger),
    CheckConstraint("(state IN ('asked', 'open')) = (decided_at IS NULL)", name="decided"),
)
"""One for each friend who was ever looked at; `evidence` is a list of signals, each with the numbers of its sentence."""
Index("ix_review_state_due_at", review.c.state, review.c.due_at)
Index("ix_review_appealed_by_id", review.c.appealed_by_id)

captcha = Table(
    "captcha",
    metadata,
    Column("referral_id", Id, ForeignKey("referral.id"), primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("choices", Text, nullable=False),
    Column("answer", Integer, nullable=False),
    Column("tries", Integer, CheckConstraint("tries >= 0", name="tries"), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)
"""What a friend is asked at this moment; the row goes with the answer."""

mark = Table(
    "mark",
    metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, autoincrement=False),
    Column("kind", Text, one_of("kind", MarkKind), primary_key=True),
    Column("times", Integer, nullable=False),
    Column("noted_at", BigInteger, nullable=False),
)
"""What is remembered of somebody for signals that look back."""
Index("ix_mark_noted_at", mark.c.noted_at)

signal = Table(
    "signal",
    metadata,
    Column("key", Text, primary_key=True),
    Column("right", Integer, nullable=False, server_default="0"),
    Column("wrong", Integer, nullable=False, server_default="0"),
)
"""How often people decided as a signal had suggested, and how often otherwise."""

watch = Table(
    "watch",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="only_one"), primary_key=True, autoincrement=False),
    Column("looked_upto", Id, nullable=False, server_default="0"),
    Column("settled_upto", Id, nullable=False, server_default="0"),
    Column("measured", Text, nullable=False, server_default=""),
    Column("measured_at", BigInteger, nullable=False, server_default="0"),
)
"""How far newcomers were looked at, and what is usual in this shop."""
