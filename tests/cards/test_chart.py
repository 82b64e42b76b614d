from __future__ import annotations

import gc
import json
import sys
from dataclasses import asdict
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bot.cards.chart import NAME_WIDTH, ROW, ROWS_TOP, render_chart
from bot.cards.picture_canvas import ACCENT, MAIN, MARGIN, WIDTH
from bot.handlers.stats.charts import draw_chart
from bot.messages.stats.charts import ChartTexts

TEXTS = ChartTexts(
    title="Word of mouth at Little Oven",
    figures=[("Members", "1,248"), ("Joined by invitation", "731"), ("Invitations taken", "1,822"), ("K", "0.59")],
    top_title="Top inviters",
    top=[("Anna", 20, "20"), ("王小明", 10, "10"), ("Budi Santoso", 5, "5")],
    nameless="A friend",
    nobody="Nobody yet",
)

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


def draw(**changes: Any) -> Pixels:
    """The chart with some words changed, as pixels."""
    png = render_chart(asdict(TEXTS) | changes)
    return np.asarray(Image.open(BytesIO(png)).convert("RGB"))


def measure_bar(picture: Pixels, place: int, color: str) -> int:
    """How many pixels of a row have the colour of its bar."""
    middle = picture[int(ROWS_TOP + (place + 0.5) * ROW)].astype(int)
    wanted = [int(color[start : start + 2], 16) for start in (1, 3, 5)]
    return int((np.abs(middle - wanted).sum(axis=1) < 10).sum())


def cut_name(picture: Pixels, place: int) -> Pixels:
    """Where the name of a row stands."""
    top = ROWS_TOP + place * ROW
    return picture[top : top + ROW, MARGIN : MARGIN + NAME_WIDTH]


def count_ink(part: Pixels) -> int:
    """Dark pixels."""
    return int((part.sum(axis=2) < 300).sum())


def draw_names(*names: str) -> Pixels:
    """The chart with these names, all with as many joins."""
    return draw(top=[(name, 10, "10") for name in names])


def test_bars_are_as_long_as_what_they_count() -> None:
    """Half the joins, half the bar."""
    picture = draw()
    first, second, third = (measure_bar(picture, *row) for row in ((0, ACCENT), (1, MAIN), (2, MAIN)))
    assert picture.shape[1] == WIDTH
    assert second / first == pytest.approx(0.5, abs=0.03)
    assert third / first == pytest.approx(0.25, abs=0.03)


def test_a_name_that_no_font_has_is_replaced() -> None:
    """Neither boxes nor an empty place: the words for somebody without a name."""
    picture = draw_names("\U00012000\U00012001", "A friend")
    assert np.array_equal(cut_name(picture, 0), cut_name(picture, 1))


def test_words_that_no_font_has_are_left_out() -> None:
    """What remains of the name is drawn as if it were the whole."""
    picture = draw_names("An\u2060na \U00012000", "Anna")
    assert np.array_equal(cut_name(picture, 0), cut_name(picture, 1))


def test_names_of_the_world_are_drawn() -> None:
    """Every character leaves ink of its own: one less looks different."""
    names = ("王小明", "Олександр", "Nguyễn Thị Ánh", "さくら", "🍞🎉", "Åsa Ñandú", "سارة", "प्रिया", "김민준")
    whole, shorter = draw_names(*names), draw_names(*(name[:-1] for name in names))
    for place, name in enumerate(names):
        assert count_ink(cut_name(whole, place)) > count_ink(cut_name(shorter, place)) > 0, name


def test_a_dollar_is_a_dollar() -> None:
    """What some would read as a formula stays the name it is."""
    picture = draw_names("$\\frac$", "$x^2$ Budi")
    assert count_ink(cut_name(picture, 0)) > 100
    assert count_ink(cut_name(picture, 1)) > 100


def test_a_long_name_stays_in_its_place() -> None:
    """It is set smaller, then cut; the bar beside it is not touched."""
    short, long = draw_names("W"), draw_names("W" * 200)
    assert np.array_equal(short[ROWS_TOP:, MARGIN + NAME_WIDTH + 1 :], long[ROWS_TOP:, MARGIN + NAME_WIDTH + 1 :])


def test_without_inviters_it_says_so() -> None:
    """No bars, and a sentence in their place."""
    picture = draw(top=[])
    assert measure_bar(picture, 0, ACCENT) == 0
    assert not np.array_equal(picture, draw(top=[], nobody=""))


async def test_a_process_of_its_own_draws_it() -> None:
    """The same picture comes out of the short-lived process."""
    png = await draw_chart(TEXTS)
    assert png is not None
    assert Image.open(BytesIO(png)).size == (WIDTH, draw().shape[0])


@pytest.mark.parametrize(
    ("code", "said", "limit_seconds"),
    [
        ("raise SystemExit('no paint')", "no paint", 60),
        ("pass", "ended with 0", 60),
        ("import time; time.sleep(600)", "too long", 0.5),
        ("import sys; sys.stderr.write('x' * 900_000)", "too long", 1.0),
        ("import sys; sys.stdin.read(); sys.stdout.write('x' * 5_000_000)", "larger", 60),
    ],
)
async def test_without_a_picture_the_reason_is_logged(
    code: str, said: str, limit_seconds: float, caplog: pytest.LogCaptureFixture
) -> None:
    """A process that fails, says nothing, hangs or says too much gives None, and leaves nothing open."""
    assert await draw_chart(TEXTS, command=(sys.executable, "-c", code), limit_seconds=limit_seconds) is None
    assert said in caplog.text
    gc.collect()  # what is found open then fails a test


async def test_without_an_interpreter_there_is_no_picture() -> None:
    """Not even starting the process may fail the command."""
    assert await draw_chart(TEXTS, command=("/nowhere/python",)) is None


def test_the_texts_travel_as_json() -> None:
    """Nothing is lost on the way."""
    assert render_chart(json.loads(json.dumps(asdict(TEXTS)))) == render_chart(asdict(TEXTS))
