"""Who did what in running the shop, and invitations into its team."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

BIG = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nobody has done anything that was written down, and nobody is invited."""
    create_audit()
    create_team_invitation()
    statements = POSTGRESQL_GUARD if op.get_bind().dialect.name == "postgresql" else SQLITE_GUARD
    for statement in statements:
        op.execute(statement)


def create_audit() -> None:
    """Acts, as they happened."""
    op.create_table(
        "audit",
        sa.Column("id", ID, nullable=False),
        sa.Column("actor_id", ID),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("person_id", ID),
        sa.Column("before", sa.Text(), server_default="", nullable=False),
        sa.Column("after", sa.Text(), server_default="", nullable=False),
        sa.Column("acted_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_audit_actor_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_audit_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )


def create_team_invitation() -> None:
    """Links that make somebody one of the team, once; known by a hash."""
    op.create_table(
        "team_invitation",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("made_by_id", ID, nullable=False),
        sa.Column("expires_at", BIG, nullable=False),
        sa.CheckConstraint("role IN ('owner', 'manager', 'staff', 'member')", name=op.f("ck_team_invitation_role")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_team_invitation_made_by_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_team_invitation")),
    )


SQLITE_GUARD = [
    f"CREATE TRIGGER audit_refuses_{verb.lower()} BEFORE {verb} ON audit"
    " BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
    for verb in ("UPDATE", "DELETE")
]

POSTGRESQL_GUARD = [
    """
    CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER audit_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
    """,
]
