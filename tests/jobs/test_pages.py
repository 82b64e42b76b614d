"""Jobs do all that is due, in units that are short enough for others to come between, and write nothing where nothing is due."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

import pytest

from bot.jobs import (
    announcing,
    choosing,
    contests,
    conversions,
    coupons,
    fairness,
    honours,
    lapsing,
    pulsing,
    redeeming,
    rewards,
    tickets,
    waiting,
)
from bot.services.coupons.importing import FILL
from storage import Store

Unit = tuple[object, ...]
"""The name of what was written, and what it was given."""

SOME = list(range(rewards.PAGE))


class Shop:
    """A store that says what the test says, by the names of units: each its answers one by one, and then nothing."""

    def __init__(self, answers: dict[str, Sequence[object]]) -> None:
        self._answers = {name: list(each) for name, each in answers.items()}
        self.asked: list[Unit] = []
        self.done: list[Unit] = []

    def _answer(self, name: str) -> Any:
        left = self._answers.get(name)
        return left.pop(0) if left else None

    async def read(self, unit: Callable[..., Any], *_args: object, **named: object) -> Any:
        """What is due."""
        self.asked.append((unit.__name__, *named.items()))
        return self._answer(unit.__name__) or ([] if unit.__name__.startswith("list") else None)

    async def write(self, unit: Callable[..., Any], *args: object, **_named: object) -> Any:
        """What is done."""
        self.done.append((unit.__name__, *args))
        return self._answer(unit.__name__)


@pytest.mark.parametrize(
    ("job", "answers", "done"),
    [
        (announcing.announce_due, {"find_month_due": [8], "sum_month": ["much"]}, [("announce_month", 8, "much")]),
        (announcing.announce_due, {"find_month_due": [8], "sum_month": [None]}, []),
        (choosing.tell_voters, {"has_untold": [True, True]}, [("tell_some", choosing.PAGE)] * 2),
        (contests.turn, {"is_due": [True]}, [("turn_contests",)]),
        (
            conversions.tend,
            {"list_due": [list(range(120))]},
            [("settle_due", list(range(n, min(n + 50, 120)))) for n in (0, 50, 100)],
        ),
        (coupons.tend, {"list_due": [[1, 2], [3]]}, [("expire", [1, 2]), ("expire", [3])]),
        (
            coupons.tend,
            {"list_fillable": [["a", "b"]], "fill_waiting": [5, 0, 0]},
            [("fill_waiting", each, FILL) for each in ("a", "a", "b")],
        ),
        (fairness.watch, {"has_more": [True, True, False, True]}, [("look_over",)] * 2 + [("look_again",)]),
        (fairness.watch, {"is_stale": [True], "list_due": [[1], [2]]}, [("measure",), ("end", [1]), ("end", [2])]),
        (honours.review_honours, {"is_swept": [False, False, True, True]}, [("sweep", honours.PAGE)] * 2),
        (honours.review_honours, {"list_ending": [[7]], "is_swept": [True, True]}, [("end_tiers", [7])]),
        (lapsing.lapse_due, {"list_lapsed": [[1, 2], [3]]}, [("lapse", [1, 2]), ("lapse", [3])]),
        (pulsing.ask_some, {"is_anybody_due": [True]}, [("ask_due",)]),
        (pulsing.ask_some, {"is_morning_for_anybody": [True]}, [("offer_due",)]),
        (redeeming.expire_due, {"list_due": [[1]]}, [("expire", [1])]),
        (rewards.free_due, {"list_due": [SOME, SOME, [1]]}, [("free", SOME), ("free", SOME), ("free", [1])]),
        (rewards.arrive_due, {"list_due": [[1]]}, [("arrive", [1])]),
        (rewards.count_days, {"list_seen": [[1], [2]]}, [("note_seen", [1]), ("note_seen", [2])]),
        (tickets.watch, {"is_due": [True]}, [("watch",)]),
        (waiting.open_doors, {"opens_today": [True]}, [("open_doors",)]),
        (waiting.welcome_owed, {"list_owed": [[1]]}, [("welcome", [1])]),
    ],
)
async def test_all_that_is_due_is_done(
    job: Callable[[Store], Awaitable[None]], answers: dict[str, Sequence[object]], done: list[Unit]
) -> None:
    """Page by page, each once; the next time nothing is left, and nothing is written."""
    shop = Shop(answers)
    await job(cast("Store", shop))
    assert shop.done == done
    await job(cast("Store", shop))
    assert shop.done == done


async def test_a_job_that_never_comes_to_an_end_leaves_the_rest_for_later() -> None:
    """Others wait for their turn meanwhile."""
    shop = Shop({"list_due": [SOME] * 100})
    await rewards.free_due(cast("Store", shop))
    assert shop.done == [("free", SOME)] * rewards.PAGES
    shop = Shop({})
    await honours.review_honours(cast("Store", shop), page=3, pages=4)
    assert shop.done == [("sweep", 3)] * 4


async def test_whoever_came_is_looked_at_a_second_time() -> None:
    """By another look than the first."""
    shop = Shop({})
    await fairness.watch(cast("Store", shop))
    assert [each for each in shop.asked if each[0] == "has_more"] == [
        ("has_more", ("again", False)),
        ("has_more", ("again", True)),
    ]
