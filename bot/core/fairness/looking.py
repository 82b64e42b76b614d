"""What signals look at: a friend, who else came by the same member, who came around them, and what is usual here."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise

from bot.core.durations import SECOND
from storage.frozen import frozen
from storage.review import Trace

HOUR_SECONDS = 3600

OTHERS = 32
"""Friends of the same member that are looked at, newest first: enough for any share to mean something, few enough to be cheap."""

AROUND = 24
"""Neighbours in the order of coming, whoever brought them."""

KNOWN = 100
"""So many friends have to have come, a day ago or earlier, before it can be said what is usual."""

MOST_QUIET = 85
"""Per cent: however many do nothing, all of them doing nothing says something."""

BASELINE = 2_000
"""Friends by whom it is measured what is usual."""


@frozen
class Usual:
    """What is usual in this shop. Before `KNOWN` friends have come it is not known, and nobody is compared with it."""

    known: bool = False

    per_hour: int = 6
    """Friends of one member within an hour, of which more are seldom (19 of 20 hours have fewer)."""
    per_day: int = 10
    """Likewise within a day."""
    coming_per_hour: int = 12
    """Friends in all within an hour, likewise."""
    quiet_percent: int = 65
    """Of friends who have done nothing more a day after they came."""
    language: str = ""
    """What most speak."""
    language_percent: int = 100
    """How many speak it."""


USUAL = Usual()
"""Of a shop of which too little is known."""


@frozen
class Look:
    """Everything there is to look at; what is not known yet is as if there were nothing."""

    friend: Trace
    others: Sequence[Trace] = ()
    """Who else came by the same member, at most `OTHERS`."""
    around: Sequence[Trace] = ()
    """Who came just before and after, at most `AROUND`."""
    usual: Usual = USUAL
    quiet: frozenset[int] | None = None
    """Telegram ids of those of them who did nothing more after they came; None while that is not to be known."""
    line: Sequence[Trace] = ()
    """Who brought whom within an hour of coming, in a row from the top down; the friend is in it."""
    pairs: int = 0
    """How often the inviter tried to have come by somebody they brought."""
    rings: int = 0
    """Likewise in a round of three or more."""
    departures: int = 0
    """How often the friend has left the community chat."""
    rating: int | None = None
    """Telegram's, where it was asked (https://core.telegram.org/bots/api#chatfullinfo, `rating`)."""
    purchases: int = 0
    """Of the inviter's friends."""
    refunds: int = 0
    """How many of these were given back."""
    handed_out: Sequence[int] = ()
    """When what the inviter's friends had was handed out at the counter, microseconds."""

    @property
    def group(self) -> list[Trace]:
        """The friend and the others."""
        return [self.friend, *self.others]


def measure_usual(came: Sequence[Trace], settled: Sequence[Trace], quiet: frozenset[int]) -> Usual:
    """What is usual by the last friends who came, a day ago or earlier; nothing where they are too few.

    Args:
        came: Friends who were not looked at: a farm does not make itself usual.
        settled: Those of them whose doings are still known.
        quiet: Telegram ids of those who did nothing more.
    """
    if len(came) < KNOWN:
        return USUAL
    by_member: dict[tuple[int, int], int] = {}
    by_day: dict[tuple[int, int], int] = {}
    by_hour: dict[int, int] = {}
    languages: dict[str, int] = {}
    for each in came:
        hour = each.joined_at // SECOND // HOUR_SECONDS
        by_member[each.inviter_id, hour] = by_member.get((each.inviter_id, hour), 0) + 1
        by_day[each.inviter_id, hour // 24] = by_day.get((each.inviter_id, hour // 24), 0) + 1
        by_hour[hour] = by_hour.get(hour, 0) + 1
        languages[each.language] = languages.get(each.language, 0) + 1
    language = max(languages, key=languages.__getitem__)
    idle = sum(each.telegram_id in quiet for each in settled)
    return Usual(
        known=True,
        per_hour=max(USUAL.per_hour, _find_high(list(by_member.values()))),
        per_day=max(USUAL.per_day, _find_high(list(by_day.values()))),
        coming_per_hour=max(USUAL.coming_per_hour, _find_high(list(by_hour.values()))),
        quiet_percent=min(MOST_QUIET, max(USUAL.quiet_percent, 100 * idle // len(settled) if settled else 0)),
        language=language,
        language_percent=100 * languages[language] // len(came),
    )


def compose_usual(usual: Usual) -> str:
    """As it is kept."""
    return json.dumps(asdict(usual), separators=(",", ":"))


def parse_usual(kept: str) -> Usual:
    """As it was kept; the fixed numbers where nothing was."""
    return Usual(**json.loads(kept)) if kept else USUAL


def find_window(moments: Sequence[int], around: int, seconds: int) -> int:
    """How many moments lie in the fullest stretch of so many seconds that holds one of them, microseconds."""
    span, best = seconds * SECOND, 0
    ordered = sorted(each for each in moments if abs(each - around) <= span)
    first = 0
    for last, moment in enumerate(ordered):
        while ordered[first] < moment - span:
            first += 1
        if ordered[first] <= around <= moment:
            best = max(best, last - first + 1)
    return best


def list_gaps(moments: Sequence[int]) -> list[int]:
    """Seconds between neighbours in time."""
    return [(later - earlier) // SECOND for earlier, later in pairwise(sorted(moments))]


def compute_tail(total: int, at_least: int, percent: int) -> float:
    """How likely at least so many of a total are, where each is with so many per cent."""
    share = percent / 100
    return sum(
        math.comb(total, hits) * share**hits * (1 - share) ** (total - hits) for hits in range(at_least, total + 1)
    )


def _find_high(counts: list[int]) -> int:
    """What 19 of 20 do not exceed."""
    return sorted(counts)[len(counts) * 19 // 20]
