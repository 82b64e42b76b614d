"""Entities that a call gives itself, held against the text they are for, in Telegram's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.playground.world.errors import ApiError, bad_request
from bot.playground.world.nesting import CODE, QUOTES, SPLIT
from bot.playground.world.reading import DATE_FORMAT, measure_utf16
from bot.playground.world.urls import BadUrlError, check_url

_OWN = frozenset(SPLIT) | QUOTES | CODE | {"text_link", "text_mention", "custom_emoji"}
_FOUND = frozenset(
    ["mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number"]
)  # what Telegram finds by itself it takes from nobody
_NEEDED = {"text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id", "date_time": "unix_time"}
_FARTHEST = 1_000_000
_USER_LINK = re.compile(r"tg://user\?id=([0-9]{1,19})", re.IGNORECASE)


def read_entities(text: str, entities: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the entities of a call that count; ApiError for one that cannot be."""
    read = [_read(entity) for entity in entities if entity.get("type") not in _FOUND]
    for entity in read:
        for name in ("offset", "length"):
            if not 0 <= entity[name] <= _FARTHEST:
                raise bad_request(f"receive an entity with incorrect {name} {entity[name]}")
    for entity in sorted((entity for entity in read if entity["length"]), key=lambda entity: entity["offset"]):
        _check_place(entity["offset"], entity["offset"] + entity["length"], text)
    return read


def cut_utf16(text: str, offset: int, length: int) -> str:
    """Return the part of a text that an entity covers."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return raw[2 * offset : 2 * (offset + length)].decode("utf-16-le", "surrogatepass")


def _read(entity: Mapping[str, Any]) -> dict[str, Any]:
    kind = entity.get("type", "")
    needed = _NEEDED.get(kind, "type")
    if needed not in entity:
        raise _unparsable(f'Can\'t find field "{needed}"')
    if kind not in _OWN:
        raise _unparsable("Unsupported type specified" if kind else "Type is not specified")
    if kind == "date_time" and not DATE_FORMAT.fullmatch(entity.get("date_time_format", "")):
        raise _unparsable("Invalid date-time format specified")
    if kind == "custom_emoji" and not str(entity["custom_emoji_id"]).isdecimal():
        raise _unparsable('Field "custom_emoji_id" must be a valid Number')
    place = {name: entity[name] for name in ("type", "offset", "length")}
    return place | dict(_read_argument(kind, entity))


def _read_argument(kind: str, entity: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if kind == "text_link":
        yield from _read_link(entity["url"])
    elif kind == "text_mention":
        yield "user_id", entity["user"]["id"]
    elif kind == "date_time":
        yield from ((name, entity[name]) for name in ("unix_time", "date_time_format") if entity.get(name))
    elif kind == "pre" and entity.get("language"):
        yield "language", entity["language"]
    elif kind in _NEEDED:
        yield _NEEDED[kind], entity[_NEEDED[kind]]


def _read_link(url: str) -> Iterator[tuple[str, Any]]:
    if user := _USER_LINK.fullmatch(url):
        yield from (("type", "text_mention"), ("user_id", int(user[1])))
        return
    try:
        yield "url", check_url(url)
    except BadUrlError as error:
        raise bad_request(f"entity URL '{url}' is invalid: {error}") from error


def _check_place(begin: int, end: int, text: str) -> None:
    length = measure_utf16(text)
    if begin > length:
        raise bad_request(f"entity begins after the end of the text at UTF-16 offset {begin}")
    if place := _find_split(text, begin):
        raise bad_request(f"entity begins in a middle of a UTF-16 symbol {place}")
    if end > length:
        raise bad_request(
            f"entity beginning at UTF-16 offset {begin} ends after the end of the text at UTF-16 offset {end}"
        )
    if place := _find_split(text, end):
        raise bad_request(f"entity beginning at UTF-16 offset {begin} ends in a middle of a UTF-16 symbol {place}")


def _find_split(text: str, offset: int) -> str:
    """Return the place of the character that an offset cuts in two, in Telegram's words; empty if it cuts none."""
    before = cut_utf16(text, 0, offset)
    if not before or not "\ud800" <= before[-1] <= "\udbff":
        return ""
    return f"at byte offset {len(before[:-1].encode('utf-8', 'surrogatepass'))}"


def _unparsable(reason: str) -> ApiError:
    return bad_request(f"can't parse MessageEntity: {reason}")
