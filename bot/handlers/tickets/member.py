"""A member asks a person of the shop, and sees what came of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from telegram import Update

from bot.handlers.deps import Context
from bot.handlers.guide import on_anything_else
from bot.handlers.reply import show
from bot.handlers.tickets.saying import take_said
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.messages.tickets.screens import (
    render_enough,
    render_more,
    render_none,
    render_own,
    render_reopened,
    render_said,
    render_support,
    render_thanks,
)
from bot.services.conversations import leave
from bot.services.members import open_home
from bot.services.tickets import tickets
from bot.services.tickets.tickets import TICKET, WAIT_SECONDS, TicketView
from bot.updates.context import visitor_of
from bot.updates.flows import ANYTHING, Flow, Step
from storage.conversation import Conversation
from storage.records import Seq
from storage.ticket import About, TicketId

Render = Callable[[Texts, Shop, TicketView], OutgoingMessage]


async def on_support(update: Update, context: Context, about: str = About.ASKED) -> None:
    """What is wrong?"""
    visitor = visitor_of(update)
    meant = About(about) if about in set(About) else About.ASKED
    view = await context.read(tickets.view_own, visitor=visitor)
    await context.deliver(render_support(Texts(view.member.language), context.deps.shop, view))
    await context.write(tickets.begin, visitor=visitor, about=meant)


async def on_own_tickets(update: Update, context: Context) -> None:
    """What was asked before, and a way to ask more."""
    await on_support(update, context)


async def on_own_ticket(update: Update, context: Context, ticket: int) -> None:
    """One of them."""
    view = await context.read(tickets.view_one, visitor=visitor_of(update), ticket_id=TicketId(ticket))
    await _show(update, context, view, render_own)


async def on_more(update: Update, context: Context, ticket: int) -> None:
    """More to one of them."""
    visitor, ticket_id = visitor_of(update), TicketId(ticket)
    view = await context.read(tickets.view_one, visitor=visitor, ticket_id=ticket_id)
    await _show(update, context, view, lambda texts, _shop, found: render_more(texts, found), new=True)
    if view is not None:
        await context.write(tickets.begin, visitor=visitor, about=view.ticket.about, ticket_id=ticket_id)


async def on_yes(update: Update, context: Context, ticket: int) -> None:
    """It is solved."""
    view = await context.write(tickets.set_solved, visitor=visitor_of(update), ticket_id=TicketId(ticket))
    await _show(update, context, view, lambda texts, _shop, _found: render_thanks(texts))


async def on_no(update: Update, context: Context, ticket: int) -> None:
    """It is not."""
    view = await context.write(tickets.reopen, visitor=visitor_of(update), ticket_id=TicketId(ticket))
    await _show(update, context, view, lambda texts, _shop, found: render_reopened(texts, found))


async def on_complaint(update: Update, context: Context, seq: int) -> None:
    """What was typed before is for a person."""
    view = await context.write(tickets.complain, visitor=visitor_of(update), seq=Seq(seq))
    if view is None:
        await on_support(update, context, About.COMPLAINT)
    else:
        await _show(update, context, view, render_said)


async def on_words(update: Update, context: Context, asked: Conversation) -> None:
    """Something is said to a ticket."""
    visitor, said = visitor_of(update), await take_said(update, context)
    if said is None:
        return
    number = asked.data.get("ticket")
    say = partial(tickets.say, said=said, about=About(asked.data.get("about", About.ASKED)))
    view = await context.write(say, visitor=visitor, ticket_id=TicketId(number) if number is not None else None)
    await _show(update, context, view, render_said)


async def on_enough(update: Update, context: Context) -> None:
    """Nothing more is to be said."""
    member, was_in = await context.write(leave, visitor=visitor_of(update), flow=tickets.TICKET)
    if was_in:
        await show(update, context, render_enough(Texts(member.language)))
    else:
        await on_anything_else(update, context)


async def _show(
    update: Update, context: Context, view: TicketView | None, render: Render, *, new: bool = False
) -> None:
    if view is None:
        member = await context.read(open_home, visitor=visitor_of(update))
        await show(update, context, render_none(Texts(member.language)))
        return
    screen = render(Texts(view.member.language), context.deps.shop, view)
    await (context.deliver(screen) if new else show(update, context, screen))


FLOW = Flow(
    name=TICKET,
    steps=[Step(name="words", takes=ANYTHING, on_answer=on_words)],
    wait_seconds=WAIT_SECONDS,
    on_cancel=on_enough,
)
