"""A refused picture is explained: by which limit, and what would be taken."""

from __future__ import annotations

import pytest

from bot.core.pictures import PictureMistake, PictureProblem
from bot.messages.pictures import say_picture_mistake
from bot.messages.texts import LANGUAGES, Texts


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("problem", PictureProblem)
def test_every_problem_has_its_sentence(problem: PictureProblem, language: str) -> None:
    """Each problem is told in each language, with its limit where it has one."""
    told = say_picture_mistake(Texts(language), PictureMistake(problem, 4_096, 5_000))
    assert "{" not in told
    limited = {PictureProblem.TOO_LARGE, PictureProblem.TOO_SMALL}
    assert any(written in told for written in ("4,096", "4.096")) == (problem in limited)


@pytest.mark.parametrize(
    ("found", "written"), [(5_000_001, "5.000 MB"), (5_060_000, "5.060 MB"), (7_250_000, "7.2 MB")]
)
def test_a_heavy_picture_is_told_in_megabytes(found: int, written: str) -> None:
    """What is a little too heavy does not read as if it were not."""
    told = say_picture_mistake(Texts("en"), PictureMistake(PictureProblem.TOO_HEAVY, 5_000_000, found))
    assert f"has {written}; 5 MB is the most" in told
