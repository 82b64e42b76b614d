"""Whole numbers as people type them: in the digits of any script, with or without separators between thousands."""

from __future__ import annotations

import re

_GROUPED = re.compile(r"\d{1,3}([.,'\u2019\u066c\uff0c\u00a0\u202f ])\d{2,3}(?:\1\d{2,3})*(?<=\d{3})")
_MOST_DIGITS = 18


def parse_whole_number(said: str, highest: int) -> int | None:
    """A number from 1 to `highest`; None for anything else, also for one with a fraction."""
    text = said.strip().removeprefix("+").strip()
    if (grouped := _GROUPED.fullmatch(text)) and int(text.partition(grouped[1])[0]):
        text = text.replace(grouped[1], "")
    if not text.isdecimal() or len(text) > _MOST_DIGITS:
        return None
    return number if 1 <= (number := int(text)) <= highest else None
