"""What a member sees of what they have asked, says that it is solved or not, and what is said in ready sentences."""

from __future__ import annotations

import json
from functools import partial

import pytest

from bot.core.tickets import DEFAULT_HOURS, TEMPLATES
from bot.services.conversations import find_conversation
from bot.services.members import NotAllowed
from bot.services.notices import answer_in
from bot.services.tickets import desk, templates, tickets, watching
from bot.services.tickets.templates import MOST_TEMPLATES, WRITING
from bot.services.tickets.tickets import MOST_SAID, TICKET
from storage import Store, Tx
from storage.addresses import STAFF
from storage.records import NoticeId, PersonId, Seq
from storage.tables import inbox, outbox, people
from storage.tables import tickets as table
from storage.ticket import About, Said, TicketId, TicketState
from tests.services.test_tickets_passed_on import (
    ANNA,
    BUDI,
    GROUP,
    HOUR,
    SARI,
    WAYAN,
    Ears,
    ask,
    name,
    shop,
)
from tests.storage.clock import Clock

__all__ = ["shop"]


async def test_a_member_is_asked_and_sees_what_they_have_asked(shop: Store, clock: Clock) -> None:
    """Their own, the latest first; words to one of theirs go there, whatever else is named begins a new one."""
    ticket = await ask(shop)
    waiting = await shop.read(find_conversation, visitor=ANNA)
    assert waiting is not None
    assert (waiting.flow, waiting.step, waiting.data) == (TICKET, "words", {"about": "asked", "ticket": ticket.id})
    assert waiting.expires_at == clock.now + tickets.WAIT_SECONDS * 1_000_000
    for number, data in (
        (ticket.id, {"about": "order", "ticket": ticket.id}),
        (TicketId(99), {"about": "order"}),
        (None, {"about": "order"}),
    ):
        member = await shop.write(tickets.begin, visitor=ANNA, about=About.ORDER, ticket_id=number)
        waiting = await shop.read(find_conversation, visitor=ANNA)
        assert waiting is not None
        assert (member.id, waiting.data) == (1, data)
    await shop.write(tickets.begin, visitor=BUDI, about=About.ORDER, ticket_id=ticket.id)
    waiting = await shop.read(find_conversation, visitor=BUDI)
    assert waiting is not None
    assert waiting.data == {"about": "order"}, "it is not theirs"
    await shop.write(desk.close, visitor=WAYAN, ticket_id=ticket.id)
    fresh = await shop.write(tickets.say, visitor=ANNA, said=Said(words="New"), about=About.REWARD)
    assert (fresh.fresh, fresh.ticket.about, fresh.ticket.id != ticket.id) == (True, About.REWARD, True)
    more = await shop.write(tickets.say, visitor=ANNA, said=Said(words="More"), about=About.ORDER)
    assert (more.fresh, more.ticket.id, more.ticket.about) == (False, fresh.ticket.id, About.REWARD)
    seen = await shop.read(tickets.view_own, visitor=ANNA)
    assert ([each.id for each in seen.tickets], seen.hours, seen.member.id) == (
        [fresh.ticket.id, ticket.id],
        DEFAULT_HOURS,
        1,
    )
    for place in range(MOST_SAID + 1):
        more = await shop.write(tickets.say, visitor=ANNA, said=Said(words=str(place)))
    assert [each.words for each in more.said] == [str(place) for place in range(1, MOST_SAID + 1)]


async def test_what_nobody_understood_is_a_complaint(shop: Store) -> None:
    """Its sender's own words, once; nothing of what is gone, was somebody else's or cannot be passed on."""

    def compose(message_id: int, **more: object) -> bytes:
        message = {"message_id": message_id, "chat": {"id": ANNA.telegram_id}, **more}
        return json.dumps({"update_id": message_id, "message": message}).encode()

    raws = [compose(5, text="This is no good"), compose(6, poll={}), b'{"update_id": 7}', b'{"message": "odd"}']
    rows = await shop.write(inbox.add_batch, [(n, ANNA.telegram_id, raw) for n, raw in enumerate(raws)])
    seqs = [row.seq for row in rows]
    assert await shop.write(tickets.complain, visitor=BUDI, seq=seqs[0]) is None
    for seq in (*seqs[1:], Seq(99)):
        assert await shop.write(tickets.complain, visitor=ANNA, seq=seq) is None
    first = await shop.write(tickets.complain, visitor=ANNA, seq=seqs[0])
    assert first is not None
    assert (first.ticket.about, first.fresh, [each.words for each in first.said]) == (
        About.COMPLAINT,
        True,
        ["This is no good"],
    )
    again = await shop.write(tickets.complain, visitor=ANNA, seq=seqs[0])
    assert again is not None
    assert (again.ticket, again.fresh, len(again.said), again.member.id) == (first.ticket, False, 1, 1)


