"""Members are asked how it was, when something has happened that is worth asking about."""

from __future__ import annotations

from dataclasses import replace

from bot.core.campaigns.pulse import PulseRules
from bot.core.pulse import compute_due, compute_rested
from bot.services.campaigns import get_terms
from bot.services.notices import owe
from bot.services.pulse.notices import PulseAsked
from bot.services.reminding.offers import find_opening
from storage.addresses import MemberAddress
from storage.pulse import Asking, PulseCause
from storage.records import Person, PersonId
from storage.tables import askings, people, pulses, referrals
from storage.tx import Tx


def expect_pulse(tx: Tx, person_id: PersonId, cause: PulseCause) -> None:
    """Something has happened to a member after which the shop asks how it was: in a while they are asked, once."""
    rules = get_terms(tx).campaign.pulse
    if rules is None:
        return
    people.lock(tx, person_id)
    asking = askings.get(tx, person_id)
    due_at = compute_due(rules, asking, cause, tx.now)
    if due_at is not None:
        askings.set_all(tx, replace(asking, pulse_due_at=due_at, pulse_cause=cause))


def expect_no_pulse(tx: Tx, person_id: PersonId, cause: PulseCause) -> None:
    """It has not happened after all."""
    people.lock(tx, person_id)
    asking = askings.get(tx, person_id)
    if asking.pulse_cause is cause:
        askings.set_all(tx, replace(asking, pulse_due_at=None, pulse_cause=None))


def is_anybody_due(tx: Tx) -> bool:
    """Whether there is somebody whose time has come."""
    return bool(askings.list_due_pulses(tx, limit=1))


def ask_due(tx: Tx, *, limit: int) -> int:
    """Ask those whose time has come and where it is not night, the longest due first; returns how many were looked at.

    What the shop has changed since holds for them as well. A question that is open is over with the next one.
    """
    rules, due = get_terms(tx).campaign.pulse, askings.list_due_pulses(tx, limit=limit)
    for person_id in due:
        people.lock(tx, person_id)
        person, asking = people.get(tx, person_id), askings.get(tx, person_id)
        if rules is None or asking.pulse_off or not person.is_member or person.blocked_at is not None:
            askings.set_all(tx, replace(asking, pulse_due_at=None, pulse_cause=None))
        else:
            _ask(tx, person, asking, rules)
    return len(due)


def _ask(tx: Tx, person: Person, asking: Asking, rules: PulseRules) -> None:
    due_at = max(find_opening(tx, person), compute_rested(rules, asking))
    if due_at > tx.now:
        askings.set_all(tx, replace(asking, pulse_due_at=due_at))
        return
    cause, referral = asking.pulse_cause or PulseCause.JOINED, referrals.find_by_invitee(tx, person.id)
    pulse_id = pulses.add(tx, person.id, cause, referral.source if referral is not None else "")
    askings.set_all(tx, replace(asking, pulse_due_at=None, pulse_cause=None, pulse_asked_at=tx.now))
    owe(tx, MemberAddress(person.id), PulseAsked(pulse=pulse_id, cause=cause), key=pulse_id)
