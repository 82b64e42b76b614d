"""A reply to one of the bot's messages is meant for the ticket that it belongs to; an edit follows what was said."""

from __future__ import annotations

import asyncio
import json
from functools import partial

from telegram import Message, Update
from telegram.ext import MessageHandler, filters

from bot.core.tickets import parse_said
from bot.handlers.deps import Context
from bot.handlers.tickets.desk import show_answered
from bot.handlers.tickets.saying import take_said
from bot.messages.buttons import split_data
from bot.messages.texts import Texts
from bot.messages.tickets.buttons import OWN_TICKET, TICKET, TICKET_NO, TICKET_TAKE
from bot.messages.tickets.desk import render_not_yours, render_replaced
from bot.messages.tickets.screens import render_said
from bot.services.members import NotAllowed, open_home
from bot.services.tickets.desk import Replied, adopt, belongs, reply
from bot.services.tickets.passing import Edited, is_said, pass_edit
from bot.updates.capability import Listener
from bot.updates.context import visitor_of
from bot.updates.routing import FROM_HUMAN
from storage.ticket import Said, TicketId

FRESH_SECONDS = 5.0
LOOKS, LOOK_SECONDS = 4, 0.1
"""How often it is looked whether a message that was sent just now is known yet."""


async def take_reply(update: Update, context: Context) -> bool:
    """Whether this message answers one of the bot's that belongs to a ticket; then it is passed on."""
    message = update.effective_message
    asked = message.reply_to_message if message is not None else None
    if message is None or asked is None or asked.from_user is None or asked.from_user.id != context.bot.id:
        return False
    if not await _belongs(context, message, asked):
        return False
    said = await take_said(update, context)
    if said is not None:
        await _reply(update, context, asked.message_id, said)
    return True


async def _belongs(context: Context, message: Message, asked: Message) -> bool:
    """Whether that is one of a ticket; whoever answers at once may be quicker than what is written down of it."""
    at = {"chat_id": message.chat.id, "message_id": asked.message_id}
    looks = LOOKS if (message.date - asked.date).total_seconds() < FRESH_SECONDS else 1
    for look in range(looks):
        if look:
            await asyncio.sleep(LOOK_SECONDS)
        if await context.read(belongs, **at):
            return True
    number = find_ticket(asked)
    return number is not None and await context.bot_data.store.write(adopt, ticket_id=number, **at)


def find_ticket(asked: Message) -> TicketId | None:
    """The ticket that a message's buttons are about, where a death came between sending it and writing it down."""
    rows = asked.reply_markup.inline_keyboard if asked.reply_markup is not None else ()
    for button in (button for row in rows for button in row):
        name, words = split_data(str(button.callback_data or ""))
        if name in _ABOUT_ONE and words and words[0].isdecimal():
            return TicketId(int(words[0]))
    return None


_ABOUT_ONE = {each.name for each in (OWN_TICKET, TICKET, TICKET_TAKE, TICKET_NO)}


async def _reply(update: Update, context: Context, message_id: int, said: Said) -> None:
    pass_on = partial(reply, chat_id=said.chat_id, message_id=message_id, said=said)
    found = await context.write(pass_on, visitor=visitor_of(update))
    if found is None:
        return
    replied, view = found
    if replied is Replied.NOT_YOURS or view is None:
        member = await context.read(open_home, visitor=visitor_of(update))
        await context.deliver(render_not_yours(Texts(member.language)))
    elif replied is Replied.ANSWERED:
        await show_answered(update, context, view)
    else:
        await context.deliver(render_said(Texts(view.member.language), context.deps.shop, view))


async def follow_edit(update: Update, context: Context) -> bool:
    """Whether a message that was changed stands in a ticket; then its copies change."""
    message = update.effective_message
    if message is None or not await context.read(is_said, chat_id=message.chat.id, message_id=message.message_id):
        return False
    said = parse_said(message.to_dict())
    if said is not None:
        change = partial(pass_edit, said=said, entities=_write_entities(message))
        try:
            edited = await context.write(change, visitor=visitor_of(update))
        except NotAllowed:
            return True  # what somebody has said for the team stays as it was once they have left it
        if edited is Edited.REPLACED:
            member = await context.read(open_home, visitor=visitor_of(update))
            await context.deliver(render_replaced(Texts(member.language)))
    return True


def _write_entities(message: Message) -> str:
    entities = message.entities or message.caption_entities
    return json.dumps([each.to_dict() for each in entities]) if entities else ""


class _AnswersUs(filters.MessageFilter):
    """A reply to a message of this bot's."""

    def filter(self, message: Message) -> bool:
        asked = message.reply_to_message
        return asked is not None and asked.from_user is not None and asked.from_user.id == message.get_bot().id


_GROUPS = filters.ChatType.GROUPS & FROM_HUMAN

LISTENERS = [
    Listener(
        update_type="message",
        handler=MessageHandler(_GROUPS & filters.UpdateType.MESSAGE & _AnswersUs(), take_reply),
    ),
    Listener(
        update_type="edited_message",
        handler=MessageHandler(_GROUPS & filters.UpdateType.EDITED_MESSAGE, follow_edit),
    ),
]
"""What the team says in its group."""
