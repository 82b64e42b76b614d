from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.core.broadcasts.timing import (
    NOW,
    Planner,
    Timing,
    When,
    compute_next_week,
    compute_page,
    parse_clock,
    parse_days,
    read_timing,
    write_timing,
)
from bot.core.broadcasts.windows import MARGIN, MORNING, SECOND, Hours, compute_window
from bot.core.campaigns.news import NewsRules, read_quiet
from bot.core.durations import DAY
from bot.core.zones import choose_zone
from storage.broadcast import News, Window

ZONES = sorted(available_timezones())
LOUD = Hours(9, 21)


def at(text: str, zone: tzinfo = UTC) -> int:
    """Microseconds of a moment somewhere."""
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) * SECOND


def read_hour(moment: int, zone: tzinfo) -> float:
    """What a clock shows there, in hours."""
    shown = datetime.fromtimestamp(moment / SECOND, zone)
    return shown.hour + shown.minute / 60 + shown.second / 3600


def is_inside(hours: Hours, shown: float) -> bool:
    """Whether a clock that shows this is within the hours."""
    opens, closes = hours
    return opens <= shown < closes if opens < closes else shown >= opens or shown < closes


@cache
def list_turns(zone: tzinfo, year: int) -> list[int]:
    """The ends of the days of a year on which clocks are put forward or back there."""
    begin = datetime(year, 1, 1, tzinfo=UTC)
    days = [begin + timedelta(days=each) for each in range(366)]
    return [
        int(later.timestamp()) * SECOND
        for earlier, later in pairwise(days)
        if earlier.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset()
    ]


@pytest.mark.parametrize("hours", [MORNING, LOUD, Hours(1, 2), Hours(22, 3), Hours(2, 23), Hours(0, 1)])
def test_nobody_is_written_to_outside_their_hours(hours: Hours) -> None:
    """In every zone, around both turns of a year and in between: all of a window lies within the hours, and is not long away."""
    chance = random.Random(str(hours))
    for name in ZONES:
        zone = ZoneInfo(name)
        year = at("2026-01-01") + chance.randrange(365) * DAY
        near = (
            [turn + chance.randrange(-2 * DAY, 0) for turn in list_turns(zone, 2026)[:2]]
            if chance.random() < 0.2
            else []
        )
        for now in (year + chance.randrange(DAY), *near):
            due_at, until_at = compute_window(hours, zone, now)
            assert now <= due_at < until_at
            assert due_at - now <= 2 * DAY
            for moment in (due_at, until_at - 1, due_at + chance.randrange(until_at - due_at)):
                assert is_inside(hours, read_hour(moment, zone)), (name, now, moment)


