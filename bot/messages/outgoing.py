"""A message to be sent: one type from the screen, notice or broadcast that says it to the wire."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import replace

from telegram import InlineKeyboardMarkup, InputFile

from bot.core.posters import Poster
from storage.frozen import frozen

CAPTION_LIMIT = 1024
"""Characters below a picture."""
PICTURE_NAME = "card.jpg"
"""Almost every picture is one; apps show it where they save it."""
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
NO_PREVIEW = '{"is_disabled":true}'
PARTY = "5046509860389126442"
"""Confetti. Telegram lists its effects for apps only, so that this may be unknown one day: then nothing plays."""
PRIMARY = "primary"
"""How the one button looks that a message is there for (Bot API 9.4)."""


@frozen
class Photo:
    """A picture: known to Telegram by `file_id`, or bytes of an `image` to upload; exactly one of them."""

    file_id: str | None = None
    image: bytes | None = None
    name: str = PICTURE_NAME

    def __post_init__(self) -> None:
        if (self.file_id is None) == (self.image is None):
            raise ValueError("a photo is either a file_id or bytes")

    def attach(self) -> str | InputFile:
        """The parameter of a call that sends it."""
        return self.file_id or InputFile(self.image or b"", filename=self.name)


@frozen
class Document:
    """A file to upload, with the name that people see."""

    content: bytes
    name: str


@frozen
class OutgoingMessage:
    """A text, a photo or a document, with buttons below.

    `text` is Telegram HTML: at most 4,096 visible characters, under a photo or document 1,024. With `formatting` it is
    plain, and formatted as that says.
    """

    text: str = ""
    keyboard: InlineKeyboardMarkup | None = None
    photo: Photo | None = None
    document: Document | None = None
    formatting: Mapping[str, str | bool] | None = None
    """Parameters of Telegram's own, nested ones as JSON: an author's entities, link preview, spoiler."""
    method: str = ""
    """Of the Bot API, where all that is sent stands in `formatting`: an author's own poll or album."""
    poster: Poster | None = None
    """What a picture above the text says that is drawn as it leaves; a text longer than a caption goes without one."""
    silent: bool = False
    """It arrives without a sound."""
    effect_id: str = ""
    """Telegram's number of an animation that plays as it arrives in a private chat; elsewhere it goes without."""

    def to_plain(self) -> OutgoingMessage:
        """The same without its formatting, for when Telegram cannot read it."""
        return replace(
            self, text=html.unescape(_TAG.sub("", self.text)), formatting={"link_preview_options": NO_PREVIEW}
        )
