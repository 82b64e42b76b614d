"""The table of work at the bot's own pace."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from storage.schema.base import metadata

due_job = Table(
    "due_job",
    metadata,
    Column("name", Text, primary_key=True),
    Column("due_at", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("error", Text, nullable=False, server_default=""),
)
"""When each job is due next, and how often in a row it has failed; kept so that a restart neither skips nor hurries."""
