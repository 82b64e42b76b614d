"""A command in a group gets one short answer with the way into the private chat, and no more than one a minute."""

from __future__ import annotations

from telegram.ext import MessageHandler, filters

from bot.core.roles import EVERYBODY
from bot.handlers import groups
from bot.updates.capability import Capability, Listener
from bot.updates.routing import FROM_HUMAN

CAPABILITY = Capability(
    name="groups",
    roles=EVERYBODY,
    listeners=[
        Listener(
            update_type="message",
            handler=MessageHandler(
                filters.ChatType.GROUPS & filters.UpdateType.MESSAGE & FROM_HUMAN & groups.NamesUs(),
                groups.on_group_command,
            ),
        )
    ],
)
