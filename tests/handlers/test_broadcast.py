from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from io import BytesIO

import aiohttp
import pytest
import pytest_asyncio
from PIL import Image

from bot.playground import faults
from bot.playground.world import Content, Message, Person
from bot.playground.world.photos import take_photo
from storage import open_store
from tests.broadcasts.stage import enrol
from tests.journeys.shop_at_work import ShopAtWork, open_shop, sqlite_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROMPT = "Send me the message"
UNFIT = "Send me a text, a picture"
POINTER = "/help"
GONE = "has been sent or cancelled already"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ShopAtWork]:
    """A bot with an admin and three members."""
    async with open_shop(sqlite_in(tmp_path_factory.mktemp("shop"))) as opened:
        await opened.join(opened.admin)
        for name in ("Anna", "Budi", "Mei"):
            await opened.add_member(name)
        yield opened


def draw_jpeg() -> bytes:
    """A plain picture."""
    out = BytesIO()
    Image.new("RGB", (640, 480), "tomato").save(out, "JPEG")
    return out.getvalue()


def say(shop: ShopAtWork, content: Content) -> Message:
    """Let the admin send something no everyday method sends."""
    return shop.world.say(shop.admin, shop.world.open_chat(shop.admin), content)


async def preview(shop: ShopAtWork, sent: Message) -> tuple[Message, Message]:
    """The message as members will see it, and the question below."""
    seen = await shop.telegram.until_reply(sent)
    return seen, await shop.telegram.until_message(shop.admin, "This is what members will see", after=seen)


async def write(shop: ShopAtWork, html: str) -> tuple[Message, Message]:
    """Have the admin write a broadcast; returns the preview and the question."""
    assert PROMPT in (await shop.ask(shop.admin, "/broadcast")).text
    chat = shop.world.open_chat(shop.admin)
    return await preview(shop, shop.world.send_formatted(shop.admin, chat, html))


async def until_done(shop: ShopAtWork, progress: Message) -> str:
    """What the progress message says in the end."""
    return (await shop.until_edited(progress, "Done")).text


def count_received(shop: ShopAtWork, text: str) -> Counter[int]:
    """How often each chat got a message."""
    return Counter(sent.message.chat.id for sent in shop.world.journal.sent if sent.message.text == text)


async def send_button(shop: ShopAtWork, person: Person, data: str) -> Message:
    """A message of the bot's with a button that no code of ours would give this person."""
    markup = {"inline_keyboard": [[{"text": "Odd", "callback_data": data}]]}
    async with aiohttp.ClientSession() as session:
        address = f"{shop.telegram.url}/bot{shop.telegram.token}/sendMessage"
        await session.post(address, json={"chat_id": person.id, "text": f"odd {data}", "reply_markup": markup})
    return await shop.telegram.until_message(person, f"odd {data}")


async def test_a_text_goes_to_everybody_with_its_formatting(shop: ShopAtWork) -> None:
    """Written, seen as members will see it, confirmed by one tap, counted in place."""
    seen, question = await write(shop, "Fresh <b>bread</b> &amp; <a href='https://example.org/x'>more</a>")
    assert [entity["type"] for entity in seen.entities] == ["bold", "text_link"]
    assert "4 members" in question.text
    await shop.tap(shop.admin, question, "Send")
    said = await until_done(shop, question)
    assert "Sent: 4 of 4" in said
    received = [sent.message for sent in shop.world.journal.sent if sent.message.text == seen.text]
    assert all((message.entities, message.keyboard) == (seen.entities, seen.keyboard) for message in received)
    assert [button.action for button in seen.buttons] == ["switch_inline_query_chosen_chat"]
    got = count_received(shop, seen.text)
    assert got.pop(shop.admin.id) == 2, "the preview, and as a member"
    assert sorted(got.values()) == [1, 1, 1]


async def test_a_picture_is_uploaded_by_nobody_but_the_admin(shop: ShopAtWork) -> None:
    """Members get it by its file_id, caption and formatting kept."""
    await shop.ask(shop.admin, "/broadcast")
    chat = shop.world.open_chat(shop.admin)
    sent = shop.world.send_photo(shop.admin, chat, draw_jpeg(), "A <i>new</i> cake")
    before = shop.world.journal.counts["sendPhoto"]
    seen, question = await preview(shop, sent)
    await shop.tap(shop.admin, question, "Send")
    await until_done(shop, question)
    calls = shop.world.journal.list_calls("sendPhoto")[before:]
    assert len(calls) == 1 + 4
    assert len({call.params["photo"] for call in calls}) == 1
    assert sent.photo is not None
    assert seen.photo is not None
    assert seen.photo.unique_id == sent.photo.unique_id
    assert seen.entities == ({"type": "italic", "offset": 2, "length": 3},)
    assert count_received(shop, "A new cake").total() == 5


