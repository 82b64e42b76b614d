"""A private chat with topics: whatever answers something goes to the topic in which it was asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio

from bot.messages.buttons import Button
from bot.playground import faults
from bot.playground.world import Message, Person
from bot.updates.fair_queue import MOST_WAITING
from storage import Store, open_store
from storage.role import Role
from storage.tables import roles
from tests.attack.acts import is_alarm
from tests.attack.forging import make_data
from tests.journeys.shop_at_work import ShopAtWork, find_link, open_shop, sqlite_in
from tests.messages.pressing import BUTTONS, REGISTRY
from tests.playground.calling import draw_picture
from tests.thinning import thin

pytestmark = pytest.mark.asyncio(loop_scope="module")

HANDFUL = 10
HANDFULS = [list(BUTTONS[place : place + HANDFUL]) for place in range(0, len(BUTTONS), HANDFUL)]
"""So many buttons are pressed in a topic before its chat is looked at: somebody who joins costs more than they do."""


def name_ends(buttons: Sequence[Button]) -> str:
    """From which button to which."""
    return f"{buttons[0]}..{buttons[-1]}"


class Stage:
    """A shop whose people have topics in their chats with the bot."""

    def __init__(self, shop: ShopAtWork, store: Store) -> None:
        self.shop, self.store = shop, store
        self.former: Person | None = None

    async def open(self, role: Role = Role.OWNER) -> Topic:
        """Somebody new who joins from within a topic."""
        person = self.shop.add_person()
        topic = Topic(self, person, self.shop.world.add_topic(person, self.shop.world.open_chat(person), "Bread"))
        topic.greeting = await topic.ask("/start")
        await self.shop.telegram.until_reply(topic.greeting, lambda message: message.photo is not None)
        if self.former is not None:  # the team of a shop is small
            await self.store.write(roles.clear, self.former.id)
        self.former = person
        await self.promote(topic, role)
        return topic

    async def promote(self, topic: Topic, role: Role = Role.OWNER) -> None:
        """Give whoever is in a topic a role, again if a button has taken it from them."""
        await self.store.write(roles.set, topic.person.id, role)


class Topic:
    """One topic in one person's chat."""

    greeting: Message

    def __init__(self, stage: Stage, person: Person, number: int) -> None:
        self.shop, self.person, self.number = stage.shop, person, number
        self.chat = self.shop.world.open_chat(person)

    def say(self, text: str) -> Message:
        """Write into the topic."""
        return self.shop.world.send_text(self.person, self.chat, text, topic=self.number)

    async def ask(self, text: str) -> Message:
        """The first answer to something said in the topic, wherever it lands."""
        return await self.shop.telegram.until_reply(self.say(text))

    async def press(self, message: Message, data: str) -> None:
        """Tap, and have it done."""
        callback = self.shop.world.forge_tap(self.person, message, data)
        await self.shop.telegram.until(lambda: callback.answer, what=f"an answer to {data}")

    async def check(self) -> list[Message]:
        """Once everything is done: all that the bot has said is in the topic; returns it."""
        said = self.say("/help")  # one's updates are done in order
        await self.shop.telegram.until_reply(said, "/privacy")
        sent = [each.message for each in self.shop.world.journal.sent if each.message.chat is self.chat]
        assert [each.text for each in sent if each.thread_id != self.number and not is_alarm(each.text)] == []
        return sent


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One bot for all tests here."""
    url = sqlite_in(tmp_path_factory.mktemp("topics"))
    async with open_store(url) as store, open_shop(url, store=store) as shop:
        shop.world.settings.private_topics = True
        yield Stage(shop, store)


async def test_what_telegram_tells_of_a_chat_is_not_answered(stage: Stage) -> None:
    """A topic that is opened is no message to us: the greeting is the first word."""
    topic = await stage.open()
    assert (await topic.check())[0] is topic.greeting


@pytest.mark.parametrize("name", thin(REGISTRY.commands, 1, step=6))
async def test_a_command_is_answered_in_its_topic(stage: Stage, name: str) -> None:
    """Every command, with all that it brings: papers, pictures, files, and the greeting of a newcomer."""
    topic = await stage.open()
    await topic.ask(f"/{name}")
    assert len(await topic.check()) >= 3


@pytest.mark.parametrize("buttons", thin(HANDFULS, step=12), ids=name_ends)
async def test_buttons_are_answered_in_their_topic(stage: Stage, buttons: list[Button]) -> None:
    """Every button, pressed under a text: what cannot be put into its place comes as a message there."""
    topic = await stage.open()
    for button in buttons:
        await stage.promote(topic)
        await topic.press(await topic.ask("/rewards"), make_data(button))
    await topic.check()


@pytest.mark.parametrize("buttons", thin(HANDFULS, 6, step=12), ids=name_ends)
async def test_buttons_under_a_card_are_answered_in_their_topic(stage: Stage, buttons: list[Button]) -> None:
    """Likewise under a picture that somebody has deleted meanwhile."""
    topic = await stage.open()
    for button in buttons:
        await stage.promote(topic)
        card = await topic.ask("/share")
        stage.shop.world.remove_message(card)
        await topic.press(card, make_data(button))
    await topic.check()


@pytest.mark.parametrize(
    ("opening", "said"),
    [
        ("/broadcast", "Fresh bread at five"),
        ("/broadcast", "/notacommand but words for everybody"),
        ("words:unsliced", "Best bread in town!"),
        ("words:unsliced", "x" * 400),
        ("claim", "Somebody Nobody Knows"),
        ("choose_spoken", "warm bread"),
        ("choose_spoken", "!"),
        ("flow_pick:claim:name:0", "whatever"),
        ("/cancel", "a word of no meaning"),
    ],
)
async def test_a_dialogue_stays_in_its_topic(stage: Stage, opening: str, said: str) -> None:
    """Question, preview, refusal, end."""
    topic = await stage.open()
    if opening.startswith("/"):
        await topic.ask(opening)
    else:
        await topic.press(topic.greeting, opening)
    await topic.ask(said)
    await topic.ask("/cancel")
    assert len(await topic.check()) >= 4


async def test_a_picture_is_previewed_and_an_unsuitable_message_refused_in_the_topic(stage: Stage) -> None:
    """The admin's own message comes back where it was sent."""
    topic = await stage.open()
    world = stage.shop.world
    for send in (world.send_photo, world.send_document):
        await topic.ask("/broadcast")
        said = send(topic.person, topic.chat, draw_picture(), topic=topic.number)
        await stage.shop.telegram.until_reply(said)
    await topic.check()


