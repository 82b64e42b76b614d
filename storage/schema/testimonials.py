"""Table of what members say of the shop, for all to read."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text

from storage.schema.base import Id, metadata, one_of
from storage.testimonial import TestimonialState

testimonial = Table(
    "testimonial",
    metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, autoincrement=False),
    Column("words", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", Text, one_of("state", TestimonialState), nullable=False),
    Column("headlines", Text, nullable=False, server_default="{}"),
    Column("made_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)
"""One each, by their consent; its row goes when it is taken back. `headlines` is JSON, by language."""
Index("ix_testimonial_state_changed_at", testimonial.c.state, testimonial.c.changed_at)
