"""Tables of what members ask people of the shop."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text

from storage.schema.base import Id, metadata, one_of
from storage.ticket import About, SaidState, Shape, Side, TicketState

ticket = Table(
    "ticket",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("about", Text, one_of("about", About), nullable=False),
    Column("state", Text, one_of("state", TicketState), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("taken_by_id", Id, ForeignKey("person.id")),
    Column("due_at", BigInteger),
    Column("look_at", BigInteger),
    Column("answered_at", BigInteger),
    Column("closed_at", BigInteger),
    Column("solved_at", BigInteger),
    Column("topic_id", BigInteger),
    sqlite_autoincrement=True,
)
"""Its number is told to members. What was said in it lies beside it and goes sooner."""
Index("ix_ticket_person_id_id", ticket.c.person_id, ticket.c.id)
Index("ix_ticket_taken_by_id", ticket.c.taken_by_id)
Index("ix_ticket_opened_at", ticket.c.opened_at)
Index("ix_ticket_closed_at", ticket.c.closed_at)

ticket_said = Table(
    "ticket_said",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", Id, ForeignKey("ticket.id"), nullable=False),
    Column("author_id", Id, ForeignKey("person.id")),
    Column("side", Text, one_of("side", Side), nullable=False),
    Column("shape", Text, one_of("shape", Shape), nullable=False),
    Column("words", Text, nullable=False),
    Column("state", Text, one_of("state", SaidState), nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("said_at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
"""In order. `chat_id` and `message_id` are 0 where nobody typed it."""
Index("ix_ticket_said_ticket_id_id", ticket_said.c.ticket_id, ticket_said.c.id)
Index("ix_ticket_said_author_id", ticket_said.c.author_id)
Index("ix_ticket_said_chat_id_message_id", ticket_said.c.chat_id, ticket_said.c.message_id)

ticket_copy = Table(
    "ticket_copy",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("ticket_id", Id, ForeignKey("ticket.id"), nullable=False),
    Column("said_id", Id, ForeignKey("ticket_said.id")),
)
"""Messages of the bot, by which a reply is known to be meant for a ticket and an edit finds what it changes."""
Index("ix_ticket_copy_ticket_id", ticket_copy.c.ticket_id)
Index("ix_ticket_copy_said_id", ticket_copy.c.said_id)

ticket_signer = Table(
    "ticket_signer",
    metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, autoincrement=False),
)
"""Who of the team wants their name below what they answer."""

ticket_template = Table(
    "ticket_template",
    metadata,
    Column("name", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("words", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)
"""The shop's own sentences for answers, beside and in place of the shipped ones."""
