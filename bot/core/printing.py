"""Where on paper a member's code hangs: a word of the member's own, which becomes the link's source."""

from __future__ import annotations

import re
from collections.abc import Collection

SHOP = "shop"
"""Behind the command: the shop's own paper, without a member on it; and its place, where no other is named."""

_MARK = "at_"
"""Begins what a link of the shop's own paper carries; no code has such a sign in it."""
_PLACEMENT = re.compile(r"[a-z0-9]{1,16}")


def parse_placement(typed: str, *, usual: str, taken: Collection[str]) -> str | None:
    """Read a place such as `window`; None for what cannot be one.

    Args:
        typed: What stood behind the command; capitals do not count.
        usual: The place where nothing was typed.
        taken: Sources that mean another way than paper.
    """
    word = typed.strip().lower() or usual
    return word if _PLACEMENT.fullmatch(word) and (word == usual or word not in taken) else None


def compose_placement_payload(placement: str) -> str:
    """What a link on the shop's own paper carries: nobody's code, the place alone."""
    return f"{_MARK}{placement}"


def read_placement(payload: str) -> str:
    """The place that such a link names; empty for any other."""
    place = payload.removeprefix(_MARK)
    return place if payload != place and _PLACEMENT.fullmatch(place) else ""