async def test_tapping_twice_sends_once(shop: ShopAtWork) -> None:
    """The second tap, and one long after, show the progress and change nothing."""
    seen, question = await write(shop, "Only once")
    taps = [shop.world.tap(shop.admin, question, "Send") for _ in range(2)]
    for tap in taps:
        await shop.telegram.until_answered(tap)
    await until_done(shop, question)
    late = await send_button(shop, shop.admin, taps[0].callback.data if taps[0].callback else "")
    await shop.tap(shop.admin, late, "Odd")
    assert "Sent: 4 of 4" in (await shop.until_edited(late, "Done")).text
    assert count_received(shop, seen.text).total() == 1 + 4


async def test_what_cannot_go_to_everybody_is_refused_kindly(shop: ShopAtWork) -> None:
    """A place, a forwarded message, a caption Telegram takes from premium members only: each for its own reason."""
    await shop.ask(shop.admin, "/broadcast")
    chat, photo = shop.world.open_chat(shop.admin), take_photo(shop.world.files, draw_jpeg())
    anna = next(person for person in shop.world.people.values() if person.first_name == "Anna")
    note = shop.world.send_text(anna, shop.world.open_chat(anna, shop.admin), "not mine")
    forwarded = shop.world.forward(shop.admin, note, chat)
    assert "is forwarded" in (await shop.telegram.until_reply(forwarded, UNFIT)).text
    reply_to = await shop.telegram.until_reply(say(shop, Content(photo=photo, text="x" * 1500)), UNFIT)
    assert "has 1,500 characters, and a bot may write 1,024" in reply_to.text
    seen, question = await preview(shop, shop.world.send_text(shop.admin, chat, "at last", reply_to=reply_to))
    assert seen.text == "at last"
    await shop.tap(shop.admin, question, "Cancel")
    assert "Nobody got it" in (await shop.until_edited(question, "Cancelled")).text
    assert count_received(shop, "at last").total() == 1


async def test_what_is_not_stored_is_still_told_apart(shop: ShopAtWork) -> None:
    """Of a story or dice no more is kept than that it is one."""
    await shop.ask(shop.admin, "/broadcast")
    chat = shop.world.open_chat(shop.admin)
    for number, (content, words) in enumerate(
        {"dice": "Dice would", "story": "Stories can", "game": "This kind"}.items()
    ):
        before = shop.world.send_text(shop.admin, chat, "/help")
        await shop.telegram.until_reply(before, "/privacy")
        message = {**before.render(), "message_id": 900_000 + number, content: {"whatever": 1}}
        message = {name: value for name, value in message.items() if name not in {"text", "entities"}}
        shop.world.push_raw("message", message)
        await shop.telegram.until_message(shop.admin, words, after=before)


async def test_telegrams_own_refusal_is_told_in_its_words(shop: ShopAtWork) -> None:
    """What nobody foresaw is found out by the preview, and not by every member; the next message is welcome."""
    await shop.ask(shop.admin, "/broadcast")
    chat = shop.world.open_chat(shop.admin)
    refusal = faults.error(400, "Bad Request: MESSAGE_<ODD>_INVALID")
    shop.telegram.faults.order(refusal, "sendMessage", chat_id=shop.admin.id)
    said = await shop.telegram.until_reply(shop.world.send_text(shop.admin, chat, "odd"), UNFIT)
    assert "Message_<odd>_invalid".lower() in said.text.lower()
    _, question = await preview(shop, shop.world.send_text(shop.admin, chat, "even"))
    await shop.tap(shop.admin, question, "Cancel")
    await shop.until_edited(question, "Cancelled")


