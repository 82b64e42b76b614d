from __future__ import annotations

from dataclasses import replace

import pytest

from storage import RowMissing, Store, testimonial
from storage.poll import PollId, PollRow
from storage.records import PersonId
from storage.tables import labels, polls, testimonials, ticket_words, tickets
from storage.ticket import About, CopyRow, TicketId, TicketState
from tests.storage.cast import add_members
from tests.storage.clock import NOON, Clock

OPTIONS = ({"en": "Rye"}, {"en": "Spelt", "de": "Dinkel"})


async def test_a_poll_comes_back_as_it_was_asked(store: Store, clock: Clock) -> None:
    """Each under its own number; what comes of one is said once, and leaves the other open."""
    first, second = [await store.write(polls.add, {"en": word}, OPTIONS) for word in ("Bread?", "Rolls?")]
    asked = PollRow(
        id=first, question={"en": "Bread?"}, options=list(OPTIONS), outcome="", opened_at=NOON, closed_at=None
    )
    assert await store.read(polls.find, first) == asked
    assert await store.write(polls.lock, second) == replace(asked, id=second, question={"en": "Rolls?"})
    assert [await store.read(polls.find, PollId(99)), await store.write(polls.lock, PollId(99))] == [None, None]
    assert [each.id for each in await store.read(polls.list_open, limit=9)] == [first, second]
    assert [each.id for each in await store.read(polls.list_open, limit=1)] == [first]
    clock.advance(1)
    assert [await store.write(polls.close, first, word) for word in ("We bake rye.", "No.")] == [True, False]
    closed = replace(asked, outcome="We bake rye.", closed_at=clock.now)
    assert await store.read(polls.find, first) == closed
    assert await store.read(polls.find_untold) == (closed, PersonId(0))
    await store.write(polls.set_told, first, PersonId(7))
    assert await store.read(polls.find_untold) == (closed, PersonId(7))
    await store.write(polls.set_told, first, None)
    assert await store.read(polls.find_untold) is None
    assert [each.id for each in await store.read(polls.list_open, limit=9)] == [second]


async def test_a_vote_is_the_last_choice_of_somebody_in_a_poll(store: Store) -> None:
    """Counted once there, and nowhere else; who is forgotten is counted no more."""
    first, second = [await store.write(polls.add, {"en": word}, OPTIONS) for word in ("Bread?", "Rolls?")]
    anna, ben, cleo = await store.write(add_members, 3)
    for poll_id, each, choice in ((first, anna, 0), (first, anna, 1), (first, ben, 0), (second, cleo, 1)):
        await store.write(polls.set_vote, poll_id, each.id, choice)
    assert await store.read(polls.count_votes, first) == {0: 1, 1: 1}
    assert [await store.read(polls.find_vote, first, each.id) for each in (anna, ben, cleo)] == [1, 0, None]
    assert await store.read(polls.find_vote, second, cleo.id) == 1
    pages = [
        await store.read(polls.list_voters, first, after=after, limit=limit)
        for after, limit in ((PersonId(0), 9), (anna.id, 9), (PersonId(0), 1))
    ]
    assert pages == [[anna.id, ben.id], [ben.id], [anna.id]]
    await store.write(polls.delete_of, anna.id)
    assert [await store.read(polls.count_votes, each) for each in (first, second)] == [{0: 1}, {1: 1}]


async def test_labels_are_given_and_taken_one_by_one(store: Store) -> None:
    """What a rule gave is the team's once the team has given it too; nobody else's is touched."""
    anna, ben = await store.write(add_members, 2)
    assert [await store.write(labels.add, anna.id, "vip") for _ in range(2)] == [True, False]
    assert [await store.write(labels.add_by_rule, each.id, "rye") for each in (anna, anna, ben)] == [True, False, True]
    assert await store.write(labels.add_by_rule, ben.id, "bun") is True
    assert await store.write(labels.add, ben.id, "bun") is True
    assert await store.read(labels.list_with, "rye", limit=9) == [anna.id, ben.id]
    assert await store.read(labels.list_with, "rye", limit=1) == [anna.id]
    assert await store.read(labels.list_with, "vip", limit=9) == [anna.id]
    assert await store.read(labels.count_each, limit=9) == {"bun": 1, "rye": 2, "vip": 1}
    assert await store.read(labels.count_each, limit=2) == {"bun": 1, "rye": 2}
    taken = [
        await store.write(labels.remove_by_rule, each.id, name)
        for each, name in ((anna, "vip"), (ben, "bun"), (anna, "rye"))
    ]
    assert taken == [False, False, True]
    assert await store.write(labels.remove, anna.id, "rye") is False
    assert [await store.read(labels.list_of, each.id) for each in (anna, ben)] == [["vip"], ["bun", "rye"]]
    assert await store.write(labels.remove, ben.id, "bun") is True
    await store.write(labels.delete_of, anna.id)
    assert [await store.read(labels.list_of, each.id) for each in (anna, ben)] == [[], ["rye"]]


