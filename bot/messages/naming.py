"""The one way a person's name gets into a message."""

from __future__ import annotations

import re
import unicodedata

from bot.core.names import NAME_LIMIT, clean_text
from bot.messages.texts import Html, Texts, escape

_ISOLATE, _END = "\u2068", "\u2069"
_LINKABLE = re.compile(r"(?<=\w)\.(?=\w\w)|(?<=\w):(?=//)|(?<!\w)[@#$](?=\w)|(?<![\w/<>])/(?=\w)")
"""What Telegram would make a link, a mention, a tag or a command of."""


def show_name(texts: Texts, name: str, *, first: bool = False, limit: int = NAME_LIMIT) -> Html:
    """A name as HTML, "a friend" when empty; `first` where a sentence begins with it."""
    return escape(show_plain_name(texts, name, first=first, limit=limit))


def show_listed_name(texts: Texts, name: str, *, limit: int = NAME_LIMIT) -> Html:
    """A name in a list as HTML, "somebody" when empty: of people who are forgotten, too."""
    return show_name(texts, name, first=True, limit=limit) if name else texts.say("name.somebody")


def show_plain_name(texts: Texts, name: str, *, first: bool = False, limit: int = NAME_LIMIT) -> str:
    """A name for places without formatting: cleaned, cut, unable to turn the sentence around or to become a link."""
    clean = clean_text(name, limit=max(len(name), 1))
    if not clean:
        return texts.plain("name.nobody_first" if first else "name.nobody")
    if len(clean) > limit:
        clean = clean_text(clean, limit=limit - 1) + texts.plain("name.cut")
    inert = _LINKABLE.sub("\\g<0>\u2060", clean)
    return f"{_ISOLATE}{inert}{_END}" if _runs_right_to_left(clean) else inert


def _runs_right_to_left(text: str) -> bool:
    return not text.isascii() and any(unicodedata.bidirectional(char) in {"R", "AL", "AN"} for char in text)
