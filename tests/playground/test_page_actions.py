"""What the page lets humans do, and what the world makes of it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.assets import ASSETS
from bot.playground.page.cast import MOST_PHONES
from bot.playground.page.typed import parse_typed
from bot.playground.seed import ADMIN_ID, ANNA_ID, BUDI_ID
from bot.playground.world import Message
from tests.playground.calling import draw_picture
from tests.playground.visitor import Visitor, visit

SHARE = "https://t.me/share/url?url=https%3A%2F%2Ft.me%2Flittle_oven_bot%3Fstart%3Dabc&text=Come"


@pytest.fixture
async def visitor() -> AsyncIterator[Visitor]:
    """Somebody at the page, where Anna has started the bot."""
    async with visit() as opened:
        opened.world.press_start(opened.anna)
        yield opened
        opened.telegram.assert_clean()


async def send(visitor: Visitor, *rows: list[dict[str, Any]], text: str = "Hello") -> Message:
    """Return what the bot sent Anna, with a keyboard."""
    markup = {"inline_keyboard": list(rows)}
    sent = await visitor.caller.call("sendMessage", chat_id=visitor.anna.id, text=text, reply_markup=markup)
    return visitor.world.open_chat(visitor.anna).messages[sent["message_id"]]


async def tap(visitor: Visitor, message: Message, row: int = 0, column: int = 0) -> Any:
    """Return where a tap on a button of Anna's led."""
    return await visitor.act("tap", peer="bot", message=message.id, row=row, column=column)


async def test_writing_reaches_the_bot(visitor: Visitor) -> None:
    """What is typed is an update, with the formatting people type in the apps."""
    await visitor.act("write", peer="bot", text="**Two** for __one__ 😀 `a**b**`")
    *_, update = await visitor.caller.call("getUpdates")
    assert update["message"]["text"] == "Two for one 😀 a**b**"
    kinds = [(entity["type"], entity["offset"], entity["length"]) for entity in update["message"]["entities"]]
    assert kinds == [("bold", 0, 3), ("italic", 8, 3), ("code", 15, 6)]


async def test_writing_to_a_friend_stays_among_humans(visitor: Visitor) -> None:
    """The bot hears nothing of what it is not part of; the friend's phone shows it."""
    before = visitor.world.updates.count_waiting()
    await visitor.act("write", peer=f"u{BUDI_ID}", text="hi")
    assert visitor.world.updates.count_waiting() == before
    assert visitor.world.open_chat(visitor.anna, visitor.budi).list_messages()[-1].text == "hi"


async def test_a_file_is_sent_as_it_is(visitor: Visitor) -> None:
    """The bot is told its name and fetches the same bytes; a name is cleaned, and what is no base64 is no file."""
    data = draw_picture(60, 40)
    await visitor.act("document", peer="bot", data=base64.b64encode(data).decode(), name=" my\nlogo.png ")
    *_, update = await visitor.caller.call("getUpdates")
    document = update["message"]["document"]
    assert (document["file_name"], document["file_size"]) == ("my logo.png", len(data))
    status, _ = await visitor.post("document", phone=str(visitor.anna.id), peer="bot", data="?", name="x")
    assert status == 400


async def test_start_carries_the_payload(visitor: Visitor) -> None:
    """START sends the words of the link that led there."""
    await visitor.act("start", visitor.budi, payload="AbCdEf1234-fwd")
    assert visitor.world.open_chat(visitor.budi).list_messages()[-1].text == "/start AbCdEf1234-fwd"


async def test_a_tap_waits_for_the_bot_s_answer(visitor: Visitor) -> None:
    """The toast or alert the bot answers with comes back to the one who tapped."""
    message = await send(visitor, [{"text": "Tap", "callback_data": "x"}])
    tapping = asyncio.create_task(tap(visitor, message))
    callback = await visitor.telegram.until(lambda: next(iter(visitor.world.callbacks.values()), None))
    await visitor.caller.call("answerCallbackQuery", callback_query_id=callback.id, text="Done", show_alert=True)
    assert await tapping == {"kind": "callback", "text": "Done", "alert": True}


