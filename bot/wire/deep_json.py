"""Answers that are nested deeper than the JSON parser goes: read entry by entry, so that one of them spoils no other."""

from __future__ import annotations

import json
import re

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]')
_ID = re.compile(rb"\s*:\s*(\d{1,19})")
_ENTRY_LEVEL = 3
"""An entry of `result` lies in a list in an object."""


def parse_entries(payload: bytes) -> dict[str, object]:
    """The answer to getUpdates; an entry that cannot be read keeps nothing but the id that confirms it."""
    entries: list[object] = []
    level, began, found = 0, 0, b""
    for token in _TOKEN.finditer(payload):
        sign = token[0]
        if sign in b"[{":
            level += 1
            if level == _ENTRY_LEVEL:
                began, found = token.start(), b""
        elif sign in b"]}":
            if level == _ENTRY_LEVEL:
                entries.append(_parse_entry(payload[began : token.end()], found))
            level -= 1
        elif level == _ENTRY_LEVEL and sign == b'"update_id"' and (said := _ID.match(payload, token.end())):
            found = said[1]
    return {"ok": True, "result": entries}


def _parse_entry(piece: bytes, update_id: bytes) -> object:
    try:
        return json.loads(piece)
    except (ValueError, RecursionError):
        return {"update_id": int(update_id or 0), "message": "unreadable"}
