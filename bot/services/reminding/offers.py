"""Good moments: a member's card is offered to them, out of the one budget of what anybody is asked."""

from __future__ import annotations

from dataclasses import replace

from bot.core.pulse import compute_opening, is_resting
from bot.core.reminding import Ask, choose_fresh_story, decide_ask
from bot.core.trials import is_held_out
from bot.core.zones import choose_zone
from bot.services.campaigns import find_zone, get_terms
from bot.services.notices import owe, owe_card_behind
from bot.services.reminding.notices import CardOffered, Nudge
from storage.addresses import MemberAddress
from storage.pulse import AskCause
from storage.records import Person, PersonId
from storage.tables import askings, people, shares, shops, tickets
from storage.tx import Tx


def offer(tx: Tx, person_id: PersonId, cause: AskCause) -> Ask:
    """Hand a member their card, behind what this transaction tells them, if they may be asked to share now.

    At night it waits for the morning; whoever was asked within the shop's time, is displeased, or does not want to be
    asked is left in peace.
    """
    people.lock(tx, person_id)
    person = people.get(tx, person_id)
    ask = decide(tx, person)
    if ask is Ask.NOW:
        people.note_nudged(tx, person_id, ends_spell=False)
        owe_card_behind(tx, person_id)
    elif ask is Ask.MORNING:
        put_off(tx, person, cause)
    return ask


def decide(tx: Tx, person: Person) -> Ask:
    """Whether somebody, whom the caller has locked, may be asked to share now."""
    terms = get_terms(tx)
    return decide_ask(
        person,
        rules=terms.campaign.asks,
        resting=rests(tx, person.id),
        held_out=is_held_out(person.id, terms.campaign.rules.hold_out_percent),
        quiet=find_opening(tx, person) > tx.now,
        now=tx.now,
    )


def rests(tx: Tx, person_id: PersonId) -> bool:
    """Whether somebody is displeased, or waits for an answer, and is to be handed nothing to pass on unasked."""
    if tickets.find_unanswered(tx, person_id) is not None:
        return True
    return is_resting(askings.get(tx, person_id), get_terms(tx).campaign.pulse, tx.now)


def put_right(tx: Tx, person_id: PersonId) -> None:
    """Somebody says that what was wrong is right now: their rest is over."""
    people.lock(tx, person_id)
    askings.set_all(tx, replace(askings.get(tx, person_id), displeased_at=None))


def put_off(tx: Tx, person: Person, cause: AskCause) -> None:
    """Ask somebody, whom the caller has locked, when their night is over."""
    asking = askings.get(tx, person.id)
    askings.set_all(tx, replace(asking, ask_due_at=find_opening(tx, person), ask_cause=cause))


def is_morning_for_anybody(tx: Tx) -> bool:
    """Whether there is somebody to be looked at by `offer_due`."""
    return bool(askings.list_due_asks(tx, limit=1))


def offer_due(tx: Tx, *, limit: int) -> int:
    """Offer their cards to those for whom it is morning now; returns how many were looked at."""
    due = askings.list_due_asks(tx, limit=limit)
    for person_id in due:
        people.lock(tx, person_id)
        person, asking = people.get(tx, person_id), askings.get(tx, person_id)
        askings.set_all(tx, replace(asking, ask_due_at=None, ask_cause=None))
        ask, cause = decide(tx, person), asking.ask_cause or AskCause.PULSE
        if ask is Ask.MORNING:  # they are somewhere else now
            put_off(tx, person, cause)
        elif ask is Ask.NOW:
            _ask(tx, person, cause)
    return len(due)


def find_opening(tx: Tx, person: Person) -> int:
    """From when on somebody may be written to without being asked: now, but in the quiet hours of the shop's members."""
    hours = get_terms(tx).campaign.news.loud
    if hours is None:
        return tx.now
    language = person.language or person.profile.telegram_language
    return compute_opening(hours, choose_zone(person.zone, language, find_zone(shops.get(tx).zone)), tx.now)


def _ask(tx: Tx, person: Person, cause: AskCause) -> None:
    if cause is AskCause.QUIET:
        nudge_now(tx, person)
        return
    people.note_nudged(tx, person.id, ends_spell=False)
    owe(tx, MemberAddress(person.id), CardOffered(moment=cause), key=f"{person.id}:{tx.now}")
    owe_card_behind(tx, person.id)


def nudge_now(tx: Tx, person: Person) -> None:
    """Owe a member a story they have not shared last."""
    people.note_nudged(tx, person.id)
    story = choose_fresh_story(get_terms(tx).story_keys, shares.find_last_story(tx, person.id))
    owe(tx, MemberAddress(person.id), Nudge(story=story), key=f"{person.id}:{tx.now}")