async def test_somebody_elses_notice_is_in_no_topic(stage: Stage) -> None:
    """Only what answers whoever asked is: the friend who came did not ask in the inviter's topic."""
    topic = await stage.open()
    friend = stage.shop.add_person("Friend")
    await stage.shop.join(friend, find_link(await topic.ask("/start")))
    told = await stage.shop.telegram.until_message(topic.person, "Friend", after=topic.greeting)
    assert told.thread_id == 0


async def test_an_answer_for_a_topic_that_is_gone_goes_to_the_chat(stage: Stage) -> None:
    """Rather there than nowhere."""
    topic = await stage.open()
    stage.shop.telegram.faults.order(faults.error(400, "Bad Request: TOPIC_DELETED"), "sendMessage")
    answer = await topic.ask("/help")
    assert answer.thread_id == 0


async def test_regret_is_said_in_the_topic(stage: Stage) -> None:
    """An update that was given up is an answer too."""
    topic = await stage.open()
    broken = faults.error(400, "Bad Request: nobody knows why")
    stage.shop.telegram.faults.order(broken, "sendMessage", times=3, chat_id=topic.person.id)
    sorry = await topic.ask("/invites")
    assert sorry.thread_id == topic.number
    assert "sorry" in sorry.text.lower()


async def test_patience_is_asked_for_in_the_topic(stage: Stage) -> None:
    """Whoever writes more than can be answered hears so where they write."""
    topic = await stage.open(Role.MEMBER)
    for number in range(3 * MOST_WAITING):
        topic.say(f"word {number}")
    asked = await stage.shop.telegram.until_message(topic.person, "One at a time", after=topic.greeting)
    assert asked.thread_id == topic.number
