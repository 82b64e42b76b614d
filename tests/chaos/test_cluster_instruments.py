"""The instruments of a cluster's storm themselves: the same seed is the same storm, and each thing that is wrong is seen."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from bot.playground.world.journal import SECOND, Call
from tests.chaos.cluster_crew import Crew
from tests.chaos.cluster_plan import Blow, Stroke, Weather, draw_strokes
from tests.chaos.cluster_shops import BIG, open_fleet, open_shops, share_out, write_folder
from tests.chaos.cluster_verdict import Glance, list_strays, list_wrong_answers, list_wrong_choices
from tests.journeys.program import Home

WEATHER = Weather.of(60)

GLANCES = [Glance(second * SECOND, 1 + (second >= 10)) for second in range(20)]
"""The second process took over in the tenth second."""


def draw(seed: int) -> list[Stroke]:
    """The storm of a whole run."""
    return draw_strokes(seed, WEATHER, processes=3, longest_seconds=40.0)


def test_the_same_seed_is_the_same_storm() -> None:
    """With sixty deaths, thirty pauses of up to forty seconds, six restarts, four roll-outs."""
    assert draw(7) == draw(7) != draw(8)
    counts = Counter(stroke.blow for stroke in draw(7))
    assert counts == {Blow.KILL: 60, Blow.PAUSE: 30, Blow.RESTART: 6, Blow.ROLL_OUT: 4}
    seconds = [stroke.seconds for stroke in draw(7) if stroke.blow is Blow.PAUSE]
    assert (min(seconds) >= 1.0, max(seconds)) == (True, 40.0)
    assert {stroke.is_crash for stroke in draw(7) if stroke.blow is Blow.RESTART} == {True, False}
    assert {stroke.point is None for stroke in draw(7) if stroke.blow is Blow.KILL} == {True, False}


@pytest.mark.parametrize(
    ("pid", "seconds", "strays"),
    [(1, 9.0, 0), (2, 9.0, 1), (1, 10.2, 0), (1, 10.6, 1), (2, 10.6, 0), (2, 10.0, 0), (3, 10.2, 1), (3, 99.0, 0)],
)
def test_a_send_without_the_lease_is_found(pid: int, seconds: float, strays: int) -> None:
    """The first had it until the tenth second, the second from then on; what was on its way, or nobody looked at, is let pass."""
    call = Call(number=1, at=int(seconds * SECOND), method="sendMessage", params={})
    assert len(list_strays([call], GLANCES, lambda *_: {pid}, lambda _at: 0)) == strays
    call.method = "getMe"
    assert not list_strays([call], GLANCES, lambda *_: {pid}, lambda _at: 0)


@pytest.mark.parametrize(
    ("heard", "is_right"),
    [
        ("abcbca", True),
        ("abbca", True),
        ("", True),
        ("abc bcbca", True),
        ("abcb cbca", True),
        ("abcbcbca", False),
        ("bacbca", False),
        ("abcbcaa", False),
        ("abcabc", False),
        ("abcb cabca", False),
        ("acbbca", False),
    ],
)
def test_an_answer_out_of_order_is_found(heard: str, is_right: bool) -> None:
    """One may be missing; what is said again comes after a death, here a space, and in order as well."""
    asked = [(0, word) for word in "abcbca"]
    answers = [(place * 2 * SECOND, word) for place, word in enumerate(heard, 1) if word != " "]
    deaths = [place * 2 * SECOND for place, word in enumerate(heard, 1) if word == " "]
    assert bool(list_wrong_answers({1: asked}, {1: answers}, deaths)) is not is_right


def test_an_answer_before_its_question_is_found() -> None:
    """It was meant for another."""
    assert list_wrong_answers({1: [(1, "a"), (9, "b")]}, {1: [(2, "a"), (3, "b")]}, [])


def test_a_choice_that_was_overtaken_is_found() -> None:
    """What holds is what was chosen last; of whom nothing is known, everything is lost."""
    assert not list_wrong_choices({1: ["en", "id"]}, {1: "id", 2: "zh"})
    assert list_wrong_choices({1: ["en", "id"]}, {1: "en"})
    assert list_wrong_choices({1: ["en", "id"]}, {})


def test_every_shop_has_a_file_a_bot_and_people_of_its_own(tmp_path: Path) -> None:
    """And what they do is cut into as many parts as there are blows, with nothing left out."""
    shops = open_shops("postgresql://host/name", seed=3, count=3, updates=60, members=4, trickle=9)
    write_folder(shops, tmp_path / "shops")
    assert sorted(path.name for path in (tmp_path / "shops").iterdir()) == [f"{BIG}.env", "shop1.env", "shop2.env"]
    assert len(open_fleet(shops).servers) == 3
    assert {shop.url for shop in shops} == {f"postgresql://host/name?schema={shop.name}" for shop in shops}
    for shop in shops:
        lines = (tmp_path / "shops" / f"{shop.name}.env").read_text(encoding="utf-8").splitlines()
        assert f"PASSALONG_BOT_TOKEN={shop.server.token}" in lines
        assert [action for part in share_out(shop.actions, 7) for action in part] == shop.actions
    assert len({tuple(shop.actions) for shop in shops}) == 3


async def test_a_call_is_known_to_be_of_the_process_that_had_its_port_then(tmp_path: Path) -> None:
    """Around a death it may be of either; a port that is nobody's is of none."""
    crew = Crew([Home(folder=tmp_path), Home(folder=tmp_path)], [1000, 1001])
    crew.keepers[1].lives += [(10, 71), (20, 72)]
    assert [crew.find_senders(1001, since, since + 5) for since in (0, 5, 12, 16, 20)] == [
        *(set(), {71}, {71}, {71, 72}, {72})
    ]
    assert crew.find_senders(1000, 0, 99) == crew.find_senders(1002, 0, 99) == set()


class Sleepers(Crew):
    """A crew of one process that does nothing."""

    def __init__(self, pid: int, folder: Path) -> None:
        super().__init__([Home(folder=folder)], [1000])
        self.pid = pid

    def find_pid(self, slot: int) -> int | None:  # noqa: ARG002 -- there is one
        """It runs."""
        return self.pid


async def test_a_paused_process_stands_still_for_its_time_and_goes_on(tmp_path: Path) -> None:
    """It is not paused twice, and a pause that is broken off is over at once."""
    sleeper = await asyncio.create_subprocess_exec("sleep", "60")
    crew = Sleepers(sleeper.pid, tmp_path)
    try:
        assert crew.pause(0, 60.0)
        assert not crew.pause(0, 60.0)
        await asyncio.to_thread(os.waitid, os.P_PID, sleeper.pid, os.WSTOPPED)
        await crew.wake_all()
        await asyncio.to_thread(os.waitid, os.P_PID, sleeper.pid, os.WCONTINUED)
        assert crew.pause(0, 0.05)
        await crew.outwait()
        assert not crew.is_paused(0)
        assert len(crew.pauses) == 2
    finally:
        sleeper.send_signal(signal.SIGKILL)
        await sleeper.wait()
