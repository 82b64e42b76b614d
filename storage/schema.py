"""The tables. Constraints carry the rules; see docs/architecture.md for how the rows flow.

All ids are 64-bit. Times are UTC microseconds (`_at`). No ON DELETE CASCADE, nothing deferred.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from storage.records import BroadcastState, DeliveryState, InboxState, NoticeState, ReferralState, Side

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")
"""SQLite grows a key by itself only when its type is spelled INTEGER."""

HOUSE_ACCOUNT = 1
"""The business's own account, which every reward leaves from; written by the first migration."""


def _one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


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
    sqlite_autoincrement=True,
)
Index(
    "ix_person_ranking",
    person.c.score.desc(),
    person.c.id,
    sqlite_where=person.c.score > 0,
    postgresql_where=person.c.score > 0,
)

profile = Table(
    "profile",
    metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, autoincrement=False),
    Column("telegram_id", BigInteger, nullable=False, unique=True),
    Column("first_name", Text, nullable=False),
    Column("last_name", Text, nullable=False, server_default=""),
    Column("username", Text, nullable=False, server_default=""),
    Column("telegram_language", Text, nullable=False, server_default=""),
)

inbox = Table(
    "inbox",
    metadata,
    Column("seq", Id, primary_key=True),
    Column("update_id", BigInteger, nullable=False, unique=True),
    Column("sender_id", BigInteger),
    Column("raw", LargeBinary, nullable=False),
    Column("state", Text, _one_of("state", InboxState), nullable=False, server_default=InboxState.OPEN),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("error", Text, nullable=False, server_default=""),
    Column("received_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    sqlite_autoincrement=True,
)
Index("ix_inbox_open", inbox.c.seq, sqlite_where=inbox.c.state == "open", postgresql_where=inbox.c.state == "open")
Index("ix_inbox_received_at", inbox.c.received_at)

referral = Table(
    "referral",
    metadata,
    Column("id", Id, primary_key=True),
    Column("inviter_id", Id, ForeignKey("person.id"), nullable=False),
    Column("invitee_id", Id, ForeignKey("person.id"), nullable=False, unique=True),
    Column("campaign", Text, nullable=False),
    Column("source", Text, nullable=False, server_default=""),
    Column("state", Text, _one_of("state", ReferralState), nullable=False),
    Column("joined_at", BigInteger, nullable=False),
    CheckConstraint("inviter_id <> invitee_id", name="not_oneself"),
    sqlite_autoincrement=True,
)
Index("ix_referral_inviter_id_id", referral.c.inviter_id, referral.c.id.desc())

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
Index("ix_ledger_debit_id_id", ledger.c.debit_id, ledger.c.id.desc())
Index("ix_ledger_referral_id", ledger.c.referral_id)

reward = Table(
    "reward",
    metadata,
    Column("id", Id, primary_key=True),
    Column("referral_id", Id, ForeignKey("referral.id"), nullable=False),
    Column("side", Text, _one_of("side", Side), nullable=False),
    Column("rule", Text, nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("points", BigInteger, CheckConstraint("points > 0", name="points"), nullable=False),
    Column("ledger_id", Id, ForeignKey("ledger.id"), nullable=False, unique=True),
    UniqueConstraint("referral_id", "side", "rule"),
    sqlite_autoincrement=True,
)

score = Table(
    "score",
    metadata,
    Column("score", Integer, primary_key=True, autoincrement=False),
    Column("members", Integer, CheckConstraint("members >= 0", name="members"), nullable=False),
)
"""How many people have each score above zero: a rank is 1 + the people in higher rows."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("recipient_id", Id, ForeignKey("person.id")),
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("state", Text, _one_of("state", NoticeState), nullable=False, server_default=NoticeState.OWED),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", Text, nullable=False, server_default=""),
    Column("created_at", BigInteger, nullable=False),
    Column("settled_at", BigInteger),
    sqlite_autoincrement=True,
)
Index("ix_outbox_owed", outbox.c.id, sqlite_where=outbox.c.state == "owed", postgresql_where=outbox.c.state == "owed")
Index("ix_outbox_settled_at", outbox.c.settled_at)

share = Table(
    "share",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("way", Text, nullable=False),
    Column("shared_at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_share_person_id", share.c.person_id)

card = Table(
    "card",
    metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, autoincrement=False),
    Column("version", Text, primary_key=True),
    Column("file_id", Text, nullable=False),
    Column("uploaded_at", BigInteger, nullable=False),
)
"""The `file_id` of a card that Telegram already has; `version` names everything that shows on it."""

guess = Table(
    "guess",
    metadata,
    Column("telegram_id", BigInteger, primary_key=True, autoincrement=False),
    Column("window_at", BigInteger, nullable=False),
    Column("misses", Integer, nullable=False),
)
"""Unknown codes tried by somebody since `window_at`."""

flood_wait = Table(
    "flood_wait",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("until_at", BigInteger, nullable=False),
)
"""Until when Telegram's last 429 forbids sending; kept so that a restart keeps it."""

broadcast = Table(
    "broadcast",
    metadata,
    Column("id", Id, primary_key=True),
    Column("author_id", Id, ForeignKey("person.id"), nullable=False),
    Column("state", Text, _one_of("state", BroadcastState), nullable=False),
    Column("content", Text),
    Column("progress_message_id", BigInteger),
    Column("audience_upto", Id),
    Column("filled_upto", Id, nullable=False, server_default="0"),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    sqlite_autoincrement=True,
)
Index("ix_broadcast_author_id", broadcast.c.author_id, broadcast.c.id.desc())
Index("ix_broadcast_state", broadcast.c.state)

delivery = Table(
    "delivery",
    metadata,
    Column("broadcast_id", Id, ForeignKey("broadcast.id"), primary_key=True, autoincrement=False),
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, autoincrement=False),
    Column("state", Text, _one_of("state", DeliveryState), nullable=False, server_default=DeliveryState.QUEUED),
    Column("message_id", BigInteger),
    Column("error", Text, nullable=False, server_default=""),
    Column("claimed_at", BigInteger),
    Column("settled_at", BigInteger),
)
Index("ix_delivery_broadcast_id_state_person_id", delivery.c.broadcast_id, delivery.c.state, delivery.c.person_id)
