"""The weeks and months of a shop: they begin and end at its own midnight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from types import MappingProxyType

from bot.core.durations import SECOND
from storage.frozen import frozen


class BoardKind(StrEnum):
    """What a ranking is about; the value stands in buttons."""

    WEEK = "week"
    MONTH = "month"
    CAMPAIGN = "campaign"
    ALL = "all"


@frozen
class Period:
    """From a moment on, before another; UTC microseconds."""

    name: str
    starts_at: int
    ends_at: int


def compute_period(kind: BoardKind, at: int, zone: tzinfo, *, after: int = 0) -> Period:
    """The week (from Monday on) or the month that a moment lies in.

    `after` is where the last one of its kind ended: where the shop has moved to another zone since, the first one there
    begins with the end of the last one here, so that no friend counts in two.
    """
    first, following = _PERIODS[kind](datetime.fromtimestamp(at // SECOND, zone).date())
    starts_at, ends_at = _begin(first, zone), _begin(following, zone)
    name = f"{kind}:{first.isoformat()}"
    if after > starts_at:
        starts_at = min(after, at)
        name = f"{name}:{starts_at}"
    return Period(name=name, starts_at=starts_at, ends_at=ends_at)


def _find_week(day: date) -> tuple[date, date]:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=7)


def _find_month(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1)


_PERIODS: Mapping[BoardKind, Callable[[date], tuple[date, date]]] = MappingProxyType(
    {BoardKind.WEEK: _find_week, BoardKind.MONTH: _find_month}
)


def _begin(day: date, zone: tzinfo) -> int:
    """The first moment of a day; an hour that does not exist there begins with the next that does."""
    return int(datetime.combine(day, time(), zone).astimezone(UTC).timestamp()) * SECOND
