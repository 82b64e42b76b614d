"""What becomes of a ticket: who may see and answer it, by when, and who hears when nobody does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.tickets import DEFAULT_HOURS
from bot.services.members import NotAllowed, note_owners
from bot.services.notices import Thread
from bot.services.tickets import desk, templates, tickets, watching
from bot.services.tickets.desk import Replied
from bot.services.tickets.passing import Edited, note_arrived, note_unsent, pass_edit
from storage import Store, Tx
from storage.records import NoticeId
from storage.role import Role
from storage.tables import outbox, people, roles, ticket_words
from storage.tables import tickets as table
from storage.ticket import About, Said, SaidState, TicketRow, TicketState
from tests.owed import list_said
from tests.storage.cast import add_member, make_profile
from tests.storage.clock import Clock

HOUR = 3600
ANNA, BUDI, WAYAN, SARI = (make_profile(n) for n in range(1, 5))
COLD = Said(words="Cold bread", chat_id=ANNA.telegram_id, message_id=7)


def furnish(tx: Tx) -> None:
    """Two members, one of the team, an owner."""
    for number in range(1, 5):
        add_member(tx, number)
    roles.set(tx, WAYAN.telegram_id, Role.STAFF)
    note_owners(tx, telegram_ids=[SARI.telegram_id])


@pytest.fixture
async def shop(store: Store) -> Store:
    """A shop with a team."""
    await store.write(furnish)
    return store


async def ask(store: Store, said: Said = COLD) -> TicketRow:
    """Anna says something."""
    return (await store.write(tickets.say, visitor=ANNA, said=said)).ticket


def list_owed(tx: Tx) -> list[tuple[str, int]]:
    """What is owed, by kind and to whom."""
    rows = outbox.list_owed(tx, after=NoticeId(0), limit=99)
    return [(row.kind, getattr(row.address, "person_id", 0)) for row in rows]


async def test_several_messages_are_one_ticket_until_it_is_answered(shop: Store) -> None:
    """Then what is said anew is another, unless it is said to the old one."""
    first = await ask(shop)
    assert (await ask(shop, Said(words="And late"))).id == first.id
    await shop.write(desk.answer, visitor=WAYAN, ticket_id=first.id, said=Said(words="Sorry"))
    second = await ask(shop, Said(words="No receipt"))
    assert second.id != first.id
    more = await shop.write(tickets.say, visitor=ANNA, said=Said(words="Thanks"), ticket_id=first.id)
    assert more.ticket.id == first.id
    assert more.ticket.due_at is not None


async def test_a_member_never_sees_or_moves_anothers(shop: Store) -> None:
    """Whatever number stands in the tap."""
    ticket = await ask(shop)
    await shop.write(desk.close, visitor=WAYAN, ticket_id=ticket.id)
    for unit in (tickets.view_one, tickets.set_solved, tickets.reopen):
        assert await shop.write(unit, visitor=BUDI, ticket_id=ticket.id) is None
    said = await shop.write(tickets.say, visitor=BUDI, said=Said(words="Mine"), ticket_id=ticket.id)
    assert said.ticket.id != ticket.id
    assert (await shop.read(table.get, ticket.id)).state is TicketState.CLOSED


@pytest.mark.parametrize("unit", [desk.view, desk.take, desk.close, desk.list_colleagues])
async def test_only_the_team_works_on_tickets(shop: Store, unit: object) -> None:
    """A member may not; whoever left the team may not any more."""
    assert callable(unit)
    ticket = await ask(shop)
    await shop.write(unit, visitor=WAYAN, ticket_id=ticket.id)
    await shop.write(roles.clear, WAYAN.telegram_id)
    for visitor in (ANNA, WAYAN):
        with pytest.raises(NotAllowed):
            await shop.write(unit, visitor=visitor, ticket_id=ticket.id)


async def test_a_reply_is_passed_on_by_who_it_is_and_what_it_answers(shop: Store) -> None:
    """The team's to the member, the member's to the team, and nobody else's anywhere."""
    ticket = await ask(shop)
    (said,) = await shop.read(ticket_words.list_of, ticket.id, 9)
    at = {"chat_id": WAYAN.telegram_id, "message_id": 70}
    await shop.write(note_arrived, Thread(ticket.id, said.id), *at.values())
    answered = await shop.write(desk.reply, visitor=WAYAN, **at, said=Said(words="Sorry", chat_id=at["chat_id"]))
    assert answered is not None
    assert answered[0] is Replied.ANSWERED
    await shop.write(roles.clear, WAYAN.telegram_id)
    refused = await shop.write(desk.reply, visitor=WAYAN, **at, said=Said(words="Again", chat_id=at["chat_id"]))
    assert refused == (Replied.NOT_YOURS, None)
    assert await shop.write(desk.reply, visitor=ANNA, chat_id=1, message_id=1, said=COLD) is None


