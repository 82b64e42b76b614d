"""What can stand in the place of a message that was sent, as far as Telegram allows it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from bot.core.broadcasts.content import Kind, Version

EXCHANGEABLE = frozenset({Kind.PHOTO, Kind.VIDEO, Kind.ANIMATION, Kind.DOCUMENT, Kind.AUDIO})
"""Each may become another of them (editMessageMedia), and a text may become one; none of them becomes a text."""

CAPTIONED = frozenset({Kind.VOICE, Kind.ALBUM})
"""Only their words can be others (editMessageCaption)."""

FIXED = frozenset({Kind.POLL, Kind.VIDEO_NOTE, Kind.STORY})
"""Only the buttons below can be others (editMessageReplyMarkup)."""

CAPTION_LIMIT = 1024
"""Code points below a picture that a bot sends."""


class EditFault(StrEnum):
    """Why something cannot stand in the place of what was sent."""

    KIND = "kind"
    """Telegram does not show that kind there."""
    WORDS_ONLY = "words_only"
    FIXED = "fixed"
    LONG = "long"
    """The new words are too long to stand below it."""


def decide_edit(former: Version, new: Version) -> Version | EditFault:
    """What stands there from now on; a text in the place of a file or an album is its new words."""
    if former.kind in FIXED:
        return EditFault.FIXED
    if former.kind is Kind.TEXT:
        return new if new.kind is Kind.TEXT or new.kind in EXCHANGEABLE else EditFault.KIND
    if new.kind is Kind.TEXT:
        return EditFault.LONG if len(new.parameters["text"]) > CAPTION_LIMIT else _put_words(former, new)
    if former.kind in CAPTIONED:
        return EditFault.WORDS_ONLY
    return new if new.kind in EXCHANGEABLE else EditFault.KIND


def _put_words(former: Version, new: Version) -> Version:
    words = {"caption": new.parameters["text"], "caption_entities": new.parameters.get("entities") or []}
    if former.kind is not Kind.ALBUM:
        return Version(kind=former.kind, parameters={**former.parameters, **words})
    items = [*former.parameters["items"]]
    place = find_captioned(items)
    items[place] = {**items[place], **words}
    return Version(kind=former.kind, parameters={"items": items})


def find_captioned(items: list[Mapping[str, Any]]) -> int:
    """Which part of an album carries its words; the first where none does."""
    return next((place for place, item in enumerate(items) if item.get("caption")), 0)
