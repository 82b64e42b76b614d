"""What a member has done without a friend, as rules look at it."""

from __future__ import annotations

from bot.core.campaigns.rewards import Rule
from bot.core.rewards.rules import WHEN, Occurrence, evaluate
from bot.services.campaigns import Terms, get_terms
from bot.services.rewards.giving import Cause, give, tell
from bot.services.rewards.granting import look_at_inviter
from storage.facts import EventKind
from storage.records import PersonId
from storage.tables import events
from storage.tx import Tx


def list_rules_of(terms: Terms, kind: EventKind) -> list[Rule]:
    """The owner's rules that look at it."""
    return [rule for rule in terms.campaign.rewards if rule.when == WHEN[kind]]


def note_alone(tx: Tx, kind: EventKind, person_id: PersonId, *, key: str, number: int = 0) -> None:
    """Give what the rules that hold now say of it, once for each `key`; told."""
    terms = get_terms(tx)
    rules = list_rules_of(terms, kind)
    occurrence = Occurrence(when=WHEN[kind], inviter_id=person_id, number=number)
    found = evaluate(look_at_inviter(tx, occurrence, [rule.condition for rule in rules]), rules)
    if not found:
        return
    event_id = events.add_fact(tx, kind, person_id, key=f"{kind}:{key}", version_id=terms.version_id)
    if event_id is not None:
        cause = Cause(event_id=event_id, version_id=terms.version_id)
        tell(tx, [given for grant in found if (given := give(tx, cause, grant)) is not None])
