"""Starting the bot, alone or by a member's link."""

from __future__ import annotations

from telegram.ext import ChatMemberHandler

from bot.core.roles import EVERYBODY
from bot.handlers.joining import membership, start
from bot.messages.commands import Command
from bot.messages.joining.notices import NOTICES
from bot.updates.capability import Capability, Listener

CAPABILITY = Capability(
    name="joining",
    roles=EVERYBODY,
    commands={Command(name="start", text="command.start", place=80, in_help=False): start.on_start},
    listeners=[
        Listener(
            update_type="my_chat_member",
            handler=ChatMemberHandler(membership.on_my_chat_member, ChatMemberHandler.MY_CHAT_MEMBER),
        )
    ],
    notices=NOTICES,
)
