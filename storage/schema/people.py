"""Tables of who somebody is and what they chose."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    false,
    true,
)

from storage.role import Role
from storage.schema.base import Id, metadata, one_of

person = Table(
    "person",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("started_at", BigInteger),
    Column("language", Text),
    Column("anonymous", Boolean, nullable=False, server_default=false()),
    Column("blocked_at", BigInteger),
    Column("score", Integer, CheckConstraint("score >= 0", name="score"), nullable=False, server_default="0"),
    Column("created_at", BigInteger, nullable=False),
    Column("spoken_code", Text),
    Column("spoken_chosen", Boolean, nullable=False, server_default=false()),
    Column("findable", Boolean, nullable=False, server_default=true()),
    Column("nudges", Boolean, nullable=False, server_default=true()),
    Column("own_words", Text, nullable=False, server_default=""),
    Column("asked_at", BigInteger),
    Column("shared_at", BigInteger),
    Column("nudged_at", BigInteger),
    Column("quiet_since", BigInteger),
    Column("face", Text, nullable=False, server_default=""),
    Column("watched", Boolean, nullable=False, server_default=false()),
    Column("zone", Text),
    Column("news_off", Text, nullable=False, server_default=""),
    Column("start_language", Text, nullable=False, server_default=""),
    Column("sent_at", BigInteger),
    Column("seen_at", BigInteger),
    sqlite_autoincrement=True,
)
"""`quiet_since` is the start or the last share of a member who was neither nudged nor passed over since; else NULL. `seen_at` is when somebody
was last heard of, to a day.

`start_language` is the language in which the person was greeted; `sent_at` when something last left their hands that was seen to.

`face` is the `photo_id` of the face that stands on the member's cards; empty for none. `watched` whoever brought somebody
who was looked at. `zone` is where the member said to be, else NULL; `news_off` the kinds of broadcasts they do not want, with a
blank at each end of each.
"""
Index("ix_person_started_at_id", person.c.started_at, person.c.id)

profile = Table(
    "profile",
    metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, autoincrement=False),
    Column("telegram_id", BigInteger, nullable=False, unique=True),
    Column("first_name", Text, nullable=False),
    Column("last_name", Text, nullable=False, server_default=""),
    Column("username", Text, nullable=False, server_default=""),
    Column("telegram_language", Text, nullable=False, server_default=""),
    Column("search_name", Text, nullable=False, server_default=""),
    Column("search_first_name", Text, nullable=False, server_default=""),
    Column("search_username", Text, nullable=False, server_default=""),
)
"""What is searched is folded: see `storage.records.fold_name`."""
Index("ix_profile_search_name_person_id", profile.c.search_name, profile.c.person_id)
Index("ix_profile_search_first_name_person_id", profile.c.search_first_name, profile.c.person_id)
Index("ix_profile_search_username_person_id", profile.c.search_username, profile.c.person_id)

face = Table(
    "face",
    metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, autoincrement=False),
    Column("photo_id", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("looked_at", BigInteger, nullable=False, index=True),
)
"""Profile photos as cards show them, by Telegram's `file_unique_id`: the one that is shown, and one that was only looked at."""

spoken = Table(
    "spoken",
    metadata,
    Column("code", Text, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
)
"""Every spoken code ever given: one that was told to somebody goes on working after a member chose another."""

label = Table(
    "label",
    metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, autoincrement=False),
    Column("label", Text, primary_key=True),
    Column("given_at", BigInteger, nullable=False),
    Column("by_rule", Boolean, nullable=False, server_default=false()),
)
"""What a member is called, like `ambassador`: rules can ask for it. By the team, or `by_rule` as long as its grants stand."""
Index("ix_label_label_person_id", label.c.label, label.c.person_id)

conversation = Table(
    "conversation",
    metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, autoincrement=False),
    Column("flow", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("asked_at", BigInteger, nullable=False, server_default="0"),
)
"""What a person was asked and has not answered: one dialogue at a time."""

role = Table(
    "role",
    metadata,
    Column("telegram_id", BigInteger, primary_key=True, autoincrement=False),
    Column("role", Text, one_of("role", Role), nullable=False),
    Column("from_settings", Boolean, nullable=False, server_default=false()),
    Column("given_at", BigInteger, nullable=False),
)
"""Who runs the shop, known to Telegram before they are known to us; rows `from_settings` follow the settings."""

command_menu = Table(
    "command_menu",
    metadata,
    Column("telegram_id", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=False),
    Column("set_at", BigInteger, nullable=False),
)
"""In whose chats commands of their own are shown, so that they can be taken away again."""

code_key = Table(
    "code_key",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="only_one"), primary_key=True, autoincrement=False),
    Column("key", LargeBinary, nullable=False),
    Column("unchecked_upto", Id, nullable=False),
)
"""The secret behind the last character of new codes, written by a migration; people up to that id may have an older code."""

forgotten = Table(
    "forgotten",
    metadata,
    Column("fingerprint", Text, primary_key=True),
    Column("forgotten_at", BigInteger, nullable=False, index=True),
)
"""Keyed hashes of Telegram ids of people who had themselves forgotten: nobody is credited for them anew."""

guess = Table(
    "guess",
    metadata,
    Column("telegram_id", BigInteger, primary_key=True, autoincrement=False),
    Column("window_at", BigInteger, nullable=False),
    Column("misses", Integer, nullable=False),
)
"""Unknown codes tried by somebody since `window_at`."""
