"""What delivery sends: letters, made of owed notices by a renderer that `app` brings."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from telegram import InlineKeyboardMarkup

from storage.records import Notice, NoticeId, PersonId

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message that settles some notices."""

    chat_id: int | str
    text: str
    """Telegram HTML, at most 4096 visible characters."""
    notice_ids: tuple[NoticeId, ...]
    keyboard: InlineKeyboardMarkup | None = None


class Renderer(Protocol):
    """Makes letters of notices."""

    async def render(self, recipient_id: PersonId | None, notices: Sequence[Notice]) -> Sequence[Letter]:
        """The letters for one recipient (None: the announce chat), in the order of sending.

        It merges what can be merged and splits at Telegram's length. A notice that no letter names is given up.
        """


def to_plain(text: str) -> str:
    """Telegram HTML without its formatting, for when Telegram cannot read it."""
    return html.unescape(_TAG.sub("", text))
