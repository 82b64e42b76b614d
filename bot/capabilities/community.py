"""The chat that friends are invited to: a personal link for each member, and who comes and goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.ext import ChatJoinRequestHandler, ChatMemberHandler, MessageHandler, filters

from bot.core.roles import EVERYBODY
from bot.late import late
from bot.messages.buttons import COMMUNITY
from bot.messages.commands import Command
from bot.services.community.notices import AdminWarning
from bot.updates.capability import Capability, Listener

if TYPE_CHECKING:
    from bot.handlers.community import community
    from bot.messages import community as messages
else:
    community = late("bot.handlers.community.community")
    messages = late("bot.messages.community")

CAPABILITY = Capability(
    name="community",
    roles=EVERYBODY,
    commands={
        Command(
            name="community", text="community.command", place=120, is_there=lambda shop: shop.community
        ): community.on_community
    },
    buttons={COMMUNITY: community.on_community},
    notices={AdminWarning: messages.NOTICES[AdminWarning]},
    listeners=[
        Listener(
            update_type="chat_member",
            handler=ChatMemberHandler(community.on_chat_member, ChatMemberHandler.CHAT_MEMBER),
        ),
        Listener(update_type="chat_join_request", handler=ChatJoinRequestHandler(community.on_join_request)),
        Listener(update_type="message", handler=MessageHandler(filters.StatusUpdate.MIGRATE, community.on_migrated)),
    ],
)
