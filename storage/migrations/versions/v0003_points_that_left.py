"""An index of what left people's accounts, in place of one that was nearly all about the house."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Every reward leaves the house: planners that had counted that took the old index for useless and read everything."""
    op.drop_index("ix_ledger_debit_id_id", "ledger")
    left = sa.text("debit_id != 1")
    op.create_index(
        "ix_ledger_debit_id_id",
        "ledger",
        ["debit_id", sa.text("id DESC")],
        sqlite_where=left,
        postgresql_where=left,
    )
