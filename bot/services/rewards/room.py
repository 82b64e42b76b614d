"""Whether the limits of a rule leave room for something, and when that is looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.core.campaigns.rewards import Give, Rule
from bot.core.durations import DAY, SECOND
from bot.core.rewards.bounds import WEEK, Bound, list_bounds
from bot.core.rewards.rules import compose_week
from bot.services.campaigns import find_zone
from bot.services.rewards.promising import BOUND, has_room
from storage.facts import GrantKind, GrantState
from storage.records import PersonId, VersionId
from storage.tables import allowances, shops
from storage.tx import Tx

FULL = Bound(scope=BOUND, pieces=1, most=0)
"""The shop promises no more points; what waits for that is looked at again every night."""


def take_room(
    tx: Tx, version_id: VersionId, rule: Rule, give: Give, *, person_id: PersonId, most: int | None = None
) -> tuple[str, Bound | None]:
    """Take what the limits of a rule leave: the week it counts in, and the limit that left nothing.

    Args:
        tx: The transaction.
        version_id: Whose rule it is.
        rule: Whose limits.
        give: What is wanted.
        person_id: For whom.
        most: The points that may be promised in all; None where that is to be looked up.
    """
    week = compose_week(find_day(tx)) if rule.limit.per_week is not None else ""
    bounds = list_bounds(rule, give, person_id, week)
    full = _take(tx, version_id, rule.key, bounds) if bounds else None
    if full is None and give.kind is GrantKind.POINTS and not has_room(tx, give.amount, most):
        put_back(tx, version_id, rule.key, bounds)
        full = FULL
    return week, full


def put_back(tx: Tx, version_id: VersionId, rule: str, bounds: Sequence[Bound]) -> None:
    """Let somebody else have it."""
    for bound in bounds:
        campaign_id = allowances.get_campaign(tx, version_id)
        allowances.put_back(tx, campaign_id, rule, bound.scope, pieces=bound.pieces)


def find_due(tx: Tx, rule: Rule, state: GrantState, full: Bound | None) -> int | None:
    """When something will be looked at again by itself: at the end of its hold, when a new week begins, or in the next night."""
    if state is GrantState.HELD:
        return tx.now + rule.hold_days * DAY
    if state is GrantState.PENDING and full is not None and full.kind in {WEEK, BOUND}:
        day = date.fromisoformat(find_day(tx))
        return find_midnight(tx, day + timedelta(days=7 - day.weekday() if full.kind == WEEK else 1))
    return None


def find_day(tx: Tx) -> str:
    """Today where the shop is, like 2026-12-01."""
    return datetime.fromtimestamp(tx.now // SECOND, find_zone(shops.get(tx).zone)).date().isoformat()


def find_midnight(tx: Tx, day: date) -> int:
    """When a day begins where the shop is."""
    zone = find_zone(shops.get(tx).zone)
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * SECOND


def _take(tx: Tx, version_id: VersionId, rule: str, bounds: Sequence[Bound]) -> Bound | None:
    campaign_id = allowances.get_campaign(tx, version_id)
    for place, bound in enumerate(bounds):
        if not allowances.take(tx, campaign_id, rule, bound.scope, pieces=bound.pieces, most=bound.most):
            put_back(tx, version_id, rule, bounds[:place])
            return bound
    return None
