"""From a call's parameters to what a message will say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.playground.api.checking import Args, Upload
from bot.playground.api.methods.answered import find_answered
from bot.playground.world import Chat, Content, Keyboard, NotSimulatedError, World
from bot.playground.world.buttons import Place, read_keyboard
from bot.playground.world.documents import take_document
from bot.playground.world.entities import Formatted, find_preview, read_formatted
from bot.playground.world.errors import bad_request
from bot.playground.world.files import Document, Photo
from bot.playground.world.photos import take_photo

ATTACHED = "attach://"
MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_MESSAGE_IDS = 100
_PLAYED_IN_ALBUMS = ("document", "video", "audio", "animation")
_NOT_PLAYED = (
    "business_connection_id",
    "direct_messages_topic_id",
    "suggested_post_parameters",
)


def read_text(world: World, source: Mapping[str, Any], key: str, entities_key: str) -> Formatted:
    """Return a text or caption of a call, with its parse mode or entities."""
    text = source.get(key, "")
    return world.resolve_mentions(read_formatted(text, source.get("parse_mode"), source.get(entities_key)))


def read_words(world: World, args: Mapping[str, Any]) -> Content:
    """Return the content of a text message."""
    if not args.get("text"):
        raise bad_request("message text is empty")
    formatted = read_text(world, args, "text", "entities")
    options = dict(args.get("link_preview_options") or {})
    if not options.get("is_disabled") and (address := find_preview(formatted)):
        options.setdefault("url", address)
    extra = {"link_preview_options": options} if options else {}
    return Content(text=formatted.text, entities=formatted.entities, extra=extra)


def read_caption(world: World, source: Mapping[str, Any]) -> Content:
    """Return the content of a caption, without what it stands under."""
    formatted = read_text(world, source, "caption", "caption_entities")
    flags = {"show_caption_above_media": "show_caption_above_media", "has_spoiler": "has_media_spoiler"}
    extra = {shown: True for given, shown in flags.items() if source.get(given)}
    return Content(text=formatted.text, entities=formatted.entities, extra=extra)


def read_markup(markup: Any, place: Place) -> Keyboard:
    """Return the inline keyboard of a call, empty if there is none."""
    if markup is None:
        return ()
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" not in markup and markup:
        raise NotSimulatedError("a keyboard that is not inline is")
    return read_keyboard(markup, place) if markup else ()


def read_picture(world: World, args: Args, given: Any) -> Photo:
    """Return the photo of an upload, of `attach://…`, or of an identifier."""
    upload = _find_upload(args, given, "photo")
    if upload is None:
        return world.files.get_photo(str(given))
    world.floods.check_upload(len(upload.data), world.now)
    return take_photo(world.files, upload.data)


def read_file(world: World, args: Args, given: Any, kind: str = "document") -> Document:
    """Return the document, video … of an upload, of `attach://…`, or of an identifier."""
    upload = _find_upload(args, given, kind)
    if upload is None:
        return world.files.get_document(str(given), kind)
    if not upload.data:
        raise bad_request("file must be non-empty")
    if len(upload.data) > MAX_FILE_BYTES:
        raise bad_request("file is too big")
    world.floods.check_upload(len(upload.data), world.now)
    return take_document(world.files, upload.data, upload.name, upload.content_type, kind=kind)


def read_media(world: World, args: Args, media: Mapping[str, Any]) -> Content:
    """Return the content of an InputMedia."""
    content = read_caption(world, media)
    check_attached(args, media["media"])
    if media["type"] == "photo":
        return replace(content, photo=read_picture(world, args, media["media"]))
    if media["type"] in _PLAYED_IN_ALBUMS:
        return replace(content, document=read_file(world, args, media["media"], media["type"]))
    raise NotSimulatedError(f"media of type {media['type']} is")


def check_attached(args: Args, media: Any) -> None:
    """Raise ApiError where an InputMedia names a file that did not come with the call."""
    if not media or (str(media).startswith(ATTACHED) and str(media).removeprefix(ATTACHED) not in args.files):
        raise bad_request("can't parse InputMedia: media not found")


def read_message_ids(args: Args) -> list[int]:
    """Return the message ids of a call that names several."""
    ids = list(args["message_ids"])
    if not ids:
        raise bad_request("message identifiers are not specified")
    if len(ids) > MAX_MESSAGE_IDS:
        raise bad_request("too many message identifiers specified")
    if min(ids) <= 0:
        raise bad_request("invalid message identifier specified")
    return ids


def finish_content(world: World, args: Args, chat: Chat, content: Content) -> Content:
    """Add to a content its keyboard."""
    for name in _NOT_PLAYED:
        if args.get(name):
            raise NotSimulatedError(f"{name} is")
    return replace(content, keyboard=read_markup(args.get("reply_markup"), world.describe_place(chat)))


def find_place(world: World, args: Args, chat: Chat) -> dict[str, Any]:
    """Return where in a chat a call's message goes: what it answers, the topic, and what stays with it for good."""
    place = find_answered(world, args.get("reply_parameters"), chat)
    if topic := args.get("message_thread_id"):
        world.check_topic(chat, topic)
        place["thread_id"] = topic
    lasting = dict(place.get("lasting", {}))
    if args.get("protect_content"):
        lasting["has_protected_content"] = True
    if args.get("message_effect_id"):
        if not chat.is_private:
            raise bad_request("can't use message effects in the chat")
        lasting["effect_id"] = args["message_effect_id"]
    paid = {"paid": True} if args.get("allow_paid_broadcast") else {}
    return place | {"lasting": lasting} | paid


def _find_upload(args: Args, given: Any, kind: str) -> Upload | None:
    if isinstance(given, Upload):
        return given
    if isinstance(given, str) and given.startswith(ATTACHED):
        upload = args.files.get(given.removeprefix(ATTACHED))
        if upload is None:
            raise bad_request(f"there is no {kind} in the request")
        return upload
    return None