async def test_nobody_waits_without_an_answer_or_an_alert(shop: Store, clock: Clock) -> None:
    """The team is reminded while there is time, an owner hears when there is none, and each of them once."""
    ticket = await ask(shop)
    assert await shop.write(watching.watch) == 0
    clock.advance(DEFAULT_HOURS * HOUR * 3 // 4)
    assert await shop.write(watching.watch) == 1
    assert await shop.write(watching.watch) == 0
    reminded = [each for each in await shop.read(list_owed) if each[0] == "ticket_waits"]
    clock.advance(DEFAULT_HOURS * HOUR // 4)
    assert await shop.write(watching.watch) == 1
    told = [each for each in await shop.read(list_owed) if each[0] == "ticket_waits"]
    owner = await shop.read(people.find_by_telegram_id, SARI.telegram_id)
    assert owner is not None
    assert ("ticket_waits", owner.id) in told[len(reminded) :]
    said = [(to, dict(payload)) for _, to, payload in await shop.read(list_said, "ticket_waits")]
    waits = {"ticket": ticket.id, "person": ticket.person_id, "due": ticket.due_at}
    assert [payload for _, payload in said] == [
        *[waits | {"late": False}] * len(reminded),
        *[waits | {"late": True}] * (len(told) - len(reminded)),
    ]
    clock.advance(90 * 24 * HOUR)
    assert await shop.write(watching.watch) == 0
    assert (await shop.read(table.get, ticket.id)).state is TicketState.OPEN


async def test_an_answer_in_time_ends_the_waiting(shop: Store, clock: Clock) -> None:
    """And it is measured."""
    for number in range(5):
        ticket = (await shop.write(tickets.say, visitor=ANNA, said=Said(words=str(number)))).ticket
        clock.advance(HOUR)
        await shop.write(desk.answer, visitor=WAYAN, ticket_id=ticket.id, said=Said(words="Sorry"))
    clock.advance(90 * 24 * HOUR)
    assert await shop.write(watching.watch) == 0
    figures = await shop.read(watching.view_figures, since=0)
    assert (figures.answered, figures.answer_seconds, figures.solved_seconds) == (5, HOUR, None)


async def test_what_is_not_solved_comes_back_before_all_others(shop: Store) -> None:
    """With an answer promised anew."""
    first = await ask(shop)
    await shop.write(desk.close, visitor=WAYAN, ticket_id=first.id)
    await shop.write(tickets.say, visitor=BUDI, said=Said(words="Mine"))
    view = await shop.write(tickets.reopen, visitor=ANNA, ticket_id=first.id)
    assert view is not None
    assert view.ticket.state is TicketState.REOPENED
    shown = await shop.read(desk.list_desk, visitor=WAYAN)
    assert next(each.id for each, _ in shown.tickets) == first.id
    assert await shop.write(tickets.set_solved, visitor=ANNA, ticket_id=first.id)
    assert (await shop.read(table.get, first.id)).solved_at is None, "it is open"


async def test_what_was_said_long_ago_goes_a_page_at_a_time(shop: Store, clock: Clock) -> None:
    """Of tickets that were closed by then; the tickets themselves stay, and what is said in one that is open."""
    closed = list[TicketRow]()
    for _ in range(2):
        ticket = await ask(shop)
        await shop.write(desk.close, visitor=WAYAN, ticket_id=ticket.id)
        closed.append(ticket)
    kept = await ask(shop)
    clock.advance(HOUR)
    page = {"before": clock.now, "limit": 1}
    assert [await shop.write(ticket_words.delete_over, **page) for _ in range(3)] == [1, 1, 0]
    said = {each.id: await shop.read(ticket_words.list_of, each.id, 9) for each in (*closed, kept)}
    assert {number for number, words in said.items() if words} == {kept.id}


async def test_what_does_not_arrive_is_told_to_whoever_said_it(shop: Store) -> None:
    """Once; the answer is kept."""
    ticket = await ask(shop)
    await shop.write(desk.answer, visitor=WAYAN, ticket_id=ticket.id, said=Said(words="Sorry", chat_id=1, message_id=2))
    said = (await shop.read(ticket_words.list_of, ticket.id, 9))[-1]
    for _ in range(2):
        await shop.write(note_unsent, Thread(ticket.id, said.id), blocked=True)
    assert [kind for kind, _ in await shop.read(list_owed)].count("ticket_unsent") == 1
    found = await shop.read(ticket_words.find, said.id)
    assert found is not None
    assert found.state is SaidState.UNSENT


async def test_a_shop_says_sentences_in_its_own_words(shop: Store) -> None:
    """Managers write them; staff say them."""
    keep = {"name": "delivery", "language": "en", "words": "On its way"}
    with pytest.raises(NotAllowed):
        await shop.write(templates.set_words, visitor=WAYAN, **keep)
    await shop.write(templates.set_words, visitor=SARI, **keep)
    ticket = await ask(shop)
    view = await shop.read(templates.view, visitor=WAYAN, name="delivery", ticket_id=ticket.id)
    assert view is not None
    assert view.own == {"en": "On its way"}
    await shop.write(templates.drop, visitor=SARI, name="delivery")
    assert await shop.read(templates.view, visitor=WAYAN, name="delivery") is None


async def test_an_unhappy_answer_opens_one_with_its_words(shop: Store) -> None:
    """Where nobody typed anything, the words alone are passed on."""
    anna = await shop.read(people.find_by_telegram_id, ANNA.telegram_id)
    assert anna is not None
    ticket, fresh = await shop.write(tickets.open, anna.id, about=About.PULSE, said=Said(words="2 of 5"))
    assert fresh
    assert ticket.about is About.PULSE
    assert {kind for kind, _ in await shop.read(list_owed)} == {"ticket_opened", "ticket_passed"}


async def test_what_somebody_said_for_the_team_stays_when_they_have_left_it(shop: Store) -> None:
    """A change of it reaches nobody; a member's own words change."""
    ticket = await ask(shop)
    answer = Said(words="Sorry", chat_id=WAYAN.telegram_id, message_id=8)
    await shop.write(desk.answer, visitor=WAYAN, ticket_id=ticket.id, said=answer)
    await shop.write(roles.clear, WAYAN.telegram_id)
    with pytest.raises(NotAllowed):
        await shop.write(pass_edit, visitor=WAYAN, said=replace(answer, words="Not sorry"), entities="")
    changed = await shop.write(pass_edit, visitor=ANNA, said=replace(COLD, words="Icy bread"), entities="")
    assert changed is Edited.CHANGED
    said = await shop.read(ticket_words.list_of, ticket.id, 9)
    assert [each.words for each in said] == ["Icy bread", "Sorry"]
