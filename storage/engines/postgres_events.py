"""What a unit of work has told, on its way to other processes: as JSON on the line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from enum import Enum
from typing import Any, cast, get_args

from storage.addresses import ChatAddress, ChatRole, MemberAddress
from storage.engines.postgres_connection import Connection
from storage.engines.postgres_line import CHANNEL, EVENTS, WRITTEN, compose_telling
from storage.records import CommitDoubted, Event, PersonId, ShopChanged

LONGEST_BYTES = 7_500
"""PostgreSQL passes on less than 8,000 as one, with what says whose it is."""

MOST = 500
"""More are not told one by one: whoever hears of them looks into the database instead."""

_SAY = "SELECT pg_notify(%s, %s)"
_SAY_IF_WRITTEN = f"{_SAY} WHERE pg_current_xact_id_if_assigned() IS NOT NULL"
"""A transaction has a number from its first change on."""

_KINDS: Mapping[str, type[Any]] = {kind.__name__: kind for kind in get_args(Event)}


def tell_events(connection: Connection, events: Sequence[Event], *, schema: str, origin: str) -> None:
    """Have other processes hear of events once the open transaction is committed; of a changed shop a trigger tells.

    Where there is nothing else to be told, they hear that something was written, if it was.
    """
    left: list[Event] = [each for each in dict.fromkeys(events) if not isinstance(each, ShopChanged)]
    if len(left) > MOST:
        left = [CommitDoubted()]
    for body in _pack(left):
        connection.execute(_SAY, (CHANNEL, compose_telling(schema, EVENTS, origin, body)))
    if not left:
        connection.execute(_SAY_IF_WRITTEN, (CHANNEL, compose_telling(schema, WRITTEN, origin)))


def _pack(events: Sequence[Event]) -> list[list[object]]:
    """Events as they are said, as many at once as may be; of one that is too long is told that there was something."""
    parcels: list[list[object]] = []
    room = 0
    for event in events:
        said = _encode(event)
        if (size := _measure(said)) > LONGEST_BYTES:
            said, size = _encode(CommitDoubted()), _measure(_encode(CommitDoubted()))
        if size > room:
            parcels.append([])
            room = LONGEST_BYTES
        parcels[-1].append(said)
        room -= size
    return parcels


def _measure(said: object) -> int:
    return len(json.dumps(said)) + 1


def parse_events(body: object) -> list[Event]:
    """Read what another process has told; what another version of it tells and nobody here knows is passed over.

    Raises:
        TypeError, ValueError, KeyError: it is no list of events.
    """
    said = cast("Sequence[Sequence[Any]]", body)
    return [_KINDS[kind](**_decode(values)) for kind, values in said if kind in _KINDS]


def _encode(event: Event) -> list[object]:
    return [type(event).__name__, {each.name: _encode_value(getattr(event, each.name)) for each in fields(event)}]


def _encode_value(value: object) -> object:
    if isinstance(value, MemberAddress):
        return {"person_id": value.person_id}
    if isinstance(value, ChatAddress):
        return {"role": value.role.value}
    return value.value if isinstance(value, Enum) else value


def _decode(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _decode_address(value) if isinstance(value, dict) else value for name, value in values.items()}


def _decode_address(value: Mapping[str, Any]) -> MemberAddress | ChatAddress:
    if "role" in value:
        return ChatAddress(ChatRole(value["role"]))
    return MemberAddress(PersonId(value["person_id"]))
