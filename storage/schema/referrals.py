"""Tables of who came by whom and what it was worth."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    false,
    true,
)

from storage.records import ReferralState
from storage.schema.base import Id, metadata, one_of

HOUSE_ACCOUNT = 1
"""The business's own account, which every reward leaves from; written by the first migration."""

referral = Table(
    "referral",
    metadata,
    Column("id", Id, primary_key=True),
    Column("inviter_id", Id, ForeignKey("person.id"), nullable=False),
    Column("invitee_id", Id, ForeignKey("person.id"), nullable=False, unique=True),
    Column("source", Text, nullable=False, server_default=""),
    Column("state", Text, one_of("state", ReferralState), nullable=False),
    Column("joined_at", BigInteger, nullable=False),
    Column("campaign_version_id", Id, ForeignKey("campaign_version.id"), nullable=False),
    Column("story", Text, nullable=False, server_default=""),
    Column("language", Text, nullable=False, server_default=""),
    Column("is_first_contact", Boolean, nullable=False, server_default=true()),
    Column("purchases", Integer, nullable=False, server_default="0"),
    Column("redemptions", Integer, nullable=False, server_default="0"),
    CheckConstraint("inviter_id <> invitee_id", name="not_oneself"),
    sqlite_autoincrement=True,
)
"""`story` is the one that the link names, else the one the inviter had taken last; `language` the invitee's `start_language`.

`is_first_contact`: no link of the web side was opened before, as far as its source says. Triggers keep `purchases` and
`redemptions`, of the invitee: orders that count, and what was had for points or handed in at the counter.
"""
Index("ix_referral_inviter_id_id", referral.c.inviter_id, referral.c.id.desc())

inviter_sum = Table(
    "inviter_sum",
    metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, autoincrement=False),
    Column("friends", Integer, nullable=False),
    Column("points", BigInteger, nullable=False),
)
"""How many came by a person, whatever became of it, and the points they had for friends, less those taken back: kept by triggers on
`referral` and `ledger`. Who brought nobody has no row."""

told_story = Table(
    "told_story",
    metadata,
    Column("referral_id", Id, ForeignKey("referral.id"), primary_key=True, autoincrement=False),
    Column("story", Text, nullable=False),
)
"""Which story's card brought a friend; only where a rule asks, and the link has said."""

account = Table(
    "account",
    metadata,
    Column("id", Id, primary_key=True),
    Column("owner_id", Id, ForeignKey("person.id"), unique=True),
    Column("balance", BigInteger, nullable=False, server_default="0"),
    sqlite_autoincrement=True,
)
"""`balance` is kept for people; the house's is summed when asked, so that joins never queue for one row."""

ledger = Table(
    "ledger",
    metadata,
    Column("id", Id, primary_key=True),
    Column("debit_id", Id, ForeignKey("account.id"), nullable=False),
    Column("credit_id", Id, ForeignKey("account.id"), nullable=False),
    Column("amount", BigInteger, CheckConstraint("amount > 0", name="amount"), nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("reason", Text, nullable=False),
    Column("referral_id", Id, ForeignKey("referral.id")),
    Column("posted_at", BigInteger, nullable=False),
    CheckConstraint("debit_id <> credit_id", name="two_accounts"),
    sqlite_autoincrement=True,
)
"""Append-only: triggers refuse UPDATE and DELETE."""
Index("ix_ledger_credit_id_id", ledger.c.credit_id, ledger.c.id.desc())
Index("ix_ledger_referral_id", ledger.c.referral_id)

reminder = Table(
    "reminder",
    metadata,
    Column("referral_id", Id, ForeignKey("referral.id"), primary_key=True, autoincrement=False),
    Column("reminded_at", BigInteger),
    Column("declined", Boolean, nullable=False, server_default=false()),
)
"""When a friend was last reminded of what is missing, and whether they asked for no more of it."""
