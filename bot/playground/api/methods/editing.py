"""Methods that change or take away messages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.playground.api.checking import Args
from bot.playground.api.methods.contents import read_caption, read_markup, read_media, read_message_ids, read_words
from bot.playground.world import Content, Message, World
from bot.playground.world.errors import bad_request


def edit_message_text(world: World, args: Args) -> Any:
    """Replace the text of a message."""
    words = read_words(world, args)
    message = _find_target(world, args)
    world.check_editable(message)
    if message.content.has_media:
        raise bad_request("there is no text in the message to edit")
    return _edit(world, args, message, words)


def edit_message_caption(world: World, args: Args) -> Any:
    """Replace the caption of a message."""
    caption = read_caption(world, args)
    message = _find_target(world, args)
    world.check_editable(message)
    if not message.content.has_media:
        raise bad_request("there is no caption in the message to edit")
    kept = {key: value for key, value in message.content.extra.items() if key != "show_caption_above_media"}
    content = replace(message.content, text=caption.text, entities=caption.entities, extra={**kept, **caption.extra})
    return _edit(world, args, message, content)


def edit_message_media(world: World, args: Args) -> Any:
    """Replace the picture or file of a message, its caption with it."""
    message = _find_target(world, args)
    world.check_editable(message, "message media")
    content = read_media(world, args, args["media"])
    if "media_group_id" in message.lasting and (content.photo is None) != (message.photo is None):
        raise bad_request("can't change media type in the album")
    return _edit(world, args, message, content)


def edit_message_reply_markup(world: World, args: Args) -> Any:
    """Replace the keyboard of a message."""
    message = _find_target(world, args)
    return _edit(world, args, message, message.content)


def delete_message(world: World, args: Args) -> Any:
    """Take a message away."""
    world.delete(world.get_chat(args["chat_id"], "write"), args["message_id"])
    return True


def delete_messages(world: World, args: Args) -> Any:
    """Take several messages away; those that are not there are passed over."""
    ids = read_message_ids(args)
    chat = world.get_chat(args["chat_id"], "write")
    messages = [message for number in ids if (message := chat.find_message(number))]
    for message in messages:
        world.check_deletable(message)
    for message in messages:
        world.remove_message(message)
    return True


def _edit(world: World, args: Args, message: Message, content: Content) -> Any:
    place = world.describe_place(None if "inline_message_id" in args else message.chat)
    keyboard = read_markup(args.get("reply_markup"), place)
    edited = world.edit(message, replace(content, keyboard=keyboard))
    return True if "inline_message_id" in args else edited.render()


def _find_target(world: World, args: Args) -> Message:
    if "inline_message_id" in args:
        return world.get_inline_message(args["inline_message_id"])
    if "chat_id" not in args:
        raise bad_request("chat_id is empty")
    if not args.get("message_id"):
        raise bad_request("message identifier is not specified")
    chat = world.get_writable_chat(args["chat_id"])
    return world.get_message(chat, args["message_id"], "edit")


METHODS = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageMedia": edit_message_media,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
}
