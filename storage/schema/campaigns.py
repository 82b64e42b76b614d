"""Tables of the shop and of what it promises: a campaign's versions never change once they are written."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from storage.campaign import CampaignState
from storage.schema.base import Id, metadata, one_of

campaign = Table(
    "campaign",
    metadata,
    Column("id", Id, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("version_number", Integer, nullable=False, server_default="0"),
    Column("created_at", BigInteger, nullable=False),
    Column("state", Text, one_of("state", CampaignState), nullable=False, server_default="running"),
    Column("draft", Text),
    Column("file", Text),
    Column("starts_at", BigInteger),
    Column("ends_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("budget_points", BigInteger),
    sqlite_autoincrement=True,
)
"""`version_number` says which version holds now, `id` names it in links. `draft` is content that nobody has been promised
yet, `file` the text that was last applied, with its remarks."""

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
    Column("file_digest", Text),
    Column("zone", Text),
    Column("announce_said", Text),
    Column("community_said", Text),
    Column("zone_said", Text),
    Column("tiers_digest", Text, nullable=False, server_default=""),
    Column("tiers_upto", BigInteger, nullable=False, server_default="0"),
    Column("hook_kinds", Text, nullable=False, server_default=""),
    Column("staff_chat", Text),
    Column("answer_hours", Integer, nullable=False, server_default="24"),
    Column("bot_username", Text, nullable=False, server_default=""),
    Column("salt", Text, nullable=False, server_default=""),
    Column("salt_day", BigInteger, nullable=False, server_default="-1"),
)
"""Chats as the shop names them; `community_id` is the number that the community chat has now, once it is known.

`revision` grows with every change of the shop or of a campaign; `file_digest` is what the campaign file said at the last
start. `zone` is a name of the IANA's, null for UTC. What the settings said at the last start stands in `…_said`: empty for
nothing, null where it was never remembered. By the tiers of `tiers_digest` everybody was looked at, and by those that hold
now up to the person `tiers_upto`. `hook_kinds` are the kinds of events that some webhook wants, separated by blanks.
`bot_username` is what Telegram called the bot when it was asked last. With `salt`, in hexadecimal digits, and what the bot's token
gives names for visitors are made on the UTC day `salt_day`; the next day's stands in its place.
"""

picture = Table(
    "picture",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("read_from", Text),
)
"""Logos and photos of campaigns as they are drawn from, by what is in them; measures in pixels.

`read_from` is the SHA-256 of the file that a picture was drawn anew from.
"""
Index("ix_picture_read_from", picture.c.read_from, picture.c.sha256)
