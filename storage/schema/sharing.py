"""Tables of what is passed on and what comes of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Table, Text, UniqueConstraint, true

from storage.handout import HandoutKind, HandoutState
from storage.schema.base import Id, metadata, one_of

share = Table(
    "share",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("way", Text, nullable=False),
    Column("shared_at", BigInteger, nullable=False),
    Column("story", Text, nullable=False, server_default=""),
    Column("campaign_id", BigInteger, nullable=False, server_default="0"),
    Column("language", Text, nullable=False, server_default=""),
    sqlite_autoincrement=True,
)
"""`campaign_id` is 0 where the shop had no campaign; `language` the member's `start_language`."""
Index("ix_share_person_id_id", share.c.person_id, share.c.id.desc())

card = Table(
    "card",
    metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, autoincrement=False),
    Column("version", Text, primary_key=True),
    Column("file_id", Text, nullable=False),
    Column("uploaded_at", BigInteger, nullable=False, index=True),
)
"""The `file_id` of a card that Telegram already has; `version` names everything that shows on it."""

handout = Table(
    "handout",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("kind", Text, one_of("kind", HandoutKind), nullable=False),
    Column("version", Text, nullable=False, server_default=""),
    Column("story", Text, nullable=False, server_default=""),
    Column("after_id", BigInteger),
    Column("state", Text, one_of("state", HandoutState), nullable=False, server_default=HandoutState.DUE),
    Column("error", Text, nullable=False, server_default=""),
    Column("wanted_at", BigInteger, nullable=False, index=True),
    UniqueConstraint("person_id", "kind", "version", name="uq_handout_person_id_kind_version"),
    sqlite_autoincrement=True,
)
"""Cards to be handed out without being asked for; `after_id` is the notice that goes before it."""
Index("ix_handout_state_kind_id", handout.c.state, handout.c.kind, handout.c.id)

click = Table(
    "click",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("source", Text, nullable=False),
    Column("clicked_at", BigInteger, nullable=False),
    Column("story", Text, nullable=False, server_default=""),
    Column("campaign_id", BigInteger, nullable=False, server_default="0"),
    Column("language", Text, nullable=False, server_default=""),
    Column("is_first", Boolean, nullable=False, server_default=true()),
    sqlite_autoincrement=True,
)
"""A member's link was opened, for the first time today by this person where `is_first`; `language` is the member's."""
Index("ix_click_person_id_id", click.c.person_id, click.c.id.desc())

visit = Table(
    "visit",
    metadata,
    Column("visitor", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("hour", BigInteger, primary_key=True, autoincrement=False),
)
"""Who opened which link in which hour, so that it counts once; `visitor` is a salted hash of a day."""
Index("ix_visit_hour", visit.c.hour)

chat_link = Table(
    "chat_link",
    metadata,
    Column("link", Text, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)
"""Every personal invite link to the community chat ever made: friends may still hold an old one."""
Index("ix_chat_link_person_id_chat_id_created_at", chat_link.c.person_id, chat_link.c.chat_id, chat_link.c.created_at)

link_revocation = Table(
    "link_revocation",
    metadata,
    Column("link", Text, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("owed_at", BigInteger, nullable=False),
)
"""Links of people who are forgotten, which Telegram is still to be told to close; they lead to nobody's name."""

chat_join = Table(
    "chat_join",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("telegram_id", BigInteger, primary_key=True, autoincrement=False),
    Column("person_id", Id, ForeignKey("person.id")),
    Column("referral_id", Id, ForeignKey("referral.id")),
    Column("joined_at", BigInteger),
    Column("left_at", BigInteger),
)
"""Everybody ever seen in the community chat, so that a rejoin is never credited; `joined_at` NULL: was there before."""
Index("ix_chat_join_referral_id", chat_join.c.referral_id)

tally = Table(
    "tally",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("total", BigInteger, nullable=False),
)
"""Sums that stay when the rows that were counted are gone."""