async def test_an_edit_that_cannot_be_sent_leaves_the_form_before_it(shop: ShopAtWork) -> None:
    """The reason is told, and what was looked at before still goes out by its tap."""
    await shop.ask(shop.admin, "/broadcast")
    said = shop.world.send_text(shop.admin, shop.world.open_chat(shop.admin), "Plum cake")
    _, question = await preview(shop, said)
    shop.telegram.faults.order(faults.error(400, "Bad Request: odd"), "sendMessage", chat_id=shop.admin.id)
    shop.world.edit_text(shop.admin, said, "Plumm cake")
    refused = await shop.telegram.until_message(shop.admin, "still waits for your tap", after=question)
    assert "odd" in refused.text.lower()
    await shop.tap(shop.admin, question, "Send")
    await until_done(shop, question)
    assert count_received(shop, "Plum cake").total() == 1 + len(shop.world.people) - 1


async def test_an_album_goes_to_everybody_as_one(shop: ShopAtWork) -> None:
    """Its pictures come to the bot one by one; they are shown, and sent, as one album with its words and buttons below."""
    await shop.ask(shop.admin, "/broadcast")
    pictures = [take_photo(shop.world.files, draw_jpeg()) for _ in range(3)]
    texts = ["Three cakes", "", ""]
    sent = [
        shop.world.say(
            shop.admin,
            shop.world.open_chat(shop.admin),
            Content(photo=photo, text=text),
            lasting={"media_group_id": "77"},
        )
        for photo, text in zip(pictures, texts, strict=True)
    ]
    question = await shop.telegram.until_message(shop.admin, "no buttons under an album", after=sent[-1])
    assert len(shop.world.journal.list_calls("sendMediaGroup")) == 1, "one preview, not one for each picture"
    await shop.tap(shop.admin, question, "Send")
    await until_done(shop, question)
    calls = shop.world.journal.list_calls("sendMediaGroup")
    assert [len(call.params["media"]) for call in calls] == [3] * 5
    assert count_received(shop, "Three cakes").total() == 5


async def test_what_cannot_go_in_an_album_is_answered_once(shop: ShopAtWork) -> None:
    """Each of its pictures comes as a message; one kind word is enough."""
    await shop.ask(shop.admin, "/broadcast")
    photo = take_photo(shop.world.files, draw_jpeg())
    chat = shop.world.open_chat(shop.admin)
    pictures = [
        shop.world.say(shop.admin, chat, Content(photo=photo, text="x" * 1500), lasting={"media_group_id": "78"})
        for _ in range(3)
    ]
    helped = await shop.telegram.until_reply(shop.world.send_text(shop.admin, chat, "/help"), "/privacy")
    between = [chat.messages[number].text for number in range(pictures[0].id, helped.id) if number in chat.messages]
    assert len([text for text in between if "has 1,500 characters" in text]) == 1


async def test_commands_are_not_the_message(shop: ShopAtWork) -> None:
    """While the message is waited for, commands do what they always do, and unknown ones get the pointer."""
    await shop.ask(shop.admin, "/broadcast")
    assert UNFIT not in (await shop.ask(shop.admin, "/cancel")).text
    assert "This is what" not in (await shop.ask(shop.admin, "/rewards")).text


async def test_a_message_that_begins_with_a_slash_can_be_sent(shop: ShopAtWork) -> None:
    """A sentence is what was asked for, even where its first word is a command of ours or of nobody."""
    for text in ("/share your card today and both of us win", "/lemoncake is back"):
        await shop.ask(shop.admin, "/broadcast")
        said = shop.world.send_text(shop.admin, shop.world.open_chat(shop.admin), text)
        seen, question = await preview(shop, said)
        assert seen.text == text
        await shop.tap(shop.admin, question, "Cancel")


async def test_a_message_is_taken_as_it_was_edited_before_the_tap(shop: ShopAtWork) -> None:
    """The new form is shown once more, and sent; what is edited after the tap is too late."""
    await shop.ask(shop.admin, "/broadcast")
    said = shop.world.send_text(shop.admin, shop.world.open_chat(shop.admin), "Lemmon cake")
    _, question = await preview(shop, said)
    edited = shop.world.edit_text(shop.admin, said, "Lemon cake")
    again = await shop.telegram.until_message(shop.admin, "Lemon cake", after=question)
    second = await shop.telegram.until_message(shop.admin, "This is what members will see", after=again)
    await shop.tap(shop.admin, second, "Send")
    await until_done(shop, second)
    shop.world.edit_text(shop.admin, edited, "Too late")
    await shop.ask(shop.admin, "/help")
    members = [person.id for person in shop.world.people.values() if person.id != shop.admin.id]
    assert {
        text: sum(count_received(shop, text)[person] for person in members) for text in ("Lemmon cake", "Too late")
    } == {"Lemmon cake": 0, "Too late": 0}
    assert sum(count_received(shop, "Lemon cake")[person] for person in members) == 3


