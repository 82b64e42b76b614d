"""Topics, forgotten messages and forged taps: what a bot meets in chats that are not simple."""

from __future__ import annotations

import pytest

from bot.playground import faults
from bot.playground.world import ImpossibleError
from tests.playground.calling import Caller, draw_picture, open_caller, start_person
from tests.telegram import LocalTelegram

NO_THREAD = "Bad Request: message thread not found"


@pytest.mark.parametrize("where", ["private", "supergroup"])
async def test_an_answer_goes_to_the_topic_it_names(caller: Caller, where: str) -> None:
    """What is written in a topic says so, the bot's answer lands there, and a topic that is not there is refused."""
    world = caller.telegram.world
    ann = start_person(caller.telegram)
    world.settings.private_topics = where == "private"
    chat = world.open_chat(ann) if where == "private" else world.add_group("Club", ann)
    if where == "supergroup":
        world.add_bot(ann, chat)
    topic = world.add_topic(ann, chat, "Bread")
    asked = world.send_text(ann, chat, "/start@passalong_bot", topic=topic)
    told = world.updates.list_waiting()[-1].render()["message"]
    assert (told["message_thread_id"], told["is_topic_message"]) == (topic, True)
    sent = await caller.call("sendMessage", chat_id=chat.id, text="x", message_thread_id=topic)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (topic, True)
    answer = await caller.call("sendMessage", chat_id=chat.id, text="x", reply_parameters={"message_id": asked.id})
    assert answer["message_thread_id"] == topic
    album = [{"type": "photo", "media": "attach://a"}, {"type": "photo", "media": "attach://a"}]
    posted = await caller.call(
        "sendMediaGroup", chat_id=chat.id, media=album, message_thread_id=topic, a=draw_picture()
    )
    assert {each["message_thread_id"] for each in posted} == {topic}
    for method, more in (("sendMessage", {"text": "x"}), ("sendChatAction", {"action": "typing"})):
        assert await caller.refuse(method, chat_id=chat.id, message_thread_id=topic + 99, **more) == NO_THREAD


async def test_a_closed_topic_takes_administrators_alone(caller: Caller) -> None:
    """The plain member reads a refusal."""
    world = caller.telegram.world
    owner = start_person(caller.telegram)
    group = world.add_group("Club", owner)
    world.add_bot(owner, group)
    topic = world.add_topic(owner, group, "Bread")
    world.close_topic(group, topic)
    said = {"chat_id": group.id, "text": "x", "message_thread_id": topic}
    assert await caller.refuse("sendMessage", **said) == "Bad Request: TOPIC_CLOSED"
    world.add_bot(owner, group, rights=["can_manage_topics"])
    await caller.call("sendMessage", **said)


async def test_a_thread_of_answers_is_no_topic(caller: Caller) -> None:
    """In a supergroup without topics an answer names a thread, and nothing can be sent to it by that number."""
    world = caller.telegram.world
    owner = start_person(caller.telegram)
    group = world.add_group("Club", owner)
    world.add_bot(owner, group, rights=["can_manage_chat"])
    first = world.send_text(owner, group, "first")
    world.send_text(owner, group, "second", reply_to=first)
    told = world.updates.list_waiting()[-1].render()["message"]
    assert told["message_thread_id"] == first.id
    assert "is_topic_message" not in told
    assert await caller.refuse("sendMessage", chat_id=group.id, text="x", message_thread_id=first.id) == NO_THREAD


async def test_data_that_no_button_carries_reaches_the_bot(telegram: LocalTelegram) -> None:
    """A changed app can send any data on any message: in private, in a group, in a channel, under an inline one."""
    world = telegram.world
    ann = start_person(telegram)
    channel = world.add_channel("News", ann)
    world.add_bot(ann, channel)
    async with open_caller(telegram) as caller:
        post = await caller.call("sendMessage", chat_id=channel.id, text="news")
        world.forge_tap(ann, channel.messages[post["message_id"]], "home")
        (update,) = [each for each in await caller.call("getUpdates") if "callback_query" in each]
    assert update["callback_query"]["data"] == "home"
    assert update["callback_query"]["message"]["chat"]["id"] == channel.id


