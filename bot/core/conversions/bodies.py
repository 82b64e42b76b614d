"""What a report says, read strictly: whatever is not understood is refused by its place, never guessed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from storage.conversion import Channel, ConversionType, MemberKey, Report
from storage.frozen import frozen

MOST_AMOUNT = 10**12
"""Minor units: more than any till takes."""

MOST_EXACT = 2**53
"""From here on a number with a point could mean several whole ones."""

MOST_TELEGRAM_ID = 2**52
"""Telegram's numbers have at most 52 bits."""

ORDER_ID = r"^[A-Za-z0-9][A-Za-z0-9._:/#-]{0,63}$"
NAME = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$"
CURRENCY = r"^[A-Z]{3}$"
_MEMBER = {
    MemberKey.CODE: r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$",
    MemberKey.COUPON: r"^[!-~]{1,64}$",
    MemberKey.EXTERNAL_ID: r"^[!-~]{1,128}$",
    MemberKey.TOKEN: r"^[A-Za-z0-9_-]{1,64}$",
}
_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)",
    re.ASCII,
)
_FIELDS: Mapping[ConversionType, tuple[frozenset[str], frozenset[str]]] = {
    ConversionType.PURCHASE: (
        frozenset({"type", "order_id", "amount", "currency", "member", "occurred_at"}),
        frozenset(),
    ),
    ConversionType.REFUND: (
        frozenset({"type", "order_id", "amount", "currency", "occurred_at"}),
        frozenset({"member", "refund_id"}),
    ),
    ConversionType.CUSTOM: (
        frozenset({"type", "order_id", "name", "member", "occurred_at"}),
        frozenset({"amount", "currency"}),
    ),
}
"""By type: what has to be there, and what may be."""


@frozen(kw_only=False)
class Mistake:
    """Something that cannot be."""

    pointer: str
    """Where, as a JSON Pointer; empty for all of it."""
    detail: str


class BodyMistake(Exception):
    """A report that cannot be read.

    Args:
        mistakes: All that is wrong with it.
    """

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("; ".join(f"{each.pointer} {each.detail}" for each in mistakes))
        self.mistakes = mistakes


def parse_body(raw: bytes) -> Report:
    """Read the body of a request.

    Raises:
        BodyMistake: it says what cannot be.
    """
    said = parse_object(raw)
    type_ = said.get("type")
    if not isinstance(type_, str) or type_ not in set(ConversionType):
        raise BodyMistake([Mistake("/type", "has to be purchase, refund or custom")])
    needed, more = _FIELDS[ConversionType(type_)]
    mistakes = [Mistake(f"/{name}", "is missing") for name in sorted(needed - said.keys())]
    mistakes += [Mistake(f"/{_escape(name)}", "is not known here") for name in sorted(said.keys() - needed - more)]
    mistakes += [Mistake(f"/{name}", _CHECKS[name][1]) for name in said if name in _CHECKS and not _fits(name, said)]
    mistakes += _check_member(said["member"]) if "member" in said else []
    if mistakes:
        raise BodyMistake(mistakes)
    return _compose(ConversionType(type_), said)


def parse_object(raw: bytes) -> dict[str, Any]:
    """Read an object of JSON: in UTF-8, every name once, no numbers that JSON has not.

    Raises:
        BodyMistake: it is none.
    """
    try:
        said = json.loads(raw.decode(), object_pairs_hook=_read_once, parse_constant=_refuse, parse_float=_read_number)
    except (ValueError, RecursionError):
        raise BodyMistake([Mistake("", "is no JSON, or has a name twice")]) from None
    if not isinstance(said, dict):
        raise BodyMistake([Mistake("", "has to be an object")])
    return said


def parse_moment(said: object) -> int | None:
    """Read a moment as RFC 3339 has it, in UTC microseconds; None for what is none."""
    if not isinstance(said, str) or not _TIME.fullmatch(said):
        return None
    shortened = re.sub(r"(\.\d{6})\d+", r"\1", said.upper())
    leap = re.sub(r":60(?=[.Z+-])", ":59", shortened)
    try:
        moment = datetime.fromisoformat(leap).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def is_order_id(said: object) -> bool:
    """Whether an order can have this number."""
    return isinstance(said, str) and re.fullmatch(ORDER_ID[1:-1], said) is not None


def is_event_name(said: object) -> bool:
    """Whether a custom event can be called so."""
    return isinstance(said, str) and re.fullmatch(NAME[1:-1], said) is not None


def compute_fingerprint(said: Mapping[str, Any]) -> str:
    """The same for what says the same, however it is spelled."""
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def _compose(type_: ConversionType, said: Mapping[str, Any]) -> Report:
    ((key, member),) = said["member"].items() if "member" in said else [("", "")]
    occurred_at = parse_moment(said["occurred_at"])
    assert occurred_at is not None, "it was looked at"
    return Report(
        type=type_,
        order_id=said["order_id"],
        part=said.get("name" if type_ is ConversionType.CUSTOM else "refund_id", ""),
        amount=said.get("amount"),
        currency=said.get("currency", ""),
        member_key=MemberKey(key),
        member=str(member),
        occurred_at=occurred_at,
        fingerprint=compute_fingerprint({**said, "occurred_at": occurred_at}),
        channel=Channel.API,
    )


def _check_member(said: object) -> list[Mistake]:
    if not isinstance(said, dict) or len(said) != 1:
        return [Mistake("/member", "has to name the buyer in one way")]
    ((key, value),) = said.items()
    if key not in set(MemberKey) or not key:
        return [Mistake("/member", "has to be code, coupon, external_id, telegram_id or token")]
    if key == MemberKey.TELEGRAM_ID:
        fits = isinstance(value, int) and not isinstance(value, bool) and 0 < value < MOST_TELEGRAM_ID
    else:
        fits = isinstance(value, str) and re.fullmatch(_MEMBER[MemberKey(key)][1:-1], value) is not None
    return [] if fits else [Mistake(f"/member/{key}", "cannot be one")]


def _is_amount(said: object) -> bool:
    return isinstance(said, int) and not isinstance(said, bool) and 0 <= said <= MOST_AMOUNT


def _match(pattern: str) -> Callable[[object], bool]:
    compiled = re.compile(pattern[1:-1])
    return lambda said: isinstance(said, str) and compiled.fullmatch(said) is not None


_CHECKS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "order_id": (is_order_id, "has to be 1 to 64 letters, digits and . _ : / # -"),
    "amount": (_is_amount, f"has to be a whole number of minor units, at most {MOST_AMOUNT}"),
    "currency": (_match(CURRENCY), "has to be an ISO code of three letters, like EUR"),
    "occurred_at": (lambda said: parse_moment(said) is not None, "has to be a moment like 2026-11-28T10:00:00Z"),
    "name": (_match(NAME), "has to be 1 to 64 letters, digits and . _ : -"),
    "refund_id": (_match(NAME), "has to be 1 to 64 letters, digits and . _ : -"),
}


def _fits(name: str, said: Mapping[str, Any]) -> bool:
    return _CHECKS[name][0](said[name])


def _escape(name: str) -> str:
    """As a JSON Pointer has it, without what no log and no screen wants."""
    shown = "".join(letter for letter in name[:40] if letter.isprintable())
    return shown.replace("~", "~0").replace("/", "~1")


def _read_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice")
    return found


def _read_number(said: str) -> int | float:
    """What JSON Schema takes for whole is whole: 12.0 too, as far as it can be told."""
    number = float(said)
    return int(number) if number.is_integer() and abs(number) < MOST_EXACT else number


def _refuse(_said: str) -> None:
    raise ValueError("no number of JSON")
