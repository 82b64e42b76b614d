from __future__ import annotations

import asyncio
from io import BytesIO
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest
import zxingcpp
from PIL import Image

from bot.core.sharing import CardFormat
from bot.web.card_cache import CardCache
from storage import open_store
from storage.tables import pictures
from storage.tables.pictures import StoredPicture
from tests.cards.looks import SHELF
from tests.storage.clock import Clock
from tests.web.house import PREVIEW, UNKNOWN, House, open_house


def read_code(jpeg: bytes) -> str:
    """The QR code on a picture."""
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    codes = zxingcpp.read_barcodes(picture)
    assert len(codes) == 1
    return str(codes[0].text)


async def test_a_card_is_the_members_own(house: House) -> None:
    """A JPEG of the card's size, with the member's code on it, that any page may show and caches may keep."""
    rina, budi = await house.add_member("Rina"), await house.add_member("Budi")
    for member in (rina, budi):
        answer = await house.ask(f"/c/{member.code}.jpg")
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        assert Image.open(BytesIO(answer.body)).size == (1024, 1280)
        assert len(answer.body) <= 98_000
        assert read_code(answer.body) == f"https://t.me/oven_bot?start={member.code}-qr"


@pytest.mark.parametrize(
    "wanted", [CardFormat.WIDE, CardFormat.SQUARE, CardFormat.TALL], ids=lambda wanted: wanted.value
)
async def test_a_card_is_cut_to_the_format_asked_for(house: House, wanted: CardFormat) -> None:
    """Size and version are its own, it is drawn once, and a story may be named with it; the shop's has them too."""
    member = await house.add_member("Rina")
    story = house.deps.shop.campaign.stories[-1].key
    whole = await house.ask(f"/c/{member.code}.jpg")
    answer = await house.ask(f"/c/{member.code}.{wanted.value}.jpg")
    told = await house.ask(f"/c/{member.code}-{story}.{wanted.value}.jpg")
    shops = await house.ask(f"/c/card.{wanted.value}.jpg")
    for each in (answer, told, shops):
        assert each.status == 200
        assert Image.open(BytesIO(each.body)).size == wanted.size
        assert len(each.body) <= 200_000
        assert each.headers["Cache-Control"] == "public, max-age=60"
    assert len({each.headers["ETag"] for each in (whole, answer, told, shops)}) == 4
    again = await house.ask(f"/c/{member.code}.{wanted.value}.jpg", If_None_Match=answer.headers["ETag"])
    assert again.status == 304


async def test_whoever_has_this_version_is_sent_nothing(house: House) -> None:
    """An ETag names everything that shows; another name or language is another picture."""
    member = await house.add_member()
    path = f"/c/{member.code}.jpg"
    first = await house.ask(path)
    same = await house.ask(path, If_None_Match=first.headers["ETag"])
    assert (same.status, same.body, same.headers["ETag"]) == (304, b"", first.headers["ETag"])
    head = await house.ask(path, method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(first.body))
    await house.set_language(member, "zh")
    other = await house.ask(path, If_None_Match=first.headers["ETag"])
    assert other.status == 200
    assert other.headers["ETag"] != first.headers["ETag"]


async def test_an_unknown_code_has_a_card_too(house: House) -> None:
    """The shop's own, without a name and without anybody's code; nobody may keep it in the place of another."""
    cards = [await house.ask(f"/c/{code}.jpg") for code in (UNKNOWN, "short", "x y", f"{UNKNOWN}-story")]
    assert {(card.status, card.body) for card in cards} == {(200, cards[0].body)}
    assert {card.headers["Cache-Control"] for card in cards} == {"no-store"}
    assert not any("ETag" in card.headers for card in cards)
    assert read_code(cards[0].body) == "https://t.me/oven_bot"
    shops = await house.ask("/c/card.jpg")
    assert (shops.body, shops.headers["Cache-Control"]) == (cards[0].body, "public, max-age=60")
    assert (await house.ask("/c/card.jpg", If_None_Match=shops.headers["ETag"])).status == 304


@pytest.mark.parametrize("name", ["x" * 200, "\u202eevil", "Z̸̢̛" * 30, "﷽", "🔥🔥", "\x00\x07", "<b>&amp;"])
async def test_any_name_makes_a_card(house: House, name: str) -> None:
    """Names come from strangers."""
    member = await house.add_member(name)
    answer = await house.ask(f"/c/{member.code}.jpg")
    assert answer.status == 200
    assert len(answer.body) <= 98_000


