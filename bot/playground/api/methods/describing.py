"""Methods by which the bot says what it is: commands, name, descriptions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.playground.api.checking import Args
from bot.playground.world import World
from bot.playground.world.errors import bad_request
from bot.playground.world.profile import Scope, read_scope

Method = Callable[[World, Args], Any]


def set_my_commands(world: World, args: Args) -> Any:
    """Keep a menu."""
    scope = _find_scope(world, args)
    world.profile.set_commands(args["commands"], scope, args.get("language_code", ""))
    world.emit("chat", about="commands")
    return True


def get_my_commands(world: World, args: Args) -> Any:
    """Return a menu."""
    return world.profile.get_commands(_find_scope(world, args), args.get("language_code", ""))


def delete_my_commands(world: World, args: Args) -> Any:
    """Forget a menu."""
    world.profile.delete_commands(_find_scope(world, args), args.get("language_code", ""))
    return True


def _find_scope(world: World, args: Args) -> Scope:
    """Return the scope of a call, of a chat and a person that the bot knows."""
    scope = args.get("scope") or {}
    if "user_id" in scope:
        world.get_human(scope["user_id"])
    if "chat_id" in scope:
        chat = world.get_chat(scope["chat_id"])
        if chat.is_private and scope["type"] != "chat":
            raise bad_request("can't use specified scope in private chats")
        if chat.kind == "channel":
            raise bad_request("can't change commands in channel chats")
    return read_scope(scope)


def _make_setter(what: str) -> Method:
    def set_text(world: World, args: Args) -> Any:
        world.profile.set_text(what, args.get(what, ""), args.get("language_code", ""))
        world.emit("chat", about=what)
        return True

    return set_text


def _make_getter(what: str) -> Method:
    def get_text(world: World, args: Args) -> Any:
        fallback = world.bot.first_name if what == "name" else ""
        return {what: world.profile.get_text(what, args.get("language_code", "")) or fallback}

    return get_text


METHODS: dict[str, Method] = {
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": _make_setter("name"),
    "getMyName": _make_getter("name"),
    "setMyDescription": _make_setter("description"),
    "getMyDescription": _make_getter("description"),
    "setMyShortDescription": _make_setter("short_description"),
    "getMyShortDescription": _make_getter("short_description"),
}
