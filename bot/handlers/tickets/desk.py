"""The team sees what members ask, takes it, hands it over, notes, answers with a tap, and closes it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from telegram import Update
from telegram.constants import ChatType

from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.handlers.tickets.saying import take_said
from bot.messages.outgoing import OutgoingMessage
from bot.messages.texts import Texts
from bot.messages.tickets.desk import (
    render_answered,
    render_colleagues,
    render_desk,
    render_no_ticket,
    render_note_asked,
    render_ticket,
)
from bot.services.members import open_home
from bot.services.notices import Thread
from bot.services.tickets import desk
from bot.services.tickets.desk import ANSWER, NOTE
from bot.services.tickets.passing import note_arrived
from bot.services.tickets.tickets import TicketView
from bot.updates.context import visitor_of
from bot.updates.flows import ANYTHING, Flow, Step
from storage.conversation import Conversation
from storage.records import PersonId
from storage.ticket import TicketId

Service = Callable[..., TicketView | None]


def is_private(update: Update) -> bool:
    """Whether this is somebody's own chat, and not the team's group."""
    chat = update.effective_chat
    return chat is not None and chat.type == ChatType.PRIVATE


async def on_tickets(update: Update, context: Context, page: int = 0) -> None:
    """Everything that waits."""
    view = await context.read(desk.list_desk, visitor=visitor_of(update), page=page)
    await show(update, context, render_desk(Texts(view.member.language), context.deps.shop, view))


async def on_ticket(update: Update, context: Context, ticket: int) -> None:
    """One of them."""
    view = await context.read(desk.view, visitor=visitor_of(update), ticket_id=TicketId(ticket))
    await show_ticket(update, context, view)


async def on_take(update: Update, context: Context, ticket: int) -> None:
    """It is mine."""
    await _do(update, context, partial(desk.take, ticket_id=TicketId(ticket)))


async def on_hand(update: Update, context: Context, ticket: int) -> None:
    """To whom?"""
    view = await context.read(desk.list_colleagues, visitor=visitor_of(update), ticket_id=TicketId(ticket))
    if view is None:
        await show_ticket(update, context, None)
    else:
        await show(update, context, render_colleagues(Texts(view.member.language), view))


async def on_hand_to(update: Update, context: Context, ticket: int, person: int) -> None:
    """It is theirs."""
    await _do(update, context, partial(desk.hand, ticket_id=TicketId(ticket), person_id=PersonId(person)))


async def on_close(update: Update, context: Context, ticket: int) -> None:
    """It is done; the member says whether that is so."""
    await _do(update, context, partial(desk.close, ticket_id=TicketId(ticket)))


async def on_note(update: Update, context: Context, ticket: int) -> None:
    """Ask for words that only the team reads."""
    visitor, ticket_id = visitor_of(update), TicketId(ticket)
    view = await context.read(desk.view, visitor=visitor, ticket_id=ticket_id)
    if view is None:
        await show_ticket(update, context, None)
        return
    await context.deliver(render_note_asked(Texts(view.member.language), view, desk.NOTE))
    await context.write(desk.ask, visitor=visitor, ticket_id=ticket_id, flow=desk.NOTE)


async def on_note_words(update: Update, context: Context, asked: Conversation) -> None:
    """They are written down."""
    message = update.effective_message
    words = (message.text or "").strip() if message is not None else ""
    note = partial(desk.note, ticket_id=TicketId(asked.data["ticket"]), words=words)
    await show_ticket(update, context, await context.write(note, visitor=visitor_of(update)))


async def on_answer_words(update: Update, context: Context, asked: Conversation) -> None:
    """Other words than those of a template."""
    said = await take_said(update, context)
    if said is None:
        return
    answer = partial(desk.answer, ticket_id=TicketId(asked.data["ticket"]), said=said)
    await show_answered(update, context, await context.write(answer, visitor=visitor_of(update)))


async def on_sign(update: Update, context: Context, signed: int) -> None:
    """With my name or without."""
    view = await context.write(desk.set_signs, visitor=visitor_of(update), signs=bool(signed))
    await show(update, context, render_desk(Texts(view.member.language), context.deps.shop, view))


async def _do(update: Update, context: Context, service: Service) -> None:
    await show_ticket(update, context, await context.write(service, visitor=visitor_of(update)))


async def show_ticket(update: Update, context: Context, view: TicketView | None) -> None:
    """One ticket, as the team sees it."""
    if view is None:
        await _show_none(update, context)
        return
    texts = Texts(view.member.language)
    screen = render_ticket(texts, context.deps.shop, view, private=is_private(update))
    await show_thread(update, context, screen, view.ticket.id)


async def show_answered(update: Update, context: Context, view: TicketView | None) -> None:
    """The answer is on its way."""
    if view is None:
        await _show_none(update, context)
    else:
        await show(update, context, render_answered(Texts(view.member.language), view))


async def show_thread(update: Update, context: Context, screen: OutgoingMessage, ticket_id: TicketId) -> None:
    """Show something of a ticket, so that a reply to it is meant for that ticket."""
    query, store = update.callback_query, context.bot_data.store
    if query is not None and query.message is not None:
        at = query.message
        await store.write(note_arrived, Thread(ticket_id), at.chat.id, at.message_id)
        await show(update, context, screen)
        return
    sent = await context.deliver(screen)
    await store.write(note_arrived, Thread(ticket_id), context.attempt.chat_id, int(sent["message_id"]))


async def _show_none(update: Update, context: Context) -> None:
    member = await context.read(open_home, visitor=visitor_of(update))
    await show(update, context, render_no_ticket(Texts(member.language)))


ANSWERING = Flow(name=ANSWER, steps=[Step(name="words", takes=ANYTHING, on_answer=on_answer_words)])

NOTING = Flow(name=NOTE, steps=[Step(name="words", on_answer=on_note_words)])
