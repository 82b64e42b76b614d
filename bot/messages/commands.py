"""The commands that Telegram's menu offers, in every language."""

from __future__ import annotations

from telegram import BotCommand

from bot.messages.texts import Texts

COMMANDS = {
    "share": "command.share",
    "invites": "command.invites",
    "rewards": "command.rewards",
    "top": "command.top",
    "qr": "command.qr",
    "print": "print.command",
    "spoken": "spoken.command",
    "start": "command.start",
    "language": "command.language",
    "help": "command.help",
    "privacy": "command.privacy",
}
"""Everybody's commands in the order of the menu, with the keys of their descriptions."""

COMMUNITY_COMMANDS = {"community": "community.command"}
"""Everybody's, where there is a community chat."""

ADMIN_COMMANDS = {"broadcast": "command.broadcast", "stats": "command.stats"}
"""For anybody else these do not exist."""


def list_commands(texts: Texts, *, admin: bool = False, community: bool = False) -> list[BotCommand]:
    """What `setMyCommands` is given for one language, and for an admin's chat."""
    everybodys = COMMANDS | COMMUNITY_COMMANDS if community else COMMANDS
    offered = ADMIN_COMMANDS | everybodys if admin else everybodys
    return [BotCommand(name, texts.plain(key)) for name, key in offered.items()]
