"""Methods that bring messages into being."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.playground.api.checking import Args
from bot.playground.api.methods.contents import (
    find_place,
    finish_content,
    read_caption,
    read_file,
    read_media,
    read_picture,
    read_words,
)
from bot.playground.world import Content, World
from bot.playground.world.buttons import keep_links
from bot.playground.world.errors import bad_request
from bot.playground.world.posting import check_length

ALBUM = (2, 10)
_ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)


def send_message(world: World, args: Args) -> Any:
    """Send a text."""
    return _post(world, args, read_words(world, args), "sendMessage")


def send_photo(world: World, args: Args) -> Any:
    """Send a picture."""
    caption = read_caption(world, args)
    world.get_writable_chat(args["chat_id"])
    return _post(world, args, replace(caption, photo=read_picture(world, args, args["photo"])), "sendPhoto")


def send_document(world: World, args: Args) -> Any:
    """Send a file."""
    caption = read_caption(world, args)
    world.get_writable_chat(args["chat_id"])
    return _post(world, args, replace(caption, document=read_file(world, args, args["document"])), "sendDocument")


def send_media_group(world: World, args: Args) -> Any:
    """Send an album."""
    items = args["media"]
    if not ALBUM[0] <= len(items) <= ALBUM[1]:
        raise bad_request("wrong number of items in the album" if items else "there are no messages to send")
    chat = world.get_writable_chat(args["chat_id"])
    kinds = {item["type"] for item in items}
    if "document" in kinds and len(kinds) > 1:
        raise bad_request("document can't be mixed with other media types")
    group = {"media_group_id": world.make_id()}
    contents = [finish_content(world, args, chat, read_media(world, args, item)) for item in items]
    for content in contents:
        check_length(content)
    place = find_place(world, args, chat)
    posted = (
        world.post(chat, replace(content, extra={**content.extra, **group}), method="sendMediaGroup", **place)
        for content in contents
    )
    return [message.render() for message in posted]


def copy_message(world: World, args: Args) -> Any:
    """Send again what a message says, as the bot's own words."""
    source = world.get_message(world.get_chat(args["from_chat_id"]), args["message_id"], "copy")
    chat = world.get_writable_chat(args["chat_id"])
    kept = {key: value for key, value in source.content.extra.items() if key in _COPIED}
    content = replace(source.content, keyboard=(), extra=kept)
    if "caption" in args and content.has_media:
        caption = read_caption(world, args)
        content = replace(content, text=caption.text, entities=caption.entities)
    place = find_place(world, args, chat)
    copied = world.copy(source, chat, finish_content(world, args, chat, content), **place)
    return {"message_id": copied.id}


_COPIED = ("link_preview_options", "show_caption_above_media", "has_media_spoiler")


def forward_message(world: World, args: Args) -> Any:
    """Forward a message."""
    source = world.get_message(world.get_chat(args["from_chat_id"]), args["message_id"], "forward")
    chat = world.get_writable_chat(args["chat_id"])
    content = replace(source.content, keyboard=keep_links(source.keyboard), extra={})
    if args.get("protect_content"):
        content = replace(content, extra={"has_protected_content": True})
    place = find_place(world, args, chat)
    return world.forward_as_bot(source, chat, content, **place).render()


def send_chat_action(world: World, args: Args) -> Any:
    """Show that the bot is busy."""
    chat = world.get_writable_chat(args["chat_id"])
    if args["action"] not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    if topic := args.get("message_thread_id"):
        world.check_topic(chat, topic)
    world.emit("typing", chat, about=args["action"])
    return True


def _post(world: World, args: Args, content: Content, method: str) -> dict[str, Any]:
    chat = world.get_writable_chat(args["chat_id"])
    finished = finish_content(world, args, chat, content)
    return world.post(chat, finished, method=method, **find_place(world, args, chat)).render()


METHODS = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendMediaGroup": send_media_group,
    "copyMessage": copy_message,
    "forwardMessage": forward_message,
    "sendChatAction": send_chat_action,
}
