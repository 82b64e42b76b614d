from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO

import pypdfium2
import pytest
import pytest_asyncio
import zxingcpp
from PIL import Image

from bot.core.printing import parse_placement
from bot.messages.shop import Source
from bot.playground.world import Message
from tests.journeys.shop_at_work import ShopAtWork, find_link, open_shop, sqlite_in


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ShopAtWork]:
    """A bot at work."""
    async with open_shop(sqlite_in(tmp_path_factory.mktemp("shop"))) as opened:
        yield opened


def read_codes(message: Message) -> set[str]:
    """What the codes on a document say."""
    document = message.content.document
    assert document is not None
    page = pypdfium2.PdfDocument(document.file.read())[0]
    return {code.text for code in zxingcpp.read_barcodes(page.render(scale=2).to_pil())}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("command", "language", "source"),
    [("/print", "en", "print"), ("/print window", "id", "window"), ("/print Flyer2 ", "zh-hans", "flyer2")],
)
async def test_paper_carries_the_members_code_and_its_place(
    shop: ShopAtWork, command: str, language: str, source: str
) -> None:
    """Two PDFs; whoever scans one comes by the member, and by that place."""
    anna = await shop.add_member("Anna", language=language)
    own = find_link(await shop.ask(anna, "/start"))
    cards = await shop.ask(anna, command)
    poster = await shop.telegram.until_message(anna, "A5", after=cards)
    assert "A4" in cards.text
    assert read_codes(cards) == read_codes(poster) == {f"{own}-{source}"}
    friend = shop.add_person("Budi")
    await shop.join(friend, read_codes(cards).pop())
    await shop.telegram.until_message(anna, "Budi", after=poster)


@pytest.mark.asyncio(loop_scope="module")
async def test_the_card_for_a_story_comes_as_a_file(shop: ShopAtWork) -> None:
    """One tap under the card: 9:16, with the member's code, and counted as a card taken."""
    anna = await shop.add_member("Anna")
    own = find_link(await shop.ask(anna, "/start"))
    card = await shop.ask(anna, "/share")
    await shop.tap(anna, card, "For my story")
    file = await shop.telegram.until_message(anna, "story", after=card)
    document = file.content.document
    assert document is not None
    picture = Image.open(BytesIO(document.file.read()))
    assert picture.size == (1080, 1920)
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [f"{own}-qr"]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("command", ["/help", "/share", "/qr", "/print"])
async def test_answers_go_to_the_topic_of_the_question(shop: ShopAtWork, command: str) -> None:
    """Words, pictures and papers alike."""
    anna = await shop.add_member("Anna")
    shop.world.settings.private_topics = True
    chat = shop.world.open_chat(anna)
    topic = shop.world.add_topic(anna, chat, "Bread")
    asked = shop.world.send_text(anna, chat, command, topic=topic)
    answer = await shop.telegram.until_message(anna, after=asked)
    shop.world.settings.private_topics = False
    assert answer.thread_id == topic


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("place", ["shop window", "a-b", "咖啡", "x" * 17, "qr", "chat", "<b>", "../../etc"])
async def test_what_is_no_place_is_explained(shop: ShopAtWork, place: str) -> None:
    """With an example; nothing is printed and nothing of it comes back."""
    anna = await shop.add_member("Anna")
    answer = await shop.ask(anna, f"/print {place}")
    assert "/print window" in answer.text
    assert answer.content.document is None


def test_places_are_words_of_their_own() -> None:
    """Capitals do not count; the usual place may be named; other ways may not be claimed."""
    taken = set(Source)

    def parse(typed: str) -> str | None:
        return parse_placement(typed, usual=Source.PRINT, taken=taken)

    assert [parse(typed) for typed in ("", " ", "print", "Window", "a", "x" * 16)] == [
        "print",
        "print",
        "print",
        "window",
        "a",
        "x" * 16,
    ]
    assert {parse(source) for source in Source if source not in {Source.PRINT, Source.PLAIN}} == {None}
    assert parse("\uff57indow") is None
