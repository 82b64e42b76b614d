"""The club: what coupons for whoever comes first are called, how many they are, and who came before whom."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from enum import Enum, auto

from bot.core.names import clean_text
from bot.core.numbers import parse_whole_number

CLUB_LINK = "to-club"
"""The start payload of a link to the club: no code is as short as what stands before its hyphen."""

QUANTITY_LIMIT = 100_000
NAME_LIMIT = 40
"""Code points: it stands on a button, behind how many are left."""
DROPS_SHOWN = 3
"""Open at once, at most."""
RIVALS_LIMIT = 2_000
"""Updates before one's own that are looked at."""


class Dropping(Enum):
    """What came of somebody's opening a drop."""

    OPENED = auto()
    FEW = auto()
    """The pool has fewer coupons than that."""
    MANY = auto()
    """There are as many drops as can be shown."""


class Claiming(Enum):
    """What came of somebody's coming."""

    WON = auto()
    LATE = auto()
    OVER = auto()
    """There is none of it for anybody who comes now."""
    KNOWN = auto()
    """They had come before."""


def parse_quantity(text: str) -> int | None:
    """How many coupons, 1 at least."""
    return parse_whole_number(text, QUANTITY_LIMIT)


def clean_name(text: str) -> str:
    """What it is called."""
    return clean_text(text, limit=NAME_LIMIT)


def decide_opened(quantity: int, *, ready: int, others: int) -> Dropping:
    """Whether a drop can be opened of a pool that has so many, beside others that are open."""
    if others >= DROPS_SHOWN:
        return Dropping.MANY
    return Dropping.OPENED if quantity <= ready else Dropping.FEW


def list_rivals(updates: Iterable[tuple[int | None, bytes]], data: str) -> list[int]:
    """Who of the senders of updates has tapped the button of this data, in their order, each once.

    Args:
        updates: Telegram's number of each sender, and the update as it came.
        data: Of the button.
    """
    wanted = data.encode()
    found = (sender for sender, raw in updates if sender is not None and wanted in raw and _read_data(raw) == data)
    return list(dict.fromkeys(found))


def _read_data(raw: bytes) -> object:
    with suppress(ValueError, KeyError, TypeError):
        return json.loads(raw)["callback_query"]["data"]
    return None