async def test_a_tap_on_a_forgotten_message_comes_without_its_words(caller: Caller) -> None:
    """Date 0, the chat and the number are all there is, and the bot can neither edit nor copy it."""
    world = caller.telegram.world
    ann = start_person(caller.telegram)
    sent = await caller.call("sendMessage", chat_id=ann.id, text="old")
    chat = world.open_chat(ann)
    for message_id in (sent["message_id"], 99_999):
        world.tap_forgotten(ann, chat, message_id, "home")
        query = world.updates.list_waiting()[-1].render()["callback_query"]
        assert query["message"] == {"chat": chat.render(), "message_id": message_id, "date": 0}
        refused = await caller.refuse("editMessageText", chat_id=ann.id, message_id=message_id, text="new")
        assert refused == "Bad Request: message to edit not found"
    with pytest.raises(ImpossibleError):
        world.forge_tap(world.add_person("Stranger"), chat.messages[sent["message_id"]], "home")


async def test_another_bots_command_is_not_read(telegram: LocalTelegram) -> None:
    """A plain member of a group hears commands for all bots and for itself."""
    world = telegram.world
    ann = start_person(telegram)
    group = world.add_group("Club", ann)
    world.add_bot(ann, group)
    before = world.updates.added
    for text in ("/start", "/start@Passalong_Bot CODE", "/start@other_bot", "hello", "/"):
        world.send_text(ann, group, text)
    texts = [update.render()["message"]["text"] for update in world.updates.list_waiting()[-3:]]
    assert world.updates.added - before == 3
    assert texts == ["/start", "/start@Passalong_Bot CODE", "/"]


async def test_a_fault_can_carry_parameters_and_be_about_one_chat(caller: Caller) -> None:
    """A migration on order, for one chat alone."""
    ann, bob = start_person(caller.telegram), start_person(caller.telegram, "Bob")
    moved = faults.error(400, "Bad Request: moved", parameters={"migrate_to_chat_id": -100})
    caller.telegram.faults.order(moved, "sendMessage", chat_id=bob.id)
    await caller.call("sendMessage", chat_id=ann.id, text="x")
    status, body = await caller.ask("sendMessage", chat_id=bob.id, text="x")
    assert (status, body["parameters"]) == (400, {"migrate_to_chat_id": -100})
    await caller.call("sendMessage", chat_id=bob.id, text="x")


async def test_a_bot_opens_closes_and_deletes_topics_where_it_may(caller: Caller) -> None:
    """In a group that is parted into topics, as an administrator with that right, and nowhere else."""
    world = caller.telegram.world
    ann = start_person(caller.telegram)
    club = world.add_group("Club", ann)
    world.add_bot(ann, club, rights=["can_manage_topics"])
    assert "not a forum" in await caller.refuse("createForumTopic", chat_id=club.id, name="Bread")
    club.parted = True
    made = await caller.call("createForumTopic", chat_id=club.id, name="Bread")
    topic = {"chat_id": club.id, "message_thread_id": made["message_thread_id"]}
    assert (await caller.call("sendMessage", **topic, text="x"))["is_topic_message"]
    assert await caller.call("closeForumTopic", **topic)
    assert "TOPIC_NOT_MODIFIED" in await caller.refuse("closeForumTopic", **topic)
    assert await caller.call("reopenForumTopic", **topic)
    assert await caller.call("deleteForumTopic", **topic)
    assert await caller.refuse("sendMessage", **topic, text="x") == NO_THREAD
    world.add_bot(ann, club, rights=())
    assert "not enough rights" in await caller.refuse("createForumTopic", chat_id=club.id, name="Bread")
