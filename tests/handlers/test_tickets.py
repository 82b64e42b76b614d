"""Members ask a person; the team answers by replying, in everybody's own chat or in a group with topics."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from bot.playground.world import ALL_RIGHTS, Chat, Content, Message, Person, World
from storage import Store, open_store
from storage.role import Role
from storage.tables import roles, ticket_words, tickets
from storage.ticket import TicketState
from tests.journeys.shop_at_work import ShopAtWork, open_shop, sqlite_in
from tests.playground.calling import draw_picture

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Desk:
    """A shop at work with a team of one beside its owner."""

    def __init__(self, shop: ShopAtWork, store: Store) -> None:
        self.shop, self.store = shop, store
        self.staff: Person

    async def complain(self, words: str) -> Person:
        """Somebody new says what is wrong."""
        member = await self.shop.add_member()
        await self.shop.ask(member, "/support", "What is wrong?")
        await self.shop.ask(member, words, "Thank you for telling us")
        return member

    def reply(self, person: Person, to: Message, words: str) -> Message:
        """Answer a message of the bot's."""
        return self.shop.world.send_text(person, to.chat, words, reply_to=to)

    async def until(self, chat: Chat, words: str) -> Message:
        """The bot's latest message that says this, once it is there."""

        def find() -> Message | None:
            shown = reversed([each for each in chat.messages.values() if each.sender is self.shop.world.bot])
            return next((each for each in shown if words in each.text), None)

        return await self.shop.telegram.until(find, what=words)

    async def until_at(self, person: Person, words: str) -> Message:
        """Likewise in somebody's own chat."""
        return await self.until(self.shop.world.open_chat(person), words)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """One shop for all."""
    url = sqlite_in(tmp_path_factory.mktemp("desk"))
    async with open_store(url) as store, open_shop(url, store=store) as shop:
        found = Desk(shop, store)
        found.staff = await shop.add_member("Wayan")
        await store.write(roles.set, found.staff.id, Role.STAFF)
        yield found


async def test_a_displeased_member_is_answered_and_asked_whether_it_is_solved(desk: Desk) -> None:
    """Words reach the team's chat, a reply comes back without a name, and after closing one tap tells how it is."""
    member = await desk.complain("The bread was cold")
    copied = await desk.until_at(desk.staff, "The bread was cold")
    desk.reply(desk.staff, copied, "We bake you a new one")
    await desk.until_at(desk.staff, "On its way to")
    answer = await desk.until_at(member, "We bake you a new one")
    assert "Wayan" not in answer.text
    card = await desk.until_at(desk.staff, "On its way to")
    await desk.shop.tap(desk.staff, card, "Close")
    asked = await desk.until_at(member, "Is it solved for you?")
    await desk.shop.tap(member, asked, "Not yet")
    await desk.until_at(desk.staff, "is back")
    (ticket,) = await desk.store.read(tickets.list_waiting, limit=9)
    assert ticket.state is TicketState.REOPENED
    await desk.shop.ask(desk.staff, "/tickets", f"{ticket.id}")
    again = await desk.until_at(desk.staff, "is back")
    await desk.shop.tap(desk.staff, again, "Close")
    closed = await desk.until_at(member, "Is it solved for you?")
    await desk.shop.tap(member, closed, "Yes, it\u2019s solved")
    await desk.until_at(member, "We are glad")


async def test_several_messages_are_one_ticket_and_an_edit_follows(desk: Desk) -> None:
    """What is added comes to the same one; words that change, change in the copy."""
    member = await desk.complain("Late again")
    said = desk.shop.world.send_text(member, desk.shop.world.open_chat(member), "An hour, in fact")
    copied = await desk.until_at(desk.staff, "An hour, in fact")
    desk.shop.world.edit_text(member, said, "Two hours, in fact")
    await desk.shop.until_edited(copied, "Two hours, in fact")
    row = await desk.store.read(ticket_words.find_at, member.id, said.id)
    assert row is not None
    assert [each.words for each in await desk.store.read(ticket_words.list_of, row.ticket_id, 9)] == [
        "Late again",
        "Two hours, in fact",
    ]


async def test_words_that_mean_nothing_here_can_be_a_complaint(desk: Desk) -> None:
    """One tap below the pointer; a second tap opens no second one."""
    member = await desk.shop.add_member()
    await desk.shop.ask(member, "/cancel")
    pointer = await desk.shop.ask(member, "my cake is broken", "I only understand buttons")
    await desk.shop.tap(member, pointer, "This is a complaint")
    await desk.until_at(desk.staff, "my cake is broken")
    await desk.shop.until_edited(pointer, "Thank you for telling us")


async def test_whoever_left_the_team_answers_nobody(desk: Desk) -> None:
    """In the middle of it: the reply is not passed on, and the buttons are too old."""
    member = await desk.complain("No spoon")
    former = await desk.shop.add_member("Putu")
    await desk.store.write(roles.set, former.id, Role.STAFF)
    second = await desk.complain("No fork")
    copied = await desk.until_at(former, "No fork")
    await desk.store.write(roles.clear, former.id)
    desk.reply(former, copied, "Your own fault")
    await desk.until_at(former, "Answers come from the team")
    button = next(each for each in copied.buttons if each.text.startswith("Request"))
    answered = await desk.shop.telegram.until_answered(desk.shop.world.tap(former, copied, button))
    assert "too old" in (answered.text or "")
    for each in (member, second):
        chat = desk.shop.world.open_chat(each)
        assert not [one for one in chat.messages.values() if "Your own fault" in one.text]


