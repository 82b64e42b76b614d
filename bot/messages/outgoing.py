"""A message to be sent: one type from the screen or notice that says it to the wire."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import InlineKeyboardMarkup


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A picture: known to Telegram by `file_id`, or `jpeg` bytes to upload; exactly one of them."""

    file_id: str | None = None
    jpeg: bytes | None = None

    def __post_init__(self) -> None:
        if (self.file_id is None) == (self.jpeg is None):
            raise ValueError("a photo is either a file_id or bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """`text` is Telegram HTML: at most 4,096 visible characters, as a photo's caption 1,024."""

    text: str
    keyboard: InlineKeyboardMarkup | None = None
    photo: Photo | None = None
