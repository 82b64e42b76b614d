"""Pictures that are drawn in processes of their own: who brought whom, and signs to choose from."""

from __future__ import annotations

import random
from io import BytesIO

import numpy as np
from PIL import Image

from bot.cards.riddle import COLUMNS, FIELD, GAP, render_riddle
from bot.cards.tree import ROW, render_tree
from tests.messages.samples import CAMPAIGN

LINES = [
    ["Anna", 0, "qualified", "counts", False, ""],
    [
        "Budi Santoso with a name that is much longer than a line has room for",
        1,
        "waiting",
        "not yet",
        True,
        "and 12 more",
    ],
    ["", 2, "revoked", "does not count", False, ""],
]


def open_tree(lines: list[list[object]]) -> Image.Image:
    """The picture of these."""
    return Image.open(BytesIO(render_tree({"title": CAMPAIGN.brand["en"], "nameless": "no name", "lines": lines})))


def count_other(one: Image.Image, other: Image.Image, top: int, bottom: int) -> int:
    """In how many pixels of these rows two pictures differ."""
    a, b = (np.asarray(each.convert("RGB").crop((0, top, each.width, bottom))) for each in (one, other))
    assert a.shape == b.shape
    return int((a != b).any(axis=2).sum())


def test_tree_has_a_row_for_each() -> None:
    """As wide as ever, higher by one row; the same lines are the same picture."""
    two, three = open_tree(LINES[:2]), open_tree(LINES)
    assert two.width == three.width == 1280
    assert three.height - two.height == ROW
    assert three.tobytes() == open_tree(LINES).tobytes()


def test_tree_shows_what_differs() -> None:
    """A state, a level, or whom it is about is seen in the picture; a name that is none is said in words."""
    plain = open_tree(LINES)
    for place, value in ((1, 1), (2, "qualified"), (3, "counts"), (4, True), (0, "Cleo"), (5, "and 3 more")):
        changed = [*LINES[:2], [*LINES[2][:place], value, *LINES[2][place + 1 :]]]
        assert count_other(plain, open_tree(changed), 0, plain.height) > 20, place
    assert count_other(plain, open_tree([*LINES[:2], ["no name", *LINES[2][1:]]]), 0, plain.height) == 0


def test_riddle_has_a_field_for_each_and_is_never_the_same() -> None:
    """Three in a row; chance alone makes them lie otherwise."""
    signs = ["🍎", "🚗", "🐟", "🌙"]
    picture = Image.open(BytesIO(render_riddle(signs, random.Random(1))))
    assert picture.size == (COLUMNS * (FIELD + GAP) + GAP, 2 * (FIELD + GAP) + GAP)
    assert render_riddle(signs, random.Random(1)) == render_riddle(signs, random.Random(1))
    assert render_riddle(signs, random.Random(1)) != render_riddle(signs, random.Random(2))
    empty = (2 * (FIELD + GAP), FIELD + 2 * GAP, picture.width, picture.height)
    assert len(picture.convert("RGB").crop(empty).getcolors() or ()) == 1
