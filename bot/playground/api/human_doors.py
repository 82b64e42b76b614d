"""What humans do, by way of the control door: writing anywhere, correcting, tapping what nobody offered."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

from bot.playground.api.server import Server
from bot.playground.world import Chat, ImpossibleError, Message, Person

Door = Callable[[Server, dict[str, Any]], Any]


def add_group(server: Server, body: dict[str, Any]) -> Any:
    """Make a group: title, username, basic, member_ids, rights (of the bot; none makes it a plain member).

    Returns chat_id and owner_id.
    """
    world = server.world
    owner = world.add_person("Owner")
    chat = world.add_group(
        body.get("title", "Friends"), owner, basic=body.get("basic", False), username=body.get("username", "")
    )
    for person_id in body.get("member_ids", ()):
        world.join(world.people[person_id], chat)
    world.add_bot(owner, chat, rights=body.get("rights"))
    return {"chat_id": chat.id, "owner_id": owner.id}


def add_topic(server: Server, body: dict[str, Any]) -> Any:
    """Open a topic: person_id, name, chat_id (the bot's chat if none is named). Returns its thread id."""
    person, chat = _find_place(server, body)
    if chat.is_private:
        server.world.settings.private_topics = True
    return server.world.add_topic(person, chat, body.get("name", "Topic"))


def say(server: Server, body: dict[str, Any]) -> Any:
    """Write: person_id, text, chat_id (the bot's chat if none is named), topic, reply_to. Returns the message id."""
    person, chat = _find_place(server, body)
    answered = chat.messages[body["reply_to"]] if "reply_to" in body else None
    return server.world.send_text(person, chat, body["text"], reply_to=answered, topic=body.get("topic", 0)).id


def edit(server: Server, body: dict[str, Any]) -> Any:
    """Correct one's own message: person_id, chat_id, message_id, text."""
    person, chat = _find_place(server, body)
    return server.world.edit_text(person, chat.messages[body["message_id"]], body["text"]).id


def forge_tap(server: Server, body: dict[str, Any]) -> Any:
    """Send callback data that no button need carry: person_id, data, and where.

    Where is message_id of chat_id (the bot's chat if none is named), or inline_message_id. With `forgotten` the
    message comes as an inaccessible one; it need not exist. Returns the id of the callback query.
    """
    person, chat = _find_place(server, body)
    world = server.world
    if body.get("forgotten"):
        return world.tap_forgotten(person, chat, body["message_id"], body["data"]).id
    inline_id = body.get("inline_message_id", "")
    message = world.inline_messages.get(inline_id) if inline_id else chat.messages.get(body["message_id"])
    if message is None:
        raise ImpossibleError("the message is gone")
    return world.forge_tap(person, message, body["data"]).id


def show_callback(server: Server, query: dict[str, Any]) -> Any:
    """Return how a tap of an id was answered: text, alert, url; None while it was not."""
    answer = server.world.callbacks[query["id"]].answer
    return None if answer is None else {"text": answer.text, "alert": answer.show_alert, "url": answer.url}


def list_messages(server: Server, query: dict[str, Any]) -> Any:
    """Return a chat's messages as they are now: chat_id, after (a message id), at most `limit`."""
    after = int(query.get("after", 0))
    messages = server.world.chats[int(query["chat_id"])].messages.values()
    found = (message for message in messages if message.id > after)
    return [_render_message(message) for message in islice(found, int(query.get("limit", 1000)))]


POSTS: dict[str, Door] = {
    "group": add_group,
    "topic": add_topic,
    "say": say,
    "edit": edit,
    "forged_tap": forge_tap,
}
GETS: dict[str, Door] = {"callback": show_callback, "messages": list_messages}


def _find_place(server: Server, body: dict[str, Any]) -> tuple[Person, Chat]:
    person = server.world.people[body["person_id"]]
    return person, server.world.chats[body["chat_id"]] if "chat_id" in body else server.world.open_chat(person)


def _render_message(message: Message) -> dict[str, Any]:
    return {
        "message_id": message.id,
        "from_id": message.sender.id if message.sender else 0,
        "text": message.text,
        "thread_id": message.thread_id,
        "inline_message_id": message.inline_id,
        "buttons": [[button.text, button.action, button.value] for button in message.buttons],
    }
