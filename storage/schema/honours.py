"""The table of who has which tier."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Table, Text, false

from storage.schema.base import Id, metadata

honour = Table(
    "honour",
    metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, autoincrement=False),
    Column("tier", Text, nullable=False),
    Column("until_at", BigInteger),
    Column("reached_at", BigInteger, nullable=False),
    Column("tag_owed", Boolean, nullable=False, server_default=false()),
    Column("tag", Text, nullable=False, server_default=""),
)
"""`tier` is the key in the campaign file, empty for who has none any more; it ends by itself at `until_at`.

`tag_owed` while the community chat is to be told; `tag` is what it was told last."""
