"""Menu, language, help, privacy, and a pointer for whatever else is typed."""

from __future__ import annotations

from bot.core.roles import EVERYBODY
from bot.handlers import guide
from bot.messages.buttons import LANGUAGE, MENU, SET_LANGUAGE
from bot.messages.commands import Command
from bot.messages.guide import NOTICES
from bot.updates.capability import Capability

CAPABILITY = Capability(
    name="guide",
    roles=EVERYBODY,
    commands={
        Command(name="language", text="command.language", place=90): guide.on_language,
        Command(name="help", text="command.help", place=100, in_help=False): guide.on_help,
    },
    buttons={MENU: guide.on_menu, LANGUAGE: guide.on_language, SET_LANGUAGE: guide.on_set_language},
    notices=NOTICES,
)
