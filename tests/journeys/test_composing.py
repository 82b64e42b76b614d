from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import aiohttp
import pytest
import pytest_asyncio
from aiohttp.test_utils import unused_port

from bot.playground.world import Message, Person
from bot.playground.world.content import Content
from bot.playground.world.documents import take_document
from tests.journeys.shop_at_work import ShopAtWork, open_shop, sqlite_in
from tests.web.house import BROWSES, PHONE

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUBLIC = "https://share.example.org"
PORT = unused_port()
PREVIEW = "This is what members will see"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ShopAtWork]:
    """A shop with a web side, an admin, and members who read English and Indonesian."""
    settings = {"PASSALONG_PUBLIC_URL": PUBLIC, "PASSALONG_LISTEN": f"127.0.0.1:{PORT}"}
    async with open_shop(sqlite_in(tmp_path_factory.mktemp("composing")), settings=settings) as opened:
        await opened.join(opened.admin)
        for name in ("Anna", "Budi"):
            await opened.add_member(name)
        yield opened


async def begin(shop: ShopAtWork, html: str) -> Message:
    """Write a message to all; returns the panel below its preview."""
    prompt = await shop.ask(shop.admin, "/broadcast")
    shop.world.send_formatted(shop.admin, shop.world.open_chat(shop.admin), html)
    return await shop.telegram.until_message(shop.admin, PREVIEW, after=prompt)


def list_got(shop: ShopAtWork, person: Person, text: str) -> list[Message]:
    """What somebody has got of this text, in order."""
    return [each for each in shop.world.open_chat(person).messages.values() if text in each.text and each.is_outgoing]


def find(shop: ShopAtWork, name: str) -> Person:
    """The member called so."""
    return next(person for person in shop.world.people.values() if person.first_name == name)


async def test_a_message_is_set_up_and_goes_out_as_it_was_shown(shop: ShopAtWork) -> None:
    """Buttons by lines, after a line that is none; a version in another language; no share button; a panel at a time."""
    panel = await begin(shop, "Strawberry cake on <b>Saturday</b>")
    await shop.tap(shop.admin, panel, "Buttons")
    await shop.until_edited(panel, "one a line")
    chat = shop.world.open_chat(shop.admin)
    refused = await shop.telegram.until_reply(shop.world.send_text(shop.admin, chat, "Book a table"), "Line 1")
    shop.world.send_text(shop.admin, chat, "Book a table https://example.org/table")
    panel = await shop.telegram.until_message(shop.admin, PREVIEW, after=refused)
    await shop.tap(shop.admin, panel, "Share button")
    panel = await shop.telegram.until_message(shop.admin, PREVIEW, after=panel)
    await shop.tap(shop.admin, panel, "Languages")
    asked = await shop.until_edited(panel, "in their own language")
    await shop.tap(shop.admin, asked, "Indonesia")
    await shop.until_edited(panel, "Now send me the message")
    shop.world.send_text(shop.admin, chat, "Kue stroberi hari Sabtu")
    last = await shop.telegram.until_message(shop.admin, "a version of their own", after=panel)
    assert [each.id for each in list_got(shop, shop.admin, PREVIEW)] == [last.id], "one panel, the latest"
    budi = find(shop, "Budi")
    await shop.ask(budi, "/language")
    await shop.tap(budi, list_got(shop, budi, "language")[-1], "Indonesia")
    await shop.tap(shop.admin, last, "Send")
    await shop.until_edited(last, "Done")
    (english,), (indonesian,) = (
        list_got(shop, find(shop, "Anna"), "Strawberry"),
        list_got(shop, budi, "stroberi"),
    )
    assert not list_got(shop, budi, "Strawberry")
    for got in (english, indonesian):
        assert [(button.text, button.value) for button in got.buttons] == [
            ("Book a table", "https://example.org/table")
        ]


async def test_a_few_get_it_first_and_the_rest_at_another_tap(shop: ShopAtWork) -> None:
    """Then to oneself and the team as often as one likes; each member has it once in the end."""
    panel = await begin(shop, "Plum cake")
    await shop.tap(shop.admin, panel, "Test")
    await shop.tap(shop.admin, await shop.until_edited(panel, "see it first"), "To me")
    again = await shop.telegram.until_message(shop.admin, PREVIEW, after=panel)
    assert len(list_got(shop, shop.admin, "Plum cake")) == 2
    await shop.tap(shop.admin, again, "Test")
    await shop.tap(shop.admin, await shop.until_edited(again, "see it first"), "To 1 %")
    done = await shop.until_edited(again, "A few have it now")
    members = [person for person in shop.world.people.values() if person is not shop.admin and not person.is_bot]
    assert sum(len(list_got(shop, each, "Plum cake")) for each in members) < len(members)
    await shop.tap(shop.admin, done, "everybody else")
    said = await shop.until_edited(again, "Sent: 3 of 3")
    assert "A few have it now" not in said.text
    assert [len(list_got(shop, each, "Plum cake")) for each in members] == [1] * len(members)


