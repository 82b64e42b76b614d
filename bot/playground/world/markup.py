"""Telegram's HTML, read as its server reads it: the same tags, the same refusals, byte offsets and all.

The end of the text counts as a space, which is why a tag that is never closed is found where it is found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from bot.playground.world.urls import BadUrlError, check_url

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "blockquote": "blockquote",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
_ATTRIBUTES = {
    "a": "href",
    "code": "class",
    "span": "class",
    "tg-emoji": "emoji-id",
    "tg-time": "unix",
    "blockquote": "expandable",
}
_PREFIXES = {"code": "language-", "span": "tg-"}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_SPACE = " \t\r\n\v\0"
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,7})|#([0-9]{1,8})|([A-Za-z]{1,8}));?")
_PLAIN = re.compile(r"[^<&]+")
_BARE_TAG = re.compile(r"<(b|i|u|s|code|pre|strong|em|tg-spoiler|blockquote)>")
_NAME_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_USER_LINK = re.compile(r"tg://user\?id=([0-9]{1,19})", re.IGNORECASE)


class MarkupError(Exception):
    """A text Telegram cannot parse; the words are Telegram's."""


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    offset: int
    begin: int


@dataclass(slots=True)
class _Reader:
    source: str
    position: int = 0
    offset: int = 0
    parts: list[str] = field(default_factory=list)
    length: int = 0
    opened: list[_Open] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)

    def emit(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)
        self.offset += measure_utf16(text)

    def peek(self) -> str:
        return self.source[self.position]

    def skip_space(self) -> None:
        while self.position < len(self.source) - 1 and self.peek() in _SPACE:
            self.position += 1

    def read_until(self, stops: str) -> str:
        begin = self.position
        while self.peek() not in stops:
            self.position += 1
        return self.source[begin : self.position]

    @property
    def at_end(self) -> bool:
        return self.position >= len(self.source) - 1

    def place(self, position: int) -> str:
        return f"at byte offset {len(self.source[:position].encode('utf-8', 'surrogatepass'))}"


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Return the visible text and its entities; MarkupError in Telegram's words."""
    if "<" not in source and "&" not in source:
        return source, []
    reader = _Reader(source + "\0")
    while not reader.at_end:
        _read_next(reader)
    if reader.opened:
        raise MarkupError(f'Can\'t find end tag corresponding to start tag "{reader.opened[-1].tag}"')
    return "".join(reader.parts), reader.entities


def measure_utf16(text: str) -> int:
    """Return the length in UTF-16 units, which is how Telegram counts offsets."""
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)


def _read_next(reader: _Reader) -> None:
    if plain := _PLAIN.match(reader.source, reader.position, len(reader.source) - 1):
        reader.position = plain.end()
        reader.emit(plain[0])
    elif reader.peek() == "&":
        reader.emit(_read_reference(reader) or _step(reader))
    elif reader.source[reader.position + 1] == "/":
        _read_end_tag(reader)
    elif bare := _BARE_TAG.match(reader.source, reader.position):
        reader.position = bare.end()
        reader.opened.append(_Open(bare[1], "", reader.offset, reader.length))
    else:
        _read_start_tag(reader)


def _step(reader: _Reader) -> str:
    reader.position += 1
    return reader.source[reader.position - 1]


def _read_reference(reader: _Reader) -> str:
    found = _REFERENCE.match(reader.source, reader.position)
    if found is None:
        return ""
    if found[3]:
        character = _NAMED.get(found[3], "")
    else:
        code = int(found[1], 16) if found[1] else int(found[2])
        character = chr(code) if 0 < code < 0x10FFFF else ""
    if character:
        reader.position = found.end()
    return character


def _read_start_tag(reader: _Reader) -> None:
    begin = reader.position
    reader.position += 1
    tag = reader.read_until(_SPACE + ">").lower()
    if reader.at_end:
        raise MarkupError(f"Unclosed start tag {reader.place(begin)}")
    if tag not in _KINDS:
        raise MarkupError(f'Unsupported start tag "{tag}" {reader.place(begin)}')
    argument = _read_attributes(reader, tag, begin)
    if tag == "span" and argument != "spoiler":
        raise MarkupError(f'Tag "span" must have class "tg-spoiler" {reader.place(begin)}')
    reader.position += 1
    reader.opened.append(_Open(tag, argument, reader.offset, reader.length))


