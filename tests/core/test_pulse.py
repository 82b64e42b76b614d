from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.campaigns.pulse import PulseRules
from bot.core.durations import DAY
from bot.core.pulse import ENOUGH, SOON, Mood, PulseFigures, add_up, compute_due, decide_mood, gather, is_resting
from storage.pulse import AnswerCount, Asking, PulseCause
from storage.records import PersonId

RULES, NOW = PulseRules(after_days=3, every_days=30, rest_days=10), 1000 * DAY
NOBODY = Asking(person_id=PersonId(1))


def make(**changes: object) -> Asking:
    """How it stands with somebody."""
    return Asking(**({"person_id": PersonId(1)} | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asking", "cause", "due_at"),
    [
        (NOBODY, PulseCause.JOINED, NOW + 3 * DAY),
        (NOBODY, PulseCause.PURCHASED, NOW + SOON),
        (NOBODY, PulseCause.REDEEMED, NOW + SOON),
        (make(pulse_asked_at=NOW - 29 * DAY), PulseCause.PURCHASED, NOW + DAY),
        (make(pulse_asked_at=NOW - 31 * DAY), PulseCause.PURCHASED, NOW + SOON),
        (make(pulse_due_at=NOW), PulseCause.PURCHASED, None),
        (make(pulse_due_at=NOW + DAY), PulseCause.PURCHASED, NOW + SOON),
        (make(pulse_off=True), PulseCause.PURCHASED, None),
    ],
)
def test_when_somebody_is_asked(asking: Asking, cause: PulseCause, due_at: int | None) -> None:
    """After what happened, never within the pause, and one question at a time."""
    assert compute_due(RULES, asking, cause, NOW) == due_at


def test_a_face_says_a_mood() -> None:
    """Two that are sad, one that is neither, two that are glad."""
    moods = [Mood.DISPLEASED, Mood.DISPLEASED, Mood.BETWEEN, Mood.PLEASED, Mood.PLEASED]
    assert [decide_mood(said) for said in range(1, 6)] == moods


def test_the_rest_is_the_shops() -> None:
    """To the moment; a shop that does not ask any more keeps the usual one."""
    asking = make(displeased_at=NOW)
    assert is_resting(asking, RULES, NOW + 10 * DAY - 1)
    assert not is_resting(asking, RULES, NOW + 10 * DAY)
    assert is_resting(asking, None, NOW + 30 * DAY - 1)
    assert not is_resting(NOBODY, RULES, NOW)


def test_figures_of_a_group() -> None:
    """Whoever did not answer counts as asked; the score takes five for it, four for neither, the rest against."""
    counts = [
        AnswerCount("qr", 5, 12),
        AnswerCount("qr", 4, 4),
        AnswerCount("qr", 1, 4),
        AnswerCount("qr", None, 9),
        AnswerCount("", 3, 1),
    ]
    groups = gather(counts)
    assert (groups["qr"].asked, groups["qr"].answered, groups["qr"].enough) == (29, 20, True)
    assert (groups["qr"].average, groups["qr"].nps, groups["qr"].pleased) == (4.0, 40.0, 16)
    whole = add_up(groups.values())
    assert (whole.asked, whole.answered) == (30, 21)
    assert not groups[""].enough


@given(st.lists(st.integers(0, 500), min_size=5, max_size=5))
def test_a_figure_lies_within_its_interval(counts: list[int]) -> None:
    """Which is never without width, and never beyond what can be."""
    figures = PulseFigures(asked=sum(counts), by_answer=dict(enumerate(counts, 1)))
    if figures.answered < ENOUGH:
        return
    average, nps = figures.average_interval, figures.nps_interval
    assert 1 <= average.low <= figures.average <= average.high <= 5
    assert -100 <= nps.low <= figures.nps <= nps.high <= 100
    assert average.low < average.high
    assert nps.low < nps.high


def test_intervals_are_as_wide_as_few_answers_make_them() -> None:
    """By hand, each answer taken to be there once more; nobody's lies anywhere, and agreement is no certainty."""
    figures = PulseFigures(asked=29, by_answer={1: 4, 4: 4, 5: 12})
    average, nps, pleased = figures.average_interval, figures.nps_interval, figures.pleased_interval
    assert [average.low, average.high] == pytest.approx([3.3827, 4.6173], abs=1e-4)
    assert [nps.low, nps.high] == pytest.approx([6.757, 73.243], abs=1e-2)
    assert [pleased.low, pleased.high] == pytest.approx([0.5840, 0.9193], abs=1e-3)
    agreed = PulseFigures(asked=20, by_answer={5: 20})
    assert agreed.average_interval.high == 5.0
    assert 4.0 < agreed.average_interval.low < 5.0
    assert PulseFigures().average == PulseFigures().nps == 0.0
    whole = add_up([figures, PulseFigures(asked=2, by_answer={3: 1})])
    assert (whole.asked, dict(whole.by_answer)) == (31, {1: 4, 2: 0, 3: 1, 4: 4, 5: 12})
