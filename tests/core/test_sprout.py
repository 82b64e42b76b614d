from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.sprout import LEAST, Part, Share, Sprout, compute_score

SHARES = st.dictionaries(st.sampled_from(list(Part)), st.floats(0, 1), min_size=len(Part), max_size=len(Part))
FEW, NOTHING = Share(part=LEAST - 1, whole=LEAST - 1), Share(part=0, whole=100)


def grow(**parts: int) -> Sprout:
    """A shop of which these parts have so many of a hundred; the others nothing."""
    return Sprout(shares={part: Share(part=parts.get(part.value, 0), whole=100) for part in Part})


@given(SHARES, st.sampled_from(list(Part)), st.floats(0, 1))
def test_more_of_a_part_is_never_less(values: dict[Part, float], part: Part, more: float) -> None:
    """Whatever the others are; and it stays between nothing and a hundred."""
    better = values | {part: max(values[part], more)}
    assert 0 <= compute_score(values) <= compute_score(better) <= 100


@given(st.lists(st.integers(LEAST, 10_000), min_size=4, max_size=4), st.data())
def test_one_person_more_is_never_less(wholes: list[int], data: st.DataObject) -> None:
    """One more of the same people who is pleased, takes part, is answered or comes back."""
    parts = [data.draw(st.integers(0, whole - 1)) for whole in wholes]
    at = data.draw(st.integers(0, 3))
    before, after = (
        Sprout(
            shares={
                part: Share(part=parts[number] + (number == at) * more, whole=wholes[number])
                for number, part in enumerate(Part)
            }
        )
        for more in (0, 1)
    )
    assert before.score <= after.score


@pytest.mark.parametrize(
    ("parts", "score"),
    [
        ({}, 0),
        ({"satisfaction": 100}, 30),
        ({"satisfaction": 100, "achievement": 100}, 75),
        ({"satisfaction": 100, "achievement": 100, "voice": 100}, 80),
        ({"satisfaction": 100, "achievement": 100, "loyalty": 100}, 85),
        ({"satisfaction": 100, "achievement": 100, "voice": 100, "loyalty": 100}, 100),
        ({"satisfaction": 50, "achievement": 50, "voice": 50, "loyalty": 50}, 50),
    ],
)
def test_the_stages_stand_where_they_are_said_to(parts: dict[str, int], score: int) -> None:
    """A product that people want, members who take part, who are heard, who are honoured; all of them together are whole."""
    assert grow(**parts).score == score


def test_what_is_too_little_known_counts_as_nothing() -> None:
    """And where it is not known whether people are pleased, there is no score at all."""
    for known in product((True, False), repeat=4):
        shares = {
            part: Share(part=100, whole=100) if is_known else FEW for part, is_known in zip(Part, known, strict=True)
        }
        sprout = Sprout(shares=shares)
        assert sprout.tells is known[0]
        low, high = sprout.interval
        assert low <= sprout.score <= high


def test_what_would_raise_it_most_is_said() -> None:
    """By how much the score would rise if that part were whole."""
    assert grow().most is Part.ACHIEVEMENT
    assert grow(achievement=95).most is Part.SATISFACTION
    assert grow(satisfaction=100, achievement=100).most is Part.LOYALTY
    assert Sprout(shares=dict.fromkeys(Part, NOTHING) | {Part.ACHIEVEMENT: Share(part=100, whole=100)}).most is (
        Part.SATISFACTION
    )
