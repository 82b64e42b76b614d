"""What a segment is made of, and which conditions there are: a capability that knows more of members adds its own here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from bot.core.labels import parse_label
from bot.core.languages import parse_tag
from bot.core.pulse import Mood
from storage.frozen import frozen

MOST_CONDITIONS = 24
"""Of one segment: more nobody can read."""
DEEPEST = 8
"""Brackets within each other."""
LENGTH_LIMIT = 600
"""Characters of what is typed."""
MOST_DAYS = 3_650
MOST_NUMBER = 10**12
FIRST_YEAR, LAST_YEAR = 2010, 2100
"""Of days that can be said; there were no bots before."""


class How(StrEnum):
    """How a condition compares."""

    IS = ":"
    AT_LEAST = ">="
    BELOW = "<"
    SINCE = "since"
    BEFORE = "before"
    WITHIN = "within"
    """In so many days from now on."""
    NEVER = "never"


@frozen
class Condition:
    """One thing that is looked at: `friends` `>=` `3`."""

    name: str
    how: How
    value: str = ""
    """As it is written: a word, a number, a day like `2026-05-01`, or `30d` for days ago."""


@frozen
class Both:
    """Joined by and."""

    parts: tuple[Segment, ...]


@frozen
class AnyOf:
    """Joined by or."""

    parts: tuple[Segment, ...]


@frozen
class Not:
    """Everybody else."""

    part: Segment


Segment = Condition | Both | AnyOf | Not

NOTHING = "none"
"""Written for a tier, label, campaign, source or list that somebody has not."""

NAME_LIMIT = 32
"""Characters of the name of a segment or a list."""

_WORD = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?")
_NUMBER = re.compile(r"\d{1,13}")
_AGE = re.compile(r"(\d{1,4})([dw])")


def read_word(text: str) -> str | None:
    """A key of small letters, digits and hyphens."""
    return text.lower() if _WORD.fullmatch(text.lower()) else None


def read_number(text: str) -> str | None:
    """A whole number, not below nothing."""
    return str(int(text)) if text.isascii() and _NUMBER.fullmatch(text) and int(text) <= MOST_NUMBER else None


def read_days(text: str) -> str | None:
    """`30d`, or `4w` as the days they are."""
    found = _AGE.fullmatch(text.lower()) if text.isascii() else None
    days = int(found[1]) * (7 if found[2] == "w" else 1) if found else 0
    return f"{days}d" if 0 < days <= MOST_DAYS else None


def read_when(text: str) -> str | None:
    """A day, `2026-05-01`, or how many days ago."""
    if read_days(text):
        return read_days(text)
    try:
        day = date.fromisoformat(text) if len(text) == 10 and text.isascii() else None
    except ValueError:
        return None
    return day.isoformat() if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


def read_broadcast(text: str) -> str | None:
    """The number of a broadcast, with or without a # before it."""
    number = read_number(text.removeprefix("#"))
    return number if number and number != "0" else None


def read_mood(text: str) -> str | None:
    """What somebody said last, as `bot.core.pulse` calls it; or that they said nothing."""
    return text.lower() if text.lower() in {*Mood, NOTHING} else None


Read = Callable[[str], str | None]


@frozen
class Kind:
    """A condition that can be said."""

    hows: tuple[How, ...]
    read: Read
    """What stands behind it in its one spelling, None for what cannot."""
    example: str
    """A whole condition, as it can be typed."""


_NAMED, _COUNTED = (How.IS,), (How.AT_LEAST, How.BELOW)
_TIMED = (How.SINCE, How.BEFORE)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "language": Kind(hows=_NAMED, read=lambda text: parse_tag(text) or None, example="language:id"),
        "tier": Kind(hows=_NAMED, read=read_word, example="tier:gold"),
        "label": Kind(hows=_NAMED, read=parse_label, example="label:vip"),
        "campaign": Kind(hows=_NAMED, read=read_word, example="campaign:spring"),
        "source": Kind(hows=_NAMED, read=read_word, example="source:qr"),
        "list": Kind(hows=_NAMED, read=parse_label, example="list:march"),
        "mood": Kind(hows=_NAMED, read=read_mood, example="mood:pleased"),
        "joined": Kind(hows=_TIMED, read=read_when, example="joined since 30d"),
        "seen": Kind(hows=_TIMED, read=read_when, example="seen before 90d"),
        "shared": Kind(hows=(*_TIMED, How.NEVER), read=read_when, example="shared since 2026-05-01"),
        "friends": Kind(hows=_COUNTED, read=read_number, example="friends>=3"),
        "balance": Kind(hows=_COUNTED, read=read_number, example="balance>=1"),
        "coupon": Kind(hows=(How.WITHIN,), read=read_days, example="coupon within 7d"),
        "opened": Kind(hows=_NAMED, read=read_broadcast, example="opened:12"),
        "unopened": Kind(hows=_NAMED, read=read_broadcast, example="unopened:12"),
    }
)
"""By name, in the order in which they are offered."""


def list_conditions(segment: Segment) -> Iterator[Condition]:
    """All conditions of a segment, from left to right."""
    match segment:
        case Condition():
            yield segment
        case Not(part=part):
            yield from list_conditions(part)
        case Both(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from list_conditions(part)


def list_steps(segment: Segment) -> tuple[Segment, ...]:
    """What is taken one after the other: the parts that and joins, or the whole."""
    return segment.parts if isinstance(segment, Both) else (segment,)


def join(segment: Segment | None, more: Segment, *, by_or: bool = False) -> Segment:
    """One condition more, joined to what there is; the written order stays."""
    if segment is None:
        return more
    kind = AnyOf if by_or else Both
    return kind(parts=(*segment.parts, more) if isinstance(segment, kind) else (segment, more))
