"""What the two sides of a ticket hear of each other, as messages."""

from __future__ import annotations

from telegram import InlineKeyboardMarkup

from bot.messages.keyboards import make_button, stack
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import OutgoingMessage
from bot.messages.texts import Html, Texts
from bot.messages.tickets.buttons import (
    OWN_TICKET,
    TICKET,
    TICKET_CLOSE,
    TICKET_HAND,
    TICKET_NO,
    TICKET_NOTE,
    TICKET_TAKE,
    TICKET_WORDS,
    TICKET_YES,
)
from bot.services.tickets.notices import (
    TicketClosed,
    TicketEdited,
    TicketOpened,
    TicketPassed,
    TicketSolved,
    TicketTaken,
    TicketTopicShut,
    TicketUnsent,
    TicketWaits,
)
from storage.ticket import Shape, TicketId


def compose_desk_keyboard(texts: Texts, ticket: TicketId, *, private: bool) -> InlineKeyboardMarkup:
    """What the team can do with a ticket; what asks for words of its own is for private chats."""
    last = [make_button(texts, TICKET_NOTE, ticket)] if private else []
    return stack(
        [make_button(texts, button, ticket) for button in (TICKET_TAKE, TICKET_WORDS, TICKET_CLOSE)],
        [make_button(texts, TICKET_HAND, ticket), *last],
    )


def _is_private(reader: Reader) -> bool:
    return reader.view.member is not None


def _render_opened(reader: Reader, notice: TicketOpened) -> OutgoingMessage:
    texts = reader.texts
    name = reader.show(notice.person)
    lines = [texts.say("ticket.again" if notice.again else "ticket.new", number=str(notice.ticket), name=name)]
    lines.append(texts.say(f"ticket.about.{notice.about}"))
    if notice.due:
        lines.append(texts.say("ticket.due", moment=texts.moment(notice.due, reader.shop.zone)))
    lines.append(texts.say("ticket.reply", name=name))
    keyboard = compose_desk_keyboard(texts, notice.ticket, private=_is_private(reader))
    return OutgoingMessage(text=Html("\n".join(lines)), keyboard=keyboard)


def _thread_keyboard(texts: Texts, ticket: TicketId, *, to_staff: bool) -> InlineKeyboardMarkup:
    label = texts.plain("ticket.number", number=str(ticket))
    return stack([make_button(texts, TICKET if to_staff else OWN_TICKET, ticket, label=label)])


def _render_passed(reader: Reader, notice: TicketPassed) -> list[OutgoingMessage]:
    texts = reader.texts
    keyboard = _thread_keyboard(texts, notice.ticket, to_staff=notice.to_staff)
    if notice.source:
        where = {"from_chat_id": str(notice.from_chat), "message_id": str(notice.source)}
        copied = OutgoingMessage(method="copyMessage", formatting=where, keyboard=keyboard)
    else:
        copied = OutgoingMessage(text=notice.words, formatting={}, keyboard=keyboard)
    signed = [OutgoingMessage(text=texts.say("ticket.signed", name=notice.signed))] if notice.signed else []
    return [*signed, copied]


def _render_edited(reader: Reader, notice: TicketEdited) -> OutgoingMessage:
    keyboard = _thread_keyboard(reader.texts, notice.ticket, to_staff=notice.to_staff)
    is_text = notice.shape is Shape.TEXT
    name, entities = ("text", "entities") if is_text else ("caption", "caption_entities")
    said: dict[str, str | bool] = {"message_id": str(notice.message), name: notice.words}
    if notice.entities:
        said[entities] = notice.entities
    method = "editMessageText" if is_text else "editMessageCaption"
    return OutgoingMessage(method=method, formatting=said, keyboard=keyboard)


def _render_unsent(reader: Reader, notice: TicketUnsent) -> OutgoingMessage:
    key = "ticket.blocked" if notice.blocked and notice.to_staff else "ticket.unsent"
    keyboard = _thread_keyboard(reader.texts, notice.ticket, to_staff=notice.to_staff)
    return OutgoingMessage(text=reader.texts.say(key, number=str(notice.ticket)), keyboard=keyboard)


def _render_closed(reader: Reader, notice: TicketClosed) -> OutgoingMessage:
    texts = reader.texts
    answers = [make_button(texts, button, notice.ticket) for button in (TICKET_YES, TICKET_NO)]
    return OutgoingMessage(text=texts.say("ticket.closed", number=str(notice.ticket)), keyboard=stack(answers))


def _render_solved(reader: Reader, notice: TicketSolved) -> OutgoingMessage:
    name = reader.show(notice.person, first=True)
    return OutgoingMessage(text=reader.texts.say("ticket.solved", number=str(notice.ticket), name=name))


def _render_taken(reader: Reader, notice: TicketTaken) -> OutgoingMessage:
    texts = reader.texts
    mine = reader.view.member is not None and reader.view.member.id == notice.by
    said = texts.say(
        "ticket.handed" if mine else "ticket.taken",
        number=str(notice.ticket),
        name=reader.show(notice.person),
        by=reader.show(notice.by, first=True),
    )
    keyboard = compose_desk_keyboard(texts, notice.ticket, private=_is_private(reader)) if mine else None
    return OutgoingMessage(text=said, keyboard=keyboard)


def _render_waits(reader: Reader, notice: TicketWaits) -> OutgoingMessage:
    texts = reader.texts
    said = texts.say(
        "ticket.late" if notice.late else "ticket.soon",
        number=str(notice.ticket),
        name=reader.show(notice.person, first=True),
        moment=texts.moment(notice.due, reader.shop.zone),
    )
    return OutgoingMessage(text=said, keyboard=compose_desk_keyboard(texts, notice.ticket, private=_is_private(reader)))


def _render_topic_shut(_reader: Reader, notice: TicketTopicShut) -> OutgoingMessage:
    return OutgoingMessage(method="closeForumTopic" if notice.shut else "reopenForumTopic", formatting={})


NOTICES: Renderers = {
    TicketOpened: each(_render_opened),
    TicketPassed: each(_render_passed),
    TicketEdited: each(_render_edited),
    TicketUnsent: each(_render_unsent),
    TicketClosed: each(_render_closed),
    TicketSolved: each(_render_solved),
    TicketTaken: each(_render_taken),
    TicketWaits: each(_render_waits),
    TicketTopicShut: each(_render_topic_shut),
}
