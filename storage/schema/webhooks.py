"""Tables of other systems that are told what happens here."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text, false

from storage.schema.base import Id, metadata, one_of
from storage.webhook import PostState, WebhookState

webhook = Table(
    "webhook",
    metadata,
    Column("id", Id, primary_key=True),
    Column("url", Text, nullable=False),
    Column("kinds", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("allow_private", Boolean, nullable=False, server_default=false()),
    Column("state", Text, one_of("state", WebhookState), nullable=False),
    Column("failing_since", BigInteger),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("rests_until", BigInteger, nullable=False, server_default="0"),
    Column("error", Text, nullable=False, server_default=""),
    Column("arrived_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
"""`kinds` are separated by blanks, with one at each end, so that ` joined ` is found in them."""

hook_event = Table(
    "hook_event",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("person_id", Id, ForeignKey("person.id")),
    Column("data", Text, nullable=False),
    Column("happened_at", BigInteger, nullable=False, index=True),
    sqlite_autoincrement=True,
)
"""What happened while somebody wanted to hear of it, and to whom; NULL for the shop itself.

`data` names people by their numbers here alone, so that whoever had themselves forgotten is in it no more.
"""

hook_post = Table(
    "hook_post",
    metadata,
    Column("webhook_id", Id, ForeignKey("webhook.id"), primary_key=True, autoincrement=False),
    Column("event_id", Id, ForeignKey("hook_event.id"), primary_key=True, autoincrement=False),
    Column("line", Id, nullable=False),
    Column("state", Text, one_of("state", PostState), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("first_tried_at", BigInteger),
    Column("due_at", BigInteger, nullable=False),
    Column("error", Text, nullable=False, server_default=""),
    Column("ended_at", BigInteger),
)
"""One row for each address that wanted an event; `line` is the person it happened to, 0 for the shop itself."""
Index("ix_hook_post_event_id", hook_post.c.event_id)
