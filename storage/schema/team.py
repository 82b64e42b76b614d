"""Tables of the team: what it did, and who is invited into it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text

from storage.role import Role
from storage.schema.base import Id, metadata, one_of

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("actor_id", Id, ForeignKey("person.id")),
    Column("act", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("person_id", Id, ForeignKey("person.id")),
    Column("before", Text, nullable=False, server_default=""),
    Column("after", Text, nullable=False, server_default=""),
    Column("acted_at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
"""Triggers refuse UPDATE and DELETE. Without an actor it was a command or a file; `person_id` is whom it was done to."""

team_invitation = Table(
    "team_invitation",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("role", Text, one_of("role", Role), nullable=False),
    Column("made_by_id", Id, ForeignKey("person.id"), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)
"""A row goes as soon as its link was used; the link itself is kept nowhere."""

hand_grant = Table(
    "hand_grant",
    metadata,
    Column("grant_id", Id, ForeignKey("grant.id"), primary_key=True, autoincrement=False),
    Column("actor_id", Id, ForeignKey("person.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("given_at", BigInteger, nullable=False),
)
"""Points that somebody of the team gave by hand: the grant says how many and to whom."""
Index("ix_hand_grant_actor_id_given_at", hand_grant.c.actor_id, hand_grant.c.given_at)
