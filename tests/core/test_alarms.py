from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.alarms import (
    FAILURES_LATELY,
    FLOODS_LATELY,
    JOB_LATE_SECONDS,
    LEAST_FREE_BYTES,
    POLL_SILENCE_SECONDS,
    STILL_SECONDS,
    Trouble,
    Vitals,
    find_troubles,
)

GIB = 1024**3
WELL = Vitals(
    poll_silence_seconds=20, disk_free_bytes=50 * GIB, disk_total_bytes=100 * GIB, lately={"updates_done": 100}
)


@pytest.mark.parametrize(
    ("ill", "trouble", "count"),
    [
        (replace(WELL, poll_silence_seconds=POLL_SILENCE_SECONDS), Trouble.POLLER, 1),
        (replace(WELL, updates_age_seconds=600, updates_still_seconds=STILL_SECONDS), Trouble.UPDATES, 3),
        (replace(WELL, notices_age_seconds=STILL_SECONDS, notices_still_seconds=600), Trouble.DELIVERER, 3),
        (replace(WELL, job_late_seconds=JOB_LATE_SECONDS), Trouble.JOBS, 15),
        (replace(WELL, lately={"floods": FLOODS_LATELY}), Trouble.FLOODS, FLOODS_LATELY),
        (replace(WELL, lately={"notices_failed": FAILURES_LATELY, "notices_sent": 190}), Trouble.FAILURES, 5),
        (replace(WELL, disk_free_bytes=4 * GIB), Trouble.DISK, 4096),
        (replace(WELL, disk_free_bytes=LEAST_FREE_BYTES - 1, disk_total_bytes=GIB), Trouble.DISK, 255),
    ],
)
def test_each_trouble_is_found_with_its_figure(ill: Vitals, trouble: Trouble, count: int) -> None:
    """And nothing else is; a bot that is well has none."""
    assert find_troubles(ill) == {trouble: count}
    assert find_troubles(WELL) == {}


@pytest.mark.parametrize(
    "busy",
    [
        replace(WELL, updates_age_seconds=9_000, updates_still_seconds=2),
        replace(WELL, notices_age_seconds=9_000, notices_still_seconds=2),
        replace(WELL, notices_still_seconds=9_000, updates_still_seconds=9_000),
        replace(WELL, notices_age_seconds=9_000, notices_still_seconds=9_000, ban_seconds=1),
        replace(WELL, lately={"notices_failed": FAILURES_LATELY - 1}),
        replace(WELL, lately={"notices_failed": 1_000, "deliveries_sent": 100_000}),
        replace(WELL, lately={"floods": FLOODS_LATELY - 1}),
        Vitals(),
    ],
)
def test_much_to_do_nothing_to_do_and_being_told_to_wait_are_no_troubles(busy: Vitals) -> None:
    """Standing still means that something waits, may go, and nothing at all goes; a few failures among many are usual."""
    assert find_troubles(busy) == {}


@pytest.mark.parametrize(
    ("better", "trouble"),
    [
        (replace(WELL, lately={"floods": 1}), Trouble.FLOODS),
        (replace(WELL, lately={"notices_failed": 6, "notices_sent": 190}), Trouble.FAILURES),
        (replace(WELL, disk_free_bytes=7 * GIB), Trouble.DISK),
    ],
)
def test_what_was_told_is_over_only_once_it_is_clearly_better(better: Vitals, trouble: Trouble) -> None:
    """A figure that wavers at its border tells nothing twice."""
    assert find_troubles(better) == {}
    assert find_troubles(better, {trouble}).keys() == {trouble}
    assert find_troubles(WELL, set(Trouble)) == {}


def test_figures_at_their_borders() -> None:
    """Whole minutes, at least one; a share in whole per cent; what leaves of a kind counts with what fails of another."""
    for seconds, minutes in ((POLL_SILENCE_SECONDS, 1), (89, 1), (91, 2), (600, 10)):
        assert find_troubles(replace(WELL, poll_silence_seconds=seconds)) == {Trouble.POLLER: minutes}
    assert find_troubles(replace(WELL, poll_silence_seconds=POLL_SILENCE_SECONDS - 0.1)) == {}
    late = replace(WELL, job_late_seconds=JOB_LATE_SECONDS - 0.1)
    assert find_troubles(late) == {}
    waits = replace(WELL, notices_age_seconds=STILL_SECONDS, notices_still_seconds=STILL_SECONDS, ban_seconds=0.5)
    assert find_troubles(waits) == {}
    assert find_troubles(replace(waits, ban_seconds=0.0)) == {Trouble.DELIVERER: 3}
    lately = {"notices_failed": 4, "deliveries_failed": 3, "updates_failed": 3}
    done = {"notices_sent": 60, "deliveries_sent": 60, "updates_done": 70}
    assert find_troubles(replace(WELL, lately=lately | done)) == {Trouble.FAILURES: 5}
    assert find_troubles(replace(WELL, lately=lately | done | {"updates_done": 71})) == {}
    assert find_troubles(replace(WELL, lately=lately)) == {Trouble.FAILURES: 100}


def test_what_was_told_holds_to_half_of_its_border() -> None:
    """Half the failures, half their share; one refusal more; half as much room again."""
    for failed, sent, percent in ((5, 195, 2), (5, 196, None), (4, 1, None)):
        ill = replace(WELL, lately={"notices_failed": failed, "notices_sent": sent})
        assert find_troubles(ill, {Trouble.FAILURES}) == ({} if percent is None else {Trouble.FAILURES: percent})
    assert find_troubles(replace(WELL, lately={"floods": 1}), {Trouble.FLOODS}) == {Trouble.FLOODS: 1}
    assert find_troubles(replace(WELL, lately={"floods": 0}), {Trouble.FLOODS}) == {}
    for free, told, full in ((5 * GIB, (), False), (5 * GIB - 1, (), True)):
        assert bool(find_troubles(replace(WELL, disk_free_bytes=free), told)) is full
    wide = replace(WELL, disk_free_bytes=15 * GIB // 2)
    assert find_troubles(wide, {Trouble.DISK}) == {}
    assert find_troubles(replace(wide, disk_free_bytes=wide.disk_free_bytes - 1), {Trouble.DISK}) == {
        Trouble.DISK: 7679
    }
    assert find_troubles(Vitals(disk_total_bytes=1, disk_free_bytes=0)) == {Trouble.DISK: 0}
