"""Methods about the topics of a group that is parted into them."""

from __future__ import annotations

from typing import Any

from bot.playground.api.checking import Args
from bot.playground.world import Chat, World
from bot.playground.world.cleaning import clean_name
from bot.playground.world.errors import bad_request

MAX_NAME = 128


def create_forum_topic(world: World, args: Args) -> Any:
    """Open a topic."""
    chat = _get_forum(world, args)
    name = clean_name(args["name"], MAX_NAME)
    if not name:
        raise bad_request("TOPIC_NAME_EMPTY")
    number, color = world.open_topic(chat, name)
    return {"message_thread_id": number, "name": name, "icon_color": color}


def close_forum_topic(world: World, args: Args) -> Any:
    """Let nobody but administrators write into it."""
    chat, topic = _get_topic(world, args)
    if topic in chat.closed_topics:
        raise bad_request("TOPIC_NOT_MODIFIED")
    world.close_topic(chat, topic)
    return True


def reopen_forum_topic(world: World, args: Args) -> Any:
    """Let everybody write into it again."""
    chat, topic = _get_topic(world, args)
    if topic not in chat.closed_topics:
        raise bad_request("TOPIC_NOT_MODIFIED")
    chat.closed_topics.discard(topic)
    return True


def delete_forum_topic(world: World, args: Args) -> Any:
    """Delete it with all that was written in it."""
    chat, topic = _get_topic(world, args)
    world.delete_topic(chat, topic)
    return True


def _get_forum(world: World, args: Args) -> Chat:
    chat = world.get_chat(args["chat_id"], "write")
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    world.check_admin(chat, "can_manage_topics", "create a topic")
    return chat


def _get_topic(world: World, args: Args) -> tuple[Chat, int]:
    chat, topic = _get_forum(world, args), int(args["message_thread_id"])
    if topic not in chat.topics:
        raise bad_request("message thread not found")
    return chat, topic


METHODS = {
    "createForumTopic": create_forum_topic,
    "closeForumTopic": close_forum_topic,
    "reopenForumTopic": reopen_forum_topic,
    "deleteForumTopic": delete_forum_topic,
}
