"""Tickets as the team sees them."""

from __future__ import annotations

from bot.core.tickets import is_late
from bot.messages.buttons import FLOW_CANCEL, MENU
from bot.messages.keyboards import Row, make_button, page_row, stack, tap_row
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, show_name, show_plain_name
from bot.messages.tickets.buttons import (
    TICKET,
    TICKET_CLOSE,
    TICKET_HAND_TO,
    TICKET_SIGN,
    TICKETS,
)
from bot.messages.tickets.notices import compose_desk_keyboard
from bot.messages.tickets.screens import say_line
from bot.services.tickets.desk import PAGE, Colleagues, DeskView
from bot.services.tickets.tickets import TicketView
from storage.ticket import SaidRow, Side, TicketState

_NAME_LIMIT = 24


def render_desk(texts: Texts, shop: Shop, view: DeskView) -> OutgoingMessage:
    """Everything that waits, most pressing first."""
    if not view.waiting:
        text = texts.say("ticket.desk_empty")
        return OutgoingMessage(text=text, keyboard=stack(_sign_row(texts, view), tap_row(texts, MENU)))
    lines = [texts.say("ticket.desk", count=view.waiting), Html("")]
    rows = []
    for ticket, name in view.tickets:
        shown = show_name(texts, name, first=True, limit=_NAME_LIMIT)
        state = texts.say(f"ticket.state.{ticket.state}")
        due = f" · {texts.moment(ticket.due_at, shop.zone)}" if ticket.due_at is not None else ""
        late = f" · <b>{texts.say('ticket.overdue')}</b>" if is_late(ticket, view.now) else ""
        lines.append(Html(f"<b>{ticket.id}</b> {shown} · {state}{due}{late}"))
        plain = show_plain_name(texts, name, first=True, limit=_NAME_LIMIT)
        rows.append([make_button(texts, TICKET, ticket.id, label=f"{ticket.id} · {plain}")])
    pages = -(-view.waiting // PAGE)
    paging = page_row(texts, TICKETS, view.page, pages)
    return OutgoingMessage(text=Html("\n".join(lines)), keyboard=stack(*rows, paging, _sign_row(texts, view)))


def _sign_row(texts: Texts, view: DeskView) -> Row:
    label = texts.plain("ticket.unsign" if view.signs else "ticket.sign")
    return [make_button(texts, TICKET_SIGN, int(not view.signs), label=label)]


def render_ticket(texts: Texts, shop: Shop, view: TicketView, *, private: bool) -> OutgoingMessage:
    """One ticket, with what was said last and what can be done."""
    ticket = view.ticket
    name = show_name(texts, view.name, first=True, limit=_NAME_LIMIT)
    head = [texts.say("ticket.of", number=str(ticket.id), name=name)]
    head.append(texts.say(f"ticket.state.{'solved' if ticket.solved_at is not None else ticket.state}"))
    if view.taken_by:
        head.append(show_name(texts, view.taken_by, limit=_NAME_LIMIT))
    lines = [Html(" · ".join(head)), texts.say(f"ticket.about.{ticket.about}")]
    if ticket.due_at is not None:
        lines.append(texts.say("ticket.due", moment=texts.moment(ticket.due_at, shop.zone)))
    lines.append(Html(""))
    lines += [say_line(texts, each, _say_side(texts, each, name)) for each in view.said]
    if ticket.state is TicketState.CLOSED:
        return OutgoingMessage(text=Html("\n".join(lines)), keyboard=stack(tap_row(texts, TICKETS)))
    keyboard = compose_desk_keyboard(texts, ticket.id, private=private)
    return OutgoingMessage(text=Html("\n".join(lines)), keyboard=keyboard)


def _say_side(texts: Texts, row: SaidRow, name: Html) -> Html:
    if row.side is Side.MEMBER:
        return name
    return texts.say("ticket.note_line" if row.side is Side.NOTE else "ticket.we")


def render_answered(texts: Texts, view: TicketView) -> OutgoingMessage:
    """The answer is on its way."""
    text = texts.say("ticket.passed", name=show_name(texts, view.name), number=str(view.ticket.id))
    close = [make_button(texts, TICKET_CLOSE, view.ticket.id)] if view.ticket.state is not TicketState.CLOSED else []
    return OutgoingMessage(text=text, keyboard=stack(close) if close else None)


def render_colleagues(texts: Texts, view: Colleagues) -> OutgoingMessage:
    """To whom?"""
    number = view.ticket.id
    back = [make_button(texts, TICKET, number, label=texts.plain("button.back"))]
    if not view.people:
        return OutgoingMessage(text=texts.say("ticket.nobody"), keyboard=stack(back))
    rows = [
        [make_button(texts, TICKET_HAND_TO, number, person_id, label=show_plain_name(texts, name, first=True))]
        for person_id, name in view.people
    ]
    return OutgoingMessage(text=texts.say("ticket.to_whom", number=str(number)), keyboard=stack(*rows, back))


def render_note_asked(texts: Texts, view: TicketView, flow: str) -> OutgoingMessage:
    """Words that only the team reads."""
    text = texts.say("ticket.ask_note", number=str(view.ticket.id))
    return OutgoingMessage(text=text, keyboard=stack([make_button(texts, FLOW_CANCEL, flow)]))


def render_no_ticket(texts: Texts) -> OutgoingMessage:
    """There is no such ticket."""
    return OutgoingMessage(text=texts.say("ticket.none"), keyboard=stack(tap_row(texts, TICKETS)))


def render_not_yours(texts: Texts) -> OutgoingMessage:
    """A reply of somebody who is not of the team."""
    return OutgoingMessage(text=texts.say("ticket.not_yours"))


def render_replaced(texts: Texts) -> OutgoingMessage:
    """A file cannot change in a copy: it was sent once more."""
    return OutgoingMessage(text=texts.say("ticket.no_edit"))
