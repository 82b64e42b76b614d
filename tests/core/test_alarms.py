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
