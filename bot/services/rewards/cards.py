"""How many cards a member has given this week, as rules look at it."""

from __future__ import annotations

from datetime import date, timedelta

from bot.core.rewards.rules import compose_week
from bot.services.campaigns import get_terms
from bot.services.rewards.alone import list_rules_of, note_alone
from bot.services.rewards.room import find_day, find_midnight
from storage.facts import EventKind
from storage.records import PersonId, ShareWay
from storage.tables import shares
from storage.tx import Tx

COUNTED = (ShareWay.CARD, ShareWay.INLINE, ShareWay.GUEST)
"""What is a card in somebody's hands, and not a look at one's own code."""


def note_card(tx: Tx, person_id: PersonId, way: ShareWay) -> None:
    """Give what the rules that hold now say of so many cards within a week, once a week; told."""
    if way not in COUNTED or not list_rules_of(get_terms(tx), EventKind.CARDS_GIVEN):
        return
    day = find_day(tx)
    monday = date.fromisoformat(day) - timedelta(days=date.fromisoformat(day).weekday())
    count = shares.count_since(tx, person_id, COUNTED, since=find_midnight(tx, monday))
    note_alone(tx, EventKind.CARDS_GIVEN, person_id, key=f"{person_id}:{compose_week(day)}:{count}", number=count)
