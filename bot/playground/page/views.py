"""Phones and chat lists as the page draws them."""

from __future__ import annotations

from typing import Any

from bot.playground.page.bubbles import count_readers, render_last, render_message, render_photo
from bot.playground.page.cast import Cast, Phone, name_peer
from bot.playground.world import Chat, Message, World

MOST_MESSAGES = 80
"""How many of a chat's last messages a phone shows."""


def render_people(cast: Cast) -> list[dict[str, Any]]:
    """Return the phones in order."""
    return [_render_owner(phone) for phone in cast.phones]


def render_phone(world: World, phone: Phone, typing: set[int]) -> dict[str, Any]:
    """Return a phone's chat list and the bot's menu and description in its person's language."""
    chats = [_render_row(world, phone, chat, typing) for chat in phone.list_chats(world)]
    return {"chats": chats, **_render_profile(world, phone)}


def render_chat(world: World, phone: Phone, chat: Chat) -> dict[str, Any]:
    """Return the last messages of a chat as this phone shows them."""
    return {"messages": [render_message(world, phone.person, message) for message in _list_last(chat, MOST_MESSAGES)]}


def _render_owner(phone: Phone) -> dict[str, Any]:
    owner: dict[str, Any] = {"id": phone.id, "key": phone.key, "role": phone.role, "hue": phone.hue}
    if phone.person is not None:
        language = phone.person.language_code
        photos = phone.person.photos
        face = {"photo": render_photo(photos[0])["thumb"]} if photos else {}
        return owner | {"kind": "person", "name": phone.person.full_name, "language": language} | face
    assert phone.channel is not None
    return owner | {"kind": "channel", "name": phone.channel.title, "peer": f"c{phone.channel.id}"}


def _render_row(world: World, phone: Phone, chat: Chat, typing: set[int]) -> dict[str, Any]:
    peer = name_peer(world, phone.person, chat)
    row: dict[str, Any] = {
        "peer": peer,
        "kind": "bot" if peer == "bot" else chat.kind,
        "title": chat.title or (chat.get_title(phone.person) if phone.person else ""),
        "subtitle": _describe(chat, peer),
        "started": chat.started,
        "blocked": chat.blocked,
        "canPost": _may_post(phone, chat),
        "canLeave": _may_leave(phone, chat),
        "canCall": world.settings.guest_mode and not world.bot_sees(chat),
        "typing": chat.id in typing,
    }
    if last := _list_last(chat, 1):
        row["last"] = render_last(phone.person, last[0])
    return row


def _render_profile(world: World, phone: Phone) -> dict[str, Any]:
    if phone.person is None:
        return {"commands": [], "about": ""}
    chat = world.find_direct_chat(phone.person, world.bot)
    commands = world.profile.list_commands(chat, phone.person) if chat else []
    return {"commands": commands, "about": world.profile.get_text("description", phone.person.language_code[:2])}


def _describe(chat: Chat, peer: str) -> str:
    if peer == "bot":
        return "bot"
    if chat.is_private:
        return "online"
    readers = count_readers(chat)
    word = "subscriber" if chat.kind == "channel" else "member"
    return f"{readers} {word}{'' if readers == 1 else 's'}"


def _may_post(phone: Phone, chat: Chat) -> bool:
    if phone.person is None:
        return False
    return chat.kind != "channel" or chat.members[phone.person.id].may("can_post_messages")


def _may_leave(phone: Phone, chat: Chat) -> bool:
    """An owner would have to give the chat away first."""
    return phone.person is not None and not chat.is_private and chat.members[phone.person.id].status != "creator"


def _list_last(chat: Chat, count: int) -> list[Message]:
    """Return the last messages, oldest of them first, without walking through all of a long chat."""
    last = []
    for message in reversed(chat.messages.values()):
        last.append(message)
        if len(last) == count:
            break
    return last[::-1]