def test_a_day_that_a_place_left_out_has_no_morning() -> None:
    """Samoa went from the 29th to the 31st of December 2011."""
    apia = ZoneInfo("Pacific/Apia")
    due_at, until_at = compute_window(MORNING, apia, at("2011-12-29T13:00", apia))
    assert datetime.fromtimestamp(due_at // SECOND, apia).isoformat() == "2011-12-31T09:00:00+14:00"
    assert until_at - due_at == 3 * 3600 * SECOND - MARGIN


def test_within_the_hours_it_is_due_at_once() -> None:
    """And shortly before they end it is tomorrow's: a message is on its way for a while."""
    noon = at("2026-07-01T12:00")
    assert compute_window(LOUD, UTC, noon) == (noon, at("2026-07-01T21:00") - MARGIN)
    late = at("2026-07-01T21:00") - MARGIN
    assert compute_window(LOUD, UTC, late).due_at == at("2026-07-02T09:00")


def test_hours_over_midnight_go_on_where_they_began_yesterday() -> None:
    """By the clock of the place: it is one in the morning in Tokyo while it is the day before in London."""
    afternoon = at("2026-07-01T15:00", ZoneInfo("Pacific/Honolulu"))
    assert compute_window(Hours(22, 20), ZoneInfo("Pacific/Honolulu"), afternoon).due_at == afternoon
    tokyo = ZoneInfo("Asia/Tokyo")
    night = at("2026-07-02T01:00", tokyo)
    assert compute_window(Hours(22, 3), tokyo, night) == (night, at("2026-07-02T03:00", tokyo) - MARGIN)
    honolulu = ZoneInfo("Pacific/Honolulu")
    evening = at("2026-07-01T20:00", honolulu)
    assert compute_window(LOUD, honolulu, evening) == (evening, at("2026-07-01T21:00", honolulu) - MARGIN)
    assert compute_window(MORNING, honolulu, evening).due_at == at("2026-07-02T09:00", honolulu)
    assert compute_window(MORNING, tokyo, at("2026-07-02T08:00", tokyo)).due_at == at("2026-07-02T09:00", tokyo)


@pytest.mark.parametrize(
    ("zone", "now", "then"),
    [
        ("UTC", "2026-07-01T12:00", "2026-07-07T10:30"),  # from a Wednesday to Tuesday
        ("UTC", "2026-07-07T10:29", "2026-07-07T10:30"),
        ("UTC", "2026-07-07T10:30", "2026-07-14T10:30"),
        ("Europe/Berlin", "2026-03-24T10:30", "2026-03-31T10:30"),  # over the turn of the 29th
        ("Europe/Berlin", "2026-10-20T10:30", "2026-10-27T10:30"),
    ],
)
def test_every_week_means_the_clock_of_the_shop(zone: str, now: str, then: str) -> None:
    """The same weekday and time, whatever the clocks did in between."""
    place = ZoneInfo(zone)
    assert compute_next_week(1, 10 * 60 + 30, place, at(now, place)) == at(then, place)


def test_every_weekday_and_minute_is_the_next_one_there() -> None:
    """Looked for from either side of the date line, where it is another day than in London."""
    for zone in (ZoneInfo("Asia/Tokyo"), ZoneInfo("Pacific/Honolulu"), UTC):
        now = at("2026-07-01T02:10", zone)  # a Wednesday
        for ahead in range(7):
            for minute in (2 * 60 + 11, 23 * 60 + 59):
                shown = f"2026-07-{1 + ahead:02}T{minute // 60:02}:{minute % 60:02}"
                assert compute_next_week((2 + ahead) % 7, minute, zone, now) == at(shown, zone)
        assert compute_next_week(2, 2 * 60 + 10, zone, now) == at("2026-07-08T02:10", zone)


def test_who_is_looked_for_from_when_on() -> None:
    """At a moment or on a day of the week; for the other ways at once, and for a drip those who joined so long ago."""
    assert Timing(when=When.AT, at=5).compute_due(UTC, at("2026-07-01T12:00")) == 5
    weekly = Timing(when=When.WEEKLY, weekday=1, minute=630)
    assert weekly.compute_due(UTC, at("2026-07-01T12:00")) == at("2026-07-07T10:30")
    others = (NOW, Timing(when=When.MORNING), Timing(when=When.DRIP, days=3))
    assert [each.compute_due(UTC, at("2026-07-01T12:00")) for each in others] == [0, 0, 0]
    assert [each.compute_joined(10 * DAY) for each in (*others, weekly)] == [None, None, 7 * DAY, None]
    assert [each.is_standing for each in (*others, weekly)] == [False, False, True, True]


def test_weeks_go_on_over_a_year_without_one_missing_or_double() -> None:
    """Each occurrence is the next one's `now`; a minute that the clocks leave out comes as soon as it can."""
    berlin, moment, days = ZoneInfo("Europe/Berlin"), at("2026-01-01"), []
    for _ in range(52):
        moment = compute_next_week(6, 2 * 60 + 30, berlin, moment)
        days.append(datetime.fromtimestamp(moment // SECOND, berlin).date())
    assert {later - earlier for earlier, later in pairwise(days)} == {timedelta(days=7)}


@pytest.mark.parametrize(
    "timing",
    [
        NOW,
        Timing(when=When.AT, at=5),
        Timing(when=When.MORNING),
        Timing(when=When.WEEKLY, weekday=6, minute=75),
        Timing(when=When.DRIP, days=3),
    ],
)
def test_what_is_kept_of_a_time_is_read_again(timing: Timing) -> None:
    """At once is kept as nothing: so were all broadcasts before there was a choice."""
    assert read_timing(write_timing(timing)) == timing


@pytest.mark.parametrize(
    ("said", "minute"),
    [
        ("9", 540),
        ("09:05", 545),
        (" 23.59 ", 1439),
        ("24:00", None),
        ("9:60", None),
        ("nine", None),
        ("", None),
        ("009", None),
        ("9:005", None),
        ("9:5", 545),
        ("0:00", 0),
    ],
)
def test_a_time_of_day_is_read_as_people_write_it(said: str, minute: int | None) -> None:
    """With a colon, a dot, or the hour alone."""
    assert parse_clock(said) == minute


@pytest.mark.parametrize(
    ("said", "days"),
    [("3", 3), ("3 days", 3), ("1", 1), ("365", 365), ("0", None), ("366", None), ("²", None), ("", None)],
)
def test_days_after_joining_are_few_enough(said: str, days: int | None) -> None:
    """From one to a year."""
    assert parse_days(said) == days


@pytest.mark.parametrize(
    ("said", "loud"),
    [("21-9", (9, 21)), ("21 \u2013 9", (9, 21)), ("0-8", (8, 0)), ("22-24", (0, 22)), ("9-9", None), ("25-3", None)],
)
def test_quiet_hours_are_read_as_people_write_them(said: str, loud: tuple[int, int] | None) -> None:
    """From when until when; the rest of the day is for writing."""
    assert read_quiet(said) == loud


def find(
    language: str = "en", *, timing: Timing = NOW, now: str = "2026-07-01T12:00", quiet: str = ""
) -> Window | None:
    """When an offer of a shop in Jakarta arrives for somebody who reads a language."""
    zone, rules = ZoneInfo("Asia/Jakarta"), NewsRules(quiet=quiet)
    windows = Planner(news=News.OFFERS, timing=timing, rules=rules, zone=zone, now=at(now)).list_windows(
        [(None, language)]
    )
    return None if windows is None else windows[None, language]


def test_quiet_hours_hold_back() -> None:
    """At noon in London it is seven in the evening in Jakarta and eight in Shanghai; later, it is quiet in both."""
    for language, quiet, due in (
        ("zh-hans", "21-9", "2026-07-01T12:00"),
        ("zh-hans", "20-9", "2026-07-02T01:00"),
        ("en", "20-9", "2026-07-01T12:00"),
    ):
        window = find(language, quiet=quiet)
        assert window is not None
        assert window.due_at == at(due)
    morning = find(timing=Timing(when=When.MORNING))
    assert morning is not None
    assert morning.due_at == at("2026-07-02T02:00")
    assert find() is None


def test_what_a_place_says_counts_before_its_language() -> None:
    """Whoever has said where they are gets it by that clock; and so many are held back of those whom it is night for."""
    zone, rules = ZoneInfo("Asia/Jakarta"), NewsRules(quiet="21-9")
    planner = Planner(news=News.OFFERS, timing=NOW, rules=rules, zone=zone, now=at("2026-07-01T20:00"), rest_days=2)
    berlin, rome = planner.find_window("Europe/Berlin", "zh"), planner.find_window(None, "it")
    assert berlin == rome
    assert berlin is not None
    assert berlin.due_at == at("2026-07-02T07:00")
    lisbon = planner.find_window("Europe/Lisbon", "zh")
    assert lisbon is not None
    assert lisbon.due_at == at("2026-07-02T08:00")
    new_york = planner.find_window("America/New_York", "en")
    assert new_york is not None
    assert new_york.due_at == planner.now
    places = [("America/New_York", "it", 5), ("Europe/Berlin", "en", 7), (None, "en", 11)]
    assert planner.count_held(places) == 18
    assert planner.displeased_since == planner.now - 2 * DAY
    at_any_time = Planner(news=News.STORIES, timing=NOW, rules=NewsRules(per_week=1), zone=zone, now=planner.now)
    assert at_any_time.count_held(places) == 0
    assert (at_any_time.skips, planner.skips, at_any_time.displeased_since) == (True, False, None)


@pytest.mark.parametrize(
    ("looked", "meant", "seconds", "members"),
    [
        (0, 0, 0.0, 571),
        (571, 571, 0.004, 571),
        (571, 571, 0.016, 1142),
        (571, 571, 9.0, 1428),
        (1000, 200, 0.004, 2400),
        (4000, 0, 0.001, 12_000),
        (500, 5, 0.001, 10_000),
    ],
)
def test_pages_are_shorter_where_more_are_meant(looked: int, meant: int, seconds: float, members: int) -> None:
    """To keep a decision costs twenty times what looking at a member does; none is longer than others can wait for."""
    assert compute_page(looked, meant, seconds) == members
    assert compute_page(571, 571) == 571


@pytest.mark.parametrize(
    ("chosen", "language", "zone"),
    [
        ("Europe/Rome", "id", "Europe/Rome"),
        (None, "id", "Asia/Jakarta"),
        (None, "in", "Asia/Jakarta"),
        (None, "pt-BR", "America/Sao_Paulo"),
        (None, "pt", "Europe/Lisbon"),
        (None, "zh-hans", "Asia/Shanghai"),
        (None, "en", "UTC"),
        (None, "", "UTC"),
        ("Moon/Base", "en", "UTC"),
    ],
)
def test_somebodys_zone_is_said_guessed_or_the_shops(chosen: str | None, language: str, zone: str) -> None:
    """Languages of many lands say nothing of where somebody is."""
    assert str(choose_zone(chosen, language, UTC)) == zone
