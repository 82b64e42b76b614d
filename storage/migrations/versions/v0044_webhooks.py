"""Other systems are told what happens here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OWED = sa.text("state = 'owed'")


def upgrade() -> None:
    """Nobody has asked to be told yet."""
    op.add_column("shop", sa.Column("hook_kinds", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "webhook",
        sa.Column("id", ID, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("allow_private", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failing_since", BIG),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rests_until", BIG, server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("arrived_at", BIG),
        sa.Column("created_at", BIG, nullable=False),
        sa.CheckConstraint("state IN ('on', 'failing', 'gone', 'removed')", name=op.f("ck_webhook_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sqlite_autoincrement=True,
    )
    _create_events()
    _create_posts()


def _create_events() -> None:
    op.create_table(
        "hook_event",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", ID),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("happened_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_hook_event_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_event")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_hook_event_happened_at"), "hook_event", ["happened_at"])


def _create_posts() -> None:
    op.create_table(
        "hook_post",
        sa.Column("webhook_id", ID, autoincrement=False, nullable=False),
        sa.Column("event_id", ID, autoincrement=False, nullable=False),
        sa.Column("line", ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_tried_at", BIG),
        sa.Column("due_at", BIG, nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("ended_at", BIG),
        sa.CheckConstraint("state IN ('owed', 'arrived', 'given_up')", name=op.f("ck_hook_post_state")),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name=op.f("fk_hook_post_webhook_id")),
        sa.ForeignKeyConstraint(["event_id"], ["hook_event.id"], name=op.f("fk_hook_post_event_id")),
        sa.PrimaryKeyConstraint("webhook_id", "event_id", name=op.f("pk_hook_post")),
    )
    op.create_index(op.f("ix_hook_post_event_id"), "hook_post", ["event_id"])
    for name, columns in (
        ("ix_hook_post_owed", ["webhook_id", "line", "event_id"]),
        ("ix_hook_post_in_order", ["webhook_id", "event_id"]),
    ):
        op.create_index(name, "hook_post", columns, sqlite_where=OWED, postgresql_where=OWED)
