"""The hours of a day in which somebody is written to, wherever they are."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from storage.broadcast import Window

SECOND = 1_000_000
MARGIN = 60 * SECOND
"""So long before the end nobody is written to any more: a message is on its way for a while."""

DAYS_AHEAD = 4
"""A window opens every day, but for those that a place left out when it moved over the date line."""


class Hours(NamedTuple):
    """From `opens` until before `closes`, hours of a local clock; over midnight where the first is the later one."""

    opens: int
    closes: int


MORNING = Hours(9, 12)
"""When something for everybody's morning arrives."""


def compute_window(hours: Hours, zone: tzinfo, now: int) -> Window:
    """The next moments at which a local clock shows these hours: those that run, or those to come.

    Where clocks are put back or forward at one of the ends, the window is the shorter one: whoever reads it on either
    clock is inside.
    """
    today = datetime.fromtimestamp(now // SECOND, zone).date()
    for days in range(-1, DAYS_AHEAD):
        opens_at, closes_at = _find_ends(hours, zone, today + timedelta(days=days))
        closes_at -= MARGIN
        if max(now, opens_at) < closes_at:
            return Window(max(now, opens_at), closes_at)
    raise AssertionError("a place without days")


def _find_ends(hours: Hours, zone: tzinfo, day: date) -> tuple[int, int]:
    last = day + timedelta(days=hours.closes <= hours.opens)
    return max(_read_clock(day, hours.opens, zone)), min(_read_clock(last, hours.closes, zone))


def _read_clock(day: date, hour: int, zone: tzinfo) -> tuple[int, int]:
    """The moments at which a clock shows an hour; twice the same but for hours that come twice, or never."""
    shown = datetime.combine(day, time(hour), zone)
    first, second = (int(shown.replace(fold=fold).astimezone(UTC).timestamp()) * SECOND for fold in (0, 1))
    return first, second
