"""Tables of how members say it was, and of what they may be asked next."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, false

from storage.pulse import PulseCause
from storage.schema.base import Id, metadata, one_of

pulse = Table(
    "pulse",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("cause", Text, one_of("cause", PulseCause), nullable=False),
    Column("source", Text, nullable=False, server_default=""),
    Column("asked_at", BigInteger, nullable=False),
    Column("answered_at", BigInteger),
    Column("answer", Integer, CheckConstraint("answer BETWEEN 1 AND 5", name="answer")),
    Column("words", Text, nullable=False, server_default=""),
    CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
    sqlite_autoincrement=True,
)
"""`source` is the way by which the member came, as it was when they were asked; empty for nobody's doing."""
Index("ix_pulse_person_id_id", pulse.c.person_id, pulse.c.id)
Index("ix_pulse_asked_at", pulse.c.asked_at)

asking = Table(
    "asking",
    metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, autoincrement=False),
    Column("pulse_due_at", BigInteger, index=True),
    Column("pulse_cause", Text),
    Column("pulse_asked_at", BigInteger),
    Column("pulse_off", Boolean, nullable=False, server_default=false()),
    Column("answer", Integer),
    Column("displeased_at", BigInteger),
    Column("ask_due_at", BigInteger, index=True),
    Column("ask_cause", Text),
)
"""What a member may be asked next, and when; the moment of the last request to share is `person.nudged_at`."""
