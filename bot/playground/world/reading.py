"""Reads a text with markup piece by piece, as Telegram's server does: the end of the text counts as a space."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

SPACE = " \t\r\n\v\0"
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,7})|#([0-9]{1,8})|([A-Za-z]{1,8}));?")
_PLAIN = re.compile(r"[^<&]+")
DATE_FORMAT = re.compile("[rR]|[tTdDwW]*")
"""How a moment may be shown: as a distance, or as time, date and day of the week."""
_NAME_TOKEN = re.compile(r"[A-Za-z0-9.-]*")


class MarkupError(Exception):
    """A text Telegram cannot parse; the words are Telegram's."""


@dataclass(slots=True)
class Opened:
    """A tag that waits for its end: what it is, its one argument, and where in the visible text it began."""

    tag: str
    argument: str
    offset: int
    """UTF-16 units."""
    begin: int
    """Characters."""
    date_format: str = ""
    """How a moment is shown; of a moment only."""


@dataclass(slots=True)
class Reader:
    """The source with a NUL behind it, how far it is read, and what has come of it."""

    source: str
    position: int = 0
    offset: int = 0
    """UTF-16 units of visible text so far."""
    length: int = 0
    """Characters of visible text so far."""
    parts: list[str] = field(default_factory=list)
    opened: list[Opened] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)

    @property
    def at_end(self) -> bool:
        """Whether all is read."""
        return self.position >= len(self.source) - 1

    def emit(self, text: str) -> None:
        """Add to the visible text."""
        self.parts.append(text)
        self.length += len(text)
        self.offset += measure_utf16(text)

    def peek(self) -> str:
        """Return the next character."""
        return self.source[self.position]

    def step(self) -> str:
        """Read one character."""
        self.position += 1
        return self.source[self.position - 1]

    def skip_space(self) -> None:
        """Read over spaces."""
        while not self.at_end and self.peek() in SPACE:
            self.position += 1

    def read_until(self, stops: str) -> str:
        """Read up to one of some characters, of which a space must be one."""
        begin = self.position
        while self.peek() not in stops:
            self.position += 1
        return self.source[begin : self.position]

    def read_plain(self) -> str:
        """Read up to the next mark."""
        found = _PLAIN.match(self.source, self.position, len(self.source) - 1)
        if found is None:
            return ""
        self.position = found.end()
        return found[0]

    def read_reference(self) -> str:
        """Read a reference such as &lt; or &#65; and return its character; nothing is read where there is none."""
        found = _REFERENCE.match(self.source, self.position)
        if found is None:
            return ""
        if found[3]:
            character = _NAMED.get(found[3], "")
        else:
            code = int(found[1], 16) if found[1] else int(found[2])
            character = chr(code) if 0 < code < 0x10FFFF else ""
        if character:
            self.position = found.end()
        return character

    def read_value(self) -> str:
        """Read the value of an attribute, in quotes or without."""
        return self._read_quoted() if self.peek() in "'\"" else self._read_name_token()

    def place(self, position: int) -> str:
        """Return how Telegram's errors name a place."""
        return f"at byte offset {len(self.source[:position].encode('utf-8', 'surrogatepass'))}"

    def _read_quoted(self) -> str:
        quote = self.step()
        value = []
        while self.peek() != quote and not self.at_end:
            reference = self.read_reference() if self.peek() == "&" else ""
            value.append(reference or self.step())
        if not self.at_end:
            self.position += 1
        return "".join(value)

    def _read_name_token(self) -> str:
        found = _NAME_TOKEN.match(self.source, self.position)
        assert found is not None
        begin, self.position = self.position, found.end()
        if self.peek() not in SPACE + ">":
            raise MarkupError(f"Unexpected end of name token {self.place(begin)}")
        return found[0].lower()


def measure_utf16(text: str) -> int:
    """Return the length in UTF-16 units, which is how Telegram counts offsets."""
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)
