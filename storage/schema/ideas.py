"""Tables of what members have thought of, and of whom else wants it."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, PrimaryKeyConstraint, Table, Text

from storage.idea import IdeaState, Telling
from storage.schema.base import Id, metadata, one_of

idea = Table(
    "idea",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("photo", Text, nullable=False, server_default=""),
    Column("state", Text, one_of("state", IdeaState), nullable=False),
    Column("answer", Text, nullable=False, server_default=""),
    Column("telling", Text, one_of("telling", Telling), nullable=False, server_default=""),
    Column(
        "supporters",
        BigInteger,
        CheckConstraint("supporters >= 0", name="supporters"),
        nullable=False,
        server_default="0",
    ),
    Column("made_at", BigInteger, nullable=False),
    Column("answered_at", BigInteger),
    sqlite_autoincrement=True,
)
"""`answer` is what was done, or why not; `telling` whether the author lets all be told; `supporters` is kept, not counted."""
Index("ix_idea_person_id_made_at", idea.c.person_id, idea.c.made_at)
Index("ix_idea_state_supporters", idea.c.state, idea.c.supporters, idea.c.id)

idea_support = Table(
    "idea_support",
    metadata,
    Column("idea_id", Id, ForeignKey("idea.id"), nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("supported_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("idea_id", "person_id"),
)
"""One each."""
Index("ix_idea_support_person_id", idea_support.c.person_id)
