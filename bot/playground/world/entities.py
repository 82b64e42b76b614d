"""From what a method was given to the text and entities a reader sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.playground.world.autolinks import find_links
from bot.playground.world.cleaning import clean, is_invisible
from bot.playground.world.errors import NotSimulatedError, bad_request
from bot.playground.world.given import cut_utf16, read_entities
from bot.playground.world.markup import parse_html
from bot.playground.world.nesting import rank, settle
from bot.playground.world.reading import MarkupError, measure_utf16

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_ENTITIES = 100
MAX_SOURCE_BYTES = 32_768
"""Of a text before its markup is read."""

_EDGES = " \n"

Entities = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text as it is shown."""

    text: str
    entities: Entities


def read_formatted(text: str, parse_mode: str | None, entities: Sequence[Mapping[str, Any]] | None) -> Formatted:
    """Return what a reader sees of a text given with a parse mode or with entities; ApiError on bad markup."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_SOURCE_BYTES:
        raise bad_request("text is too long")
    if text and parse_mode and parse_mode.lower() != "none":
        return finish(*_parse(text, parse_mode))
    return finish(text, read_entities(text, entities or ()))


def finish(text: str, given: Iterable[Mapping[str, Any]]) -> Formatted:
    """Clean and trim a text, add what Telegram finds by itself (commands, links, names) and order all entities."""
    text, given = clean(text, given)
    if is_invisible(text):
        return Formatted("", ())
    shown = text.rstrip(_EDGES)
    kept = sorted(_shift(given, 0, measure_utf16(shown)), key=rank)
    blank = len(shown) - len(shown.lstrip(_EDGES))
    cut = min(blank, kept[0]["offset"]) if kept else blank  # spaces that are formatted stay
    shown, kept = shown[cut:], _shift(kept, cut, measure_utf16(shown) - cut)
    return Formatted(shown, tuple(settle(kept, _find(shown))[:MAX_ENTITIES]))


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


def _shift(given: Iterable[Mapping[str, Any]], cut: int, length: int) -> list[Mapping[str, Any]]:
    kept: list[Mapping[str, Any]] = []
    for entity in given:
        begin = max(0, entity["offset"] - cut)
        end = min(length, entity["offset"] - cut + entity["length"])
        if end > begin:
            rest = {key: value for key, value in entity.items() if key != "argument"}
            kept.append(rest | {"offset": begin, "length": end - begin})
    return kept


def _find(text: str) -> Iterator[Mapping[str, Any]]:
    for kind, begin, end in find_links(text):
        yield {"type": kind, "offset": measure_utf16(text[:begin]), "length": measure_utf16(text[begin:end])}
