"""Weeks and months begin at the shop's midnight."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.durations import DAY, HOUR
from bot.core.periods import BoardKind, compute_period

ZONES = [ZoneInfo(name) for name in ("UTC", "Asia/Jakarta", "America/New_York", "Africa/Cairo", "Pacific/Kiritimati")]


def moment(text: str) -> int:
    """UTC microseconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("at", "zone", "period"),
    [
        ("2026-11-28T12:00", "UTC", ("week:2026-11-23", "2026-11-23T00:00", "2026-11-30T00:00")),
        ("2026-11-29T17:00", "Asia/Jakarta", ("week:2026-11-30", "2026-11-29T17:00", "2026-12-06T17:00")),
        ("2026-11-29T16:59", "Asia/Jakarta", ("week:2026-11-23", "2026-11-22T17:00", "2026-11-29T17:00")),
        ("2026-12-31T23:59", "UTC", ("month:2026-12-01", "2026-12-01T00:00", "2027-01-01T00:00")),
        ("2028-02-29T12:00", "UTC", ("month:2028-02-01", "2028-02-01T00:00", "2028-03-01T00:00")),
        ("2026-03-08T12:00", "America/New_York", ("month:2026-03-01", "2026-03-01T05:00", "2026-04-01T04:00")),
    ],
)
def test_a_period_is_from_midnight_to_midnight(at: str, zone: str, period: tuple[str, str, str]) -> None:
    """Where the shop is, over clocks that are changed and years that are longer."""
    name, start, end = period
    found = compute_period(BoardKind(name.partition(":")[0]), moment(at), ZoneInfo(zone))
    assert (found.name, found.starts_at, found.ends_at) == (name, moment(start), moment(end))


@given(st.integers(0, 10**10), st.sampled_from(ZONES), st.sampled_from([BoardKind.WEEK, BoardKind.MONTH]))
def test_every_moment_lies_in_one_period(hours: int, zone: ZoneInfo, kind: BoardKind) -> None:
    """The last of one is the last before the first of the next."""
    at = (hours % 600_000) * HOUR
    period = compute_period(kind, at, zone)
    assert period.starts_at <= at < period.ends_at
    assert compute_period(kind, period.starts_at, zone) == compute_period(kind, period.ends_at - 1, zone) == period
    assert compute_period(kind, period.ends_at, zone).starts_at == period.ends_at


def test_a_shop_that_moved_begins_where_it_left_off() -> None:
    """The first week in another zone does not begin before the last one ended, and has a name of its own."""
    at = moment("2026-11-30T00:00")
    period = compute_period(BoardKind.WEEK, at, ZoneInfo("America/New_York"), after=at)
    assert (period.starts_at, period.ends_at) == (at, moment("2026-11-30T05:00"))
    assert period.name == f"week:2026-11-23:{at}"
    assert compute_period(BoardKind.WEEK, at, ZoneInfo("UTC"), after=at - 7 * DAY).starts_at == at