async def test_a_picture_is_passed_on(desk: Desk) -> None:
    """As they are, with what stands below them."""
    member, world = await desk.complain("See for yourself"), desk.shop.world
    said = world.send_photo(member, world.open_chat(member), draw_picture(), "It was <b>black</b>")
    copied = await desk.until_at(desk.staff, "It was black")
    assert copied.photo is not None
    row = await desk.store.read(ticket_words.find_at, member.id, said.id)
    assert row is not None
    assert [each.shape for each in await desk.store.read(ticket_words.list_of, row.ticket_id, 9)] == ["text", "photo"]


async def test_the_team_hears_that_somebody_has_shut_the_bot_out(desk: Desk) -> None:
    """Where an answer cannot arrive."""
    member = await desk.complain("Never again")
    copied = await desk.until_at(desk.staff, "Never again")
    desk.shop.world.block(member)
    desk.reply(desk.staff, copied, "Please come back")
    await desk.until_at(desk.staff, "this member has stopped the bot")


async def test_whoever_wants_their_name_above_answers_has_it_there(desk: Desk) -> None:
    """And it goes away with another tap."""
    member = await desk.complain("Who are you?")
    screen = await desk.shop.ask(desk.staff, "/tickets", "Requests that wait")
    await desk.shop.tap(desk.staff, screen, "Show my name on answers")
    desk.reply(desk.staff, await desk.until_at(desk.staff, "Who are you?"), "The baker")
    await desk.until_at(member, "Wayan answers:")
    await desk.until_at(member, "The baker")
    await desk.shop.tap(desk.staff, screen.chat.messages[screen.id], "Answer without my name")


async def test_what_no_bot_can_pass_on_is_said(desk: Desk) -> None:
    """At once, to whoever sent it."""
    member = await desk.shop.add_member()
    await desk.shop.ask(member, "/support", "What is wrong?")
    world = desk.shop.world
    contact = {"contact": {"phone_number": "+62811", "first_name": "Sari"}}
    world.say(member, world.open_chat(member), Content(extra=contact))
    await desk.until_at(member, "This one I can\u2019t")


async def test_a_sentence_is_seen_filled_in_and_sent(desk: Desk) -> None:
    """In the member's words for time and with their name; or something else is written instead."""
    member = await desk.complain("No receipt")
    head = await desk.until_at(desk.staff, f"from {member.first_name}")
    await desk.shop.tap(desk.staff, head, "Sentences")
    shown = await desk.shop.until_edited(head, "What shall we say")
    await desk.shop.tap(desk.staff, shown, "Understood")
    filled = await desk.shop.until_edited(head, "Shall ")
    assert f"Hello {member.first_name}" in filled.text
    await desk.shop.tap(desk.staff, filled, "Send")
    await desk.until_at(member, f"Hello {member.first_name}")


@pytest.mark.long
async def test_a_group_with_topics_has_one_for_each_ticket(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Made when first needed, closed with its ticket, made anew where somebody has deleted it; others' words stay there."""
    url = sqlite_in(tmp_path_factory.mktemp("group"))
    async with open_store(url) as store, open_group(url, store) as (found, group):
        member = await found.complain("Cold soup")
        copied = await found.until(group, "Cold soup")
        assert group.topics[copied.thread_id].endswith(member.first_name)
        assert copied.thread_id
        found.shop.world.send_text(found.staff, group, "Who was that?", topic=copied.thread_id)
        found.reply(found.staff, copied, "We are sorry")
        await found.until_at(member, "We are sorry")
        head = await found.until(group, "Request 1")
        await found.shop.tap(found.staff, head, "Close")
        await found.shop.telegram.until(lambda: head.thread_id in group.closed_topics, what="a closed topic")
        await found.until_at(member, "Is it solved for you?")
        assert not [
            each for each in found.shop.world.open_chat(member).messages.values() if "Who was that?" in each.text
        ]
        found.shop.world.delete_topic(group, copied.thread_id)
        found.reply(member, await found.until_at(member, "We are sorry"), "Still cold, again")
        anew = await found.until(group, "Still cold, again")
        assert anew.thread_id in group.topics


async def test_a_plain_group_takes_tickets_and_a_stranger_in_it_answers_nobody(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Without topics everything stands in the group itself; only the team is passed on."""
    url = sqlite_in(tmp_path_factory.mktemp("plain"))
    async with open_store(url) as store, open_group(url, store, parted=False) as (found, group):
        member = await found.complain("Cold tea")
        copied = await found.until(group, "Cold tea")
        stranger = await found.shop.add_member("Eve")
        found.shop.world.join(stranger, group)
        found.reply(stranger, copied, "Go away")
        await found.until(group, "Answers come from the team")
        found.reply(found.staff, copied, "A fresh one comes")
        await found.until_at(member, "A fresh one comes")
        assert not [each for each in found.shop.world.open_chat(member).messages.values() if "Go away" in each.text]


@asynccontextmanager
async def open_group(url: str, store: Store, *, parted: bool = True) -> AsyncIterator[tuple[Desk, Chat]]:
    """A shop whose team has a group."""
    world = World()
    owner = world.add_person("Made")
    group = world.add_group("Team", owner, username="little_oven_team")
    group.parted = parted
    world.add_bot(owner, group, rights=ALL_RIGHTS)
    settings = {"PASSALONG_STAFF_CHAT": "@little_oven_team"}
    async with open_shop(url, settings=settings, world=world, store=store) as shop:
        found = Desk(shop, store)
        found.staff = await shop.add_member("Wayan")
        world.join(found.staff, group)
        await store.write(roles.set, found.staff.id, Role.STAFF)
        yield found, group