async def test_an_answer_may_lead_on_to_the_bot(visitor: Visitor) -> None:
    """A link in the answer opens the bot's chat with its payload."""
    message = await send(visitor, [{"text": "Tap", "callback_data": "x"}])
    tapping = asyncio.create_task(tap(visitor, message))
    callback = await visitor.telegram.until(lambda: next(iter(visitor.world.callbacks.values()), None))
    url = "https://t.me/little_oven_bot?start=abc"
    await visitor.caller.call("answerCallbackQuery", callback_query_id=callback.id, url=url)
    assert (await tapping)["open"] == {"kind": "bot", "payload": "abc"}


@pytest.mark.parametrize(
    ("button", "led"),
    [
        ({"copy_text": {"text": "a link"}}, {"kind": "copy", "text": "a link"}),
        ({"url": "https://t.me/little_oven_bot?start=abc-qr"}, {"kind": "bot", "payload": "abc-qr"}),
        ({"url": "https://t.me/little_oven_bot"}, {"kind": "bot", "payload": None}),
        ({"url": "https://t.me/little_oven_news"}, {"kind": "chat", "peer": "c-1001000000001"}),
        ({"url": "https://t.me/budi"}, {"kind": "chat", "peer": f"u{BUDI_ID}"}),
        ({"url": "https://example.com/a"}, {"kind": "web", "url": "https://example.com/a"}),
        ({"url": SHARE}, {"kind": "share", "draft": "https://t.me/little_oven_bot?start=abc\nCome"}),
        (
            {"switch_inline_query_chosen_chat": {"query": "card", "allow_user_chats": True}},
            {"kind": "switch", "query": "card", "current": False, "kinds": ["user"]},
        ),
        (
            {"switch_inline_query_current_chat": "q"},
            {"kind": "switch", "query": "q", "current": True, "kinds": ["bot", "channel", "group", "user"]},
        ),
    ],
)
async def test_each_button_leads_where_telegram_s_does(visitor: Visitor, button: Any, led: Any) -> None:
    """The page is told what to open; the bot hears nothing of these."""
    message = await send(visitor, [{"text": "First", "copy_text": {"text": "x"}}], [{"text": "Tap", **button}])
    before = visitor.world.updates.count_waiting()
    assert await tap(visitor, message, row=1) == led
    assert visitor.world.updates.count_waiting() == before


async def test_a_link_in_a_text_is_followed_alike(visitor: Visitor) -> None:
    """Tapping words and tapping a button lead to the same place; START is not pressed yet."""
    assert await visitor.act("open", visitor.budi, url="t.me/little_oven_bot?start=abc") == {
        "kind": "bot",
        "payload": "abc",
    }
    assert not visitor.world.open_chat(visitor.budi).started
    assert "start parameter" in await visitor.refuse("open", url="https://t.me/little_oven_bot?start=a%20b")


async def test_forwarding_brings_a_message_to_a_friend(visitor: Visitor) -> None:
    """With its origin, and only the links of its buttons."""
    rows = [{"text": "Tap", "callback_data": "x"}, {"text": "Go", "url": "https://t.me/little_oven_bot?start=abc"}]
    message = await send(visitor, rows)
    await visitor.act("forward", peer="bot", message=message.id, to=f"u{BUDI_ID}")
    forwarded = visitor.world.open_chat(visitor.anna, visitor.budi).list_messages()[-1]
    assert forwarded.forward_origin is not None
    assert forwarded.forward_origin["sender_user"]["id"] == visitor.world.bot.id
    assert [button.text for button in forwarded.buttons] == ["Go"]


async def test_blocking_is_told_to_the_bot_and_undone_by_start(visitor: Visitor) -> None:
    """A blocked bot is refused; START lets it in again."""
    await visitor.act("block")
    words = await visitor.caller.refuse("sendMessage", chat_id=visitor.anna.id, text="still there?")
    assert words == "Forbidden: bot was blocked by the user"
    await visitor.act("start", payload="")
    await visitor.caller.call("sendMessage", chat_id=visitor.anna.id, text="welcome back")
    await visitor.act("block")
    await visitor.act("unblock")
    assert not visitor.world.open_chat(visitor.anna).blocked


async def test_a_language_is_seen_at_the_next_move(visitor: Visitor) -> None:
    """The bot reads it from the update's sender."""
    await visitor.act("language", language="zh-hans")
    await visitor.act("write", peer="bot", text="hi")
    *_, update = await visitor.caller.call("getUpdates")
    assert update["message"]["from"]["language_code"] == "zh-hans"
    assert await visitor.refuse("language", language="xx") == "No such language"