async def test_a_member_says_that_it_is_solved(shop: Store, clock: Clock) -> None:
    """Whoever had it hears so, once; before it was closed it cannot be; what is not solved waits for more words."""
    ticket, ears = await ask(shop), Ears(shop)
    view = await shop.write(tickets.set_solved, visitor=ANNA, ticket_id=ticket.id)
    assert view is not None
    assert view.ticket.solved_at is None
    await shop.write(desk.take, visitor=WAYAN, ticket_id=ticket.id)
    await shop.write(desk.close, visitor=WAYAN, ticket_id=ticket.id)
    await ears.hear()
    for told in ([("ticket_solved", "wayan", {"ticket": ticket.id, "person": 1})], []):
        clock.advance(1)
        view = await shop.write(tickets.set_solved, visitor=ANNA, ticket_id=ticket.id)
        assert view is not None
        assert (view.ticket.solved_at is not None, await ears.hear("ticket_solved")) == (True, told)
    assert (await shop.read(table.get, ticket.id)).solved_at == clock.now - 1_000_000
    await shop.write(desk.note_desk, chat=None, hours=2)
    reopened = await shop.write(tickets.reopen, visitor=ANNA, ticket_id=ticket.id)
    assert reopened is not None
    assert (reopened.ticket.state, reopened.ticket.due_at, reopened.hours) == (
        TicketState.REOPENED,
        clock.now + 2 * HOUR * 1_000_000,
        2,
    )
    assert [(to, said["again"]) for _, to, said in await ears.hear("ticket_opened")] == [("wayan", True)]
    waiting = await shop.read(find_conversation, visitor=ANNA)
    assert waiting is not None
    assert waiting.data == {"about": "asked", "ticket": ticket.id}
    assert await shop.write(tickets.reopen, visitor=ANNA, ticket_id=ticket.id) is not None
    assert await ears.hear() == [], "it is open already"


async def test_more_words_to_a_closed_one_bring_it_back(shop: Store, clock: Clock) -> None:
    """The team hears that it came back; words to an answered one say so by themselves."""
    ticket, ears = await ask(shop), Ears(shop)
    await shop.write(desk.close, visitor=WAYAN, ticket_id=ticket.id)
    await ears.hear()
    clock.advance(1)
    back = await shop.write(tickets.say, visitor=ANNA, said=Said(words="Still cold"), ticket_id=ticket.id)
    assert (back.ticket.state, back.fresh) == (TicketState.REOPENED, False)
    assert [(kind, said.get("again")) for kind, to, said in await ears.hear() if to == "wayan"] == [
        ("ticket_opened", True),
        ("ticket_passed", None),
    ]
    await shop.write(desk.answer, visitor=WAYAN, ticket_id=ticket.id, said=Said(words="Sorry"))
    await ears.hear()
    more = await shop.write(tickets.say, visitor=ANNA, said=Said(words="Thanks"), ticket_id=ticket.id)
    assert more.ticket.state is TicketState.TAKEN
    assert [(kind, to) for kind, to, _ in await ears.hear()] == [("ticket_passed", "wayan")]


async def test_who_waits_is_told_of_with_by_when(shop: Store, clock: Clock) -> None:
    """The desk before it is due; when it was, the owners too, who would not read it there."""
    await shop.write(desk.note_desk, chat=GROUP, hours=4)
    ticket, ears = await ask(shop), Ears(shop)
    await ears.hear()
    assert not await shop.read(watching.is_due)
    clock.advance(3 * HOUR)
    assert await shop.read(watching.is_due)
    await shop.write(watching.watch)
    waits = {"ticket": ticket.id, "person": 1, "due": ticket.due_at, "late": False}
    assert await ears.hear() == [("ticket_waits", str(STAFF), waits)]
    clock.advance(HOUR)
    await shop.write(watching.watch)
    late = {**waits, "late": True}
    assert await ears.hear() == [("ticket_waits", str(STAFF), late), ("ticket_waits", "sari", late)]


