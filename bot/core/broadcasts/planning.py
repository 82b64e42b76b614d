"""When somebody of an audience gets a broadcast."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo

from bot.core.broadcasts.timing import Timing, When
from bot.core.broadcasts.windows import MORNING, Hours, compute_window
from bot.core.campaigns.news import NewsRules
from bot.core.durations import DAY
from bot.core.zones import choose_zone
from storage.broadcast import News, Place, Window

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


@dataclass(frozen=True, slots=True, kw_only=True)
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
