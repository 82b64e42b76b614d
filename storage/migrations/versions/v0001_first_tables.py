"""The first tables, the house's account and the append-only ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DESCENDING_ID = sa.text("id DESC")


def upgrade() -> None:
    """Create everything, parents before children."""
    create_person()
    create_profile()
    create_inbox()
    create_referral()
    create_account()
    create_ledger()
    create_reward()
    create_score()
    create_outbox()
    create_share()
    create_card()
    create_guards()
    create_broadcast()
    create_delivery()
    protect_ledger()


def create_person() -> None:
    """Everybody Telegram has shown us, without personal data."""
    op.create_table(
        "person",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("started_at", BIG),
        sa.Column("language", sa.Text()),
        sa.Column("anonymous", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("blocked_at", BIG),
        sa.Column("score", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.CheckConstraint("score >= 0", name=op.f("ck_person_score")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("code", name=op.f("uq_person_code")),
        sqlite_autoincrement=True,
    )
    scored = sa.text("score > 0")
    by_score = [sa.text("score DESC"), sa.text("id")]
    op.create_index("ix_person_ranking", "person", by_score, sqlite_where=scored, postgresql_where=scored)


def create_profile() -> None:
    """What Telegram says of a person: the only table with personal data."""
    op.create_table(
        "profile",
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("telegram_id", BIG, nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), server_default="", nullable=False),
        sa.Column("username", sa.Text(), server_default="", nullable=False),
        sa.Column("telegram_language", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_profile_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_profile")),
        sa.UniqueConstraint("telegram_id", name=op.f("uq_profile_telegram_id")),
    )


def create_inbox() -> None:
    """Updates as they came, kept before they are confirmed."""
    op.create_table(
        "inbox",
        sa.Column("seq", ID, nullable=False),
        sa.Column("update_id", BIG, nullable=False),
        sa.Column("sender_id", BIG),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("received_at", BIG, nullable=False),
        sa.Column("closed_at", BIG),
        sa.CheckConstraint("state IN ('open', 'done', 'dead')", name=op.f("ck_inbox_state")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_inbox")),
        sa.UniqueConstraint("update_id", name=op.f("uq_inbox_update_id")),
        sqlite_autoincrement=True,
    )
    still_open = sa.text("state = 'open'")
    op.create_index("ix_inbox_open", "inbox", ["seq"], sqlite_where=still_open, postgresql_where=still_open)
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"])


def create_referral() -> None:
    """Who came by whom: one per invitee, for ever."""
    op.create_table(
        "referral",
        sa.Column("id", ID, nullable=False),
        sa.Column("inviter_id", ID, nullable=False),
        sa.Column("invitee_id", ID, nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("joined_at", BIG, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'qualified', 'revoked')", name=op.f("ck_referral_state")),
        sa.CheckConstraint("inviter_id <> invitee_id", name=op.f("ck_referral_not_oneself")),
        sa.ForeignKeyConstraint(["inviter_id"], ["person.id"], name=op.f("fk_referral_inviter_id")),
        sa.ForeignKeyConstraint(["invitee_id"], ["person.id"], name=op.f("fk_referral_invitee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("invitee_id", name=op.f("uq_referral_invitee_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_referral_inviter_id_id", "referral", ["inviter_id", DESCENDING_ID])


def create_account() -> None:
    """One account per person that ever earned, and the house's own."""
    account = op.create_table(
        "account",
        sa.Column("id", ID, nullable=False),
        sa.Column("owner_id", ID),
        sa.Column("balance", BIG, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_account_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("owner_id", name=op.f("uq_account_owner_id")),
        sqlite_autoincrement=True,
    )
    # No id is given, so that the key's sequence moves on; the first one drawn is 1 on both engines.
    op.execute(account.insert().values(owner_id=None))


def create_ledger() -> None:
    """Transfers between accounts."""
    op.create_table(
        "ledger",
        sa.Column("id", ID, nullable=False),
        sa.Column("debit_id", ID, nullable=False),
        sa.Column("credit_id", ID, nullable=False),
        sa.Column("amount", BIG, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("referral_id", ID),
        sa.Column("posted_at", BIG, nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_ledger_amount")),
        sa.CheckConstraint("debit_id <> credit_id", name=op.f("ck_ledger_two_accounts")),
        sa.ForeignKeyConstraint(["debit_id"], ["account.id"], name=op.f("fk_ledger_debit_id")),
        sa.ForeignKeyConstraint(["credit_id"], ["account.id"], name=op.f("fk_ledger_credit_id")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_ledger_referral_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ledger_credit_id_id", "ledger", ["credit_id", DESCENDING_ID])
    op.create_index("ix_ledger_debit_id_id", "ledger", ["debit_id", DESCENDING_ID])
    op.create_index("ix_ledger_referral_id", "ledger", ["referral_id"])


def create_reward() -> None:
    """What somebody earned: once per referral, side and rule."""
    op.create_table(
        "reward",
        sa.Column("id", ID, nullable=False),
        sa.Column("referral_id", ID, nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("points", BIG, nullable=False),
        sa.Column("ledger_id", ID, nullable=False),
        sa.CheckConstraint("side IN ('inviter', 'invitee')", name=op.f("ck_reward_side")),
        sa.CheckConstraint("points > 0", name=op.f("ck_reward_points")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_reward_referral_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reward_person_id")),
        sa.ForeignKeyConstraint(["ledger_id"], ["ledger.id"], name=op.f("fk_reward_ledger_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward")),
        sa.UniqueConstraint("ledger_id", name=op.f("uq_reward_ledger_id")),
        sa.UniqueConstraint("referral_id", "side", "rule", name=op.f("uq_reward_referral_id_side_rule")),
        sqlite_autoincrement=True,
    )


def create_score() -> None:
    """How many people have each score."""
    op.create_table(
        "score",
        sa.Column("score", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.CheckConstraint("members >= 0", name=op.f("ck_score_members")),
        sa.PrimaryKeyConstraint("score", name=op.f("pk_score")),
    )


def create_outbox() -> None:
    """Notices: what the bot owes somebody."""
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("recipient_id", ID),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="owed", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("settled_at", BIG),
        sa.CheckConstraint("state IN ('owed', 'sent', 'failed')", name=op.f("ck_outbox_state")),
        sa.ForeignKeyConstraint(["recipient_id"], ["person.id"], name=op.f("fk_outbox_recipient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
        sqlite_autoincrement=True,
    )
    owed = sa.text("state = 'owed'")
    op.create_index("ix_outbox_owed", "outbox", ["id"], sqlite_where=owed, postgresql_where=owed)
    op.create_index("ix_outbox_settled_at", "outbox", ["settled_at"])


def create_share() -> None:
    """Who passed something on, and how."""
    op.create_table(
        "share",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("shared_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_share_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_share_person_id", "share", ["person_id"])


def create_card() -> None:
    """Share cards that Telegram has already."""
    op.create_table(
        "card",
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("uploaded_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_card_person_id")),
        sa.PrimaryKeyConstraint("person_id", "version", name=op.f("pk_card")),
    )


def create_guards() -> None:
    """Codes guessed in vain, and until when Telegram forbids sending."""
    op.create_table(
        "guess",
        sa.Column("telegram_id", BIG, autoincrement=False, nullable=False),
        sa.Column("window_at", BIG, nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("telegram_id", name=op.f("pk_guess")),
    )
    op.create_table(
        "flood_wait",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("until_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_flood_wait")),
    )


def create_broadcast() -> None:
    """Messages to many."""
    op.create_table(
        "broadcast",
        sa.Column("id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("content", sa.Text()),
        sa.Column("progress_message_id", BIG),
        sa.Column("audience_upto", ID),
        sa.Column("filled_upto", ID, server_default="0", nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("started_at", BIG),
        sa.Column("finished_at", BIG),
        sa.CheckConstraint(
            "state IN ('composing', 'draft', 'running', 'paused', 'cancelled', 'done')", name=op.f("ck_broadcast_state")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_broadcast_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_broadcast_author_id", "broadcast", ["author_id", DESCENDING_ID])
    op.create_index("ix_broadcast_state", "broadcast", ["state"])


def create_delivery() -> None:
    """The state of each recipient of a broadcast."""
    op.create_table(
        "delivery",
        sa.Column("broadcast_id", ID, autoincrement=False, nullable=False),
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("message_id", BIG),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("claimed_at", BIG),
        sa.Column("settled_at", BIG),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'blocked', 'failed', 'unknown')", name=op.f("ck_delivery_state")
        ),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"], name=op.f("fk_delivery_broadcast_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_delivery_person_id")),
        sa.PrimaryKeyConstraint("broadcast_id", "person_id", name=op.f("pk_delivery")),
    )
    by_state = ["broadcast_id", "state", "person_id"]
    op.create_index("ix_delivery_broadcast_id_state_person_id", "delivery", by_state)


def protect_ledger() -> None:
    """Have the database itself refuse to change or delete what was posted."""
    statements = POSTGRESQL_GUARD if op.get_bind().dialect.name == "postgresql" else SQLITE_GUARD
    for statement in statements:
        op.execute(statement)


SQLITE_GUARD = [
    f"CREATE TRIGGER ledger_refuses_{verb.lower()} BEFORE {verb} ON ledger"
    " BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    for verb in ("UPDATE", "DELETE")
]

POSTGRESQL_GUARD = [
    """
    CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()
    """,
]