async def test_ready_sentences_are_written_and_said(shop: Store, clock: Clock) -> None:
    """The shipped ones first; to whom and in which language is known where there is a ticket; up to as many as there may be."""
    ticket = await ask(shop)
    await shop.write(people.set_language, PersonId(1), "id")
    for visitor, may in ((WAYAN, False), (SARI, True)):
        seen = await shop.read(templates.list_all, visitor=visitor, ticket_id=ticket.id)
        assert (list(seen.names), seen.may_write, seen.member.telegram_id) == (
            list(TEMPLATES),
            may,
            visitor.telegram_id,
        )
        assert seen.ticket is not None
        assert seen.ticket.id == ticket.id
    assert (await shop.read(templates.list_all, visitor=WAYAN)).ticket is None
    one = await shop.read(templates.view, visitor=WAYAN, name="thanks", ticket_id=ticket.id)
    assert one is not None
    assert (one.name, dict(one.own), one.hours, one.may_write, one.reader, one.reader_language) == (
        "thanks",
        {},
        DEFAULT_HOURS,
        False,
        "Member 1",
        "id",
    )
    assert (list(one.languages), one.member.id) == (["en", "id", "zh"], 3)
    bare = await shop.read(templates.view, visitor=SARI, name="thanks")
    assert bare is not None
    assert (bare.ticket, bare.reader, bare.reader_language, bare.may_write) == (None, "", "", True)
    assert await shop.read(templates.view, visitor=WAYAN, name="thanks", ticket_id=TicketId(99)) is None
    for name_, step in (("", "name"), ("delivery", "words")):
        asked = await shop.write(templates.ask_words, visitor=SARI, name=name_, language="id")
        waiting = await shop.read(find_conversation, visitor=SARI)
        assert waiting is not None
        assert (waiting.flow, waiting.step, waiting.data) == (WRITING, step, {"name": name_, "language": "id"})
        assert waiting.expires_at == clock.now + templates.WAIT_SECONDS * 1_000_000
        assert list(asked.names) == list(TEMPLATES)


async def test_so_many_ready_sentences_may_be_written(shop: Store) -> None:
    """By whoever runs the shop; a new language of one that is there takes no room, and one that is dropped leaves some."""
    await shop.write(templates.ask_words, visitor=SARI, name="delivery", language="id")
    said = await shop.write(templates.set_words, visitor=SARI, name="delivery", language="id", words="Sebentar")
    assert said is not None
    assert (dict(said.own), said.name, await shop.read(find_conversation, visitor=SARI)) == (
        {"id": "Sebentar"},
        "delivery",
        None,
    )
    for number in range(MOST_TEMPLATES - len(TEMPLATES) - 1):
        assert (
            await shop.write(templates.set_words, visitor=SARI, name=f"n{number}", language="en", words="x") is not None
        )
    assert await shop.write(templates.set_words, visitor=SARI, name="more", language="en", words="x") is None
    assert await shop.write(templates.set_words, visitor=SARI, name="n0", language="id", words="y") is not None
    assert await shop.write(templates.set_words, visitor=SARI, name="thanks", language="en", words="y") is not None
    left = await shop.write(templates.drop, visitor=SARI, name="n0")
    assert ("n0" in left.names, len(left.names)) == (False, MOST_TEMPLATES - 1)
    for unit in (templates.ask_words, partial(templates.set_words, words="x")):
        with pytest.raises(NotAllowed):
            await shop.write(unit, visitor=WAYAN, name="delivery", language="en")


async def test_what_is_asked_in_a_topic_is_answered_there(shop: Store) -> None:
    """What the transaction owes to whoever asked, and nothing that it owes to others."""

    def open_in(tx: Tx, asker_id: int | None) -> None:
        ticket = tickets.say(tx, visitor=ANNA, said=Said(words="x")).ticket
        desk.answer(tx, visitor=WAYAN, ticket_id=ticket.id, said=Said(words="Sorry"))
        answer_in(tx, asker_id, 12)

    topics = []
    for asker in (ANNA.telegram_id, None, 44):
        await shop.write(open_in, asker)
        owed = await shop.read(outbox.list_owed, after=NoticeId(0), limit=99)
        rows = await shop.read(outbox.list_by_ids, [row.id for row in owed])
        topics.append({(name(row.address), row.topic_id) for row in rows if row.topic_id is not None})
    assert topics == [{("anna", 12)}] * 3
