"""A message that somebody of the team sends for all: what of it can be sent again, kept as values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from telegram import Message, MessageEntity, Poll

from bot.core.broadcasts.content import Kind, Parameters, Version
from storage.frozen import frozen

TEXT_LIMIT = 4096
"""Code points of a message: Telegram counts these, and not the UTF-16 units of its entities' offsets."""

CAPTION_LIMIT = 1024
"""Likewise, below a picture that a bot sends."""

MOST_IN_ALBUM = 10


class Unfit(StrEnum):
    """Why a message cannot go to everybody."""

    FORWARDED = "forwarded"
    """It is somebody else's."""
    TEXT_TOO_LONG = "text_too_long"
    CAPTION_TOO_LONG = "caption_too_long"
    STICKER = "sticker"
    POLL_CLOSED = "poll_closed"
    POLL_MEDIA = "poll_media"
    """A picture stands in it: the bot cannot put it there again."""
    QUIZ = "quiz"
    """Nobody says which answer is right."""
    PLACE = "place"
    CONTACT = "contact"
    DICE = "dice"
    STORY = "story"
    OTHER = "other"
    OTHER_KIND = "other_kind"
    """Telegram does not show that in the place of what was sent."""
    WORDS_ONLY = "words_only"
    """Of a voice message or an album only the words can be others."""
    FIXED = "fixed"
    """Nothing can stand in the place of a poll, a round video or a card; buttons can be others."""
    NO_ROOM = "no_room"
    """An album was sent without buttons, and none can come below it any more."""
    TELEGRAM = "telegram"
    """Telegram did not want to show it to its own author."""


@frozen(kw_only=False)
class ContentMistake:
    """What is wrong with a message that was meant for everybody."""

    why: Unfit
    length: int = 0
    """Of a text or caption that is too long."""
    said: str = ""
    """Telegram's own words."""


_UNFIT = {
    "sticker": Unfit.STICKER,
    "location": Unfit.PLACE,
    "contact": Unfit.CONTACT,
    "dice": Unfit.DICE,
    "story": Unfit.STORY,
}
"""By the field of the message; a venue has a location too."""

_FILES = (Kind.ANIMATION, Kind.VIDEO, Kind.VIDEO_NOTE, Kind.DOCUMENT, Kind.VOICE, Kind.AUDIO)
"""`animation` before `document`, which comes along with it. A file is known by one bot and one kind of message alone, so a
picture that was sent as a file stays a file."""

_SPOILED = frozenset({Kind.PHOTO, Kind.VIDEO, Kind.ANIMATION})
"""What can be hidden until it is tapped, and can stand below its caption."""


def parse_version(message: Message) -> Version | ContentMistake:
    """What can go to everybody, or why it cannot; of an album the one that came is read like a message of its own."""
    if message.forward_origin is not None:
        return ContentMistake(Unfit.FORWARDED)
    if message.poll is not None:
        return _parse_poll(message.poll)
    found = _find_content(message)
    return (found and _find_excess(message)) or found or _refuse(message)


def _find_content(message: Message) -> Version | None:
    if message.text:
        return Version(kind=Kind.TEXT, parameters=_parse_text(message))
    if message.photo:
        return Version(kind=Kind.PHOTO, parameters=_parse_media(message, Kind.PHOTO, message.photo[-1].file_id))
    kind = next((kind for kind in _FILES if getattr(message, kind) is not None), None)
    if kind is None:
        return None
    return Version(kind=kind, parameters=_parse_media(message, kind, getattr(message, kind).file_id))


def _refuse(message: Message) -> ContentMistake:
    return ContentMistake(next((why for name, why in _UNFIT.items() if getattr(message, name)), Unfit.OTHER))


def compose_album(items: Iterable[Version]) -> Version:
    """The album of what came one by one, in order."""
    return Version(kind=Kind.ALBUM, parameters={"items": [_to_item(item) for item in items][:MOST_IN_ALBUM]})


def _to_item(version: Version) -> Parameters:
    kind = version.kind.value
    said = {name: value for name, value in version.parameters.items() if name != kind and value}
    return {"type": kind, "media": version.parameters[kind], **said}


def _find_excess(message: Message) -> ContentMistake | None:
    """What is too long for a bot: premium members write captions that no bot can."""
    text, caption = len(message.text or ""), len(message.caption or "")
    if text > TEXT_LIMIT:
        return ContentMistake(Unfit.TEXT_TOO_LONG, length=text)
    return ContentMistake(Unfit.CAPTION_TOO_LONG, length=caption) if caption > CAPTION_LIMIT else None


def _parse_text(message: Message) -> Parameters:
    preview = message.link_preview_options
    return {
        "text": message.text,
        "entities": _keep(message.entities),
        "link_preview_options": preview.to_dict() if preview else {},
    }


def _parse_media(message: Message, kind: Kind, file_id: str) -> Parameters:
    said = {"caption": message.caption or "", "caption_entities": _keep(message.caption_entities)}
    if kind is Kind.VIDEO_NOTE:
        return {kind.value: file_id}
    if kind not in _SPOILED:
        return {kind.value: file_id, **said}
    return {
        kind.value: file_id,
        **said,
        "show_caption_above_media": bool(message.show_caption_above_media),
        "has_spoiler": bool(message.has_media_spoiler),
    }


def _parse_poll(poll: Poll) -> Version | ContentMistake:
    """A poll of the same questions for everybody; which answer of a quiz is right, Telegram tells of polls sent to the bot."""
    if poll.is_closed:
        return ContentMistake(Unfit.POLL_CLOSED)
    if poll.media or poll.explanation_media or any(option.media for option in poll.options):
        return ContentMistake(Unfit.POLL_MEDIA)
    quiz = _parse_quiz(poll) if poll.type == Poll.QUIZ else {}
    if quiz is None:
        return ContentMistake(Unfit.QUIZ)
    asked: dict[str, Any] = {
        "question": poll.question,
        "question_entities": _keep(poll.question_entities),
        "options": [{"text": each.text, "text_entities": _keep(each.text_entities)} for each in poll.options],
        "is_anonymous": poll.is_anonymous,
        "type": poll.type,
        "allows_multiple_answers": poll.allows_multiple_answers,
    }
    return Version(kind=Kind.POLL, parameters=asked | quiz)


def _parse_quiz(poll: Poll) -> dict[str, Any] | None:
    if not poll.correct_option_ids:
        return None
    told = {"explanation": poll.explanation, "explanation_entities": _keep(poll.explanation_entities)}
    return {"correct_option_ids": list(poll.correct_option_ids), **(told if poll.explanation else {})}


def _keep(entities: Sequence[MessageEntity]) -> list[dict[str, Any]]:
    """As Telegram gave them; an emoji of somebody's own shows as the usual one it stands for, which every bot may send."""
    return [entity.to_dict() for entity in entities if entity.type != MessageEntity.CUSTOM_EMOJI]
