"""`make cards CODES=100`: so many codes of every look, and which of four readers misses how many of them at the first look.

Each card is shown as sent and as a chat shows it, a third of them held askew and a little out of focus. A part of the looks:
`python -m tests.cards.counting 100 0 12`.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import zxingcpp
from PIL import Image

from bot.core.looks import CardLook
from tests.cards.jsqr import SCRIPT, JsQR, open_jsqr
from tests.cards.looks import STUDIO, say
from tests.cards.samples import KIND_NAMES, LANGUAGES, list_random_links
from tests.cards.test_codes import find_zbar, read_with_opencv, read_with_zbar, shrink
from tests.cards.test_faces import FACES
from tests.cards.test_look_codes import LOOKS, disturb

READERS = ("zxing-cpp", "OpenCV", "zbar", "jsQR")
ONLY_QR = ("--set", "disable", "--set", "qrcode.enable")
"""Like a camera's reader; looking for every barcode of a shelf costs twice as much."""


@dataclass(frozen=True, slots=True)
class View:
    """A card as somebody sees it."""

    picture: Image.Image
    how: str
    link: str


def show_cards(look: CardLook, count: int, seed: int) -> Iterator[View]:
    """So many cards of a look, each of its own name and code, every other one with a face, and each in two sizes."""
    chance = random.Random(seed)
    for n, link in enumerate(list_random_links(count, seed=seed)):
        text, name, face = say(look, LANGUAGES[n % 3]), KIND_NAMES[n % len(KIND_NAMES)], (FACES[0], None)[n % 2]
        sent = Image.open(BytesIO(STUDIO.render_card(text, name=name, link=link, face=face)))
        held = chance.random() < 1 / 3
        for how, picture in (("sent", sent), ("small", shrink(sent))):
            yield View(disturb(picture, chance) if held else picture, f"{how}, held" if held else how, link)


def is_read_by_zbar(zbar: str, view: View, folder: Path) -> bool:
    """Whether zbar, asked for QR codes alone, reads it."""
    path = folder / "view.pgm"
    view.picture.convert("L").save(path)
    return read_with_zbar(zbar, [*ONLY_QR, path]) == [view.link]


async def list_blind(view: View, zbar: str, folder: Path, jsqr: JsQR | None) -> list[str]:
    """The readers that miss it."""
    found = zxingcpp.read_barcodes(
        view.picture.convert("L"), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    read = {
        "zxing-cpp": [code.text for code in found] == [view.link],
        "OpenCV": read_with_opencv(view.picture) == [view.link],
        "zbar": is_read_by_zbar(zbar, view, folder),
        "jsQR": jsqr is None or await jsqr.read(view.picture.convert("L")) == [view.link],
    }
    return [reader for reader in READERS if not read[reader]]


async def count_misses(look: CardLook, count: int, seed: int, jsqr: JsQR | None) -> tuple[Counter[str], list[str]]:
    """How many each reader misses of two views of each card, and what was missed; a view is forgotten once it was shown."""
    missed: list[tuple[str, str, str]] = []
    zbar = find_zbar()
    with tempfile.TemporaryDirectory() as folder:
        for view in show_cards(look, count, seed):
            missed += [(reader, view.how, view.link) for reader in await list_blind(view, zbar, Path(folder), jsqr)]
    return Counter(reader for reader, _, _ in missed), [" ".join(each) for each in missed]


async def count_looks(count: int, first: int, last: int) -> None:
    """Print a line for each of the looks, and one for all of them."""
    total: Counter[str] = Counter()
    async with AsyncExitStack() as stack:
        jsqr = await stack.enter_async_context(open_jsqr()) if SCRIPT.exists() else None
        for at, look in list(enumerate(LOOKS))[first:last]:
            by_reader, missed = await count_misses(look, count, 1000 + at, jsqr)
            total += by_reader
            print(f"{at:2} of {2 * count}:", *(f"{reader} {by_reader[reader]}" for reader in READERS), look, *missed)  # noqa: T201
            sys.stdout.flush()
    looks = len(LOOKS[first:last])
    print(f"{looks} looks, {2 * count * looks} views:", *(f"{reader} {total[reader]}" for reader in READERS))  # noqa: T201


if __name__ == "__main__":
    asyncio.run(count_looks(*(int(value) for value in (*sys.argv[1:], "0", str(len(LOOKS)))[:3])))
