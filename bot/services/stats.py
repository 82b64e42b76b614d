"""The figures of word of mouth, for admins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from bot.core.durations import DAY
from bot.core.funnel import (
    PERIOD_DAYS,
    Funnel,
    Growth,
    Projection,
    compute_cycle_hours,
    compute_growth,
    compute_projection,
)
from bot.core.liability import Liability
from bot.core.roles import MANAGERS
from bot.core.sprout import Sprout
from bot.core.trials import Lift
from bot.services.broadcasts.results import BroadcastResult, list_results
from bot.services.campaigns import get_terms
from bot.services.members import MemberView, demand, enter, view_member
from bot.services.printing import count_by_placement
from bot.services.pulse.measuring import PulseView, measure_pulse
from bot.services.reminding.asking import measure_asking
from bot.services.sprout import measure_sprout
from bot.services.tickets.watching import DeskFigures, view_desk_figures
from bot.services.trials import TrialView, measure_trial
from storage.facts import GrantKind
from storage.frozen import frozen
from storage.records import Profile, RankLine
from storage.tables import funnel, grants, liability, scores
from storage.tables.funnel import Cut, FunnelRow
from storage.tx import Tx

TOP_SIZE = 10


class Page(StrEnum):
    """What can be looked at more closely."""

    GROWTH = "growth"
    STORIES = "stories"
    SOURCES = "sources"
    MEMBERS = "members"
    BROADCASTS = "broadcasts"
    VOICE = "voice"
    REWARDS = "rewards"
    ASKING = "asking"
    TRIAL = "trial"
    PULSE = "pulse"
    SPROUT = "sprout"
    MEANING = "meaning"


_CUTS = {Page.STORIES: Cut.STORY, Page.SOURCES: Cut.SOURCE, Page.MEMBERS: Cut.LANGUAGE}

WEEKS = 12
"""So many are shown, this one included."""


@frozen
class Figures:
    """How far people come and how it grows, of one moment."""

    funnel: Funnel
    """Ever."""
    lately: Funnel
    """Of the last `PERIOD_DAYS`, today included."""
    before: Funnel
    """Of as many days before those."""
    growth: Growth
    cycle_hours: int | None
    """From an inviter's start to a friend's coming; None for too few."""
    projection: Projection | None
    measured_at: int = 0


@frozen
class StatsView:
    """What `/stats` shows first."""

    member: MemberView
    figures: Figures
    weeks: Mapping[int, Funnel] = field(default_factory=dict)
    """By the day of its Monday, since 1970; a week in which nothing happened is there as well."""
    owed: Liability = field(default_factory=Liability)
    """To members, at this moment."""


@frozen
class PageView:
    """What one page shows; what it does not show is empty."""

    member: MemberView
    page: Page
    figures: Figures
    cut: Mapping[str, Funnel] = field(default_factory=dict)
    """By story, by source and way, or by language, as the page is about them; "" where it is not known."""
    placements: Mapping[str, int] = field(default_factory=dict)
    """Newcomers by the shop's own paper, by where it hung."""
    top: list[RankLine] = field(default_factory=list)
    broadcasts: list[BroadcastResult] = field(default_factory=list)
    """The latest first."""
    desk: DeskFigures | None = None
    owed: Liability = field(default_factory=Liability)
    trial: TrialView | None = None
    pulse: PulseView | None = None
    sprout: Sprout | None = None
    asking: Lift | None = None
    """What asking brings; None as well where nobody is held out."""
    held_percent: int = 0
    """So many of a hundred members are never asked."""


def count(tx: Tx, *, visitor: Profile) -> StatsView:
    """Everything /stats shows, of one moment.

    Raises:
        NotAllowed: the shop's figures are not this visitor's to see.
    """
    demand(tx, visitor, MANAGERS)
    return StatsView(
        member=view_member(tx, enter(tx, visitor)), figures=measure(tx), weeks=list_weeks(tx), owed=sum_owed(tx)
    )


def look(tx: Tx, *, visitor: Profile, page: Page) -> PageView:
    """One page of figures, of one moment.

    Raises:
        NotAllowed: likewise.
    """
    demand(tx, visitor, MANAGERS)
    return PageView(
        member=view_member(tx, enter(tx, visitor)),
        page=page,
        figures=measure(tx),
        cut=cut(tx, _CUTS[page]) if page in _CUTS else {},
        placements=count_by_placement(tx) if page is Page.SOURCES else {},
        top=scores.list_top(tx, TOP_SIZE) if page is Page.MEMBERS else [],
        broadcasts=list_results(tx) if page is Page.BROADCASTS else [],
        desk=view_desk_figures(tx) if page is Page.VOICE else None,
        owed=sum_owed(tx) if page is Page.REWARDS else Liability(),
        trial=measure_trial(tx) if page is Page.TRIAL else None,
        asking=measure_asking(tx) if page is Page.ASKING else None,
        held_percent=get_terms(tx).campaign.rules.hold_out_percent if page is Page.ASKING else 0,
        pulse=measure_pulse(tx) if page is Page.PULSE else None,
        sprout=measure_sprout(tx) if page is Page.SPROUT else None,
    )


def measure(tx: Tx) -> Figures:
    """The funnel and growth of this moment; reads what is kept, and is as fast for a million members."""
    ever, end = _to_funnel(funnel.sum_all(tx)), tx.now // DAY + 1
    lately = _to_funnel(funnel.sum_all(tx, since=end - PERIOD_DAYS, before=end))
    friends, squares = funnel.sum_scores(tx)
    growth = compute_growth(ever, friends=friends, squares=squares)
    cycle_hours = compute_cycle_hours(funnel.list_cycles(tx))
    return Figures(
        funnel=ever,
        lately=lately,
        before=_to_funnel(funnel.sum_all(tx, since=end - 2 * PERIOD_DAYS, before=end - PERIOD_DAYS)),
        growth=growth,
        cycle_hours=cycle_hours,
        projection=compute_projection(growth, newcomers=lately.members, cycle_hours=cycle_hours),
        measured_at=tx.now,
    )


def cut(tx: Tx, by: Cut, *, days: int | None = None) -> dict[str, Funnel]:
    """The funnel by one thing, of the last so many days, or ever; "" where it is not known."""
    since = 0 if days is None else tx.now // DAY + 1 - days
    return {key: _to_funnel(row) for key, row in funnel.list_by(tx, by, since=since).items()}


def list_weeks(tx: Tx, weeks: int = WEEKS) -> dict[int, Funnel]:
    """The last so many weeks, this one included, by the day of each Monday; a week without anything is there as well."""
    today = tx.now // DAY
    monday = today - (today + funnel.WEEKS_BEGIN) % 7
    first = monday - 7 * (weeks - 1)
    found = funnel.list_by(tx, Cut.WEEK, since=first)
    return {day: _to_funnel(found.get(str(day), FunnelRow())) for day in range(first, monday + 1, 7)}


def sum_owed(tx: Tx) -> Liability:
    """What the shop owes its members."""
    kept = liability.get(tx)
    return Liability(
        points=kept.points,
        coupons=kept.coupons + grants.count_promised(tx, GrantKind.COUPON),
        gifts=grants.count_promised(tx, GrantKind.GIFT),
    )


def _to_funnel(row: FunnelRow) -> Funnel:
    return Funnel(**row._asdict())
