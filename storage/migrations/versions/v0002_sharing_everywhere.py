"""Spoken codes, own words, clicks, community joins, reminders and nudges."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.records import fold_name, join_name

revision = "0002"
down_revision = "0001"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PAGE = 5_000
"""Profiles folded at a time."""


def upgrade() -> None:
    """Add columns without rebuilding a table, so that no trigger is lost; then the new tables."""
    extend_share()
    extend_person()
    extend_profile()
    create_spoken()
    create_expectation()
    create_words_draft()
    create_click()
    create_visit()
    create_chat_link()
    create_chat_join()
    create_reminder()
    create_warning()


def extend_share() -> None:
    """Which story was shared."""
    op.add_column("share", sa.Column("story", sa.Text(), server_default="", nullable=False))


def extend_person() -> None:
    """What a member chose, and when what was asked of them; those who shared before keep their last share."""
    added: list[sa.Column[Any]] = [
        sa.Column("spoken_code", sa.Text()),
        sa.Column("spoken_chosen", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("findable", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("nudges", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("own_words", sa.Text(), server_default="", nullable=False),
        sa.Column("asked_at", BIG),
        sa.Column("shared_at", BIG),
        sa.Column("nudged_at", BIG),
        sa.Column("quiet_since", BIG),
    ]
    for column in added:
        op.add_column("person", column)
    op.execute("UPDATE person SET shared_at = (SELECT max(shared_at) FROM share WHERE person_id = person.id)")
    op.execute("UPDATE person SET quiet_since = coalesce(shared_at, started_at) WHERE started_at IS NOT NULL")
    quiet = "quiet_since IS NOT NULL AND blocked_at IS NULL AND nudges"
    op.create_index(
        "ix_person_quiet",
        "person",
        ["quiet_since"],
        sqlite_where=sa.text(f"{quiet} = 1"),
        postgresql_where=sa.text(quiet),
    )


def extend_profile() -> None:
    """Names as they are searched."""
    for name in ("search_name", "search_first_name", "search_username"):
        op.add_column("profile", sa.Column(name, sa.Text(), server_default="", nullable=False))
    fold_profiles()
    for name in ("search_name", "search_first_name", "search_username"):
        op.create_index(f"ix_profile_{name}_person_id", "profile", [name, "person_id"])


def fold_profiles() -> None:
    """Fold the names that are there already, page by page."""
    connection, after = op.get_bind(), 0
    page = sa.text(
        "SELECT person_id, first_name, last_name, username FROM profile"
        " WHERE person_id > :after ORDER BY person_id LIMIT :limit"
    )
    fold = sa.text(
        "UPDATE profile SET search_name = :name, search_first_name = :first_name, search_username = :username"
        " WHERE person_id = :person_id"
    )
    while rows := connection.execute(page, {"after": after, "limit": PAGE}).all():
        connection.execute(fold, [fold_profile(*row) for row in rows])
        after = rows[-1].person_id


def fold_profile(person_id: int, first_name: str, last_name: str, username: str) -> dict[str, Any]:
    """Return what is searched of one profile."""
    return {
        "person_id": person_id,
        "name": fold_name(join_name(first_name, last_name)),
        "first_name": fold_name(first_name),
        "username": fold_name(username),
    }


def create_spoken() -> None:
    """Every spoken code ever given."""
    op.create_table(
        "spoken",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_spoken_person_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_spoken")),
    )


def create_expectation() -> None:
    """What the next typed text means."""
    op.create_table(
        "expectation",
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("argument", sa.Text(), nullable=False),
        sa.Column("expires_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_expectation_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_expectation")),
    )


def create_words_draft() -> None:
    """Own words seen on the card and not yet kept."""
    op.create_table(
        "words_draft",
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_words_draft_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_words_draft")),
    )


def create_click() -> None:
    """Links that were opened."""
    op.create_table(
        "click",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("clicked_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_click_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_click")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_click_person_id", "click", ["person_id"])


def create_visit() -> None:
    """Who opened which link in which hour."""
    op.create_table(
        "visit",
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("hour", BIG, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("visitor", "code", "hour", name=op.f("pk_visit")),
    )
    op.create_index("ix_visit_hour", "visit", ["hour"])


def create_chat_link() -> None:
    """Personal invite links to the community chat."""
    op.create_table(
        "chat_link",
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("chat_id", BIG, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_chat_link_person_id")),
        sa.PrimaryKeyConstraint("link", name=op.f("pk_chat_link")),
    )
    by_owner = ["person_id", "chat_id", "created_at"]
    op.create_index("ix_chat_link_person_id_chat_id_created_at", "chat_link", by_owner)


def create_chat_join() -> None:
    """Everybody ever seen in the community chat."""
    op.create_table(
        "chat_join",
        sa.Column("chat_id", BIG, autoincrement=False, nullable=False),
        sa.Column("telegram_id", BIG, autoincrement=False, nullable=False),
        sa.Column("person_id", ID),
        sa.Column("referral_id", ID),
        sa.Column("joined_at", BIG),
        sa.Column("left_at", BIG),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_chat_join_person_id")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_chat_join_referral_id")),
        sa.PrimaryKeyConstraint("chat_id", "telegram_id", name=op.f("pk_chat_join")),
    )
    op.create_index("ix_chat_join_referral_id", "chat_join", ["referral_id"])


def create_reminder() -> None:
    """When a friend was last reminded."""
    op.create_table(
        "reminder",
        sa.Column("referral_id", ID, autoincrement=False, nullable=False),
        sa.Column("reminded_at", BIG),
        sa.Column("declined", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_reminder_referral_id")),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_reminder")),
    )


def create_warning() -> None:
    """What the admins were told, once."""
    op.create_table(
        "warning",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("told_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_warning")),
    )
