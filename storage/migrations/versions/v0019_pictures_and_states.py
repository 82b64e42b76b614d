"""Pictures become rows, several campaigns can run, and it is remembered which file holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

STATES = ("draft", "running", "paused", "ended")
COLUMNS = (
    "state TEXT DEFAULT 'running' NOT NULL CONSTRAINT ck_campaign_state CHECK (state IN ({states}))",
    "draft TEXT",
    "file TEXT",
    "starts_at BIGINT",
    "ends_at BIGINT",
    "ended_at BIGINT",
    "budget_points BIGINT",
)


END_FORMER = """
    UPDATE campaign SET state = 'ended', ended_at = created_at
    WHERE id NOT IN (SELECT campaign_id FROM shop WHERE campaign_id IS NOT NULL)
"""


def upgrade() -> None:
    """The shop's campaign runs on and is the main one; those that had it before have ended."""
    create_picture()
    states = ", ".join(f"'{state}'" for state in STATES)
    for column in COLUMNS:
        op.execute(f"ALTER TABLE campaign ADD COLUMN {column.format(states=states)}")
    op.execute(END_FORMER)
    op.add_column("shop", sa.Column("file_digest", sa.Text()))


def create_picture() -> None:
    """What a campaign shows, by what is in it."""
    op.create_table(
        "picture",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_picture")),
    )
