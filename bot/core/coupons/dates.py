"""Until when a coupon is good, as people and spreadsheets write it."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo

from bot.core.scheduling import MICROSECONDS

_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(.+))?")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4})(?:[T ]+(.+))?")
_CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?")


def parse_end(said: str, zone: tzinfo) -> int | None:
    """When a coupon is over, in microseconds; None for what is no date, or could be two.

    A day is good to its end where the shop is; a moment is what it says. `03/04/2027` is a day of March to some and of
    April to others, and so neither; with dots the day stands first everywhere.
    """
    found = _find_day(said.strip())
    if found is None:
        return None
    day, clock = found
    try:
        if clock is None:
            following = day + timedelta(days=1)
            return _to_microseconds(datetime(following.year, following.month, following.day, tzinfo=zone))
        return _read_clock(day, clock, zone)
    except (ValueError, OverflowError):
        return None


def find_day(said: str) -> date | None:
    """The day that is meant; None for what is none, has a time behind it, or could be two."""
    found = _find_day(said.strip())
    return found[0] if found is not None and found[1] is None else None


def _find_day(said: str) -> tuple[date, str | None] | None:
    try:
        if found := _YEAR_FIRST.fullmatch(said):
            return date(int(found[1]), int(found[2]), int(found[3])), found[4]
        if found := _CHINESE.fullmatch(said):
            return date(int(found[1]), int(found[2]), int(found[3])), None
        if found := _YEAR_LAST.fullmatch(said):
            day, month = int(found[1]), int(found[3])
            if found[2] != "." and day <= 12 and month <= 12 and day != month:
                return None
            day, month = (month, day) if month > 12 else (day, month)
            return date(int(found[4]), month, day), found[5]
    except ValueError:
        return None
    return None


def _read_clock(day: date, clock: str, zone: tzinfo) -> int | None:
    found = _CLOCK.fullmatch(clock.strip())
    if found is None:
        return None
    moment = datetime(day.year, day.month, day.day, int(found[1]), int(found[2]), int(found[3] or 0), tzinfo=zone)
    if found[4]:
        moment = datetime.fromisoformat(moment.replace(tzinfo=None).isoformat() + found[4])
    return _to_microseconds(moment)


def _to_microseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * MICROSECONDS
