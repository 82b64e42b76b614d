"""Moments where the shop is, also where clocks are put forward and back."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.audit_command import compose_act
from bot.core.scheduling import compose_moment, compute_look, parse_moment
from bot.messages.texts import Texts
from bot.services.audit import AuditLine

SECOND = 1_000_000


def at(said: str) -> int:
    """A moment in UTC as microseconds."""
    return int(datetime.fromisoformat(said).replace(tzinfo=UTC).timestamp()) * SECOND


@pytest.mark.parametrize(
    ("moment", "zone", "shown", "written"),
    [
        ("2026-03-29T00:59:59", "Europe/Berlin", "29 Mar 2026, 01:59", "2026-03-29T01:59:59+01:00"),
        ("2026-03-29T01:00:00", "Europe/Berlin", "29 Mar 2026, 03:00", "2026-03-29T03:00:00+02:00"),
        ("2026-10-25T00:30:00", "Europe/Berlin", "25 Oct 2026, 02:30", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25T01:30:00", "Europe/Berlin", "25 Oct 2026, 02:30", "2026-10-25T02:30:00+01:00"),
        ("2026-12-31T17:00:00", "Asia/Jakarta", "1 Jan 2027, 00:00", "2027-01-01T00:00:00+07:00"),
        ("2026-12-31T18:14:59", "Asia/Kathmandu", "31 Dec 2026, 23:59", "2026-12-31T23:59:59+05:45"),
        ("2028-02-29T10:00:00", "Pacific/Kiritimati", "1 Mar 2028, 00:00", "2028-03-01T00:00:00+14:00"),
        ("2026-04-05T03:59:00", "America/Santiago", "4 Apr 2026, 23:59", "2026-04-04T23:59:00-04:00"),
    ],
)
def test_a_moment_is_shown_as_clocks_there_show_it(moment: str, zone: str, shown: str, written: str) -> None:
    """For people, for programs and on the command line alike; an hour that comes twice is told apart by programs."""
    place = ZoneInfo(zone)
    assert Texts("en").moment(at(moment), place) == shown
    assert compose_moment(at(moment), place) == written
    line = AuditLine(id=1, acted_at=at(moment), act="a", actor="b", by_command=False, subject="c", before="", after="d")
    assert compose_act(line, place).split("\t")[0] == written


@pytest.mark.parametrize(
    ("said", "zone", "meant"),
    [
        ("2026-12-24 09:00", "Asia/Jakarta", "2026-12-24T02:00:00"),
        (" 2026-12-24 09:00 ", "UTC", "2026-12-24T09:00:00"),
        ("2026-10-25 02:30", "Europe/Berlin", "2026-10-25T00:30:00"),
        ("2026-03-29 02:30", "Europe/Berlin", "2026-03-29T01:30:00"),
    ],
)
def test_a_moment_that_is_typed_is_meant_where_the_shop_is(said: str, zone: str, meant: str) -> None:
    """Of an hour that comes twice the first; one that clocks leap over is the one after it."""
    assert parse_moment(said, ZoneInfo(zone), 0) == at(meant)


@pytest.mark.parametrize(
    "said", ["", "tomorrow", "2026-02-30 09:00", "24.12.2026 09:00", "2026-12-24", "2026-12-24 24:00"]
)
def test_what_is_no_moment_is_told(said: str) -> None:
    """Nothing is guessed; and what has been is none either."""
    assert parse_moment(said, UTC, 0) is None
    assert parse_moment("2020-01-01 09:00", UTC, at("2026-01-01T00:00:00")) is None


@pytest.mark.parametrize(
    ("now", "rest_seconds", "looks_at"),
    [(1007.0, 60.0, 1050.0), (1007.0, 300.0, 1290.0), (1007.0, 29.0, 1036.0), (1000.0, 30.0, 1020.0)],
)
def test_who_rests_looks_when_others_do(now: float, rest_seconds: float, looks_at: float) -> None:
    """At the last multiple of half a minute; a shorter rest is what it is."""
    assert compute_look(now, rest_seconds, 30.0) == looks_at
