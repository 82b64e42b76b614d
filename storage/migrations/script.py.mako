"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
additive = False  # True: programs of the version before go on working in this shape (CONTRIBUTING.md)


def upgrade() -> None:
    """Apply this step."""
    ${upgrades if upgrades else "pass"}
