"""Ready sentences: looked at, filled in and sent, and said in the shop's own words."""

from __future__ import annotations

from functools import partial

from telegram import Update

from bot.core.tickets import MOST_TEMPLATE_WORDS, TEMPLATE_NAME
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.handlers.tickets.desk import is_private, show_answered, show_thread, show_ticket
from bot.messages.texts import Texts
from bot.messages.tickets.templates import (
    render_ask_name,
    render_ask_words,
    render_bad_name,
    render_filled,
    render_full,
    render_template,
    render_templates,
    say_template,
)
from bot.services.members import open_home
from bot.services.tickets import desk, templates
from bot.updates.context import visitor_of
from bot.updates.flows import Flow, Step
from storage.conversation import Conversation
from storage.ticket import Said, TicketId


async def on_templates(update: Update, context: Context) -> None:
    """All of them."""
    view = await context.read(templates.list_all, visitor=visitor_of(update))
    await show(update, context, render_templates(Texts(view.member.language), view))


async def on_template(update: Update, context: Context, name: str) -> None:
    """One of them."""
    view = await context.read(templates.view, visitor=visitor_of(update), name=name)
    if view is None:
        await on_templates(update, context)
    else:
        await show(update, context, render_template(Texts(view.member.language), context.deps.shop, view))


async def on_ticket_templates(update: Update, context: Context, ticket: int) -> None:
    """What can be said in a ticket with a tap."""
    view = await context.read(templates.list_all, visitor=visitor_of(update), ticket_id=TicketId(ticket))
    if view.ticket is None:
        await show_ticket(update, context, None)
    else:
        await show_thread(update, context, render_templates(Texts(view.member.language), view), view.ticket.id)


async def on_fill(update: Update, context: Context, ticket: int, name: str) -> None:
    """One of them, filled in."""
    visitor, ticket_id = visitor_of(update), TicketId(ticket)
    view = await context.read(templates.view, visitor=visitor, name=name, ticket_id=ticket_id)
    if view is None:
        await show_ticket(update, context, None)
        return
    private = is_private(update)
    screen = render_filled(Texts(view.member.language), context.deps.shop, view, private=private)
    await show_thread(update, context, screen, ticket_id)
    if private:
        await context.write(desk.ask, visitor=visitor, ticket_id=ticket_id, flow=desk.ANSWER)


async def on_send(update: Update, context: Context, ticket: int, name: str) -> None:
    """It is sent as it stands."""
    visitor, ticket_id = visitor_of(update), TicketId(ticket)
    view = await context.read(templates.view, visitor=visitor, name=name, ticket_id=ticket_id)
    if view is None:
        await show_ticket(update, context, None)
        return
    words = say_template(context.deps.shop, view, view.reader_language, view.reader)
    answer = partial(desk.answer, ticket_id=ticket_id, said=Said(words=words))
    await show_answered(update, context, await context.write(answer, visitor=visitor))


async def on_edit(update: Update, context: Context, name: str, language: str) -> None:
    """Ask for the shop's own words."""
    visitor = visitor_of(update)
    view = await context.read(templates.list_all, visitor=visitor)
    await context.deliver(render_ask_words(Texts(view.member.language), name, language))
    await context.write(templates.ask_words, visitor=visitor, name=name, language=language)


async def on_new(update: Update, context: Context) -> None:
    """Ask for a name."""
    member = await context.read(open_home, visitor=visitor_of(update))
    await context.deliver(render_ask_name(Texts(member.language)))
    await context.write(templates.ask_words, visitor=visitor_of(update), name="", language=member.language)


async def on_name(update: Update, context: Context, asked: Conversation) -> None:
    """It is called so; ask for its words."""
    visitor, said = visitor_of(update), _read(update)
    member = await context.read(open_home, visitor=visitor)
    texts, language = Texts(member.language), str(asked.data["language"])
    if not TEMPLATE_NAME.fullmatch(said):
        await context.deliver(render_bad_name(texts))
        return
    await context.deliver(render_ask_words(texts, said, language))
    await context.write(templates.ask_words, visitor=visitor, name=said, language=language)


async def on_words(update: Update, context: Context, asked: Conversation) -> None:
    """It says this from now on."""
    visitor, words = visitor_of(update), _read(update)
    name, language = str(asked.data["name"]), str(asked.data["language"])
    member = await context.read(open_home, visitor=visitor)
    if not words or len(words) > MOST_TEMPLATE_WORDS:
        await context.deliver(render_ask_words(Texts(member.language), name, language))
        return
    keep = partial(templates.set_words, name=name, language=language, words=words)
    view = await context.write(keep, visitor=visitor)
    texts, shop = Texts(member.language), context.deps.shop
    await context.deliver(render_full(texts) if view is None else render_template(texts, shop, view))


async def on_drop(update: Update, context: Context, name: str) -> None:
    """The shop's own words go."""
    view = await context.write(templates.drop, visitor=visitor_of(update), name=name)
    await show(update, context, render_templates(Texts(view.member.language), view))


def _read(update: Update) -> str:
    message = update.effective_message
    return (message.text or "").strip() if message is not None else ""


WRITING = Flow(
    name=templates.WRITING,
    steps=[Step(name="name", on_answer=on_name), Step(name="words", on_answer=on_words)],
)