async def test_somebody_new_gets_a_phone(visitor: Visitor) -> None:
    """Before the channel's; no more than fit."""
    added = await visitor.act("add", name="  小美 ", language="zh-hans")
    phone = visitor.cast.phones[-2]
    assert phone.id == added["id"]
    assert phone.person is not None
    assert (phone.person.full_name, phone.person.language_code) == ("小美", "zh-hans")
    assert await visitor.refuse("add", name="   ", language="en") == "A person needs a name"
    while len(visitor.cast.phones) < MOST_PHONES:
        await visitor.act("add", name="One more", language="en")
    assert "as many as fit" in await visitor.refuse("add", name="Too many", language="en")


async def test_pictures_are_sent_with_a_caption(visitor: Visitor) -> None:
    """A sample of ours, or any file that is a picture."""
    await visitor.act("photo", peer="bot", caption="**New**", sample="loaf")
    message = visitor.world.open_chat(visitor.anna).list_messages()[-1]
    assert message.photo is not None
    assert message.photo.uploaded == (ASSETS / "playground" / "pictures" / "loaf.jpg").read_bytes()
    assert [entity["type"] for entity in message.entities] == ["bold"]
    data = base64.b64encode(draw_picture(300, 200)).decode()
    await visitor.act("photo", peer="bot", caption="", data=data)
    photo = visitor.world.open_chat(visitor.anna).list_messages()[-1].photo
    assert photo is not None
    assert (photo.biggest.width, photo.biggest.height) == (300, 200)
    assert await visitor.refuse("photo", peer="bot", caption="", sample="../../index") == "No such picture"
    junk = base64.b64encode(b"no picture").decode()
    assert await visitor.refuse("photo", peer="bot", caption="", data=junk) == "IMAGE_PROCESS_FAILED"


async def test_the_inline_picker_asks_the_bot_and_sends_by_way_of_it(visitor: Visitor) -> None:
    """What is chosen stands in the friend's chat `via` the bot."""
    asking = asyncio.create_task(visitor.act("ask", peer=f"u{BUDI_ID}", query="card"))
    query = await visitor.telegram.until(lambda: next(iter(visitor.world.inline_queries.values()), None))
    assert query.query == "card"
    result = {
        "type": "article",
        "id": "1",
        "title": "Invite",
        "description": "to the shop",
        "input_message_content": {"message_text": "Come!"},
    }
    await visitor.caller.call("answerInlineQuery", inline_query_id=query.id, results=[result], is_personal=True)
    told = await asking
    assert [(one["title"], one["description"]) for one in told["results"]] == [("Invite", "to the shop")]
    assert "not asked" in await visitor.refuse("choose", visitor.budi, query=told["query"], result="1")
    await visitor.act("choose", query=told["query"], result="1")
    message = visitor.world.open_chat(visitor.anna, visitor.budi).list_messages()[-1]
    assert (message.text, message.via_bot) == ("Come!", visitor.world.bot)


async def test_a_photo_in_the_picker_has_a_small_picture(visitor: Visitor) -> None:
    """The picker shows it, the choice sends it without an upload."""
    sent = await visitor.caller.call("sendPhoto", chat_id=visitor.anna.id, photo=draw_picture(1024, 1280))
    asking = asyncio.create_task(visitor.act("ask", peer=f"u{BUDI_ID}", query=""))
    query = await visitor.telegram.until(lambda: next(iter(visitor.world.inline_queries.values()), None))
    result = {"type": "photo", "id": "1", "photo_file_id": sent["photo"][-1]["file_id"]}
    await visitor.caller.call("answerInlineQuery", inline_query_id=query.id, results=[result])
    photo = (await asking)["results"][0]["photo"]
    assert (photo["width"], photo["height"]) == (1024, 1280)
    response, _ = await visitor.get(photo["thumb"])
    assert response.content_type == "image/jpeg"


