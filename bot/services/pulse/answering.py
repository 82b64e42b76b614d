"""What a member says is written down, and what follows from it happens in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.core.pulse import FACES, LEAST, MOST, WORDS_LIMIT, Mood, decide_mood
from bot.core.reminding import Ask
from bot.services.claiming.window import CLAIM
from bot.services.ideas.ideas import take_idea
from bot.services.members import MemberView, enter, view_member
from bot.services.reminding.offers import offer
from bot.services.rewards.alone import note_alone
from bot.services.tickets import tickets
from storage.broadcast import News, Skip
from storage.facts import EventKind
from storage.frozen import frozen
from storage.pulse import AskCause, Pulse, PulseId
from storage.records import Person, Profile
from storage.tables import askings, conversations, deliveries, people, pulses
from storage.ticket import About, Said
from storage.tx import Tx

FLOW = "pulse"
"""In which a line of words is waited for."""


@frozen
class AnswerView:
    """What came of an answer."""

    member: MemberView
    pulse: Pulse | None = None
    """As it stands; None where there is no such question, or it is over."""
    mood: Mood = Mood.BETWEEN
    ask: Ask = Ask.NEVER
    """Whether their card comes behind."""
    fresh: bool = False
    """This tap has said it."""
    free: bool = False
    """Nothing else waits for an answer of theirs, so that a line of words may be asked for."""


def answer(tx: Tx, *, visitor: Profile, pulse_id: PulseId, said: int) -> AnswerView:
    """Note how it was, once: the first answer stands.

    Whoever is pleased is offered their card; whoever is not is left in peace, and a person of the shop hears of it.
    """
    person, pulse = _find(tx, visitor, pulse_id)
    if pulse is None:
        return AnswerView(member=view_member(tx, person))
    fresh = LEAST <= said <= MOST and pulses.answer(tx, pulse_id, said)
    stands = pulses.find(tx, pulse_id)
    if stands is None or stands.answer is None:
        return AnswerView(member=view_member(tx, person))
    mood = decide_mood(stands.answer)
    ask = _follow(tx, person, stands, mood) if fresh else Ask.NEVER
    asked = conversations.find(tx, person.id)
    free = asked is None or asked.flow in {FLOW, CLAIM}
    return AnswerView(member=view_member(tx, person), pulse=stands, mood=mood, ask=ask, fresh=fresh, free=free)


def add_words(tx: Tx, *, visitor: Profile, data: Mapping[str, Any]) -> AnswerView:
    """Keep what a member adds in their own words.

    What would make it better is an idea; whoever is displeased says it to the same person of the shop.
    """
    pulse_id = PulseId(data["pulse"])
    person, pulse = _find(tx, visitor, pulse_id)
    words = (data.get("words") or "").strip()[:WORDS_LIMIT]
    if pulse is None or pulse.answer is None:
        return AnswerView(member=view_member(tx, person))
    mood = decide_mood(pulse.answer)
    if words:
        pulses.set_words(tx, pulse_id, words)
        pulse = replace(pulse, words=words)
        if mood is Mood.BETWEEN:
            take_idea(tx, visitor=visitor, data={"text": words})
        elif mood is Mood.DISPLEASED:
            _tell_shop(tx, pulse)
    return AnswerView(member=view_member(tx, person), pulse=pulse, mood=mood, fresh=bool(words))


def set_asked(tx: Tx, *, visitor: Profile, wanted: bool) -> MemberView:
    """Be asked now and then how it was, or never."""
    person = enter(tx, visitor)
    people.lock(tx, person.id)
    asking = askings.get(tx, person.id)
    due_at = asking.pulse_due_at if wanted else None
    askings.set_all(tx, replace(asking, pulse_off=not wanted, pulse_due_at=due_at))
    return view_member(tx, person)


def _tell_shop(tx: Tx, pulse: Pulse) -> None:
    """Put before a person of the shop what somebody who is displeased has said: the face, or the line they added."""
    words = pulse.words or f"{FACES[pulse.answer or LEAST]} {pulse.answer}/{MOST}"
    tickets.open(tx, pulse.person_id, about=About.PULSE, said=Said(words=words))


def _find(tx: Tx, visitor: Profile, pulse_id: PulseId) -> tuple[Person, Pulse | None]:
    """The question, if it is this visitor's and their last one."""
    person = enter(tx, visitor)
    people.lock(tx, person.id)
    return person, pulses.find(tx, pulse_id) if pulses.find_last(tx, person.id) == pulse_id else None


def _follow(tx: Tx, person: Person, pulse: Pulse, mood: Mood) -> Ask:
    note_alone(tx, EventKind.ANSWERED, person.id, key=str(pulse.id))
    asking = replace(askings.get(tx, person.id), answer=pulse.answer)
    if mood is Mood.DISPLEASED:
        asking = replace(asking, displeased_at=tx.now, ask_due_at=None, ask_cause=None)
    askings.set_all(tx, asking)
    if mood is Mood.PLEASED:
        return offer(tx, person.id, AskCause.PULSE)
    if mood is Mood.DISPLEASED:
        deliveries.decline(tx, person.id, News.OFFERS, Skip.DISPLEASED)
        _tell_shop(tx, pulse)
    return Ask.NEVER
