"""Raw entries of getUpdates (or of a webhook), reduced to what is read here and sorted by who sent them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from telegram import Update

from bot.updates.update_shapes import LARGEST_ID, MalformedUpdate, keep_what_is_read

_SENDERS = ("from", "user", "actor_chat", "voter_chat", "sender_chat", "chat")
"""Where the different kinds of updates say whom they are from, best first."""


@dataclass(slots=True, kw_only=True)
class RawUpdate:
    """One update as it goes into the inbox."""

    update_id: int
    sender_id: int | None
    """Telegram id of the person, else of the chat; None for updates of nobody (polls)."""
    content: dict[str, Any]
    """What is kept of its JSON."""
    is_inline: bool
    """An inline query: it lives 30 seconds and changes nothing."""
    is_guest: bool = False
    """A call from a chat that is not ours: what is said there is never stored."""
    parsed: Update | None = field(default=None, repr=False)
    """Once somebody has looked at it."""

    @property
    def is_fleeting(self) -> bool:
        """Whether it skips the inbox: answered now or never."""
        return self.is_inline or self.is_guest

    @property
    def raw(self) -> bytes:
        """As it is stored: JSON without NUL and lone surrogates."""
        return json.dumps(self.content, ensure_ascii=False, separators=(",", ":")).encode()


def parse_update(entry: object) -> RawUpdate | None:
    """The update in an entry, None if the entry is no update at all."""
    update_id = find_update_id(entry)
    if update_id is None or not isinstance(entry, Mapping):
        return None
    try:
        kept = {str(kind): keep_what_is_read(kind, content) for kind, content in entry.items() if kind != "update_id"}
    except (MalformedUpdate, TypeError):
        return None
    return RawUpdate(
        update_id=update_id,
        sender_id=_find_sender_id(kept),
        content={"update_id": update_id, **kept},
        is_inline="inline_query" in kept,
        is_guest="guest_message" in kept,
    )


def find_update_id(entry: object) -> int | None:
    """The id that confirms an entry, even where the rest of it makes no sense."""
    return _read_id(entry.get("update_id"), least=0) if isinstance(entry, Mapping) else None


def _find_sender_id(entry: Mapping[str, object]) -> int | None:
    for kind, content in entry.items():
        if not isinstance(content, Mapping):
            continue
        if kind == "chat_member":
            content = _find_moved(content)  # noqa: PLW2901 -- the same, seen from whom it is about
        for name in _SENDERS:
            sender = content.get(name)
            sender_id = _read_id(sender.get("id"), least=-LARGEST_ID) if isinstance(sender, Mapping) else None
            if sender_id is not None:
                return sender_id
    return None


def _find_moved(change: Mapping[str, object]) -> Mapping[str, object]:
    """Who comes or goes, and not who lets them in or throws them out: what one person does stays in order."""
    member = change.get("new_chat_member")
    return member if isinstance(member, Mapping) and "user" in member else change


def _read_id(value: object, *, least: int) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and least <= value <= LARGEST_ID else None
