"""Somebody blocks the bot, or lets it in again; or a chat changes what it may do there."""

from __future__ import annotations

from telegram import ChatMember, Update

from bot.handlers.community.community import on_own_rights
from bot.handlers.deps import Context
from bot.services.guide import note_blocked
from bot.updates.context import profile_of


async def on_my_chat_member(update: Update, context: Context) -> None:
    """In a private chat Telegram tells this only when the bot is blocked or unblocked."""
    change = update.my_chat_member
    assert change is not None
    if change.chat.type == change.chat.PRIVATE:
        blocked = change.new_chat_member.status == ChatMember.BANNED
        await context.write(note_blocked, visitor=profile_of(change.from_user), blocked=blocked)
    else:
        await on_own_rights(update, context)
