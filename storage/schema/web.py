"""Table of who may look at the dashboard in a browser."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Table, Text

from storage.schema.base import Id, metadata, one_of
from storage.web_key import WebKeyKind

web_key = Table(
    "web_key",
    metadata,
    Column("key_hash", Text, primary_key=True),
    Column("kind", Text, one_of("kind", WebKeyKind), nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True),
    Column("expires_at", BigInteger, nullable=False),
)
"""Links into the dashboard, each gone as soon as it was used, and what browsers hold that came by one; themselves kept nowhere."""