def _read_attributes(reader: _Reader, tag: str, begin: int) -> str:
    argument = ""
    reader.skip_space()
    while reader.peek() != ">":
        name = reader.read_until(_SPACE + "=>")
        if not name and not reader.at_end:
            raise MarkupError(f'Empty attribute name in the tag "{tag}" {reader.place(begin)}')
        reader.skip_space()
        value = _read_value(reader, tag, begin) if reader.peek() == "=" else ""
        if reader.at_end:
            raise MarkupError(f"Unclosed start tag {reader.place(begin)}")
        argument = _choose_argument(tag, name, value) or argument
        reader.skip_space()
    return argument


def _choose_argument(tag: str, name: str, value: str) -> str:
    if _ATTRIBUTES.get(tag) != name:
        return ""
    if tag == "blockquote":
        return "1"
    prefix = _PREFIXES.get(tag, "")
    return value.removeprefix(prefix) if value.startswith(prefix) else ""


def _read_value(reader: _Reader, tag: str, begin: int) -> str:
    reader.position += 1
    reader.skip_space()
    if reader.at_end:
        raise MarkupError(f'Unclosed start tag "{tag}" {reader.place(begin)}')
    if reader.peek() in "'\"":
        return _read_quoted(reader)
    return _read_name_token(reader)


def _read_name_token(reader: _Reader) -> str:
    found = _NAME_TOKEN.match(reader.source, reader.position)
    assert found is not None
    begin, reader.position = reader.position, found.end()
    if reader.peek() not in _SPACE + ">":
        raise MarkupError(f"Unexpected end of name token {reader.place(begin)}")
    return found[0].lower()


def _read_quoted(reader: _Reader) -> str:
    quote = _step(reader)
    value = []
    while reader.peek() != quote and not reader.at_end:
        reference = _read_reference(reader) if reader.peek() == "&" else ""
        value.append(reference or _step(reader))
    if not reader.at_end:
        reader.position += 1
    return "".join(value)


def _read_end_tag(reader: _Reader) -> None:
    begin = reader.position
    if not reader.opened:
        raise MarkupError(f"Unexpected end tag {reader.place(begin)}")
    reader.position += 2
    name = reader.read_until(_SPACE + ">")
    reader.skip_space()
    if reader.peek() != ">":
        raise MarkupError(f"Unclosed end tag {reader.place(begin)}")
    reader.position += 1
    opened = reader.opened.pop()
    if name and name != opened.tag:
        raise MarkupError(f'Unmatched end tag {reader.place(begin)}, expected "</{opened.tag}>", found "</{name}>"')
    if reader.offset > opened.offset:
        _close(reader, opened)


def _close(reader: _Reader, opened: _Open) -> None:
    entity: dict[str, Any] = {
        "offset": opened.offset,
        "length": reader.offset - opened.offset,
        "type": _KINDS[opened.tag],
    }
    if opened.tag == "a":
        _add_link(reader, opened, entity)
    elif opened.tag in {"pre", "code"}:
        _add_code(reader, opened, entity)
    elif opened.tag == "tg-emoji" and not opened.argument.isdigit():
        raise MarkupError("Invalid custom emoji identifier specified")
    else:
        reader.entities.append(entity | _describe(opened))


def _describe(opened: _Open) -> dict[str, Any]:
    if opened.tag == "blockquote" and opened.argument:
        return {"type": "expandable_blockquote"}
    if opened.tag == "tg-emoji":
        return {"custom_emoji_id": opened.argument}
    if opened.tag == "tg-time":
        return {"unix_time": int(opened.argument or 0)}
    return {}


def _add_link(reader: _Reader, opened: _Open, entity: dict[str, Any]) -> None:
    url = opened.argument or "".join(reader.parts)[opened.begin :]
    if user := _USER_LINK.fullmatch(url):
        reader.entities.append(entity | {"type": "text_mention", "user_id": int(user[1])})
        return
    try:
        reader.entities.append(entity | {"url": check_url(url)})
    except BadUrlError:
        return  # a bad link is no error: Telegram shows the words without it


def _add_code(reader: _Reader, opened: _Open, entity: dict[str, Any]) -> None:
    """Merge code inside pre, or pre inside code, into one block that knows its language."""
    inner = reader.entities[-1] if reader.entities else {}
    same = {key: inner.get(key) for key in ("offset", "length")} == {key: entity[key] for key in ("offset", "length")}
    language = opened.argument or inner.get("argument", "")
    if same and inner.get("type") in {"pre", "code"} and inner["type"] != entity["type"] and language:
        reader.entities[-1] = entity | {"type": "pre", "language": language}
    else:
        reader.entities.append(entity | ({"argument": opened.argument} if opened.argument else {}))
