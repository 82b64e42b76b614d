"""Members ask people of the shop, who answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nobody has asked yet; an answer is promised within a day."""
    op.add_column("shop", sa.Column("staff_chat", sa.Text()))
    op.add_column("shop", sa.Column("answer_hours", sa.Integer(), nullable=False, server_default="24"))
    _create_ticket()
    _create_said()
    op.create_table(
        "ticket_copy",
        sa.Column("chat_id", BIG, nullable=False, autoincrement=False),
        sa.Column("message_id", BIG, nullable=False, autoincrement=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("said_id", ID),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_copy_ticket_id")),
        sa.ForeignKeyConstraint(["said_id"], ["ticket_said.id"], name=op.f("fk_ticket_copy_said_id")),
        sa.PrimaryKeyConstraint("chat_id", "message_id", name=op.f("pk_ticket_copy")),
    )
    op.create_index("ix_ticket_copy_ticket_id", "ticket_copy", ["ticket_id"])
    op.create_index("ix_ticket_copy_said_id", "ticket_copy", ["said_id"])
    op.create_table(
        "ticket_signer",
        sa.Column("person_id", ID, nullable=False, autoincrement=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ticket_signer_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_ticket_signer")),
    )
    op.create_table(
        "ticket_template",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("changed_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", "language", name=op.f("pk_ticket_template")),
    )


def _create_ticket() -> None:
    op.create_table(
        "ticket",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", BIG, nullable=False),
        sa.Column("taken_by_id", ID),
        *(sa.Column(name, BIG) for name in ("due_at", "look_at", "answered_at", "closed_at", "solved_at", "topic_id")),
        sa.CheckConstraint(
            "about IN ('asked', 'pulse', 'complaint', 'claim', 'reward', 'order')", name=op.f("ck_ticket_about")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'taken', 'answered', 'closed', 'reopened')", name=op.f("ck_ticket_state")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ticket_person_id")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["person.id"], name=op.f("fk_ticket_taken_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ticket_person_id_id", "ticket", ["person_id", "id"])
    op.create_index("ix_ticket_taken_by_id", "ticket", ["taken_by_id"])
    op.create_index("ix_ticket_opened_at", "ticket", ["opened_at"])
    op.create_index("ix_ticket_closed_at", "ticket", ["closed_at"])
    for name, column, some in (
        ("ix_ticket_waiting", "id", "state != 'closed'"),
        ("ix_ticket_look_at", "look_at", "look_at IS NOT NULL"),
    ):
        where = sa.text(some)
        op.create_index(name, "ticket", [column], sqlite_where=where, postgresql_where=where)


def _create_said() -> None:
    op.create_table(
        "ticket_said",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("author_id", ID),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("side", "shape", "words", "state")),
        *(sa.Column(name, BIG, nullable=False) for name in ("chat_id", "message_id", "said_at")),
        sa.CheckConstraint("side IN ('member', 'staff', 'note')", name=op.f("ck_ticket_said_side")),
        sa.CheckConstraint(
            "shape IN ('text', 'photo', 'voice', 'document', 'other')", name=op.f("ck_ticket_said_shape")
        ),
        sa.CheckConstraint("state IN ('said', 'edited', 'unsent')", name=op.f("ck_ticket_said_state")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_said_ticket_id")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_ticket_said_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_said")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ticket_said_ticket_id_id", "ticket_said", ["ticket_id", "id"])
    op.create_index("ix_ticket_said_author_id", "ticket_said", ["author_id"])
    op.create_index("ix_ticket_said_chat_id_message_id", "ticket_said", ["chat_id", "message_id"])
