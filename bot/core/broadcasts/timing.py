"""When a broadcast goes out (at once, at a moment, in each member's morning, every week, or so long after joining), and to whom of an audience when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

from bot.core.broadcasts.windows import MORNING, SECOND, Hours, compute_window
from bot.core.campaigns.news import NewsRules
from bot.core.durations import DAY
from bot.core.zones import choose_zone
from storage.broadcast import News, Place, Window
from storage.frozen import frozen

DRIP_DAYS_LIMIT = 365
DAYS_OF_WEEK = 7
MINUTES_OF_DAY = 24 * 60


class When(StrEnum):
    """The ways there are."""

    NOW = "now"
    AT = "at"
    """At a moment, which was named by the shop's clock."""
    MORNING = "morning"
    """In the next morning of each member."""
    WEEKLY = "weekly"
    """On a day of every week by the shop's clock; each time it is a broadcast of its own."""
    DRIP = "drip"
    """To each member once, so many days after joining."""


@frozen
class Timing:
    """One of the ways, with what it needs."""

    when: When = When.NOW
    at: int = 0
    """AT: microseconds."""
    weekday: int = 0
    """WEEKLY: Monday is 0."""
    minute: int = 0
    """WEEKLY: of the day."""
    days: int = 0
    """DRIP: after joining."""

    @property
    def is_standing(self) -> bool:
        """Whether it goes on until somebody ends it."""
        return self.when in {When.WEEKLY, When.DRIP}

    def compute_due(self, zone: tzinfo, now: int) -> int:
        """From when on somebody is looked for; 0 for at once."""
        if self.when is When.AT:
            return self.at
        return compute_next_week(self.weekday, self.minute, zone, now) if self.when is When.WEEKLY else 0

    def compute_joined(self, now: int) -> int | None:
        """DRIP: who joined until then is past it; None for the other ways."""
        return now - self.days * DAY if self.when is When.DRIP else None


NOW = Timing()

_NEEDED = {
    When.NOW: (),
    When.AT: ("at",),
    When.MORNING: (),
    When.WEEKLY: ("weekday", "minute"),
    When.DRIP: ("days",),
}


def read_timing(kept: Mapping[str, object] | None) -> Timing:
    """What was kept of a broadcast; nothing for at once."""
    if kept is None:
        return NOW
    when = When(str(kept["when"]))
    return Timing(when=when, **{name: int(str(kept[name])) for name in _NEEDED[when]})


def write_timing(timing: Timing) -> dict[str, object] | None:
    """What is to be kept of it."""
    if timing.when is When.NOW:
        return None
    return {"when": timing.when, **{name: getattr(timing, name) for name in _NEEDED[timing.when]}}


def parse_days(said: str) -> int | None:
    """How many days after joining; None for what is no number from 1 to a year."""
    words = said.split()
    number = int(words[0]) if words and words[0].isascii() and words[0].isdecimal() else 0
    return number if 1 <= number <= DRIP_DAYS_LIMIT else None


def parse_clock(said: str) -> int | None:
    """The minute of the day that `9`, `9:30` or `09.30` names; None for what is no time of day."""
    hour, _, minute = said.strip().replace(".", ":").partition(":")
    if not all(each.isascii() and each.isdecimal() and len(each) <= 2 for each in (hour, minute or "0")):
        return None
    at = int(hour) * 60 + int(minute or "0")
    return at if int(minute or "0") < 60 and at < MINUTES_OF_DAY else None


def compute_next_week(weekday: int, minute: int, zone: tzinfo, now: int) -> int:
    """The next moment at which a clock shows this day of the week and minute; a minute left out comes as soon as it can."""
    today = datetime.fromtimestamp(now // SECOND, zone).date()
    ahead = (weekday - today.weekday()) % DAYS_OF_WEEK
    for days in (ahead, ahead + DAYS_OF_WEEK):
        shown = datetime.combine(today + timedelta(days=days), time(minute // 60, minute % 60), zone)
        at = int(shown.astimezone(UTC).timestamp()) * SECOND
        if at > now:
            break
    return at


WORK, MOST_WORK = 12_000, 30_000
"""What planning one page may cost: so long nobody else writes. To look at a member is one; a millisecond is about 5,000."""

PATIENCE = 1_500_000
"""So much more in a second that a page took: where every commit is slow, joins are too, and few of them are less in their way."""

KEEPING = 20
"""What keeping the decision for one who is meant costs, likewise."""

LEAST_PAGE, MOST_PAGE = 200, 12_000


def compute_page(looked: int, meant: int, seconds: float = 0.0) -> int:
    """How many members to look at next, after so many of whom so many were meant, which took so long.

    With none looked at yet it is as if all were meant.
    """
    share, work = meant / looked if looked else 1.0, min(MOST_WORK, max(WORK, PATIENCE * seconds))
    return max(LEAST_PAGE, min(MOST_PAGE, int(work / (1 + KEEPING * share))))


@frozen
class Planner:
    """Decides for one broadcast at one moment; remembers what it found for a place."""

    news: News
    timing: Timing
    rules: NewsRules
    zone: tzinfo
    """The shop's."""
    now: int
    rest_days: int = 0
    """For so long nobody who was displeased gets an offer."""
    _windows: dict[tuple[str | None, str], Window] = field(default_factory=dict, init=False)

    @property
    def hours(self) -> Hours | None:
        """The hours of a member's day in which it may arrive; None for all."""
        return MORNING if self.timing.when is When.MORNING else self.rules.loud

    @property
    def skips(self) -> bool:
        """Whether anybody can have had enough this week."""
        return self.rules.per_week > 0

    @property
    def displeased_since(self) -> int | None:
        """Whoever was displeased after that gets none; None for what is no offer."""
        return self.now - self.rest_days * DAY if self.news is News.OFFERS else None

    def list_windows(self, places: Iterable[Place]) -> Mapping[Place, Window] | None:
        """When somebody at some places may be written to next; None where anybody may at once."""
        windows = {place: window for place in places if (window := self.find_window(*place)) is not None}
        return windows if self.hours is not None else None

    def find_window(self, zone: str | None, language: str) -> Window | None:
        """When somebody there may be written to next; None for at any time."""
        if self.hours is None:
            return None
        found = self._windows.get((zone, language))
        if found is None:
            found = compute_window(self.hours, choose_zone(zone, language, self.zone), self.now)
            self._windows[zone, language] = found
        return found

    def count_held(self, places: Iterable[tuple[str | None, str, int]]) -> int:
        """How many of so many at each place get it later than now."""
        if self.hours is None:
            return 0
        windows = ((self.find_window(zone, language), count) for zone, language, count in places)
        return sum(count for window, count in windows if window is not None and window.due_at > self.now)
