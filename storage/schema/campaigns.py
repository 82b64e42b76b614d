"""Tables of the shop and of what it promises: a campaign's versions never change once they are written."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Integer, Table, Text, UniqueConstraint

from storage.schema.base import Id, metadata

campaign = Table(
    "campaign",
    metadata,
    Column("id", Id, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("version_number", Integer, nullable=False, server_default="0"),
    Column("created_at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
"""`version_number` says which version holds now."""

campaign_version = Table(
    "campaign_version",
    metadata,
    Column("id", Id, primary_key=True),
    Column("campaign_id", Id, ForeignKey("campaign.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("campaign_id", "number"),
    sqlite_autoincrement=True,
)
"""Triggers refuse UPDATE and DELETE. Number 0 has no content: it stands for what held before there were versions."""

shop = Table(
    "shop",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="only_one"), primary_key=True, autoincrement=False),
    Column("campaign_id", Id, ForeignKey("campaign.id"), nullable=False),
    Column("announce_chat", Text),
    Column("community_chat", Text),
    Column("community_id", BigInteger),
    Column("revision", BigInteger, nullable=False, server_default="0"),
)
"""Chats as the shop names them; `community_id` is the number that the community chat has now, once it is known.

`revision` grows with every change of the shop or of a campaign.
"""
