"""The buttons of tickets, declared once."""

from __future__ import annotations

from bot.core.roles import EVERYBODY, MANAGERS, TEAM
from bot.messages.buttons import FLAG, ID, PAGE, Button, Key, Place
from bot.messages.keyboards import Row, make_button
from bot.messages.texts import Texts

SUPPORT = Button("support", "ticket.wrong", roles=EVERYBODY, about=Key(10, default="asked"))
"""Something is wrong; what, is what the screen is about."""
COMPLAINT = Button("complaint", "ticket.complaint", roles=EVERYBODY, update=ID)
"""What was typed and not understood is meant for a person."""
OWN_TICKETS = Button("own_tickets", "ticket.own", roles=EVERYBODY)
OWN_TICKET = Button("own_ticket", roles=EVERYBODY, ticket=ID)
TICKET_MORE = Button("ticket_more", "ticket.more", roles=EVERYBODY, ticket=ID)
TICKET_YES = Button("ticket_yes", "ticket.yes", roles=EVERYBODY, ticket=ID)
TICKET_NO = Button("ticket_no", "ticket.no", roles=EVERYBODY, ticket=ID)

TICKETS = Button("tickets", "ticket.all", roles=TEAM, place=Place.DESK, page=PAGE)
TICKET = Button("ticket", "ticket.open", roles=TEAM, place=Place.DESK, ticket=ID)
TICKET_TAKE = Button("ticket_take", "ticket.take", roles=TEAM, place=Place.DESK, ticket=ID)
TICKET_HAND = Button("ticket_hand", "ticket.hand", roles=TEAM, place=Place.DESK, ticket=ID)
TICKET_HAND_TO = Button("ticket_hand_to", roles=TEAM, place=Place.DESK, ticket=ID, person=ID)
TICKET_CLOSE = Button("ticket_close", "ticket.close", roles=TEAM, place=Place.DESK, ticket=ID)
TICKET_NOTE = Button("ticket_note", "ticket.note", roles=TEAM, ticket=ID)
TICKET_WORDS = Button("ticket_words", "ticket.templates", roles=TEAM, place=Place.DESK, ticket=ID)
TICKET_FILL = Button("ticket_fill", roles=TEAM, place=Place.DESK, ticket=ID, template=Key(20))
TICKET_SEND = Button("ticket_send", "ticket.send", roles=TEAM, place=Place.DESK, ticket=ID, template=Key(20))
TICKET_SIGN = Button("ticket_sign", roles=TEAM, signed=FLAG)
TEMPLATE = Button("template", roles=TEAM, template=Key(20))
TEMPLATES = Button("templates", "ticket.sentences", roles=TEAM)
TEMPLATE_EDIT = Button("template_edit", roles=MANAGERS, template=Key(20), language=Key(12))
TEMPLATE_NEW = Button("template_new", "ticket.new_sentence", roles=MANAGERS)
TEMPLATE_DROP = Button("template_drop", "ticket.drop_sentence", roles=MANAGERS, template=Key(20))


def support_row(texts: Texts, about: str) -> Row:
    """The way to a person, on a screen that tells of something that may be wrong."""
    return [make_button(texts, SUPPORT, about)]
