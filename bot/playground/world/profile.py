"""What the bot says of itself: name, descriptions, commands, by language and scope."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.playground.world.chats import Chat
from bot.playground.world.cleaning import clean_label
from bot.playground.world.errors import bad_request
from bot.playground.world.people import Person

MAX_COMMANDS = 100
MAX_DESCRIPTION = 256
LIMITS = {"name": 64, "description": 512, "short_description": 120}
"""Characters."""

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}|")

Command = dict[str, str]
Scope = tuple[Any, ...]


@dataclass(slots=True)
class Profile:
    """Texts and commands; a language without its own falls back to the empty one."""

    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    commands: dict[tuple[Scope, str], list[Command]] = field(default_factory=dict)

    def set_text(self, what: str, text: str, language: str) -> None:
        """Keep the name, description or short_description in a language; empty takes it away."""
        _check_language(language)
        text = clean_label(text)
        if len(text) > LIMITS[what]:
            raise bad_request(f"bot {what.replace('_', ' ')} is too long")
        self.texts[what, language] = text

    def get_text(self, what: str, language: str) -> str:
        """Return the text in a language, else the one for all."""
        return self.texts.get((what, language)) or self.texts.get((what, ""), "")

    def set_commands(self, commands: Sequence[Command], scope: Scope, language: str) -> None:
        """Keep the menu of a scope in a language."""
        _check_language(language)
        if len(commands) > MAX_COMMANDS:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        self.commands[scope, language] = [_check_command(command) for command in commands]

    def get_commands(self, scope: Scope, language: str) -> list[Command]:
        """Return exactly what was set for a scope and a language."""
        _check_language(language)
        return self.commands.get((scope, language), [])

    def delete_commands(self, scope: Scope, language: str) -> None:
        """Forget the menu of a scope in a language."""
        _check_language(language)
        self.commands.pop((scope, language), None)

    def list_commands(self, chat: Chat, person: Person) -> list[Command]:
        """Return the menu a person sees in a chat: the narrowest scope that has one."""
        for scope in _list_scopes(chat, person):
            for language in (person.language_code[:2], ""):
                if found := self.commands.get((scope, language)):
                    return found
        return []


def read_scope(scope: Mapping[str, Any] | None) -> Scope:
    """Return a BotCommandScope as a key."""
    if not scope:
        return ("default",)
    return tuple(str(scope[key]) for key in ("type", "chat_id", "user_id") if key in scope)


def _list_scopes(chat: Chat, person: Person) -> list[Scope]:
    here = str(chat.id)
    if chat.is_private:
        return [("chat", here), ("all_private_chats",), ("default",)]
    member = chat.find_member(person)
    by_admin: list[Scope] = [("chat_administrators", here)] if member and member.is_admin else []
    all_admin: list[Scope] = [("all_chat_administrators",)] if by_admin else []
    personal: Scope = ("chat_member", here, str(person.id))
    return [personal, *by_admin, ("chat", here), *all_admin, ("all_group_chats",), ("default",)]


def _check_language(language: str) -> None:
    if not _LANGUAGE.fullmatch(language):
        raise bad_request("LANG_CODE_INVALID")


def _check_command(command: Command) -> Command:
    name, description = (clean_label(command[key]).strip() for key in ("command", "description"))
    name = name.removeprefix("/")
    if not name:
        raise bad_request("command must be non-empty")
    if len(name) > 32:
        raise bad_request("command length must not exceed 32")
    if not description:
        raise bad_request("command description must be non-empty")
    if len(description) > MAX_DESCRIPTION:
        raise bad_request(f"command description length must not exceed {MAX_DESCRIPTION}")
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    return {"command": name, "description": description}
