"""How it was, as figures: in all, by week and by the way members came, and what they said last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.core.durations import DAY
from bot.core.pulse import PulseFigures, add_up, gather
from bot.services.campaigns import get_terms
from storage.frozen import frozen
from storage.pulse import Pulse
from storage.tables import pulses
from storage.tx import Tx

WEEKS = 12
"""So many are looked at, this one included."""

SHOWN = 5
"""Lines of words."""


@frozen
class PulseView:
    """What the last weeks have brought."""

    asks: bool
    """Whether the shop asks at all."""
    whole: PulseFigures
    weeks: Mapping[int, PulseFigures]
    """By the day of its Monday, since 1970, the oldest first; a week in which nobody was asked is there as well."""
    sources: Mapping[str, PulseFigures]
    """By the way members came; "" for nobody's doing."""
    said: Sequence[Pulse]
    """The latest that had something to say in their own words."""


def measure_pulse(tx: Tx) -> PulseView:
    """Those of the last weeks."""
    this = (tx.now // DAY + pulses.WEEKS_BEGIN) // 7
    first = this - WEEKS + 1
    since = (first * 7 - pulses.WEEKS_BEGIN) * DAY
    found = gather(pulses.count_by_week(tx, since=since, until=tx.now))
    sources = gather(pulses.count_by_source(tx, since=since, until=tx.now))
    return PulseView(
        asks=get_terms(tx).campaign.pulse is not None,
        whole=add_up(sources.values()),
        weeks={week * 7 - pulses.WEEKS_BEGIN: found.get(str(week), PulseFigures()) for week in range(first, this + 1)},
        sources=sources,
        said=pulses.list_with_words(tx, limit=SHOWN),
    )
