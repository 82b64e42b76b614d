"""jsQR reads cards of every layout, with a face and without, as sent or small: the reader of pages in a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from io import BytesIO
from itertools import product

import pytest
from PIL import Image

from bot.core.looks import CardLook
from bot.core.sharing import CardFormat
from tests.cards.jsqr import open_jsqr
from tests.cards.looks import STUDIO, list_looks, say
from tests.cards.samples import CARD_TEXTS, KIND_NAMES, LANGUAGES, list_random_links
from tests.cards.test_codes import shrink
from tests.cards.test_faces import FACES

pytestmark = [pytest.mark.browser, pytest.mark.long]

LOOKS = [*list_looks(""), *list_looks("photo")]


def draw(look: CardLook, n: int, link: str) -> Image.Image:
    """A card of a look; every other one with a face."""
    face = FACES[n % len(FACES)] if n % 2 else None
    text = say(look, LANGUAGES[n % 3])
    return Image.open(BytesIO(STUDIO.render_card(text, name=KIND_NAMES[n % len(KIND_NAMES)], link=link, face=face)))


async def list_misses(looks: Sequence[CardLook], count: int) -> AsyncIterator[tuple[CardLook, str, str]]:
    """The codes that it does not read: of which look, how it was shown, which link."""
    async with open_jsqr() as reader:
        for at, look in enumerate(looks):
            for n, link in enumerate(list_random_links(count, seed=200 + at)):
                sent = draw(look, at + n, link)
                shown = {"sent": sent, "small": shrink(sent)}
                for name in shown if count > 1 else list(shown)[at % 2 :][:1]:
                    if await reader.read(shown[name]) != [link]:
                        yield look, name, link


async def test_jsqr_reads_every_layout() -> None:
    """With a photo and without, a face and without, in all sorts of colours in turn; as sent or as a chat shows it."""
    sample = [look for at, look in enumerate(LOOKS) if at % 3 == at // 3 % 3]
    assert len({(look.layout, look.photo) for look in sample}) == len(sample) == len(LOOKS) // 3
    assert [miss async for miss in list_misses(sample, 1)] == []


async def test_jsqr_reads_every_format_and_the_large_code() -> None:
    """For a story, to be saved, and the QR code alone."""
    async with open_jsqr() as reader:
        link = "https://t.me/kopitiga_bot?start=AbCdEf0123-qr"
        for wanted, face in product((CardFormat.TALL, CardFormat.SQUARE), (None, FACES[0])):
            jpeg = STUDIO.render_format(CARD_TEXTS["en"], wanted, name="Anna", link=link, face=face)
            assert await reader.read(Image.open(BytesIO(jpeg))) == [link]
        large = STUDIO.render_qr(link, CardLook("sunrise"), caption="Kopi Tiga")
        assert await reader.read(Image.open(BytesIO(large))) == [link]
