from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import BytesIO

import pypdfium2
import pytest
import pytest_asyncio
import zxingcpp
from PIL import Image

from bot.core.links import compose_placement_payload, parse_payload, read_placement
from bot.core.printing import parse_placement
from bot.messages.shop import Source
from bot.playground.world import Message, Person
from tests.journeys.shop_at_work import ShopAtWork, find_link, open_shop, sqlite_in
from tests.thinning import leave_to_long, thin


@dataclass(frozen=True)
class Papers:
    """Cards and poster of a member."""

    member: Person
    link: str
    cards: Message
    poster: Message


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ShopAtWork]:
    """A bot at work."""
    async with open_shop(sqlite_in(tmp_path_factory.mktemp("shop"))) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def papers(shop: ShopAtWork) -> Papers:
    """What a member is given who prints for a place called shop: to compose both takes most of a second."""
    anna = await shop.add_member("Anna")
    own = find_link(await shop.ask(anna, "/start"))
    cards = await shop.ask(anna, "/print shop")
    return Papers(anna, own, cards, await shop.telegram.until_message(anna, "A5", after=cards))


def read_codes(message: Message) -> set[str]:
    """What the codes on a document say."""
    document = message.content.document
    assert document is not None
    page = pypdfium2.PdfDocument(document.file.read())[0]
    return {code.text for code in zxingcpp.read_barcodes(page.render(scale=2).to_pil())}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("command", "language", "source"),
    thin([("/print", "en", "print"), ("/print window", "id", "window"), ("/print Flyer2 ", "zh-hans", "flyer2")], 1),
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


def read_words(message: Message) -> str:
    """What is written on a document."""
    document = message.content.document
    assert document is not None
    text: str = pypdfium2.PdfDocument(document.file.read())[0].get_textpage().get_text_range()
    return " ".join(text.split())


@pytest.mark.asyncio(loop_scope="module")
async def test_paper_says_the_way_in_for_whoever_cannot_scan(shop: ShopAtWork, papers: Papers) -> None:
    """Telegram, the bot's name and the member's spoken code are written out on cards and poster."""
    said = (await shop.ask(papers.member, "/qr")).text
    for paper in (papers.cards, papers.poster):
        words = read_words(paper)
        assert "Telegram" in words
        assert f"@{shop.world.bot.username}" in words
        spoken = words.split("\u201c")[1].split("\u201d")[0]
        assert spoken in said


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("command", "place"), thin([("/print shop", "shop"), ("/print SHOP door", "door")], 1))
async def test_the_shops_own_paper_names_nobody(shop: ShopAtWork, command: str, place: str) -> None:
    """Poster and table tent carry a place as source; who comes by them is greeted, counted, and nobody's friend."""
    poster = await shop.ask(shop.admin, command)
    tent = await shop.telegram.until_message(shop.admin, "tent", after=poster)
    link = f"https://t.me/{shop.world.bot.username}?start=at_{place}"
    assert read_codes(poster) == read_codes(tent) == {link}
    for paper in (poster, tent):
        assert f"@{shop.world.bot.username}" in read_words(paper)
        assert shop.admin.first_name not in read_words(paper)
    budi = shop.add_person("Budi")
    greeting = await shop.join(budi, link)
    assert "No member has this link" not in greeting.text
    figures = await shop.ask(shop.admin, "/stats")
    await shop.tap(shop.admin, figures, "Sources")
    await shop.telegram.until_message(shop.admin, f"{place} 1", after=figures)


@pytest.mark.asyncio(loop_scope="module")
async def test_for_members_shop_is_a_place_like_any_other(papers: Papers) -> None:
    """Only who runs the shop prints for it."""
    assert read_codes(papers.cards) == {f"{papers.link}-shop"}


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
@pytest.mark.parametrize("command", ["/help", "/share", "/qr", leave_to_long("/print")])
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


@pytest.mark.parametrize(
    "payload", ["", "at_", "at_Window", "window", "at_two words", "at_" + "a" * 17, "AbCdEf0123-at_x"]
)
def test_only_a_link_of_the_shops_own_paper_names_a_place(payload: str) -> None:
    """What any other link carries is no place; what ours carries is one, and never a code."""
    assert read_placement(payload) == ""
    assert read_placement(compose_placement_payload("sidewalk12")) == "sidewalk12"
    assert parse_payload(compose_placement_payload("sidewalk12")) is None
