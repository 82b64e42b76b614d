"""What a sample of mutants says of all of them, and what is no mutant worth a test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest
from mutmut.mutation.file_mutation import mutate_file_contents

from tests.mutants import PATIENCE, ask_patiently, choose_quickest, compute_interval, draw, list_words

NAMES = [f"bot.app.run__mutmut_{number}" for number in range(40)]


def test_a_sample_is_the_same_for_the_same_seed() -> None:
    """Whoever counts again tries the same ones, in whatever order files are found."""
    assert draw(NAMES, 5, 7) == draw(reversed(NAMES), 5, 7)
    assert draw(NAMES, 5, 7) != draw(NAMES, 5, 8)


def test_a_larger_sample_holds_the_smaller() -> None:
    """Whoever wants to know better goes on with what was tried already."""
    assert draw(NAMES, 20, 7)[:5] == draw(NAMES, 5, 7)


def test_nothing_is_drawn_twice() -> None:
    """And where more are asked for than there are, all are drawn."""
    assert len(set(draw(NAMES, 30, 1))) == 30
    assert sorted(draw(NAMES, 1000, 1)) == sorted(NAMES)


def test_each_is_as_likely_as_any_other() -> None:
    """Two thousand samples of a quarter hold each one five hundred times, give or take a hundred: five deviations."""
    drawn = Counter(name for seed in range(2000) for name in draw(NAMES, 10, seed))
    assert set(drawn) == set(NAMES)
    assert all(400 < count < 600 for count in drawn.values())


@pytest.mark.parametrize(
    ("noticed", "tried", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_wilsons(noticed: int, tried: int, low: float, high: float) -> None:
    """As R. G. Newcombe's table has it (Statistics in Medicine 17 (1998), 857-872, method 3), and its mirror image."""
    assert compute_interval(noticed, tried) == pytest.approx((low, high), abs=5e-5)
    assert compute_interval(tried - noticed, tried) == pytest.approx((1 - high, 1 - low), abs=5e-5)


def test_quick_tests_are_asked_first() -> None:
    """As many as fit into the time; one at least, however long it takes."""
    assert list(choose_quickest({"slow": 3.0, "quick": 1.0, "other": 2.0}, 3.5)) == ["quick", "other"]
    assert choose_quickest({"slow": 3.0}, 1.0) == {"slow": 3.0}
    assert choose_quickest({}, 1.0) == {}


ENDED, SLOW = 36, {"quick": 1.0, "slow": 20.0}


@pytest.mark.parametrize(
    ("said", "status", "asked"),
    [
        ([1], 1, ["all"]),
        ([0], 0, ["all"]),
        ([ENDED, ENDED], ENDED, ["all", "few, patiently"]),
        ([-24, 1], 1, ["all", "few, patiently"]),
        ([ENDED, 0, 0], 0, ["all", "few, patiently", "all, patiently"]),
        ([ENDED, 0, 1], 1, ["all", "few, patiently", "all, patiently"]),
    ],
)
def test_what_seems_endless_is_asked_again(said: list[int], status: int, asked: list[str]) -> None:
    """On a busy machine a test that is only slow would be taken for one that has noticed."""
    heard: list[str] = []

    def ask(tests: Mapping[str, float], patience: float) -> int:
        heard.append(("all" if len(tests) == 2 else "few") + ", patiently" * (patience > PATIENCE))
        return said.pop(0)

    assert ask_patiently(ask, SLOW) == status
    assert heard == asked


LOGGING = """
import logging

logger = logging.getLogger(__name__)


async def tell(row, error, level=3):
    if level > 4:
        logger.warning("Row %d waits: %s", row, error or "too long")
    logger.log(level, "Row seen")
    return "Seen"


class Worker:
    def stop(self, part):
        logger.debug("Stopped")
        part.error("Stopped")
"""


def test_words_of_the_log_are_told_from_what_matters() -> None:
    """A text that says the same in other words is left out. Not so its values, the room for them, its level, its absence, and other texts."""
    mutated = mutate_file_contents("bot/telling.py", LOGGING)
    words, lines = list_words(mutated.code), {}
    originals = set(LOGGING.splitlines())
    for name in mutated.mutant_names:
        span = mutated.line_span_by_function_name[name]
        body = mutated.code.splitlines()[span.start - 1 : span.end]
        lines[name] = {line.strip() for line in body if line not in originals and "def " not in line}
    assert {line for name in words for line in lines[name]} == {
        'logger.warning("XXRow %d waits: %sXX", row, error or "too long")',
        'logger.warning("row %d waits: %s", row, error or "too long")',
        'logger.log(level, "XXRow seenXX")',
        'logger.log(level, "row seen")',
        'logger.log(level, "ROW SEEN")',
        'logger.debug("XXStoppedXX")',
        'logger.debug("stopped")',
        'logger.debug("STOPPED")',
    }
    kept = {line for name in lines.keys() - words for line in lines[name]}
    assert kept >= {
        'logger.warning("ROW %D WAITS: %S", row, error or "too long")',
        'logger.warning("Row %d waits: %s", row, error or "TOO LONG")',
        'logger.warning("Row %d waits: %s", row, None)',
        'logger.warning(None, row, error or "too long")',
        'logger.log(None, "Row seen")',
        "logger.debug(None)",
        'part.error("STOPPED")',
        'return "SEEN"',
    }
    assert len(words) == 8
    assert len(lines) == len(mutated.mutant_names)
