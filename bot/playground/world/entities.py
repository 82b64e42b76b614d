"""From what a method was given to the text and entities a reader sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.playground.world.autolinks import find_links
from bot.playground.world.cleaning import clean, is_invisible
from bot.playground.world.errors import NotSimulatedError, bad_request
from bot.playground.world.markup import parse_html
from bot.playground.world.reading import MarkupError, measure_utf16

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_ENTITIES = 100

_EDGES = " \n"
# Inside these nothing is found by itself.
_SOLID = {"text_link", "text_mention", "code", "pre", "custom_emoji"}

Entities = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text as it is shown."""

    text: str
    entities: Entities


def read_formatted(text: str, parse_mode: str | None, entities: Sequence[Mapping[str, Any]] | None) -> Formatted:
    """Return what a reader sees of a text given with a parse mode or with entities; ApiError on bad markup."""
    if parse_mode:
        text, given = _parse(text, parse_mode)
    else:
        given = [dict(_check_entity(entity, text)) for entity in entities or ()]
    return finish(text, given)


def finish(text: str, given: Iterable[Mapping[str, Any]]) -> Formatted:
    """Clean and trim a text, add what Telegram finds by itself (commands, links, names) and order all entities."""
    text, given = clean(text, given)
    if is_invisible(text):
        return Formatted("", ())
    shown = text.strip(_EDGES)
    kept = _shift(given, measure_utf16(text[: len(text) - len(text.lstrip(_EDGES))]), measure_utf16(shown))
    found = _find(shown, kept)
    ordered = sorted([*kept, *found], key=lambda entity: (entity["offset"], -entity["length"]))
    return Formatted(shown, tuple(ordered[:MAX_ENTITIES]))


def cut_utf16(text: str, offset: int, length: int) -> str:
    """Return the part of a text that an entity covers."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return raw[2 * offset : 2 * (offset + length)].decode("utf-16-le", "surrogatepass")


def find_preview(formatted: Formatted) -> str:
    """Return the address that a preview would be of: the first of a text."""
    for entity in formatted.entities:
        if entity["type"] == "text_link":
            return str(entity["url"])
        if entity["type"] == "url":
            shown = cut_utf16(formatted.text, entity["offset"], entity["length"])
            return shown if "://" in shown else f"http://{shown}"
    return ""


def _parse(text: str, parse_mode: str) -> tuple[str, list[dict[str, Any]]]:
    if parse_mode.lower() in {"markdown", "markdownv2"}:
        raise NotSimulatedError(f"parse_mode {parse_mode}")
    if parse_mode.lower() != "html":
        raise bad_request("unsupported parse_mode")
    try:
        return parse_html(text)
    except MarkupError as error:
        raise bad_request(f"can't parse entities: {error}") from error


def _check_entity(entity: Mapping[str, Any], text: str) -> Mapping[str, Any]:
    offset, length = entity["offset"], entity["length"]
    if offset < 0 or length < 0 or offset + length > measure_utf16(text):
        raise bad_request(f"entity begins in a middle of a UTF-16 symbol at byte offset {offset}")
    if place := _find_split(text, offset):
        raise bad_request(f"entity begins in a middle of a UTF-16 symbol {place}")
    if place := _find_split(text, offset + length):
        raise bad_request(f"entity beginning at UTF-16 offset {offset} ends in a middle of a UTF-16 symbol {place}")
    return entity


def _find_split(text: str, offset: int) -> str:
    """Return the place of the character that an offset cuts in two, in Telegram's words; empty if it cuts none."""
    before = cut_utf16(text, 0, offset)
    if not before or not "\ud800" <= before[-1] <= "\udbff":
        return ""
    return f"at byte offset {len(before[:-1].encode('utf-8', 'surrogatepass'))}"


def _shift(given: Iterable[Mapping[str, Any]], cut: int, length: int) -> list[dict[str, Any]]:
    kept = []
    for entity in given:
        begin = max(0, entity["offset"] - cut)
        end = min(length, entity["offset"] - cut + entity["length"])
        if end > begin:
            rest = {key: value for key, value in entity.items() if key != "argument"}
            kept.append(rest | {"offset": begin, "length": end - begin})
    return kept


def _find(text: str, given: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    solid = [entity for entity in given if entity["type"] in _SOLID]
    taken = {(entity["type"], entity["offset"]) for entity in given}
    found = []
    for kind, begin, end in find_links(text):
        offset, length = measure_utf16(text[:begin]), measure_utf16(text[begin:end])
        if (kind, offset) not in taken and not any(_overlap(entity, offset, length) for entity in solid):
            found.append({"type": kind, "offset": offset, "length": length})
    return found


def _overlap(entity: Mapping[str, Any], offset: int, length: int) -> bool:
    begin, end = entity["offset"], entity["offset"] + entity["length"]
    return bool(begin < offset + length and offset < end)
