"""Tables of what was sold elsewhere, and of who may report it."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from storage.conversion import Channel, ConversionType, SaleState
from storage.schema.base import Id, metadata, one_of

sale = Table(
    "sale",
    metadata,
    Column("id", Id, primary_key=True),
    Column("order_id", Text, nullable=False, unique=True),
    Column("person_id", Id, ForeignKey("person.id")),
    Column("state", Text, one_of("state", SaleState), nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("amount", BigInteger, CheckConstraint("amount >= 0", name="amount")),
    Column("currency", Text, nullable=False, server_default=""),
    Column("occurred_at", BigInteger, nullable=False),
    Column(
        "refunded", BigInteger, CheckConstraint("refunded >= 0", name="refunded"), nullable=False, server_default="0"
    ),
    Column("event_id", Id, ForeignKey("event.id"), unique=True),
    Column("share_id", Id, ForeignKey("grant.id"), unique=True),
    Column("due_at", BigInteger),
    Column("changed_at", BigInteger, nullable=False),
    CheckConstraint("refunded = 0 OR refunded <= amount", name="refunded_at_most"),
    CheckConstraint("(state = 'waiting') = (reason <> '')", name="waits_for_a_reason"),
    sqlite_autoincrement=True,
)
"""An order, locked by whoever reports of it: what comes at once is handled one by one. `amount` is NULL before the purchase."""
Index("ix_sale_person_id", sale.c.person_id)

conversion = Table(
    "conversion",
    metadata,
    Column("id", Id, primary_key=True),
    Column("sale_id", Id, ForeignKey("sale.id"), nullable=False),
    Column("type", Text, one_of("type", ConversionType), nullable=False),
    Column("part", Text, nullable=False, server_default=""),
    Column("amount", BigInteger, CheckConstraint("amount >= 0", name="amount")),
    Column("currency", Text, nullable=False, server_default=""),
    Column("member_key", Text, nullable=False, server_default=""),
    Column("member", Text, nullable=False, server_default=""),
    Column("occurred_at", BigInteger, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("channel", Text, one_of("channel", Channel), nullable=False),
    Column("state", Text, nullable=False),
    Column("event_id", Id, ForeignKey("event.id"), unique=True),
    Column("received_at", BigInteger, nullable=False),
    Column("actor_id", Id, ForeignKey("person.id")),
    UniqueConstraint("sale_id", "type", "part"),
    sqlite_autoincrement=True,
)
"""A report, taken once. `state` is what its sender was answered, and is answered again."""
Index("ix_conversion_member_key_member", conversion.c.member_key, conversion.c.member)
Index("ix_conversion_actor_id_received_at", conversion.c.actor_id, conversion.c.received_at)

receipt = Table(
    "receipt",
    metadata,
    Column("order_id", Text, primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("person_id", Id, ForeignKey("person.id")),
    Column("made_at", BigInteger, nullable=False),
    Column("opened_at", BigInteger),
)
"""A link on a receipt ties its order to whoever opens it first."""
Index("ix_receipt_person_id", receipt.c.person_id)

customer = Table(
    "customer",
    metadata,
    Column("external_id", Text, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("tied_at", BigInteger, nullable=False),
)
"""Whom the shop's own numbers of customers mean."""
Index("ix_customer_person_id", customer.c.person_id)

order_claim = Table(
    "order_claim",
    metadata,
    Column("order_id", Text, nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("said_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("order_id", "person_id"),
)
"""Who says that an order is theirs, until the team confirms it."""
Index("ix_order_claim_person_id", order_claim.c.person_id)

api_key = Table(
    "api_key",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key_hash", Text, nullable=False, unique=True),
    Column("hint", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by_id", Id, ForeignKey("person.id")),
    Column("revoked_at", BigInteger),
    sqlite_autoincrement=True,
)
"""`key_hash` is all there is of a key; its secret is computed from it and the bot's token. `hint` are the key's last letters."""

api_request = Table(
    "api_request",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("conversion_id", Id, ForeignKey("conversion.id"), nullable=False),
    Column("received_at", BigInteger, nullable=False),
)
"""Requests by their own ids (hashed with the key's name), so that the same again is answered the same."""
Index("ix_api_request_received_at", api_request.c.received_at)
Index("ix_api_request_conversion_id", api_request.c.conversion_id)

column_map = Table(
    "column_map",
    metadata,
    Column("headings", Text, primary_key=True),
    Column("meaning", Text, nullable=False),
    Column("used_at", BigInteger, nullable=False),
)
"""What the columns of a list of orders mean, by a hash of its headings."""
