"""Tickets word for word: what each side hears, to whom it goes, and what stands on the desk after each step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.core.funnel import PERIOD_DAYS
from bot.core.tickets import DEFAULT_HOURS
from bot.services.conversations import find_conversation
from bot.services.members import note_owners
from bot.services.notices import Thread
from bot.services.tickets import desk, tickets, watching
from bot.services.tickets.desk import ANSWER, NOTE, PAGE, Replied
from bot.services.tickets.passing import (
    Edited,
    find_topic,
    is_said,
    note_arrived,
    note_unsent,
    pass_edit,
    set_topic,
)
from storage import Store, Tx
from storage.addresses import STAFF, MemberAddress
from storage.records import NoticeId, PersonId, Profile
from storage.role import Role
from storage.tables import outbox, roles, ticket_words
from storage.ticket import Said, SaidState, Shape, Side, TicketId, TicketRow, TicketState
from tests.storage.cast import add_member, make_profile
from tests.storage.clock import Clock

HOUR = 3600
ANNA, BUDI, WAYAN, SARI, KETUT = (make_profile(n) for n in range(1, 6))
COLD = Said(words="Cold bread", chat_id=ANNA.telegram_id, message_id=7)
GROUP = -100_500


def furnish(tx: Tx) -> None:
    """Two members, two of the team, and an owner."""
    for number in range(1, 6):
        add_member(tx, number)
    for each in (WAYAN, KETUT):
        roles.set(tx, each.telegram_id, Role.STAFF)
    note_owners(tx, telegram_ids=[SARI.telegram_id])


@pytest.fixture
async def shop(store: Store) -> Store:
    """A shop with a team of three."""
    await store.write(furnish)
    return store


async def ask(store: Store, said: Said = COLD, visitor: Profile = ANNA) -> TicketRow:
    """A member says something."""
    return (await store.write(tickets.say, visitor=visitor, said=said)).ticket


class Ears:
    """What is told from one look to the next."""

    def __init__(self, store: Store) -> None:
        self.store, self.after = store, NoticeId(0)

    async def hear(self, *kinds: str) -> list[tuple[str, str, Mapping[str, object]]]:
        """The kind, to whom, and what it says: of these kinds, or all."""
        rows = await self.store.read(outbox.list_owed, after=self.after, limit=99)
        self.after = max([self.after, *(row.id for row in rows)])
        return [(row.kind, name(row.address), row.payload) for row in rows if not kinds or row.kind in kinds]


def name(address: object) -> str:
    """Whom it goes to."""
    names = {1: "anna", 2: "budi", 3: "wayan", 4: "sari", 5: "ketut"}
    return names[int(address.person_id)] if isinstance(address, MemberAddress) else str(address)


async def test_what_a_member_says_is_told_to_everybody_of_the_team(shop: Store, clock: Clock) -> None:
    """That there is a ticket, with by when an answer is due, and the words behind it; more words come alone."""
    ears = Ears(shop)
    ticket = await ask(shop)
    due = clock.now + DEFAULT_HOURS * HOUR * 1_000_000
    opened = {"ticket": ticket.id, "person": 1, "about": "asked", "due": due, "again": False}
    passed = {
        "ticket": ticket.id,
        "words_id": 1,
        "from_chat": ANNA.telegram_id,
        "source": 7,
        "words": "",
        "signed": "",
        "to_staff": True,
    }
    team = ("wayan", "sari", "ketut")
    assert await ears.hear() == [
        *(("ticket_opened", each, opened) for each in team),
        *(("ticket_passed", each, passed) for each in team),
    ]
    assert (ticket.due_at, ticket.look_at) == (due, due - DEFAULT_HOURS * HOUR * 1_000_000 // 4)
    await shop.write(desk.take, visitor=KETUT, ticket_id=ticket.id)
    taken = {"ticket": ticket.id, "by": 5, "person": 1}
    assert await ears.hear() == [("ticket_taken", each, taken) for each in ("wayan", "sari")]
    await ask(shop, Said(words="And late"))
    more = {**passed, "words_id": 2, "from_chat": 0, "source": 0, "words": "And late"}
    assert await ears.hear() == [("ticket_passed", "ketut", more)], "whoever has it reads it"


async def test_a_group_of_the_team_reads_in_the_place_of_all(shop: Store, clock: Clock) -> None:
    """Its topic closes with the ticket and opens again with it."""
    await shop.write(desk.note_desk, chat=GROUP, hours=2)
    ears = Ears(shop)
    ticket = await ask(shop)
    await shop.write(desk.take, visitor=WAYAN, ticket_id=ticket.id)
    assert [(kind, to) for kind, to, _ in await ears.hear()] == [
        ("ticket_opened", str(STAFF)),
        ("ticket_passed", str(STAFF)),
        ("ticket_taken", str(STAFF)),
    ]
    await shop.write(desk.close, visitor=WAYAN, ticket_id=ticket.id)
    assert await ears.hear() == [
        ("ticket_closed", "anna", {"ticket": ticket.id}),
        ("ticket_topic_shut", str(STAFF), {"ticket": ticket.id, "shut": True, "person": 1}),
    ]
    clock.advance(1)
    await shop.write(tickets.reopen, visitor=ANNA, ticket_id=ticket.id)
    opened = [(kind, to, said.get("shut"), said.get("again")) for kind, to, said in await ears.hear()]
    assert opened == [("ticket_topic_shut", str(STAFF), False, None), ("ticket_opened", str(STAFF), None, True)]
    assert await shop.read(find_topic, ticket.id) == (None, "Member 1")
    await shop.write(set_topic, ticket.id, 33)
    assert await shop.read(find_topic, ticket.id) == (33, "Member 1")
    assert await shop.read(find_topic, TicketId(99)) == (None, "")
    await shop.write(desk.note_desk, chat=None, hours=2)
    assert [to for _, to, _ in await hear_closed(shop, ears, ticket.id)] == ["anna"], "no topic without a group"


async def hear_closed(store: Store, ears: Ears, ticket_id: TicketId) -> list[tuple[str, str, Mapping[str, object]]]:
    """What is told when a ticket is closed."""
    await store.write(desk.close, visitor=WAYAN, ticket_id=ticket_id)
    return await ears.hear()


async def test_an_answer_goes_to_whoever_asked(shop: Store, clock: Clock) -> None:
    """With a name above it where its writer wants that; nothing is waited for any more, and whoever answers has it."""
    ticket, ears = await ask(shop), Ears(shop)
    await ears.hear()
    shown = await shop.write(desk.set_signs, visitor=WAYAN, signs=True)
    assert (shown.signs, shown.waiting, [each.id for each, _ in shown.tickets]) == (True, 1, [ticket.id])
    assert not (await shop.read(desk.list_desk, visitor=KETUT)).signs
    for flow in (ANSWER, NOTE):
        asked = await shop.write(desk.ask, visitor=WAYAN, ticket_id=ticket.id, flow=flow)
        assert asked is not None
        waiting = await shop.read(find_conversation, visitor=WAYAN)
        assert waiting is not None
        assert (waiting.flow, waiting.step, waiting.data) == (flow, "words", {"ticket": ticket.id})
        assert waiting.expires_at == clock.now + desk.WAIT_SECONDS * 1_000_000
    await shop.write(desk.ask, visitor=WAYAN, ticket_id=ticket.id, flow=ANSWER)
    view = await shop.write(desk.answer, visitor=WAYAN, ticket_id=ticket.id, said=Said(words="Sorry"))
    assert view is not None
    assert (view.ticket.state, view.taken_by, view.name, view.member.id) == (
        TicketState.ANSWERED,
        "Member 3",
        "Member 1",
        3,
    )
    assert (view.hours, view.fresh, [(each.side, each.words) for each in view.said]) == (
        DEFAULT_HOURS,
        False,
        [(Side.MEMBER, "Cold bread"), (Side.STAFF, "Sorry")],
    )
    assert await shop.read(find_conversation, visitor=WAYAN) is None
    (passed,) = await ears.hear()
    assert passed[:2] == ("ticket_passed", "anna")
    assert (passed[2]["words"], passed[2]["signed"], passed[2]["to_staff"]) == ("Sorry", "Member 3", False)
    await shop.write(desk.answer, visitor=KETUT, ticket_id=ticket.id, said=Said(words="Me too"))
    assert [said["signed"] for _, _, said in await ears.hear()] == [""]
    for unit in (desk.view, desk.list_colleagues, desk.close, desk.take):
        assert await shop.write(unit, visitor=WAYAN, ticket_id=TicketId(99)) is None
    assert await shop.write(desk.answer, visitor=WAYAN, ticket_id=TicketId(99), said=Said(words="x")) is None
    assert await shop.write(desk.ask, visitor=WAYAN, ticket_id=TicketId(99), flow=ANSWER) is None
    assert await shop.read(find_conversation, visitor=WAYAN) is None


async def test_what_the_team_notes_no_member_reads(shop: Store) -> None:
    """It stands in the ticket as the team sees it, and is told to nobody."""
    ticket, ears = await ask(shop), Ears(shop)
    await ears.hear()
    await shop.write(desk.ask, visitor=WAYAN, ticket_id=ticket.id, flow=NOTE)
    view = await shop.write(desk.note, visitor=WAYAN, ticket_id=ticket.id, words="Third time")
    assert view is not None
    assert [(each.side, each.words, each.author_id) for each in view.said] == [
        (Side.MEMBER, "Cold bread", 1),
        (Side.NOTE, "Third time", 3),
    ]
    assert (await ears.hear(), await shop.read(find_conversation, visitor=WAYAN)) == ([], None)
    own = await shop.read(tickets.view_one, visitor=ANNA, ticket_id=ticket.id)
    assert own is not None
    assert ([each.words for each in own.said], own.hours, own.fresh, own.name) == (
        ["Cold bread"],
        DEFAULT_HOURS,
        False,
        "",
    )
    await shop.write(desk.ask, visitor=WAYAN, ticket_id=ticket.id, flow=NOTE)
    assert await shop.write(desk.note, visitor=WAYAN, ticket_id=TicketId(99), words="x") is None
    assert await shop.read(find_conversation, visitor=WAYAN) is None


async def test_a_ticket_is_handed_to_somebody_of_the_team(shop: Store) -> None:
    """Whom it can go to is said by name; nobody else gets it, and whoever hands it over is not told."""
    ticket, ears = await ask(shop), Ears(shop)
    await ears.hear()
    colleagues = await shop.read(desk.list_colleagues, visitor=WAYAN, ticket_id=ticket.id)
    assert colleagues is not None
    assert list(colleagues.people) == [(3, "Member 3"), (4, "Member 4"), (5, "Member 5")]
    assert (colleagues.member.id, colleagues.ticket) == (3, ticket)
    same = await shop.write(desk.hand, visitor=WAYAN, ticket_id=ticket.id, person_id=PersonId(2))
    assert same is not None
    assert (same.ticket, same.taken_by, await ears.hear()) == (ticket, "", [])
    handed = await shop.write(desk.hand, visitor=WAYAN, ticket_id=ticket.id, person_id=PersonId(5))
    assert handed is not None
    assert (handed.ticket.taken_by_id, handed.taken_by, handed.ticket.state) == (5, "Member 5", TicketState.TAKEN)
    assert [(to, said["by"]) for _, to, said in await ears.hear("ticket_taken")] == [("sari", 5), ("ketut", 5)]
    colleagues = await shop.read(desk.list_colleagues, visitor=WAYAN, ticket_id=ticket.id)
    assert colleagues is not None
    assert [number for number, _ in colleagues.people] == [3, 4]
    assert await shop.write(desk.hand, visitor=WAYAN, ticket_id=TicketId(99), person_id=PersonId(5)) is None
    again = await shop.write(desk.hand, visitor=WAYAN, ticket_id=ticket.id, person_id=PersonId(5))
    assert again is not None
    assert (again.ticket, await ears.hear()) == (handed.ticket, [])
    await shop.write(roles.clear, KETUT.telegram_id)
    seen = await shop.read(desk.view, visitor=WAYAN, ticket_id=ticket.id)
    assert seen is not None
    assert seen.taken_by == "", "who left the team has it no more"
    await ask(shop, Said(words="And late"))
    assert [to for _, to, _ in await ears.hear("ticket_passed")] == ["wayan", "sari"]


async def test_the_desk_shows_what_waits_page_by_page(shop: Store, clock: Clock) -> None:
    """Each with the name of whoever asks; what is answered or closed waits no more."""
    rows = []
    for number in range(PAGE + 1):
        guest = Profile(telegram_id=800 + number, first_name=f"Guest {number}")
        rows.append(await ask(shop, Said(words="Hello"), guest))
        clock.advance(1)
    first = await shop.read(desk.list_desk, visitor=WAYAN)
    assert [(each.id, who) for each, who in first.tickets] == [(rows[n].id, f"Guest {n}") for n in range(PAGE)]
    assert (first.waiting, first.page, first.member.id, first.now) == (PAGE + 1, 0, 3, clock.now)
    second = await shop.read(desk.list_desk, visitor=WAYAN, page=1)
    assert ([who for _, who in second.tickets], second.waiting, second.page) == ([f"Guest {PAGE}"], PAGE + 1, 1)
    await shop.write(desk.close, visitor=WAYAN, ticket_id=rows[0].id)
    assert (await shop.read(desk.list_desk, visitor=WAYAN)).waiting == PAGE
    figures = await shop.read(watching.view_desk_figures)
    assert (figures.open, figures.lately.tickets) == (PAGE, PAGE + 1)
    clock.advance((PERIOD_DAYS - 1) * 24 * HOUR)
    assert (await shop.read(watching.view_desk_figures)).lately.tickets == PAGE + 1
    clock.advance(24 * HOUR)
    assert (await shop.read(watching.view_desk_figures)).lately.tickets == 0


async def test_a_reply_finds_its_ticket(shop: Store) -> None:
    """By the message of the bot that it answers, the member's own or the team's; also where somebody is both."""
    ticket, ears = await ask(shop), Ears(shop)
    await ears.hear()
    (said,) = await shop.read(ticket_words.list_of, ticket.id, 9)
    assert not await shop.read(desk.belongs, chat_id=WAYAN.telegram_id, message_id=70)
    await shop.write(note_arrived, Thread(ticket.id, said.id), WAYAN.telegram_id, 70)
    assert await shop.read(desk.belongs, chat_id=WAYAN.telegram_id, message_id=70)
    await shop.write(note_arrived, Thread(TicketId(99)), WAYAN.telegram_id, 71)
    assert not await shop.read(desk.belongs, chat_id=WAYAN.telegram_id, message_id=71)
    assert await shop.write(desk.adopt, ticket_id=ticket.id, chat_id=ANNA.telegram_id, message_id=80)
    assert not await shop.write(desk.adopt, ticket_id=TicketId(99), chat_id=ANNA.telegram_id, message_id=81)
    assert [await shop.read(desk.belongs, chat_id=ANNA.telegram_id, message_id=number) for number in (80, 81)] == [
        True,
        False,
    ]
    found = await shop.write(desk.reply, visitor=ANNA, chat_id=ANNA.telegram_id, message_id=80, said=Said(words="More"))
    assert found is not None
    assert (found[0], [to for _, to, _ in await ears.hear("ticket_passed")]) == (
        Replied.ADDED,
        ["wayan", "sari", "ketut"],
    )
    assert found[1] is not None
    assert (found[1].ticket.id, found[1].member.id) == (ticket.id, 1)
    answered = await shop.write(
        desk.reply, visitor=WAYAN, chat_id=WAYAN.telegram_id, message_id=70, said=Said(words="Sorry")
    )
    assert answered is not None
    assert (answered[0], [to for _, to, _ in await ears.hear("ticket_passed")]) == (Replied.ANSWERED, ["anna"])


async def test_whoever_is_of_the_team_and_asks_is_both(shop: Store) -> None:
    """A reply to what the team reads answers, a reply to what the member reads says more."""
    own = await ask(shop, Said(words="My own", chat_id=WAYAN.telegram_id, message_id=5), WAYAN)
    (said,) = await shop.read(ticket_words.list_of, own.id, 9)
    await shop.write(note_arrived, Thread(own.id, said.id), WAYAN.telegram_id, 70)
    await shop.write(note_arrived, Thread(own.id), WAYAN.telegram_id, 71)
    answer = await shop.write(desk.answer, visitor=SARI, ticket_id=own.id, said=Said(words="Sorry"))
    assert answer is not None
    await shop.write(note_arrived, Thread(own.id, answer.said[-1].id), WAYAN.telegram_id, 72)
    came = []
    for number in (70, 71, 72):
        found = await shop.write(
            desk.reply, visitor=WAYAN, chat_id=WAYAN.telegram_id, message_id=number, said=Said(words="x")
        )
        assert found is not None
        came.append(found[0])
    assert came == [Replied.ANSWERED, Replied.ANSWERED, Replied.ADDED]
    await shop.write(note_arrived, Thread(own.id), GROUP, 73)
    assert [await shop.read(desk.is_at_desk, chat_id=each) for each in (GROUP, GROUP - 1)] == [True, False]
    found = await shop.write(desk.reply, visitor=WAYAN, chat_id=GROUP, message_id=73, said=Said(words="x"))
    assert found is not None
    assert found[0] is Replied.ANSWERED, "in the group of the team"


async def test_a_change_of_what_was_said_goes_to_every_copy(shop: Store, clock: Clock) -> None:
    """As an edit of it; a file cannot change, and is sent once more; what nobody knows, and notes, go nowhere."""
    ticket, ears = await ask(shop), Ears(shop)
    (said,) = await shop.read(ticket_words.list_of, ticket.id, 9)
    for chat, number in ((WAYAN.telegram_id, 70), (GROUP, 71)):
        await shop.write(note_arrived, Thread(ticket.id, said.id), chat, number)
    await ears.hear()
    changed = await shop.write(pass_edit, visitor=ANNA, said=replace(COLD, words="Icy bread"), entities="[1]")
    edited = {
        "ticket": ticket.id,
        "words_id": said.id,
        "shape": "text",
        "words": "Icy bread",
        "entities": "[1]",
        "to_staff": True,
    }
    assert (changed, await ears.hear()) == (
        Edited.CHANGED,
        [
            ("ticket_edited", "wayan", {**edited, "message": 70}),
            ("ticket_edited", str(STAFF), {**edited, "message": 71}),
        ],
    )
    photo = Said(words="Look", shape=Shape.PHOTO, chat_id=ANNA.telegram_id, message_id=9)
    await ask(shop, photo)
    await ears.hear()
    assert await shop.write(pass_edit, visitor=ANNA, said=photo, entities="") is Edited.REPLACED
    again = {
        "ticket": ticket.id,
        "words_id": 2,
        "from_chat": ANNA.telegram_id,
        "source": 9,
        "words": "",
        "signed": "",
        "to_staff": True,
    }
    assert await ears.hear() == [("ticket_passed", each, again) for each in ("wayan", "sari", "ketut")]
    assert await shop.write(pass_edit, visitor=ANNA, said=replace(photo, words="Look!"), entities="") is Edited.CHANGED
    answer = Said(words="Sorry", shape=Shape.PHOTO, chat_id=WAYAN.telegram_id, message_id=8)
    await shop.write(desk.answer, visitor=WAYAN, ticket_id=ticket.id, said=answer)
    await ears.hear()
    clock.advance(1)
    assert await shop.write(pass_edit, visitor=WAYAN, said=answer, entities="") is Edited.REPLACED
    assert [(to, said["to_staff"]) for _, to, said in await ears.hear()] == [("anna", False)]
    assert await shop.write(pass_edit, visitor=ANNA, said=replace(COLD, message_id=99), entities="") is Edited.NOTHING
    assert [await shop.read(is_said, chat_id=ANNA.telegram_id, message_id=each) for each in (7, 99)] == [True, False]


async def test_a_note_that_changes_is_passed_on_to_nobody(shop: Store) -> None:
    """Only the team reads it."""
    ticket = await ask(shop)
    await shop.write(
        ticket_words.add,
        ticket.id,
        author_id=PersonId(3),
        side=Side.NOTE,
        said=Said(words="x", chat_id=WAYAN.telegram_id, message_id=44),
    )
    note = Said(words="y", chat_id=WAYAN.telegram_id, message_id=44)
    assert await shop.write(pass_edit, visitor=WAYAN, said=note, entities="") is Edited.NOTHING


async def test_what_did_not_arrive_is_told_where_it_was_said(shop: Store) -> None:
    """To the member where nobody of the team has it; to whoever answered, or the group they did so in; never of notes."""
    ticket, ears = await ask(shop), Ears(shop)
    (said,) = await shop.read(ticket_words.list_of, ticket.id, 9)
    await ears.hear()
    await shop.write(note_unsent, Thread(ticket.id, said.id), blocked=True)
    assert await ears.hear() == [], "somebody of the team has shut the bot out, and the others have it"
    await shop.write(note_unsent, Thread(ticket.id), blocked=False)
    await shop.write(note_unsent, Thread(ticket.id, said.id), blocked=False)
    unsent = {"ticket": ticket.id, "blocked": False, "to_staff": False}
    assert await ears.hear() == [("ticket_unsent", "anna", unsent)]
    assert (await shop.read(ticket_words.list_of, ticket.id, 9))[0].state is SaidState.UNSENT
    for chat, to in ((WAYAN.telegram_id, "wayan"), (GROUP, str(STAFF))):
        answer = Said(words="Sorry", chat_id=chat, message_id=8)
        view = await shop.write(desk.answer, visitor=WAYAN, ticket_id=ticket.id, said=answer)
        assert view is not None
        await ears.hear()
        await shop.write(note_unsent, Thread(ticket.id, view.said[-1].id), blocked=True)
        assert await ears.hear() == [("ticket_unsent", to, {"ticket": ticket.id, "blocked": True, "to_staff": True})]
    more = await ask(shop, Said(words="More", chat_id=ANNA.telegram_id, message_id=20), BUDI)
    (said,) = await shop.read(ticket_words.list_of, more.id, 9)
    await shop.write(note_arrived, Thread(more.id, said.id), WAYAN.telegram_id, 90)
    await ears.hear()
    await shop.write(note_unsent, Thread(more.id, said.id), blocked=False)
    assert await ears.hear() == [], "one of the team has it"
    note = await shop.write(desk.note, visitor=WAYAN, ticket_id=more.id, words="x")
    assert note is not None
    await shop.write(note_unsent, Thread(more.id, note.said[-1].id), blocked=False)
    assert await ears.hear() == []
    answer = Said(words="Sorry", chat_id=WAYAN.telegram_id, message_id=9)
    view = await shop.write(desk.answer, visitor=WAYAN, ticket_id=ticket.id, said=answer)
    assert view is not None
    await ears.hear()
    wayan = view.said[-1].author_id
    assert wayan is not None
    await shop.write(ticket_words.forget_of, wayan)
    await shop.write(note_unsent, Thread(ticket.id, view.said[-1].id), blocked=True)
    assert await ears.hear() == [], "nobody knows any more who said it"
