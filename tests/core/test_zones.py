"""A time zone by whatever people call where they are."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.core.zones import find_zone_name


@pytest.mark.parametrize(
    ("said", "language", "zone"),
    [
        ("Jakarta", "en", "Asia/Jakarta"),
        (" asia/JAKARTA ", "en", "Asia/Jakarta"),
        ("雅加达", "zh", "Asia/Jakarta"),
        ("Roma", "id", "Europe/Rome"),
        ("Rome", "zh", "Europe/Rome"),
        ("new york", "en", "America/New_York"),
        ("São Paulo", "en", "America/Sao_Paulo"),
        ("utc", "en", "UTC"),
        ("GMT+0", "en", "UTC"),
    ],
)
def test_a_zone_is_found_by_name_and_by_city(said: str, language: str, zone: str) -> None:
    """In one's own language first, then in the others, whatever the capitals."""
    assert find_zone_name(said, language) == zone


@pytest.mark.parametrize(("said", "hours"), [("UTC+7", 7), ("gmt-3", -3), ("+8", 8), ("UTC +05:00", 5)])
def test_hours_from_utc_are_a_zone(said: str, hours: int) -> None:
    """With the sign as people mean it, which is not the IANA's."""
    name = find_zone_name(said, "en")
    offset = datetime(2026, 6, 1, tzinfo=UTC).astimezone(ZoneInfo(name or "")).utcoffset()
    assert offset is not None
    assert offset.total_seconds() == hours * 3600


@pytest.mark.parametrize("said", ["", "  ", "Atlantis", "UTC+99", "x" * 5000, "../etc/passwd", "\x00"])
def test_what_is_no_place_is_none(said: str) -> None:
    """And never an error."""
    assert find_zone_name(said, "en") is None