async def test_each_story_has_a_card(house: House) -> None:
    """The address says which; one that the campaign does not have is the first."""
    member, shop = await house.add_member(), house.deps.shop
    stories = [story.key for story in shop.campaign.stories]
    assert len(stories) > 1
    answers = [await house.ask(urlsplit(shop.card_address(member.code, story)).path) for story in stories]
    assert {answer.status for answer in answers} == {200}
    assert len({answer.headers["ETag"] for answer in answers}) == len(stories)
    first = await house.ask(f"/c/{member.code}.jpg")
    gone = await house.ask(f"/c/{member.code}-gone.jpg")
    assert first.headers["ETag"] == gone.headers["ETag"] == answers[0].headers["ETag"]


async def test_nothing_but_pictures_lies_there(house: House) -> None:
    """Another ending is another address, and there is nothing."""
    member = await house.add_member()
    assert (await house.ask(f"/c/{member.code}")).status == 404
    assert (await house.ask(f"/c/{member.code}.png")).status == 404


async def test_losing_the_pictures_is_healed_by_the_next_who_asks(house: House) -> None:
    """What is kept needs no keeping."""
    member = await house.add_member()
    first = await house.ask(f"/c/{member.code}.jpg", agent=PREVIEW)
    assert house.deps.card_cache.bytes_held == len(first.body)
    house.deps.card_cache.clear()
    assert house.deps.card_cache.bytes_held == 0
    assert (await house.ask(f"/c/{member.code}.jpg", agent=PREVIEW)).body == first.body


async def test_a_picture_is_drawn_once_however_many_ask() -> None:
    """Those who come while it is drawn wait for the same drawing; a drawing that fails is tried again."""
    card_cache, drawn = CardCache(), 0

    async def draw() -> bytes:
        nonlocal drawn
        drawn += 1
        await asyncio.sleep(0.01)
        return b"picture"

    async def fail() -> bytes:
        raise OSError("no paint")

    assert set(await asyncio.gather(*(card_cache.fetch("v", draw) for _ in range(50)))) == {b"picture"}
    assert drawn == 1
    with pytest.raises(OSError, match="no paint"):
        await card_cache.fetch("w", fail)
    assert await card_cache.fetch("w", draw) == b"picture"


async def test_the_gallery_is_bounded() -> None:
    """The pictures asked for last stay; the others are drawn again when somebody wants them."""
    card_cache, drawn = CardCache(most_bytes=350), list[str]()

    def pen(version: str) -> bytes:
        drawn.append(version)
        return bytes(100)

    for version in "abcadc":
        await card_cache.fetch(version, lambda version=version: asyncio.to_thread(pen, version))  # type: ignore[misc]  # bound on purpose
    assert drawn == ["a", "b", "c", "d"]
    assert card_cache.bytes_held == 300
    await card_cache.fetch("b", lambda: asyncio.to_thread(pen, "b"))
    assert drawn[-1] == "b"


async def test_the_logo_stands_on_both_pages(sqlite_url: str, clock: Clock) -> None:
    """Under an address that names it; where the shop has none there is none, and nothing stands in its place."""
    async with open_store(sqlite_url, clock=clock) as store:
        content, sha256 = SHELF["logo"], "ab" * 32
        picture = StoredPicture(sha256=sha256, content=content, width=400, height=240)
        await store.write(pictures.add, [picture])
        async with open_house(store, clock=clock, logo=sha256) as house:
            member = await house.add_member()
            for page in (f"/s/{member.code}", f"/r/{member.code}"):
                assert f'src="/logo.png?{sha256[:12]}"' in (await house.ask(page, agent=PREVIEW)).text
            answer = await house.ask(f"/logo.png?{sha256[:12]}")
            assert (answer.status, answer.headers["Content-Type"]) == (200, "image/png")
            assert Image.open(BytesIO(answer.body)).format == "PNG"
        async with open_house(store, clock=clock, logo="cd" * 32) as house:
            assert (await house.ask("/logo.png")).status == 404, "a picture that is gone"
        async with open_house(store, clock=clock) as house:
            assert (await house.ask("/logo.png")).status == 404
            assert "logo.png" not in (await house.ask(f"/s/{UNKNOWN}")).text
