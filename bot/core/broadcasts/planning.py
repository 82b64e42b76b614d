"""When somebody of an audience gets a broadcast, or why they do not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import tzinfo

from bot.core.broadcasts.timing import Timing, When
from bot.core.broadcasts.windows import MORNING, Hours, Window, compute_window
from bot.core.campaigns.news import NewsRules
from bot.core.zones import choose_zone
from storage.broadcast import Candidate, News, Planned, Skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Planner:
    """Decides for one broadcast at one moment; remembers what it found for a place."""

    news: News
    timing: Timing
    rules: NewsRules
    zone: tzinfo
    """The shop's."""
    now: int
    _windows: dict[tuple[str | None, str], Window] = field(default_factory=dict, init=False)

    @property
    def hours(self) -> Hours | None:
        """The hours of a member's day in which it may arrive; None for all."""
        return MORNING if self.timing.when is When.MORNING else self.rules.loud

    @property
    def skips(self) -> bool:
        """Whether anybody can have had enough this week."""
        return self.rules.per_week > 0

    def decide(self, candidate: Candidate) -> Planned:
        """When it is due for somebody, or why it is not."""
        skip = decide_skip(candidate, self.news, self.rules)
        if skip is not None:
            return Planned(person_id=candidate.person_id, skip=skip)
        window = self.find_window(candidate.zone, candidate.language)
        if window is None:
            return Planned(person_id=candidate.person_id, due_at=self.now)
        return Planned(person_id=candidate.person_id, due_at=window.due_at, until_at=window.until_at)

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


def decide_skip(candidate: Candidate, news: News, rules: NewsRules) -> Skip | None:
    """Why somebody does not get it at all: their own wish comes first."""
    if f" {news} " in candidate.news_off:
        return Skip.NEWS
    return Skip.WEEKLY if rules.per_week and candidate.received >= rules.per_week else None
