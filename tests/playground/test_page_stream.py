"""What the page is told, and when."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from bot.playground.api.fleet import serve
from bot.playground.api.server import Server, make_token
from bot.playground.page import add_page_routes
from bot.playground.page.views import MOST_MESSAGES
from bot.playground.seed import ANNA_ID, BUDI_ID, make_world, seed_world
from tests.playground.calling import draw_picture
from tests.playground.visitor import PATIENCE_SECONDS, Reader, Visitor, follow, visit

CHANNEL_PEER = "c-1001000000001"


@pytest.fixture
async def visitor() -> AsyncIterator[Visitor]:
    """Somebody at the page."""
    async with visit() as opened:
        yield opened


@pytest.fixture
async def reader(visitor: Visitor) -> AsyncIterator[Reader]:
    """A stream that has told everything there was."""
    async with follow(visitor) as opened:
        await opened.read()
        yield opened


async def test_the_stream_begins_with_everything(reader: Reader) -> None:
    """The phones in order, their chats, what was said, and who the bot is."""
    pieces = reader.pieces
    assert [person["key"] for person in pieces["people"]] == ["anna", "budi", "sari", "channel"]
    assert pieces["bot"]["username"] == "little_oven_bot"
    rows = {row["peer"]: row for row in pieces[f"phone/{ANNA_ID}"]["chats"]}
    assert set(rows) == {"bot", f"u{BUDI_ID}", CHANNEL_PEER}
    assert not rows["bot"]["started"]
    assert rows[CHANNEL_PEER]["subtitle"] == "3 subscribers"
    assert not rows[CHANNEL_PEER]["canPost"]
    assert "bot" not in {row["peer"] for row in pieces[f"phone/{BUDI_ID}"]["chats"]}
    (question,) = pieces[f"chat/{ANNA_ID}/u{BUDI_ID}"]["messages"]
    assert not question["mine"]
    assert pieces[f"chat/{BUDI_ID}/u{ANNA_ID}"]["messages"][0]["mine"]


async def test_only_what_changed_is_told_again(visitor: Visitor, reader: Reader) -> None:
    """One message to one friend touches two phones and nothing else."""
    visitor.world.send_text(visitor.anna, visitor.world.open_chat(visitor.anna, visitor.budi), "hi")
    told = await reader.read()
    assert set(told) == {
        f"phone/{ANNA_ID}",
        f"phone/{BUDI_ID}",
        f"chat/{ANNA_ID}/u{BUDI_ID}",
        f"chat/{BUDI_ID}/u{ANNA_ID}",
    }


async def test_a_bubble_says_all_there_is_to_show(visitor: Visitor, reader: Reader) -> None:
    """Text with entities, picture in sizes, buttons, edits, origin, via, reply, file."""
    world = visitor.world
    first = world.press_start(visitor.anna)
    markup = {"inline_keyboard": [[{"text": "Go", "callback_data": "secret", "style": "primary"}]]}
    picture = draw_picture(1024, 1280)
    await visitor.caller.call(
        "sendPhoto",
        chat_id=ANNA_ID,
        photo=picture,
        caption="<b>Card</b>",
        parse_mode="HTML",
        reply_markup=markup,
        reply_parameters={"message_id": first.id},
    )
    await reader.until(lambda pieces: len(pieces.get(f"chat/{ANNA_ID}/bot", {}).get("messages", ())) == 2)
    bubble = reader.pieces[f"chat/{ANNA_ID}/bot"]["messages"][-1]
    assert bubble["text"] == "Card"
    assert bubble["entities"] == [{"type": "bold", "offset": 0, "length": 4}]
    assert bubble["keyboard"] == [[{"text": "Go", "action": "callback_data", "style": "primary"}]]
    assert bubble["reply"]["text"] == "/start"
    assert (bubble["photo"]["width"], bubble["photo"]["height"]) == (1024, 1280)
    for size in ("url", "thumb", "large"):
        assert (await visitor.get(bubble["photo"][size]))[0].status == 200

    await visitor.caller.call("editMessageCaption", chat_id=ANNA_ID, message_id=bubble["id"], caption="New")
    await reader.until(lambda pieces: pieces[f"chat/{ANNA_ID}/bot"]["messages"][-1].get("edited"))

    message = world.open_chat(visitor.anna).messages[bubble["id"]]
    world.forward(visitor.anna, message, world.open_chat(visitor.anna, visitor.budi))
    await reader.until(lambda pieces: len(pieces[f"chat/{BUDI_ID}/u{ANNA_ID}"]["messages"]) == 2)
    passed = reader.pieces[f"chat/{BUDI_ID}/u{ANNA_ID}"]["messages"][-1]
    assert passed["forwarded"] == {"name": "Little Oven", "peer": "bot"}
    assert "keyboard" not in passed


async def test_a_channel_post_shows_its_readers_and_an_end_of_a_long_chat(visitor: Visitor, reader: Reader) -> None:
    """A long chat is told by its last messages only."""
    for number in range(MOST_MESSAGES + 5):
        await visitor.caller.call("sendMessage", chat_id="@little_oven_news", text=f"post {number}")
    last = f"post {MOST_MESSAGES + 4}"
    await reader.until(lambda pieces: pieces[f"chat/channel/{CHANNEL_PEER}"]["messages"][-1]["text"] == last)
    messages = reader.pieces[f"chat/channel/{CHANNEL_PEER}"]["messages"]
    assert len(messages) == MOST_MESSAGES
    assert messages[-1]["views"] == 3


async def test_the_light_says_whether_the_bot_polls(visitor: Visitor, reader: Reader) -> None:
    """A waiting getUpdates is somebody listening."""
    assert not reader.pieces["bot"]["listening"]
    poll = asyncio.create_task(visitor.caller.call("getUpdates", timeout=20, offset=2_000_000_000))
    await reader.until(lambda pieces: pieces["bot"]["listening"])
    visitor.world.press_start(visitor.anna)
    assert await poll


async def test_a_breach_of_the_contract_is_shown(visitor: Visitor, reader: Reader) -> None:
    """An unknown method, an unknown parameter and a refusal each say what was wrong."""
    visitor.world.press_start(visitor.anna)
    await visitor.caller.ask("sendMesage", chat_id=ANNA_ID)
    await visitor.caller.ask("sendMessage", chat_id=ANNA_ID, text="x", colour="red")
    await visitor.caller.ask("sendMessage", chat_id=ANNA_ID, text="<b>x", parse_mode="HTML")
    await reader.until(lambda pieces: len(pieces.get("journal", {}).get("calls", ())) == 2)
    journal = reader.pieces["journal"]
    said = " ".join(f"{one['method']} {one['words']}" for one in journal["violations"])
    assert "sendMesage" in said
    assert "colour" in said
    refused = journal["calls"][0]
    assert (refused["ok"], refused["status"], refused["to"]) == (False, 400, "Anna")
    assert "can't find end tag" in refused["error"].lower()
    assert journal["broken"] == len(visitor.world.violations) >= 2


async def test_quiet_polls_are_not_told(visitor: Visitor, reader: Reader) -> None:
    """The journal counts what the bot asked for, not how often it asked for news."""
    await visitor.caller.call("getUpdates", timeout=0)
    await visitor.caller.call("getMe")
    await reader.until(lambda pieces: pieces.get("journal", {}).get("calls"))
    assert [call["method"] for call in reader.pieces["journal"]["calls"]] == ["getMe"]
    assert reader.pieces["journal"]["total"] == 1


async def test_the_menu_comes_in_the_person_s_language(visitor: Visitor, reader: Reader) -> None:
    """Commands set for a language show on the phones that speak it, at once."""
    commands = [{"command": "share", "description": "Your card"}]
    indonesian = [{"command": "share", "description": "Kartumu"}]
    await visitor.caller.call("setMyCommands", commands=commands)
    await visitor.caller.call("setMyCommands", commands=indonesian, language_code="id")
    visitor.world.open_chat(visitor.budi)
    visitor.world.press_start(visitor.budi)
    await reader.until(lambda pieces: pieces[f"phone/{BUDI_ID}"]["commands"] == indonesian)
    assert reader.pieces[f"phone/{ANNA_ID}"]["commands"] == commands
    await visitor.act("language", language="id")
    await reader.until(lambda pieces: pieces[f"phone/{ANNA_ID}"]["commands"] == indonesian)


async def test_typing_is_shown_until_the_message_comes(visitor: Visitor, reader: Reader) -> None:
    """A chat action stands for a moment."""
    visitor.world.press_start(visitor.anna)

    def is_typing(pieces: dict[str, dict[str, list[dict[str, object]]]]) -> bool:
        rows = pieces[f"phone/{ANNA_ID}"]["chats"]
        return bool(next(row["typing"] for row in rows if row["peer"] == "bot"))

    await visitor.caller.call("sendChatAction", chat_id=ANNA_ID, action="typing")
    await reader.until(is_typing)
    await visitor.caller.call("sendMessage", chat_id=ANNA_ID, text="here")
    await reader.until(lambda pieces: pieces[f"chat/{ANNA_ID}/bot"]["messages"][-1]["text"] == "here")
    assert not is_typing(reader.pieces)


async def test_somebody_new_appears_on_every_page(visitor: Visitor, reader: Reader) -> None:
    """Each open page is told."""
    async with follow(visitor) as other:
        await other.read()
        await visitor.act("add", name="小美", language="zh-hans")
        for page in (reader, other):
            await page.until(lambda pieces: "小美" in [person["name"] for person in pieces["people"]])


async def test_the_stream_ends_with_the_server() -> None:
    """An open page does not hold the playground back when it is stopped: its stream is brought to an end."""
    world = make_world()
    cast = seed_world(world)
    server = Server(world, make_token(world.bot.id))
    async with ClientSession() as session:
        async with serve(server, add_routes=lambda app: add_page_routes(app, world, cast)):
            stream = await session.get(f"{server.url}/play/stream")
            assert (await stream.content.readline()).startswith(b"event: key")
        assert b"pieces" in await asyncio.wait_for(stream.content.read(), PATIENCE_SECONDS)
