"""What a member asks a person of the shop: the way in, what was asked, and whether it is solved."""

from __future__ import annotations

from telegram import InlineKeyboardButton

from bot.core.names import clean_text
from bot.messages.buttons import FLOW_CANCEL, MENU
from bot.messages.keyboards import make_button, stack, tap_row
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, escape
from bot.messages.tickets.buttons import OWN_TICKET, OWN_TICKETS, TICKET_MORE, TICKET_NO, TICKET_YES
from bot.services.tickets.tickets import TICKET, OwnTickets, TicketView
from storage.ticket import SaidRow, SaidState, Shape, Side, TicketRow, TicketState

_WORDS_LIMIT = 150
"""Characters of one message in a history: the message itself stands in the chat."""
_SHAPES = {
    Shape.TEXT: "ticket.shape.other",
    Shape.PHOTO: "ticket.shape.photo",
    Shape.VOICE: "ticket.shape.voice",
    Shape.DOCUMENT: "ticket.shape.document",
    Shape.OTHER: "ticket.shape.other",
}


def say_state(texts: Texts, ticket: TicketRow) -> Html:
    """Where it stands, for the member."""
    if ticket.state is TicketState.CLOSED:
        return texts.say("ticket.state.solved" if ticket.solved_at is not None else "ticket.state.closed")
    return texts.say(f"ticket.state.{ticket.state}")


def say_line(texts: Texts, row: SaidRow, who: Html) -> Html:
    """Something said, in a history."""
    words = clean_text(row.words, limit=_WORDS_LIMIT)
    shape = [] if row.shape is Shape.TEXT else [texts.say(_SHAPES[row.shape])]
    marks = {SaidState.EDITED: "ticket.edited", SaidState.UNSENT: "ticket.lost"}
    mark = [texts.say(marks[row.state])] if row.state in marks else []
    return Html(f"<b>{who}</b>: {' '.join([*shape, escape(words), *mark]).strip()}")


def render_support(texts: Texts, shop: Shop, view: OwnTickets) -> OutgoingMessage:
    """What is wrong? And what was asked before."""
    promise = texts.say("ticket.promise", count=view.hours)
    lines = [texts.say("ticket.ask", brand=shop.brand(texts.language), promise=promise)]
    own = [[_own_button(texts, each)] for each in view.tickets[:5]]
    if own:
        lines.append(texts.say("ticket.before"))
    done = [make_button(texts, FLOW_CANCEL, TICKET, label=texts.plain("button.cancel"))]
    return OutgoingMessage(text=Html("\n\n".join(lines)), keyboard=stack(*own, done))


def _own_button(texts: Texts, ticket: TicketRow) -> InlineKeyboardButton:
    label = f"{texts.plain('ticket.number', number=str(ticket.id))}: {say_state(texts, ticket)}"
    return make_button(texts, OWN_TICKET, ticket.id, label=label)


def render_said(texts: Texts, shop: Shop, view: TicketView) -> OutgoingMessage:
    """A person will read it, and by when they answer; the next words go there as well."""
    number = view.ticket.id
    if not view.fresh:
        text = texts.say("ticket.added", number=str(number))
    else:
        promise = texts.say("ticket.promise", count=view.hours)
        text = texts.say("ticket.received", number=str(number), brand=shop.brand(texts.language), promise=promise)
    over = [make_button(texts, FLOW_CANCEL, TICKET, label=texts.plain("ticket.enough"))]
    return OutgoingMessage(text=text, keyboard=stack(over))


def render_unfit(texts: Texts) -> OutgoingMessage:
    """Something that cannot be passed on."""
    over = [make_button(texts, FLOW_CANCEL, TICKET)]
    return OutgoingMessage(text=texts.say("ticket.unfit"), keyboard=stack(over))


def render_enough(texts: Texts) -> OutgoingMessage:
    """The dialogue is over; answers come here."""
    return OutgoingMessage(text=texts.say("ticket.over"), keyboard=stack(tap_row(texts, OWN_TICKETS, MENU)))


def render_own(texts: Texts, shop: Shop, view: TicketView) -> OutgoingMessage:
    """One ticket as its member sees it."""
    ticket = view.ticket
    lines = [Html(f"{texts.say('ticket.title', number=str(ticket.id))} · {say_state(texts, ticket)}")]
    if ticket.due_at is not None:
        lines.append(texts.say("ticket.due", moment=texts.moment(ticket.due_at, shop.zone)))
    lines.append(Html(""))
    you, they = texts.say("ticket.you"), escape(shop.brand(texts.language))
    lines += [say_line(texts, each, you if each.side is Side.MEMBER else they) for each in view.said]
    first = [make_button(texts, TICKET_MORE, ticket.id)]
    if ticket.state is TicketState.CLOSED:
        yes = [make_button(texts, TICKET_YES, ticket.id)] if ticket.solved_at is None else []
        first = [*yes, make_button(texts, TICKET_NO, ticket.id)]
    return OutgoingMessage(text=Html("\n".join(lines)), keyboard=stack(first, tap_row(texts, OWN_TICKETS, MENU)))


def render_more(texts: Texts, view: TicketView) -> OutgoingMessage:
    """More words to a ticket are waited for."""
    over = [make_button(texts, FLOW_CANCEL, TICKET)]
    return OutgoingMessage(text=texts.say("ticket.say_more", number=str(view.ticket.id)), keyboard=stack(over))


def render_reopened(texts: Texts, view: TicketView) -> OutgoingMessage:
    """It is open again, before all others."""
    promise = texts.say("ticket.promise", count=view.hours)
    over = [make_button(texts, FLOW_CANCEL, TICKET, label=texts.plain("ticket.enough"))]
    text = texts.say("ticket.reopened", number=str(view.ticket.id), promise=promise)
    return OutgoingMessage(text=text, keyboard=stack(over))


def render_thanks(texts: Texts) -> OutgoingMessage:
    """It is solved; whether a card is offered now is for the moments to ask."""
    return OutgoingMessage(text=texts.say("ticket.glad"), keyboard=stack(tap_row(texts, MENU)))


def render_none(texts: Texts) -> OutgoingMessage:
    """There is no such ticket, or it is another's."""
    return OutgoingMessage(text=texts.say("ticket.none"), keyboard=stack(tap_row(texts, OWN_TICKETS, MENU)))