@pytest.mark.parametrize(
    ("action", "body", "words"),
    [
        ("write", {"peer": "c-1001000000001", "text": "hi"}, "Only admins post in a channel"),
        ("write", {"peer": "bot", "text": "   "}, "An app sends no empty text"),
        ("write", {"peer": "bot", "text": "x" * 4097}, "An app splits a text above 4096 characters"),
        ("write", {"peer": "u999", "text": "hi"}, "There is no such chat on this phone"),
        ("write", {"peer": f"u{ANNA_ID}", "text": "hi"}, "There is no such chat on this phone"),
        ("write", {"peer": "c-5", "text": "hi"}, "There is no such chat on this phone"),
        ("write", {"peer": "nonsense", "text": "hi"}, "There is no such chat on this phone"),
        ("tap", {"peer": "bot", "message": 99999, "row": 0, "column": 0}, "The message is gone"),
        ("tap", {"peer": "bot", "message": 1, "row": 0, "column": 0}, "The button is gone"),
        ("start", {"payload": "no spaces"}, "An app ignores such a start parameter"),
        ("choose", {"query": "1", "result": "1"}, "The bot was not asked this"),
        ("reset", {}, "This playground cannot start over"),
    ],
)
async def test_what_no_app_allows_is_said_in_words(visitor: Visitor, action: str, body: Any, words: str) -> None:
    """The page shows the sentence, and nothing happens."""
    assert await visitor.refuse(action, **body) == words


@pytest.mark.parametrize(
    ("action", "body", "status"),
    [
        ("fly", {}, 404),
        ("_find_person", {}, 404),
        ("__init__", {}, 404),
        ("write", {"peer": "bot"}, 400),
        ("write", {"peer": 7, "text": "hi"}, 400),
        ("tap", {"peer": "bot", "message": True, "row": 0, "column": 0}, 400),
        ("photo", {"peer": "bot", "caption": "", "data": "no base64!"}, 400),
    ],
)
async def test_what_the_page_never_sends_is_refused(visitor: Visitor, action: str, body: Any, status: int) -> None:
    """No traceback, no effect."""
    before = visitor.world.updates.added
    assert (await visitor.post(action, phone=str(visitor.anna.id), **body))[0] == status
    assert visitor.world.updates.added == before


async def test_nobody_acts_for_the_channel_or_a_stranger(visitor: Visitor) -> None:
    """Only people have hands."""
    for phone in ("channel", "42", str(visitor.world.bot.id)):
        status, answer = await visitor.post("write", phone=phone, peer="bot", text="hi")
        assert (status, answer["error"]) == (409, "Nobody holds this phone")


async def test_the_admin_posts_as_the_channel(visitor: Visitor) -> None:
    """And a post's link may be tapped by somebody who does not follow the channel."""
    admin = visitor.world.people[ADMIN_ID]
    peer = f"c{visitor.channel.id}"
    await visitor.act("write", admin, peer=peer, text="News")
    post = visitor.channel.list_messages()[-1]
    assert (post.text, post.sender) == ("News", None)
    rows = [[{"text": "Join", "url": "https://t.me/little_oven_bot?start=abc"}]]
    markup = {"inline_keyboard": rows}
    sent = await visitor.caller.call("sendMessage", chat_id="@little_oven_news", text="Join", reply_markup=markup)
    added = await visitor.act("add", name="Oskar", language="en")
    stranger = visitor.cast.get_person(added["id"])
    led = await visitor.act("tap", stranger, peer=peer, message=sent["message_id"], row=0, column=0)
    assert led == {"kind": "bot", "payload": "abc"}


async def test_starting_over_is_the_host_s_business() -> None:
    """The page only asks for it."""
    asked = asyncio.Event()

    async def note() -> None:
        asked.set()

    async with visit(on_reset=note) as visitor:
        await visitor.act("reset")
    assert asked.is_set()


@pytest.mark.parametrize(
    ("typed", "text", "entities"),
    [
        ("plain", "plain", []),
        ("**a __b__**", "a b", [("bold", 0, 3), ("italic", 2, 1)]),
        ("😀||x||~~y~~", "😀xy", [("spoiler", 2, 1), ("strikethrough", 3, 1)]),
        ("2 ** 3 ** 4", "2 ** 3 ** 4", []),
        ("**open", "**open", []),
        ("`**x**`", "**x**", [("code", 0, 5)]),
    ],
)
def test_typed_marks_become_entities(typed: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    """Offsets count UTF-16 units; what is no pair of marks stays as it is."""
    found, marks = parse_typed(typed)
    assert found == text
    assert [(mark["type"], mark["offset"], mark["length"]) for mark in marks] == entities
