"""How many cards a member has given this week, as rules look at it."""

from __future__ import annotations

from datetime import date, timedelta

from bot.core.rewards.rules import WHEN, Occurrence, compose_week, evaluate
from bot.services.campaigns import get_terms
from bot.services.rewards.giving import Cause, give, tell
from bot.services.rewards.granting import look_at_inviter
from bot.services.rewards.room import find_day, find_midnight
from storage.facts import EventKind
from storage.records import PersonId, ShareWay
from storage.tables import events, shares
from storage.tx import Tx

COUNTED = (ShareWay.CARD, ShareWay.INLINE, ShareWay.GUEST)
"""What is a card in somebody's hands, and not a look at one's own code."""

_GIVEN = WHEN[EventKind.CARDS_GIVEN]


def note_card(tx: Tx, person_id: PersonId, way: ShareWay) -> None:
    """Give what the rules that hold now say of so many cards within a week, once a week; told."""
    terms = get_terms(tx) if way in COUNTED else None
    rules = [rule for rule in terms.campaign.rewards if rule.when == _GIVEN] if terms is not None else []
    if terms is None or not rules:
        return
    day = find_day(tx)
    monday = date.fromisoformat(day) - timedelta(days=date.fromisoformat(day).weekday())
    count = shares.count_since(tx, person_id, COUNTED, since=find_midnight(tx, monday))
    occurrence = Occurrence(when=_GIVEN, inviter_id=person_id, number=count)
    found = evaluate(look_at_inviter(tx, occurrence, [rule.condition for rule in rules]), rules)
    if not found:
        return
    key = f"{EventKind.CARDS_GIVEN}:{person_id}:{compose_week(day)}:{count}"
    event_id = events.add_fact(tx, EventKind.CARDS_GIVEN, person_id, key=key, version_id=terms.version_id)
    if event_id is not None:
        cause = Cause(event_id=event_id, version_id=terms.version_id)
        tell(tx, [number for grant in found if (number := give(tx, cause, grant)) is not None])