async def test_counted_links_say_how_many_have_opened_one(shop: ShopAtWork) -> None:
    """Each has a link of their own that leads where it says; the preview has the plain one."""
    panel = await begin(shop, "See <a href='https://example.org/menu'>the menu</a>")
    await shop.tap(shop.admin, panel, "Count links")
    counted = await shop.telegram.until_message(shop.admin, "counted who opens a link", after=panel)
    await shop.tap(shop.admin, counted, "Send")
    await shop.until_edited(counted, "Done")
    links = {}
    for name in ("Anna", "Budi"):
        (got,) = list_got(shop, find(shop, name), "the menu")
        links[name] = str(got.entities[0]["url"])
    assert len(set(links.values())) == 2
    assert all(link.startswith(f"{PUBLIC}/l/") for link in links.values())
    async with aiohttp.ClientSession() as session:
        address = f"http://127.0.0.1:{PORT}{urlsplit(links['Anna']).path}"
        headers = {"User-Agent": PHONE, **BROWSES}
        async with session.get(address, allow_redirects=False, headers=headers) as answer:
            assert (answer.status, answer.headers["Location"]) == (302, "https://example.org/menu")


@pytest.mark.parametrize("kind", ["video", "animation", "document", "voice", "audio"])
async def test_files_of_every_kind_arrive_as_what_they_are(shop: ShopAtWork, kind: str) -> None:
    """Nobody uploads them again."""
    prompt = await shop.ask(shop.admin, "/broadcast")
    document = take_document(shop.world.files, b"bytes", f"cake.{kind}", kind=kind)
    shop.world.say(shop.admin, shop.world.open_chat(shop.admin), Content(document=document, text=f"A {kind} of cake"))
    panel = await shop.telegram.until_message(shop.admin, PREVIEW, after=prompt)
    await shop.tap(shop.admin, panel, "Send")
    await shop.until_edited(panel, "Done")
    (got,) = list_got(shop, find(shop, "Anna"), f"A {kind} of cake")
    assert got.content.document is document


async def test_a_poll_goes_to_everybody(shop: ShopAtWork) -> None:
    """Each gets one of their own, and its author reads so before."""
    prompt = await shop.ask(shop.admin, "/broadcast")
    poll = {
        "id": "5",
        "question": "Which cake?",
        "options": [{"persistent_id": str(n), "text": f"Cake {n}", "voter_count": 0} for n in range(3)],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": False,
        "type": "regular",
        "allows_multiple_answers": True,
        "allows_revoting": True,
        "members_only": False,
    }
    shop.world.say(shop.admin, shop.world.open_chat(shop.admin), Content(extra={"poll": poll}))
    panel = await shop.telegram.until_message(shop.admin, "a poll of their own", after=prompt)
    await shop.tap(shop.admin, panel, "Send")
    await shop.until_edited(panel, "Done")
    asked = [each.content.extra.get("poll") for each in shop.world.open_chat(find(shop, "Anna")).messages.values()]
    (got,) = [each for each in asked if each]
    assert (got["question"], len(got["options"]), got["is_anonymous"]) == ("Which cake?", 3, False)


async def test_a_story_goes_to_everybody_on_their_own_card(shop: ShopAtWork) -> None:
    """Drawn for each, with the way to pass it on; who is told again has the picture by its name at Telegram."""
    for uploads in (True, False):
        prompt = await shop.ask(shop.admin, "/broadcast")
        before = len(shop.world.journal.list_calls("sendPhoto"))
        await shop.tap(shop.admin, prompt, prompt.buttons[0].text)
        panel = await shop.telegram.until_message(shop.admin, PREVIEW, after=prompt)
        await shop.tap(shop.admin, panel, "Send to")
        await shop.until_edited(panel, "Done")
        calls = shop.world.journal.list_calls("sendPhoto")[before:]
        got = [each for each in shop.world.open_chat(find(shop, "Anna")).messages.values() if each.photo][-1]
        assert "Anna" in got.text
        assert [button.action for button in got.buttons] == ["switch_inline_query_chosen_chat"]
        cards = {call.params["chat_id"]: call.params["photo"] for call in calls}
        assert len(cards) == 3
        assert any(isinstance(card, str) for card in cards.values()) or uploads
