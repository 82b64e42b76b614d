"""Every look's code is read: as sent, small and compressed again, and a third of them tilted and out of focus.

`make cards CODES=100` has four readers read a hundred of each look (`counting.py`).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image, ImageFilter

from bot.core.looks import CardLook
from tests.cards.looks import STUDIO, list_looks, say
from tests.cards.samples import KIND_NAMES, LANGUAGES, list_random_links
from tests.cards.test_codes import read_with_opencv, read_with_zxing, shrink
from tests.cards.test_faces import FACES
from tests.thinning import thin

MOST_LOOKS = 5
LOOKS = [*list_looks(""), *list_looks("photo")]


def disturb(picture: Image.Image, chance: random.Random) -> Image.Image:
    """The picture as a hand holds a phone: turned by up to eight degrees, and a little out of focus."""
    turned = picture.convert("RGB").rotate(chance.uniform(-8, 8), Image.Resampling.BICUBIC, fillcolor=(120, 120, 120))
    return turned.filter(ImageFilter.GaussianBlur(1))


def is_read(picture: Image.Image, link: str) -> dict[str, bool]:
    """Who reads the link at the first look."""
    return {"zxing": read_with_zxing(picture) == [link], "opencv": read_with_opencv(picture) == [link]}


def list_misses(look: CardLook, numbers: range, look_again: int = 0) -> Iterator[tuple[int, str, str, str]]:
    """Of the codes of a look with these numbers, what a reader does not read: which, how it was shown, by whom.

    A hand holds the phone otherwise when one looks again.
    """
    seed = sum(map(ord, repr(look)))
    chance = random.Random(seed + look_again)
    links = list_random_links(numbers.stop, seed=seed)
    for n in numbers:
        link = links[n]
        text, name, face = say(look, LANGUAGES[n // 3 % 3]), KIND_NAMES[n % len(KIND_NAMES)], (FACES[0], None)[n % 2]
        jpeg = STUDIO.render_card(text, name=name, link=link, face=face)
        sent = Image.open(BytesIO(jpeg))
        shown = {"sent": sent, "small": shrink(sent)}
        if n % 3 == 0:
            shown = {name: disturb(picture, chance) for name, picture in shown.items()}
        for name, picture in shown.items():
            readers = is_read(picture, link)
            yield from ((n, name, reader, link) for reader, read in readers.items() if not read)


@pytest.mark.parametrize(("at", "look"), thin(enumerate(LOOKS), step=11), ids=str)
def test_two_readers_read_every_look(at: int, look: CardLook) -> None:
    """In every layout, in the colours of a theme, of the shop's pictures and of its owner, with and without a photo and a face.

    One code of each look: the looks take turns in language and name, and in which of them are held by a hand; then a
    reader may look again, as a camera does many times a second. `make cards` counts what is missed at the first look.
    """
    number = (at + at // 3) % 3
    missed = (list(list_misses(look, range(number, number + 1), look_again)) for look_again in range(MOST_LOOKS))
    assert [] in missed
