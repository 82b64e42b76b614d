"""What is kept of the values in an update: of every shape its own, and nothing that is not asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

LARGEST_ID = 2**63 - 1
MOST_CHARACTERS = 100_000
"""Telegram's longest text is 32,768."""

MOST_ITEMS = 1_000
"""Telegram's longest list is of 100 entities."""

MOST_LEVELS = 20
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL breaks databases, half a surrogate pair breaks UTF-8; neither means anything."""

Keep = Callable[[Any], Any]
"""Returns what is kept of a value; raises MalformedUpdate."""


class MalformedUpdate(ValueError):
    """A value is not what Telegram sends there."""


def keep_text(value: Any) -> str:
    """A text without what cannot be stored."""
    if not isinstance(value, str) or len(value) > MOST_CHARACTERS:
        raise MalformedUpdate("a text")
    return _UNSTORABLE.sub("", value) if _UNSTORABLE.search(value) else value


def keep_mark(value: Any) -> str:
    """Of a text no more than that it is there."""
    return keep_text(value)[:1] and "…"


def keep_number(value: Any) -> int:
    """A whole number of 64 bits."""
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST_ID:
        raise MalformedUpdate("a number")
    return value


def keep_flag(value: Any) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise MalformedUpdate("a flag")
    return value


def keep_list(keep: Keep) -> Keep:
    """A list of values of one kind."""

    def keep_items(value: Any) -> list[Any]:
        if not isinstance(value, list) or len(value) > MOST_ITEMS:
            raise MalformedUpdate("a list")
        return [keep(each) for each in value]

    return keep_items


def keep_object(fields: Mapping[str, Keep], *, rest: Keep | None = None, needs: Sequence[str] = ()) -> Keep:
    """Some fields of an object, without which it is none, and of the others what `rest` makes of the object."""

    def keep_fields(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise MalformedUpdate("an object")
        kept = {} if rest is None else {name: each for name, each in rest(value).items() if name not in fields}
        for name, each in value.items():
            keep = fields.get(name)
            if keep is not None and each is not None:
                kept[name] = keep(each)
        if any(name not in kept for name in needs):
            raise MalformedUpdate("a whole object")
        return kept

    return keep_fields


def keep_scalars(value: Any) -> dict[str, Any]:
    """The fields of an object that hold no others."""
    if not isinstance(value, Mapping) or len(value) > MOST_ITEMS:
        raise MalformedUpdate("an object")
    return {
        keep_text(name): keep_any(each)
        for name, each in value.items()
        if isinstance(each, str | int | float) or each is None
    }


def keep_any(value: Any, levels: int = MOST_LEVELS) -> Any:
    """Whatever it is, if it is not too large or too deep."""
    if isinstance(value, str):
        return keep_text(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return keep_number(value)
    if value is None or isinstance(value, bool | float):
        return value
    if levels == 0 or len(value) > MOST_ITEMS:
        raise MalformedUpdate("a nesting")
    if isinstance(value, Mapping):
        return {keep_text(key): keep_any(each, levels - 1) for key, each in value.items()}
    return [keep_any(each, levels - 1) for each in value]