async def test_what_members_say_in_public_waits_in_the_order_in_which_it_came(store: Store, clock: Clock) -> None:
    """It moves on from where it is expected alone; said anew it is offered anew, and nothing is left of its headlines."""
    anna, ben, cleo = await store.write(add_members, 3)
    for each in (ben, anna, cleo):
        await store.write(testimonials.set_words, each.id, words=f"Fine {each.id}", name=f"N{each.id}")
        clock.advance(1)
    offered = testimonial.Testimonial(
        person_id=ben.id,
        words=f"Fine {ben.id}",
        name=f"N{ben.id}",
        state=testimonial.TestimonialState.OFFERED,
        headlines={},
        made_at=NOON,
    )
    assert await store.read(testimonials.find, ben.id) == offered
    assert await store.read(testimonials.find_offered) == offered
    assert await store.read(testimonials.count_offered) == 3
    shown, declined = testimonial.TestimonialState.SHOWN, testimonial.TestimonialState.DECLINED
    moved = [
        await store.write(testimonials.set_state, each.id, state, expected=expected, headlines={"en": f"H{each.id}"})
        for each, state, expected in (
            (ben, shown, offered.state),
            (ben, declined, offered.state),
            (anna, shown, offered.state),
        )
    ]
    assert moved == [True, False, True]
    assert await store.read(testimonials.count_offered) == 1
    seen = replace(offered, state=shown, headlines={"en": f"H{ben.id}"})
    assert await store.read(testimonials.find, ben.id) == seen
    assert [each.person_id for each in await store.read(testimonials.list_shown, limit=9)] == [anna.id, ben.id]
    assert await store.read(testimonials.list_shown, limit=1) == [await store.read(testimonials.find, anna.id)]
    await store.write(testimonials.set_words, ben.id, words="Better", name="")
    again = replace(offered, words="Better", name="", made_at=clock.now)
    assert await store.read(testimonials.find, ben.id) == again
    await store.write(testimonials.delete_of, ben.id)
    assert [await store.read(testimonials.find, each.id) is None for each in (anna, ben, cleo)] == [False, True, False]


async def test_each_ticket_has_a_topic_of_its_own(store: Store) -> None:
    """Set and taken away; a ticket that is not there says so."""
    anna, ben = await store.write(add_members, 2)
    first, second = [
        await store.write(tickets.add, each.id, About.ORDER, due_at=NOON + 5, look_at=NOON + 3) for each in (anna, ben)
    ]
    assert (first.person_id, first.about, first.opened_at, first.due_at, first.look_at, first.topic_id) == (
        *(anna.id, About.ORDER, NOON, NOON + 5, NOON + 3),
        None,
    )
    await store.write(tickets.set_topic, first.id, 77)
    assert await store.read(tickets.get, first.id) == replace(first, topic_id=77)
    assert await store.read(tickets.find, second.id) == second
    await store.write(tickets.set_topic, first.id, None)
    assert await store.read(tickets.get, first.id) == first
    assert [await store.read(tickets.list_of, each.id, 9) for each in (anna, ben)] == [[first], [second]]
    for each in (first, second):
        await store.write(tickets.save, replace(each, state=TicketState.TAKEN, taken_by_id=ben.id))
    await store.write(tickets.forget_of, anna.id)
    closed = replace(first, state=TicketState.CLOSED, taken_by_id=ben.id, due_at=None, look_at=None, closed_at=NOON)
    taken = replace(second, state=TicketState.TAKEN, taken_by_id=ben.id)
    assert [await store.read(tickets.get, each.id) for each in (first, second)] == [closed, taken]
    assert [await store.read(tickets.find_unanswered, each.id) for each in (anna, ben)] == [None, taken]
    assert await store.read(tickets.count_waiting) == 1
    await store.write(tickets.forget_of, ben.id)
    assert (await store.read(tickets.get, first.id)).taken_by_id is None
    with pytest.raises(RowMissing, match="no ticket 99"):
        await store.read(tickets.get, TicketId(99))


async def test_messages_of_a_chat_belong_to_tickets_until_the_chat_is_forgotten(store: Store) -> None:
    """By chat and message together; the same one is noted once."""
    (anna,) = await store.write(add_members, 1)
    ticket = await store.write(tickets.add, anna.id, About.ASKED, due_at=NOON, look_at=NOON)
    copies = [
        CopyRow(chat_id=chat, message_id=message, ticket_id=ticket.id, said_id=None)
        for chat, message in ((-5, 1), (-5, 2), (-6, 1))
    ]
    for copy in (*copies, copies[0]):
        await store.write(ticket_words.add_copy, copy)
    assert [await store.read(ticket_words.find_copy, *where) for where in ((-5, 2), (-6, 1), (-6, 2))] == [
        *copies[1:],
        None,
    ]
    assert [await store.read(ticket_words.stands_in, each) for each in (-5, -6, -7)] == [True, True, False]
    await store.write(ticket_words.forget_chat, -5)
    assert [await store.read(ticket_words.stands_in, each) for each in (-5, -6)] == [False, True]
