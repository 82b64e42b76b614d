"""Methods that look, and those that act on a chat as a whole."""

from __future__ import annotations

from typing import Any

from bot.playground.api.checking import Args
from bot.playground.world import Chat, Member, World
from bot.playground.world.errors import bad_request

MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024
MOST_PHOTOS = 100


def get_me(world: World, _args: Args) -> Any:
    """Return the bot itself."""
    return world.render_me()


def get_file(world: World, args: Args) -> Any:
    """Return where a file can be fetched."""
    file = world.files.get(args["file_id"])
    size = file.size
    if size > MAX_DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": size,
        "file_path": file.path,
    }


def get_user_profile_photos(world: World, args: Args) -> Any:
    """Return somebody's photos, the newest first, in all their sizes; none where they are hidden from the bot."""
    photos = world.get_human(args["user_id"]).list_photos()
    offset, limit = max(0, args.get("offset", 0)), min(max(1, args.get("limit", MOST_PHOTOS)), MOST_PHOTOS)
    shown = photos[offset : offset + limit]
    return {"total_count": len(photos), "photos": [photo.render() for photo in shown]}


def get_chat(world: World, args: Args) -> Any:
    """Return what is known of a chat."""
    chat = world.get_chat(args["chat_id"])
    member = chat.find_member(world.bot)
    return chat.render_full(shows_link=member is not None and member.may("can_invite_users"))


def get_chat_member(world: World, args: Args) -> Any:
    """Return what somebody is in a chat."""
    chat = world.get_chat(args["chat_id"], "read" if args["user_id"] == world.bot.id else "read_members")
    person = world.get_human(args["user_id"])
    member = chat.find_member(person) or Member(person=person, status="left")
    return member.render(chat.kind)


def get_chat_member_count(world: World, args: Args) -> Any:
    """Return how many are in a chat."""
    return world.get_chat(args["chat_id"]).count_members()


def get_chat_administrators(world: World, args: Args) -> Any:
    """Return who runs a chat; other bots are left out."""
    chat = world.get_chat(args["chat_id"], "read_members")
    if chat.is_private:
        raise bad_request("there are no administrators in the private chat")
    admins = (member for member in chat.list_admins() if not member.person.is_bot or member.person is world.bot)
    return [member.render(chat.kind) for member in admins]


def leave_chat(world: World, args: Args) -> Any:
    """Go out of a group or channel."""
    chat = world.get_chat(args["chat_id"])
    if chat.is_private:
        raise bad_request("can't leave private chat")
    world.change_member(world.bot, chat, Member(person=world.bot, status="left"))
    return True


def pin_chat_message(world: World, args: Args) -> Any:
    """Pin a message."""
    chat = world.get_chat(args["chat_id"], "write")
    message = world.get_message(chat, args["message_id"], "pin")
    _check_may_pin(world, chat)
    world.add_pin(message, world.bot)
    return True


def unpin_chat_message(world: World, args: Args) -> Any:
    """Take the pin off."""
    chat = world.get_chat(args["chat_id"], "write")
    _check_may_pin(world, chat)
    chat.pinned_id = None
    world.emit("pinned", chat)
    return True


def set_message_reaction(world: World, args: Args) -> Any:
    """Put the bot's emoji on a message."""
    chat = world.get_chat(args["chat_id"])
    message = world.get_message(chat, args["message_id"], "react")
    reactions = args.get("reaction", [])
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    emoji = reactions[0].get("emoji", "") if reactions else ""
    world.emit("reaction", chat, message, about=(world.bot, emoji))
    return True


def close(_world: World, _args: Args) -> Any:
    """Close the bot's session on the server, which here means nothing."""
    return True


def _check_may_pin(world: World, chat: Chat) -> None:
    if not chat.is_private:
        right = "can_edit_messages" if chat.kind == "channel" else "can_pin_messages"
        world.check_admin(chat, right, "manage pinned messages in the chat")


METHODS = {
    "getMe": get_me,
    "getFile": get_file,
    "getUserProfilePhotos": get_user_profile_photos,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatMemberCount": get_chat_member_count,
    "getChatAdministrators": get_chat_administrators,
    "leaveChat": leave_chat,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "setMessageReaction": set_message_reaction,
    "close": close,
    "logOut": close,
}
