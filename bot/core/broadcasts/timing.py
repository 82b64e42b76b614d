"""When a broadcast goes out: at once, at a moment, in each member's morning, every week, or so long after joining."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

from bot.core.broadcasts.windows import SECOND
from bot.core.durations import DAY

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


@dataclass(frozen=True, slots=True, kw_only=True)
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
