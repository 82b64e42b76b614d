"""One table for whatever somebody was asked: what waited goes on waiting there, and a draft is written before it is kept."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DAY = 86_400 * 1_000_000
STEPS = {"words": "line", "claim": "name", "spoken": "code"}
"""By kind of expectation: where in its flow somebody stands."""

DATA = {"words": "story", "claim": "offer"}
"""By kind of expectation: what its argument was."""

STATES = ("draft", "running", "paused", "cancelled", "done")


def upgrade() -> None:
    """Make the table, move what waits, and let no broadcast wait for its text any more."""
    table = op.create_table(
        "conversation",
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_conversation_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_conversation")),
    )
    waiting = list_expected() | list_drafted() | list_composing()
    if waiting:
        op.bulk_insert(table, [{"person_id": person_id, **place} for person_id, place in waiting.items()])
    op.drop_table("expectation")
    op.drop_table("words_draft")
    op.execute("UPDATE broadcast SET state = 'cancelled', finished_at = created_at WHERE state = 'composing'")
    narrow_states()


def list_expected() -> dict[int, dict[str, Any]]:
    """Who was asked for a text."""
    rows = op.get_bind().execute(sa.text("SELECT person_id, kind, argument, expires_at FROM expectation")).all()
    return {
        row.person_id: place(row.kind, STEPS[row.kind], row.expires_at, **describe(row.kind, row.argument))
        for row in rows
        if row.kind in STEPS
    }


def list_drafted() -> dict[int, dict[str, Any]]:
    """Who has seen their words on the card; a claim that waited beside it can be made from the menu."""
    rows = op.get_bind().execute(
        sa.text(
            "SELECT person_id, text, created_at FROM words_draft WHERE person_id NOT IN"
            " (SELECT person_id FROM expectation WHERE kind <> 'claim')"
        )
    )
    return {row.person_id: place("words", "keep", row.created_at + 5 * DAY, words=row.text) for row in rows.all()}


def list_composing() -> dict[int, dict[str, Any]]:
    """Whose next message is for everybody."""
    rows = op.get_bind().execute(
        sa.text(
            "SELECT author_id, created_at FROM broadcast AS latest WHERE state = 'composing'"
            " AND NOT EXISTS (SELECT 1 FROM broadcast WHERE author_id = latest.author_id AND id > latest.id)"
        )
    )
    return {row.author_id: place("broadcast", "content", row.created_at + DAY) for row in rows.all()}


def place(flow: str, step: str, expires_at: int, **data: str) -> dict[str, Any]:
    """A row without its person."""
    return {"flow": flow, "step": step, "data": json.dumps(data), "expires_at": expires_at}


def describe(kind: str, argument: str) -> dict[str, str]:
    """What was kept with the question."""
    return {DATA[kind]: argument} if kind in DATA and argument else {}


def narrow_states() -> None:
    """Take a state out of the list of those that can be; SQLite does that to a new table alone."""
    listed = ", ".join(f"'{state}'" for state in STATES)
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_broadcast_state"), "broadcast", type_="check")
        op.create_check_constraint(op.f("ck_broadcast_state"), "broadcast", f"state IN ({listed})")
        return
    op.create_table(
        "broadcast_anew",
        sa.Column("id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("content", sa.Text()),
        sa.Column("progress_message_id", sa.BigInteger()),
        sa.Column("audience_upto", ID),
        sa.Column("filled_upto", ID, server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger()),
        sa.Column("finished_at", sa.BigInteger()),
        sa.CheckConstraint(f"state IN ({listed})", name=op.f("ck_broadcast_state")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_broadcast_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast")),
        sqlite_autoincrement=True,
    )
    op.execute("INSERT INTO broadcast_anew SELECT * FROM broadcast ORDER BY id")
    op.execute(
        "UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'broadcast')"
        " WHERE name = 'broadcast_anew'"
    )
    op.drop_table("broadcast")
    op.rename_table("broadcast_anew", "broadcast")
    op.create_index("ix_broadcast_author_id", "broadcast", ["author_id", sa.text("id DESC")])
    op.create_index("ix_broadcast_state", "broadcast", ["state"])
