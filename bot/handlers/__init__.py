"""What a person can do in the chat: the ordered table of contents."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from telegram import Message
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ChatJoinRequestHandler,
    ChatMemberHandler,
    ChosenInlineResultHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.handlers import broadcasts, guide, spoken, standing, text_router
from bot.handlers.callback_router import on_tap
from bot.handlers.community import community
from bot.handlers.deps import Context
from bot.handlers.joining import membership, start
from bot.handlers.printing import on_print
from bot.handlers.sharing import guest, inline, share
from bot.handlers.stats import stats

UPDATE_TYPES = (
    "message",
    "callback_query",
    "inline_query",
    "chosen_inline_result",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "guest_message",
)
"""Everything the handlers below listen to, and nothing else is asked for."""


class _FromHuman(filters.MessageFilter):
    """A bot account never counts: neither as a member nor as anybody's friend."""

    def filter(self, message: Message) -> bool:
        return message.from_user is not None and not message.from_user.is_bot


_PRIVATE = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE & ~filters.VIA_BOT & _FromHuman()

COMMANDS = {
    "start": start.on_start,
    "share": share.on_share,
    "qr": share.on_qr,
    "print": on_print,
    "spoken": spoken.on_spoken,
    "invites": standing.on_invites,
    "rewards": standing.on_rewards,
    "top": standing.on_top,
    "language": guide.on_language,
    "help": guide.on_help,
    "privacy": guide.on_privacy,
}
"""Everybody's commands."""

COMMUNITY_COMMANDS = {"community": community.on_community}
"""Everybody's, where there is a community chat; elsewhere they get the usual pointer."""

ADMIN_COMMANDS = {"broadcast": broadcasts.on_broadcast, "stats": stats.on_stats}
"""For anybody else these do not exist."""


def list_handlers(admin_ids: Collection[int]) -> list[BaseHandler[Any, Context, Any]]:
    """All handlers; the first that fits an update has it."""
    admins = filters.User(user_id=list(admin_ids), allow_empty=True)
    return [
        *(CommandHandler(name, on_command, _PRIVATE) for name, on_command in (COMMANDS | COMMUNITY_COMMANDS).items()),
        *(CommandHandler(name, on_command, _PRIVATE & admins) for name, on_command in ADMIN_COMMANDS.items()),
        MessageHandler(_PRIVATE & admins & ~filters.COMMAND, broadcasts.on_admin_message),
        MessageHandler(_PRIVATE & ~filters.COMMAND, text_router.on_typed),
        MessageHandler(_PRIVATE, guide.on_anything_else),
        CallbackQueryHandler(on_tap),
        InlineQueryHandler(inline.on_inline_query),
        MessageHandler(filters.UpdateType.GUEST_MESSAGE & _FromHuman(), guest.on_guest_message),
        ChosenInlineResultHandler(inline.on_chosen_inline_result),
        ChatMemberHandler(membership.on_my_chat_member, ChatMemberHandler.MY_CHAT_MEMBER),
        ChatMemberHandler(community.on_chat_member, ChatMemberHandler.CHAT_MEMBER),
        ChatJoinRequestHandler(community.on_join_request),
        MessageHandler(filters.StatusUpdate.MIGRATE, community.on_migrated),
    ]