async def test_cancelling_by_command_is_like_the_button(shop: ShopAtWork) -> None:
    """/cancel leaves the dialogue; the next text is just a text."""
    await shop.ask(shop.admin, "/broadcast")
    assert "Cancelled" in (await shop.ask(shop.admin, "/cancel")).text
    assert POINTER in (await shop.ask(shop.admin, "hello?")).text


async def test_changing_ones_mind_before_writing(shop: ShopAtWork) -> None:
    """After the cancel button the next text is just a text."""
    prompt = await shop.ask(shop.admin, "/broadcast")
    await shop.tap(shop.admin, prompt, "Cancel")
    await shop.until_edited(prompt, "Cancelled")
    assert POINTER in (await shop.ask(shop.admin, "hello?")).text


async def test_a_second_draft_replaces_the_first(shop: ShopAtWork) -> None:
    """The first one's button says that it is over."""
    _, first = await write(shop, "first draft")
    _, second = await write(shop, "second draft")
    await shop.tap(shop.admin, first, "Send")
    await shop.until_edited(first, "Cancelled")
    await shop.tap(shop.admin, second, "Cancel")
    await shop.until_edited(second, "Cancelled")
    assert count_received(shop, "first draft").total() == 1


async def test_made_up_buttons_lead_nowhere(shop: ShopAtWork) -> None:
    """A broadcast that does not exist is said to be gone."""
    for action in ("bc_confirm", "bc_pause", "bc_resume", "bc_cancel", "bc_unknown", "bc_panel", "bc_test", "bc_rest"):
        message = await send_button(shop, shop.admin, f"{action}:987654")
        await shop.tap(shop.admin, message, "Odd")
        await shop.until_edited(message, GONE)


async def test_nobody_else_meets_the_admins_commands(shop: ShopAtWork) -> None:
    """For members they do not exist: the usual pointer, and a toast for a button that got into their hands."""
    budi = await shop.add_member("Budi")
    chat = shop.world.open_chat(budi)
    for command in ("/broadcast", "/stats"):
        answer = await shop.ask(budi, command)
        assert POINTER in answer.text
        assert PROMPT not in answer.text
    _, question = await write(shop, "not by you")
    data = question.get_button("Send").value
    stolen = await send_button(shop, budi, str(data))
    tap = shop.world.tap(budi, stolen, "Odd")
    assert (await shop.telegram.until_answered(tap)).text
    await shop.ask(budi, "/help")
    assert chat.messages[stolen.id].text == stolen.text
    assert count_received(shop, "not by you").total() == 1
    await shop.tap(shop.admin, question, "Cancel")


async def test_the_author_holds_the_brake(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Pause stops, resume goes on, cancel ends; the message shows each at once."""
    url = sqlite_in(tmp_path_factory.mktemp("brake"))
    guests = list(range(5_000_000_001, 5_000_000_301))
    async with open_store(url) as store:
        await store.write(enrol, guests)
    async with open_shop(url, settings={"PASSALONG_SEND_RATE": "12"}) as shop:
        for guest in guests:
            shop.world.open_chat(shop.world.add_person("G", person_id=guest)).started = True
        await shop.join(shop.admin)
        seen, question = await write(shop, "slowly")
        await shop.tap(shop.admin, question, "Send")
        await shop.telegram.until(lambda: count_received(shop, "slowly").total() > 5)
        running = await shop.until_edited(question, "Sending")
        await shop.tap(shop.admin, running, "Pause")
        paused = await shop.until_edited(question, "Paused")
        held = -1
        async with asyncio.timeout(60):
            while held != (held := count_received(shop, "slowly").total()):  # noqa: ASYNC110 -- what was on its way arrives
                await asyncio.sleep(0.5)
        assert held < 300
        await shop.tap(shop.admin, paused, "Resume")
        running = await shop.until_edited(question, "Sending")
        await shop.telegram.until(lambda: count_received(shop, "slowly").total() > held + 3)
        await shop.tap(shop.admin, running, "Cancel")
        await shop.until_edited(question, "Cancelled")
        received = count_received(shop, seen.text)
        assert max(count for chat_id, count in received.items() if chat_id != shop.admin.id) == 1
        assert received.total() < 300
