"""Formatting as people type it in the apps: **bold**, __italic__, ~~struck~~, ||hidden||, `code`."""

from __future__ import annotations

import re
from typing import Any

from bot.playground.world.markup import measure_utf16

_KINDS = {"**": "bold", "__": "italic", "~~": "strikethrough", "||": "spoiler", "`": "code"}
_MARKED = re.compile(r"(\*\*|__|~~|\|\||`)(?=\S)(.+?)(?<=\S)\1", re.DOTALL)


def parse_typed(text: str) -> tuple[str, list[dict[str, Any]]]:
    """Return the text without its marks, and the entities they stood for (offsets in UTF-16 units)."""
    out = ""
    entities: list[dict[str, Any]] = []
    at = 0
    for match in _MARKED.finditer(text):
        out += text[at : match.start()]
        kind = _KINDS[match[1]]
        inner, nested = (match[2], []) if kind == "code" else parse_typed(match[2])
        begin = measure_utf16(out)
        entities.append({"type": kind, "offset": begin, "length": measure_utf16(inner)})
        entities += [entity | {"offset": entity["offset"] + begin} for entity in nested]
        out += inner
        at = match.end()
    return out + text[at:], entities
