"""What members and the team say to each other while the writers are killed: how it was, ideas, requests."""

from __future__ import annotations

import random

from bot.services.ideas.answering import answer as answer_idea
from bot.services.ideas.ideas import take_idea
from bot.services.joining.joining import start
from bot.services.pulse.answering import add_words, answer
from bot.services.reminding.offers import offer, offer_due
from bot.services.tickets.tickets import set_solved
from storage import Store
from storage.idea import IdeaId, IdeaState
from storage.pulse import AskCause, PulseCause
from storage.records import Profile
from storage.tables import people, pulses
from storage.ticket import TicketId
from tests.chaos.money_shop import STAFF, compose_visitor

MEMBERS = 40


async def say_how(store: Store, chance: random.Random) -> object:
    """Somebody is asked and taps, twice perhaps, and adds a line or not."""
    visitor = await _meet(store, chance)
    person = await store.read(people.find_by_telegram_id, visitor.telegram_id)
    assert person is not None
    pulse_id = await store.write(pulses.add, person.id, PulseCause.JOINED, "")
    for _ in range(chance.randint(1, 2)):
        await store.write(answer, visitor=visitor, pulse_id=pulse_id, said=chance.randint(1, 5))
    words = chance.choice(("", "More chairs", "Cold soup"))
    return await store.write(add_words, visitor=visitor, data={"pulse": pulse_id, "words": words})


async def have_idea(store: Store, chance: random.Random) -> object:
    """And the team answers whichever there is, several at once."""
    await store.write(take_idea, visitor=await _meet(store, chance), data={"text": "Chairs"})
    number, state = IdeaId(chance.randint(1, 60)), chance.choice((IdeaState.THANKED, IdeaState.ADOPTED))
    return await store.write(answer_idea, visitor=STAFF, idea_id=number, state=state, words="Done")


async def seize_moment(store: Store, chance: random.Random) -> object:
    """What was wrong is right now, or something is good."""
    visitor = await _meet(store, chance)
    await store.write(set_solved, visitor=visitor, ticket_id=TicketId(chance.randint(1, 60)))
    person = await store.read(people.find_by_telegram_id, visitor.telegram_id)
    assert person is not None
    await store.write(offer, person.id, chance.choice(tuple(AskCause)))
    return await store.write(offer_due, limit=9)


async def _meet(store: Store, chance: random.Random) -> Profile:
    visitor = compose_visitor(chance.randrange(MEMBERS))
    await store.write(start, visitor=visitor, payload="")
    return visitor
