"""What somebody says to a ticket, read from their message."""

from __future__ import annotations

from telegram import Update

from bot.core.tickets import parse_said
from bot.handlers.deps import Context
from bot.messages.texts import Texts
from bot.messages.tickets.screens import render_unfit
from bot.services.members import open_home
from bot.updates.context import visitor_of
from storage.ticket import Said


async def take_said(update: Update, context: Context) -> Said | None:
    """What the message says; None where it is nothing that can be passed on, which they are told."""
    message = update.effective_message
    said = parse_said(message.to_dict()) if message is not None else None
    if said is None:
        member = await context.read(open_home, visitor=visitor_of(update))
        await context.deliver(render_unfit(Texts(member.language)))
    return said
