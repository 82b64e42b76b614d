"""Tables of what comes in and what goes out."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, false

from storage.addresses import Channel
from storage.broadcast import Action, News
from storage.records import BroadcastState, DeliveryState, InboxState, NoticeState
from storage.schema.base import Id, metadata, one_of

inbox = Table(
    "inbox",
    metadata,
    Column("seq", Id, primary_key=True),
    Column("update_id", BigInteger, nullable=False, unique=True),
    Column("sender_id", BigInteger),
    Column("raw", LargeBinary, nullable=False),
    Column("state", Text, one_of("state", InboxState), nullable=False, server_default=InboxState.OPEN),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("error", Text, nullable=False, server_default=""),
    Column("received_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    sqlite_autoincrement=True,
)
Index("ix_inbox_received_at", inbox.c.received_at)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("recipient_id", Id, ForeignKey("person.id")),
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("state", Text, one_of("state", NoticeState), nullable=False, server_default=NoticeState.OWED),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", Text, nullable=False, server_default=""),
    Column("created_at", BigInteger, nullable=False),
    Column("settled_at", BigInteger),
    Column("channel", Text, nullable=False, server_default=Channel.TELEGRAM),
    Column("address", Text, nullable=False, server_default=""),
    Column("topic_id", BigInteger),
    sqlite_autoincrement=True,
)
"""Addressed to a member by `recipient_id`, to anything else by `address` beside its `channel`; `topic_id` is Telegram's
number of the topic in which a member asked for it."""
Index("ix_outbox_settled_at", outbox.c.settled_at)

broadcast = Table(
    "broadcast",
    metadata,
    Column("id", Id, primary_key=True),
    Column("author_id", Id, ForeignKey("person.id"), nullable=False),
    Column("state", Text, one_of("state", BroadcastState), nullable=False),
    Column("content", Text),
    Column("progress_message_id", BigInteger),
    Column("audience_upto", Id),
    Column("filled_upto", Id, nullable=False, server_default="0"),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    Column("claimed_by", Text, nullable=False, server_default=""),
    Column("sample_percent", Integer),
    Column("action", Text, nullable=False, server_default=Action.SEND),
    Column("of_id", Id),
    Column("news", Text, nullable=False, server_default=News.OFFERS),
    Column("timing", Text),
    Column("due_at", BigInteger, nullable=False, server_default="0"),
    Column("joined_upto", BigInteger),
    Column("paid", Boolean, nullable=False, server_default=false()),
    Column("segment", Text),
    sqlite_autoincrement=True,
)
"""With `sample_percent` it goes to so many of a hundred alone, until its author lets it go to the rest. `segment` says which
members are meant, as it was written; null for all."""
Index("ix_broadcast_author_id", broadcast.c.author_id, broadcast.c.id.desc())
Index("ix_broadcast_state", broadcast.c.state)

delivery = Table(
    "delivery",
    metadata,
    Column("broadcast_id", Id, ForeignKey("broadcast.id"), primary_key=True, autoincrement=False),
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, autoincrement=False),
    Column("state", Text, one_of("state", DeliveryState), nullable=False, server_default=DeliveryState.QUEUED),
    Column("message_id", BigInteger),
    Column("error", Text, nullable=False, server_default=""),
    Column("claimed_at", BigInteger),
    Column("settled_at", BigInteger),
    Column("due_at", BigInteger, nullable=False, server_default="0"),
    Column("until_at", BigInteger),
    Column("more_ids", Text, nullable=False, server_default=""),
)
"""Due from `due_at` on, and planned anew from `until_at` on; `error` says why somebody was skipped, too."""
Index("ix_delivery_due", delivery.c.broadcast_id, delivery.c.state, delivery.c.due_at, delivery.c.person_id)

broadcast_link = Table(
    "broadcast_link",
    metadata,
    Column("broadcast_id", Id, ForeignKey("broadcast.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("url", Text, nullable=False),
)
"""Where the counted links of a broadcast lead; they are numbered from 1 and never change."""

broadcast_open = Table(
    "broadcast_open",
    metadata,
    Column("broadcast_id", Id, ForeignKey("broadcast.id"), primary_key=True, autoincrement=False),
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, autoincrement=False),
    Column("opened_at", BigInteger, nullable=False),
)
"""Who has opened a link of a broadcast, and when first."""
Index("ix_broadcast_open_person_id", broadcast_open.c.person_id)

flood_wait = Table(
    "flood_wait",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("until_at", BigInteger, nullable=False),
    Column("wait_seconds", Integer, nullable=False, server_default="60"),
)
"""Until when a 429 forbids a chat, a family of methods or all sending; kept so that a restart keeps it."""

warning = Table(
    "warning",
    metadata,
    Column("key", Text, primary_key=True),
    Column("told_at", BigInteger, nullable=False),
)
"""What the admins were told, once."""
