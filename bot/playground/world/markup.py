"""Telegram's HTML, read as its server reads it: the same tags, the same refusals, byte offsets and all."""

from __future__ import annotations

import re
from typing import Any

from bot.playground.world.reading import DATE_FORMAT, SPACE, MarkupError, Opened, Reader, measure_utf16
from bot.playground.world.urls import BadUrlError, check_url

__all__ = ["MarkupError", "measure_utf16", "parse_html"]

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
_NUMBERED = {"tg-emoji": "custom emoji identifier", "tg-time": "date"}
_PREFIXES = {"code": "language-", "span": "tg-"}
_BARE_TAG = re.compile(r"<(b|i|u|s|code|pre|strong|em|tg-spoiler|blockquote)>")
_HALF = re.compile("[\ud800-\udfff]")
_USER_LINK = re.compile(r"tg://user\?id=([0-9]{1,19})", re.IGNORECASE)


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Return the visible text and its entities; MarkupError in Telegram's words."""
    if "<" not in source and "&" not in source:
        return source, []
    reader = Reader(source + "\0")
    while not reader.at_end:
        _read_next(reader)
    if reader.opened:
        raise MarkupError(f'Can\'t find end tag corresponding to start tag "{reader.opened[-1].tag}"')
    return _pair("".join(reader.parts)), reader.entities


def _pair(text: str) -> str:
    """Return a text in which the halves of a character that were written as two references are one."""
    if not _HALF.search(text):
        return text
    try:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError as error:
        words = "Text contains invalid Unicode characters after decoding HTML entities"
        raise MarkupError(f"{words}, check for unmatched surrogate code units") from error


def _read_next(reader: Reader) -> None:
    if plain := reader.read_plain():
        reader.emit(plain)
    elif reader.peek() == "&":
        reader.emit(reader.read_reference() or reader.step())
    elif reader.source[reader.position + 1] == "/":
        _read_end_tag(reader)
    elif bare := _BARE_TAG.match(reader.source, reader.position):
        reader.position = bare.end()
        reader.opened.append(Opened(bare[1], "", reader.offset, reader.length))
    else:
        _read_start_tag(reader)


def _read_start_tag(reader: Reader) -> None:
    begin = reader.position
    reader.position += 1
    tag = reader.read_until(SPACE + ">").lower()
    if reader.at_end:
        raise MarkupError(f"Unclosed start tag {reader.place(begin)}")
    if tag not in _KINDS:
        raise MarkupError(f'Unsupported start tag "{tag}" {reader.place(begin)}')
    argument, date_format = _read_attributes(reader, tag, begin)
    if tag == "span" and argument != "spoiler":
        raise MarkupError(f'Tag "span" must have class "tg-spoiler" {reader.place(begin)}')
    reader.position += 1
    reader.opened.append(Opened(tag, argument, reader.offset, reader.length, date_format))


def _read_attributes(reader: Reader, tag: str, begin: int) -> tuple[str, str]:
    argument = date_format = ""
    reader.skip_space()
    while reader.peek() != ">":
        name = reader.read_until(SPACE + "=>")
        if not name and not reader.at_end:
            raise MarkupError(f'Empty attribute name in the tag "{tag}" {reader.place(begin)}')
        reader.skip_space()
        value = _read_value(reader, tag, begin) if reader.peek() == "=" else ""
        if reader.at_end:
            raise MarkupError(f"Unclosed start tag {reader.place(begin)}")
        argument = _choose_argument(tag, name, value) or argument
        date_format = _check_date_format(value) if (tag, name) == ("tg-time", "format") else date_format
        reader.skip_space()
    return argument, date_format


def _check_date_format(value: str) -> str:
    if not DATE_FORMAT.fullmatch(value):
        raise MarkupError("Invalid date format used")
    return value


def _choose_argument(tag: str, name: str, value: str) -> str:
    if _ATTRIBUTES.get(tag) != name:
        return ""
    if tag == "blockquote":
        return "1"
    prefix = _PREFIXES.get(tag, "")
    return value.removeprefix(prefix) if value.startswith(prefix) else ""


def _read_value(reader: Reader, tag: str, begin: int) -> str:
    reader.position += 1
    reader.skip_space()
    if reader.at_end:
        raise MarkupError(f'Unclosed start tag "{tag}" {reader.place(begin)}')
    return reader.read_value()


def _read_end_tag(reader: Reader) -> None:
    begin = reader.position
    if not reader.opened:
        raise MarkupError(f"Unexpected end tag {reader.place(begin)}")
    reader.position += 2
    name = reader.read_until(SPACE + ">").lower()
    reader.skip_space()
    if reader.peek() != ">":
        raise MarkupError(f"Unclosed end tag {reader.place(begin)}")
    reader.position += 1
    opened = reader.opened.pop()
    if name and name != opened.tag:
        raise MarkupError(f'Unmatched end tag {reader.place(begin)}, expected "</{opened.tag}>", found "</{name}>"')
    if reader.offset > opened.offset:
        _close(reader, opened)


def _close(reader: Reader, opened: Opened) -> None:
    entity: dict[str, Any] = {
        "offset": opened.offset,
        "length": reader.offset - opened.offset,
        "type": _KINDS[opened.tag],
    }
    if opened.tag == "a":
        _add_link(reader, opened, entity)
    elif opened.tag in {"pre", "code"}:
        _add_code(reader, opened, entity)
    elif opened.tag in _NUMBERED and not opened.argument.isdecimal():
        raise MarkupError(f"Invalid {_NUMBERED[opened.tag]} specified")
    else:
        reader.entities.append(entity | _describe(opened))


def _describe(opened: Opened) -> dict[str, Any]:
    if opened.tag == "blockquote" and opened.argument:
        return {"type": "expandable_blockquote"}
    if opened.tag == "tg-emoji":
        return {"custom_emoji_id": opened.argument}
    if opened.tag == "tg-time":
        shown = {"date_time_format": opened.date_format} if opened.date_format else {}
        return {"unix_time": int(opened.argument), **shown}
    return {}


def _add_link(reader: Reader, opened: Opened, entity: dict[str, Any]) -> None:
    url = opened.argument or "".join(reader.parts)[opened.begin :]
    if user := _USER_LINK.fullmatch(url):
        reader.entities.append(entity | {"type": "text_mention", "user_id": int(user[1])})
        return
    try:
        reader.entities.append(entity | {"url": check_url(url)})
    except BadUrlError:
        return  # a bad link is no error: Telegram shows the words without it


def _add_code(reader: Reader, opened: Opened, entity: dict[str, Any]) -> None:
    """Merge code inside pre, or pre inside code, into one block that knows its language."""
    inner = reader.entities[-1] if reader.entities else {}
    same = {key: inner.get(key) for key in ("offset", "length")} == {key: entity[key] for key in ("offset", "length")}
    language = opened.argument or inner.get("argument", "")
    if same and inner.get("type") in {"pre", "code"} and inner["type"] != entity["type"] and language:
        reader.entities[-1] = entity | {"type": "pre", "language": language}
    else:
        reader.entities.append(entity | ({"argument": opened.argument} if opened.argument else {}))
