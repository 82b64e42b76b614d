"""Methods that bring messages into being."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from bot.playground.api.checking import Args
from bot.playground.api.methods.contents import (
    check_attached,
    find_place,
    finish_content,
    read_caption,
    read_file,
    read_media,
    read_message_ids,
    read_picture,
    read_words,
)
from bot.playground.api.methods.polls import read_poll
from bot.playground.world import Chat, Content, Message, World
from bot.playground.world.buttons import keep_links
from bot.playground.world.errors import bad_request

MAX_ALBUM = 10
_FILE_METHODS = {
    "sendDocument": "document",
    "sendVideo": "video",
    "sendAnimation": "animation",
    "sendVideoNote": "video_note",
    "sendVoice": "voice",
    "sendAudio": "audio",
}
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


def _send_file(kind: str, method: str) -> Callable[[World, Args], Any]:
    """Send a file, or what an app plays."""

    def send(world: World, args: Args) -> Any:
        caption = read_caption(world, args)
        world.get_writable_chat(args["chat_id"])
        return _post(world, args, replace(caption, document=read_file(world, args, args[kind], kind)), method)

    return send


def send_poll(world: World, args: Args) -> Any:
    """Send a poll; nobody votes here."""
    return _post(world, args, read_poll(world, args), "sendPoll")


def send_media_group(world: World, args: Args) -> Any:
    """Send an album; a single picture or file is sent as itself."""
    items = args["media"]
    for item in items:
        check_attached(args, item["media"])
    _check_album(items)
    chat = world.get_writable_chat(args["chat_id"])
    contents = [finish_content(world, args, chat, read_media(world, args, item)) for item in items]
    place = find_place(world, args, chat)
    if len(items) > 1:
        place["lasting"] = {**place["lasting"], "media_group_id": world.make_id()}
    return [message.render() for message in world.post_all(chat, contents, method="sendMediaGroup", **place)]


def _check_album(items: Sequence[Mapping[str, Any]]) -> None:
    kinds = {item["type"] for item in items}
    if len(items) > MAX_ALBUM:
        raise bad_request("too many messages to send as an album")
    if not items:
        raise bad_request("there are no messages to send")
    if len({item.get("show_caption_above_media", False) for item in items}) > 1:
        raise bad_request("parameter show_caption_above_media must be the same for all messages")
    for alone in ("audio", "document"):
        if alone in kinds and len(kinds) > 1:
            raise bad_request(f"{alone} can't be mixed with other media types")


def copy_message(world: World, args: Args) -> Any:
    """Send again what a message says, as the bot's own words; also where it is protected."""
    source = world.get_message(world.get_chat(args["from_chat_id"]), args["message_id"], "copy")
    chat = world.get_writable_chat(args["chat_id"])
    if source.is_service:
        raise bad_request("the message can't be copied")
    content = _keep_content(source, args)
    if "caption" in args and content.has_media:
        caption = read_caption(world, args)
        content = replace(content, text=caption.text, entities=caption.entities)
    finished = finish_content(world, args, chat, content)
    return {"message_id": world.post(chat, finished, method="copyMessage", **find_place(world, args, chat)).id}


def copy_messages(world: World, args: Args) -> Any:
    """Send again what several messages say; those that are not there or cannot be copied are passed over."""
    chat, sources = _find_several(world, args)
    kept = [source for source in sources if not source.is_service]
    if not kept:
        raise bad_request("messages can't be forwarded")
    return _send_several(world, args, chat, kept, "copyMessages")


def forward_message(world: World, args: Args) -> Any:
    """Forward a message."""
    source = world.get_message(world.get_chat(args["from_chat_id"]), args["message_id"], "forward")
    chat = world.get_writable_chat(args["chat_id"])
    if not _may_be_forwarded(source):
        raise bad_request("the message can't be forwarded")
    return _forward(world, args, chat, source, find_place(world, args, chat)).render()


def forward_messages(world: World, args: Args) -> Any:
    """Forward several messages; those that are not there or may not be forwarded are passed over."""
    chat, sources = _find_several(world, args)
    kept = [source for source in sources if _may_be_forwarded(source)]
    if not kept:
        raise bad_request("messages can't be forwarded")
    return _send_several(world, args, chat, kept, "forwardMessages")


def _may_be_forwarded(source: Message) -> bool:
    return not (source.is_service or source.is_protected)


def _find_several(world: World, args: Args) -> tuple[Chat, list[Message]]:
    ids = read_message_ids(args)
    if any(later <= earlier for earlier, later in pairwise(ids)):
        raise bad_request("message identifiers must be in a strictly increasing order")
    source = world.get_chat(args["from_chat_id"])
    chat = world.get_writable_chat(args["chat_id"])
    return chat, [message for number in ids if (message := source.find_message(number))]


def _send_several(world: World, args: Args, chat: Chat, sources: Sequence[Message], method: str) -> list[Any]:
    """Copy or forward one after another; what was an album stays one, under a number of its own."""
    groups = {
        source.lasting["media_group_id"]: world.make_id() for source in sources if source.lasting.get("media_group_id")
    }
    sent = []
    for source in sources:
        place = find_place(world, args, chat)
        if group := groups.get(source.lasting.get("media_group_id")):
            place["lasting"]["media_group_id"] = group
        if method == "forwardMessages":
            message = _forward(world, args, chat, source, place)
        else:
            message = world.post(chat, _keep_content(source, args), method="copyMessage", **place)
        sent.append({"message_id": message.id})
    return sent


def _forward(world: World, args: Args, chat: Chat, source: Message, place: Mapping[str, Any]) -> Message:
    content = replace(_keep_content(source, args), keyboard=keep_links(source.keyboard))
    return world.forward_as_bot(source, chat, content, **place)


def _keep_content(source: Message, args: Args) -> Content:
    kept = {key: value for key, value in source.content.extra.items() if key in _KEPT}
    content = replace(source.content, keyboard=(), extra=kept)
    return replace(content, text="", entities=()) if args.get("remove_caption") and content.has_media else content


_KEPT = ("link_preview_options", "show_caption_above_media", "has_media_spoiler")


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
    **{method: _send_file(kind, method) for method, kind in _FILE_METHODS.items()},
    "sendPoll": send_poll,
    "sendMediaGroup": send_media_group,
    "copyMessage": copy_message,
    "copyMessages": copy_messages,
    "forwardMessage": forward_message,
    "forwardMessages": forward_messages,
    "sendChatAction": send_chat_action,
}
