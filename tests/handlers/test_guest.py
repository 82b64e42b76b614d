from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.playground.world import Chat, Person
from bot.playground.world.queries import GuestCall
from tests.handlers.sharing_stage import HEADLINES, STORIES, Stage, list_uploads, lose_pictures, open_stage
from tests.journeys.shop_at_work import find_link

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One bot for all tests here."""
    async with open_stage(tmp_path_factory.mktemp("guest")) as opened:
        yield opened


def open_group(stage: Stage, *people: Person) -> Chat:
    """A group the bot is not in."""
    group = stage.shop.world.add_group("Book club", people[0])
    for person in people[1:]:
        stage.shop.world.join(person, group)
    return group


async def call(stage: Stage, person: Person, group: Chat, words: str = "") -> GuestCall:
    """Call the bot by its name, and wait for its answer."""
    called = stage.shop.world.call_guest(person, group, f"@{stage.shop.world.bot.username} {words}")
    await stage.shop.telegram.until(lambda: called.reply, what="the guest's answer")
    return called


async def test_the_guest_brings_the_callers_card(stage: Stage) -> None:
    """Each caller their own, with a link that says how it came; nothing is uploaded for it."""
    anna, budi = await stage.shop.add_member("Anna"), await stage.shop.add_member("Budi")
    cards = {person.id: await stage.take_card(person) for person in (anna, budi)}
    group, uploads = open_group(stage, anna, budi), len(list_uploads(stage.shop.world))
    for person in (anna, budi):
        reply = (await call(stage, person, group)).reply
        assert reply is not None
        assert reply.photo is cards[person.id].photo
        assert find_link(reply) == find_link(cards[person.id]).replace("-fwd", "-guest")
        assert reply.keyboard[0][0].text == "Accept the invitation"
        await stage.settle(person)
        assert stage.list_shares(person)[-1] == ("guest", STORIES[0])
    assert len(list_uploads(stage.shop.world)) == uploads


async def test_without_a_picture_the_guest_tells_the_story(stage: Stage) -> None:
    """Of a story whose card a member never had there is no picture, and an answer all the same."""
    anna = await stage.shop.add_member("Anna")
    reply = (await call(stage, anna, open_group(stage, anna), "sings")).reply
    assert reply is not None
    assert reply.photo is None
    assert HEADLINES[2] in reply.text
    assert "Anna invites you" in reply.text


async def test_words_beside_the_name_choose_the_story(stage: Stage) -> None:
    """As in inline mode; other words do no harm."""
    anna = await stage.shop.add_member("Anna")
    group = open_group(stage, anna)
    for words, headline in [("sings", HEADLINES[2]), ("what do you have today?", HEADLINES[0])]:
        reply = (await call(stage, anna, group, words)).reply
        assert reply is not None
        assert headline in reply.text


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Start me once"), ("id", "Mulai bot ini"), ("zh-hans", "先点一次“开始”")]
)
async def test_a_stranger_is_invited_to_start(stage: Stage, language: str, words: str) -> None:
    """The shop's story in their language, and the bot's address without anybody's code."""
    gita = stage.shop.add_person("Gita", language=language)
    reply = (await call(stage, gita, open_group(stage, gita))).reply
    assert reply is not None
    assert words in reply.text
    assert reply.keyboard[0][0].value == f"https://t.me/{stage.shop.world.bot.username}"
    assert stage.list_shares(gita) == []


async def test_a_call_that_comes_twice_is_answered_once(stage: Stage) -> None:
    """Telegram takes one answer a call; the second attempt is refused, harms nothing and counts nothing."""
    anna = await stage.shop.add_member("Anna")
    called = await call(stage, anna, open_group(stage, anna))
    await stage.settle(anna)
    body = called.message.render() | {"guest_query_id": called.id}
    answers = len(stage.shop.world.journal.list_calls("answerGuestQuery"))
    stage.shop.world.push_raw("guest_message", body)
    refused = await stage.shop.telegram.until_call("answerGuestQuery", answers + 1)
    assert "too old" in refused.error
    await stage.settle(anna)
    assert stage.list_shares(anna) == [("guest", STORIES[0])]


async def test_calls_do_not_overtake_each_other(stage: Stage) -> None:
    """Called in three chats at once, and asked in the picker meanwhile: everything is answered."""
    anna = await stage.shop.add_member("Anna")
    words = f"@{stage.shop.world.bot.username}"
    called = [stage.shop.world.call_guest(anna, open_group(stage, anna), words) for _ in range(3)]
    assert (await stage.offer(anna)).results
    await stage.shop.telegram.until(lambda: all(each.reply for each in called), what="three answers")


async def test_a_lost_picture_costs_nobody_an_answer(stage: Stage) -> None:
    """The answer comes as text, and the next share heals."""
    anna = await stage.shop.add_member("Anna")
    await stage.take_card(anna)
    lose_pictures(stage.shop.world)
    group = open_group(stage, anna)
    told = (await call(stage, anna, group)).reply
    assert told is not None
    assert told.photo is None
    card = await stage.take_card(anna)
    shown = (await call(stage, anna, group)).reply
    assert shown is not None
    assert shown.photo is card.photo


async def test_another_bot_is_not_answered(stage: Stage) -> None:
    """Two guests that answer each other would never end."""
    robot = stage.shop.world.add_person("Robot", username="robot_bot", is_bot=True)
    anna = await stage.shop.add_member("Anna")
    called = stage.shop.world.call_guest(robot, open_group(stage, robot), f"@{stage.shop.world.bot.username}")
    await stage.settle(anna)
    assert called.reply is None


async def test_nothing_said_in_that_chat_is_kept(stage: Stage) -> None:
    """Words from a chat that is not ours never reach the database."""
    anna = await stage.shop.add_member("Anna")
    secret = "the-word-nobody-else-may-read"
    await call(stage, anna, open_group(stage, anna), secret)
    await stage.settle(anna)
    files = stage.database.parent.glob(f"{stage.database.name}*")
    assert not any(secret.encode() in file.read_bytes() for file in files)
