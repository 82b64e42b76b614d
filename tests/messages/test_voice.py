from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.tickets import TicketFigures
from bot.messages.stats.voice import say_desk, say_span
from bot.messages.texts import Texts
from tests.messages.result_samples import make_desk
from tests.messages.telegram_html import read_html

EN = Texts("en")
MINUTE, HOUR, DAY = 60, 3600, 24 * 3600


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "a minute"),
        (89, "a minute"),
        (91, "2 minutes"),
        (2 * HOUR - 1, "120 minutes"),
        (2 * HOUR, "2 hours"),
        (2 * DAY - 1, "48 hours"),
        (2 * DAY, "2 days"),
        (400 * DAY, "400 days"),
    ],
)
def test_a_time_is_said_as_people_say_it(seconds: int, said: str) -> None:
    """In the largest unit of which there are at least two, and never as nothing."""
    assert say_span(EN, seconds) == said


def test_how_members_are_answered_is_told_with_medians_of_enough() -> None:
    """Who asked, who waits, and how long it takes; of few answers there is no median, and of nobody no answer."""
    desk = make_desk()
    assert read_html(say_desk(EN, desk)).text.splitlines() == [
        "Asked for a person in the last 28 days: 1,200",
        "Not closed yet: 100",
        "Answered: 1,100, half of them within 2 hours",
        "Solved, as they say themselves: 900, half of them within 2 days",
    ]
    few = replace(desk, lately=replace(desk.lately, answered=2, solved=1, answer_seconds=None, solved_seconds=None))
    assert read_html(say_desk(EN, few)).text.splitlines()[2:] == ["Answered: 2", "Solved, as they say themselves: 1"]
    nobody = TicketFigures(tickets=0, answered=0, solved=0, answer_seconds=None, solved_seconds=None)
    assert len(say_desk(EN, replace(desk, lately=nobody)).splitlines()) == 2
