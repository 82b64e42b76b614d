"""Orders of other systems are reported, counted once, and taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = ("open", "waiting", "noted", "counted", "reduced", "refunded", "early", "ended", "dropped")
TYPES = ("purchase", "refund", "custom")
CHANNELS = ("api", "till", "file", "telegram")


def upgrade() -> None:
    """Nothing was reported as yet."""
    _create_sales()
    _create_conversions()
    _create_buyers()
    _create_keys()


def _text(name: str, *, empty: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="" if empty else None, nullable=False)


def _one_of(table: str, column: str, words: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{each}'" for each in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def _points_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _create_sales() -> None:
    op.create_table(
        "sale",
        sa.Column("id", ID, nullable=False),
        _text("order_id"),
        sa.Column("person_id", ID),
        _text("state"),
        _text("reason", empty=True),
        sa.Column("amount", BIG),
        _text("currency", empty=True),
        sa.Column("occurred_at", BIG, nullable=False),
        sa.Column("refunded", BIG, server_default="0", nullable=False),
        sa.Column("event_id", ID),
        sa.Column("share_id", ID),
        sa.Column("due_at", BIG),
        sa.Column("changed_at", BIG, nullable=False),
        _one_of("sale", "state", STATES),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_sale_amount")),
        sa.CheckConstraint("refunded >= 0", name=op.f("ck_sale_refunded")),
        sa.CheckConstraint("refunded = 0 OR refunded <= amount", name=op.f("ck_sale_refunded_at_most")),
        sa.CheckConstraint("(state = 'waiting') = (reason <> '')", name=op.f("ck_sale_waits_for_a_reason")),
        _points_to("sale", "person_id", "person"),
        _points_to("sale", "event_id", "event"),
        _points_to("sale", "share_id", "grant"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale")),
        sa.UniqueConstraint("order_id", name=op.f("uq_sale_order_id")),
        sa.UniqueConstraint("event_id", name=op.f("uq_sale_event_id")),
        sa.UniqueConstraint("share_id", name=op.f("uq_sale_share_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sale_person_id", "sale", ["person_id"])
    partial = {
        "due_at": ("due_at", "due_at IS NOT NULL"),
        "waiting": ("id", "state = 'waiting'"),
        "noted": ("person_id", "state = 'noted'"),
    }
    for name, (column, words) in partial.items():
        where = sa.text(words)
        op.create_index(f"ix_sale_{name}", "sale", [column], sqlite_where=where, postgresql_where=where)


def _create_conversions() -> None:
    op.create_table(
        "conversion",
        sa.Column("id", ID, nullable=False),
        sa.Column("sale_id", ID, nullable=False),
        _text("type"),
        _text("part", empty=True),
        sa.Column("amount", BIG),
        _text("currency", empty=True),
        _text("member_key", empty=True),
        _text("member", empty=True),
        sa.Column("occurred_at", BIG, nullable=False),
        _text("fingerprint"),
        _text("channel"),
        _text("state"),
        sa.Column("event_id", ID),
        sa.Column("received_at", BIG, nullable=False),
        sa.Column("actor_id", ID),
        _one_of("conversion", "type", TYPES),
        _one_of("conversion", "channel", CHANNELS),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_conversion_amount")),
        _points_to("conversion", "sale_id", "sale"),
        _points_to("conversion", "event_id", "event"),
        _points_to("conversion", "actor_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversion")),
        sa.UniqueConstraint("sale_id", "type", "part", name=op.f("uq_conversion_sale_id_type_part")),
        sa.UniqueConstraint("event_id", name=op.f("uq_conversion_event_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_conversion_member_key_member", "conversion", ["member_key", "member"])
    op.create_index("ix_conversion_actor_id_received_at", "conversion", ["actor_id", "received_at"])


def _create_buyers() -> None:
    op.create_table(
        "receipt",
        _text("order_id"),
        _text("token_hash"),
        sa.Column("person_id", ID),
        sa.Column("made_at", BIG, nullable=False),
        sa.Column("opened_at", BIG),
        _points_to("receipt", "person_id", "person"),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_receipt_token_hash")),
    )
    op.create_table(
        "customer",
        _text("external_id"),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("tied_at", BIG, nullable=False),
        _points_to("customer", "person_id", "person"),
        sa.PrimaryKeyConstraint("external_id", name=op.f("pk_customer")),
    )
    op.create_table(
        "column_map",
        _text("headings"),
        _text("meaning"),
        sa.Column("used_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("headings", name=op.f("pk_column_map")),
    )
    for table in ("receipt", "customer"):
        op.create_index(f"ix_{table}_person_id", table, ["person_id"])


def _create_keys() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", ID, nullable=False),
        *map(_text, ("name", "key_hash", "hint", "scopes")),
        sa.Column("made_at", BIG, nullable=False),
        sa.Column("made_by_id", ID),
        sa.Column("revoked_at", BIG),
        _points_to("api_key", "made_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_key_key_hash")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "api_request",
        *map(_text, ("digest", "fingerprint")),
        sa.Column("conversion_id", ID, nullable=False),
        sa.Column("received_at", BIG, nullable=False),
        _points_to("api_request", "conversion_id", "conversion"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_api_request")),
    )
    op.create_index("ix_api_request_received_at", "api_request", ["received_at"])
    op.create_index("ix_api_request_conversion_id", "api_request", ["conversion_id"])
