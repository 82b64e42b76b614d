"""What a place in a contest wins: it goes the way of all that is given."""

from __future__ import annotations

from bot.core.campaigns.rewards import Rule
from bot.core.rewards.rules import Grant
from bot.services.rewards.giving import Cause, give
from storage.contest import ContestRow
from storage.facts import EventKind, GrantId
from storage.records import PersonId, Side
from storage.tables import events
from storage.tx import Tx


def give_prize(tx: Tx, row: ContestRow, prize: Rule, *, place: int, person_id: PersonId) -> GrantId | None:
    """Give what a place wins, once: a contest has one event for each place. None where that was given before."""
    key = f"{EventKind.PLACED}:{row.id}:{place}"
    event_id = events.add_fact(tx, EventKind.PLACED, person_id, key=key, version_id=row.version_id)
    if event_id is None:
        return None
    cause = Cause(event_id=event_id, version_id=row.version_id)
    return give(tx, cause, Grant(rule=prize, side=Side.INVITER, person_id=person_id, give=prize.give))
