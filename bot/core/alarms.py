"""When the bot stands still, is refused or runs out of room: what its own figures say about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field
from enum import StrEnum

from storage.frozen import frozen

POLL_SILENCE_SECONDS = 40.0
"""Two long polls without an answer. After a minute the process ends by itself; whoever starts it again tells that it is over."""

STILL_SECONDS = 180.0
"""Something waits that could be done, and nothing at all was done in this time."""

JOB_LATE_SECONDS = 900.0
"""Beyond what the job that runs may take."""

LATELY_SECONDS = 600.0
FLOODS_LATELY = 5
"""A 429 now and then is Telegram's usual way; so many in `LATELY_SECONDS` are a pace that is wrong."""

FAILURES_LATELY = 10
FAILING_SHARE = 0.05
"""Of all that was tried in `LATELY_SECONDS`."""

LEAST_FREE_SHARE, LEAST_FREE_BYTES = 0.05, 256 * 1024**2
"""A disk is nearly full below either; it has room again above `RELIEF` times both."""

RELIEF = 1.5

DONE = ("notices_sent", "deliveries_sent", "updates_done")
FAILED = ("notices_failed", "deliveries_failed", "updates_failed")


class Trouble(StrEnum):
    """What owners are told of, and told when it is over."""

    POLLER = "poller"
    """Telegram gives no updates."""
    UPDATES = "updates"
    """Updates wait, and none is handled."""
    DELIVERER = "deliverer"
    """Notices wait, and none leaves."""
    JOBS = "jobs"
    """The bot's own work is late."""
    FLOODS = "floods"
    """Telegram refuses one message after the other for being too many."""
    FAILURES = "failures"
    """Much of what is tried fails."""
    DISK = "disk"
    """Is nearly full."""


STANDSTILLS = (Trouble.POLLER, Trouble.UPDATES, Trouble.DELIVERER, Trouble.JOBS, Trouble.DISK)
"""With one of these the bot is not ready to work."""


@frozen
class Vitals:
    """The bot's figures at one moment; ages are 0 where nothing waits."""

    poll_silence_seconds: float = 0.0
    updates_waiting: int = 0
    updates_age_seconds: float = 0.0
    """Of the oldest that waits."""
    updates_still_seconds: float = 0.0
    """Since any was done with, or put off."""
    notices_waiting: int = 0
    notices_age_seconds: float = 0.0
    """Of the oldest that was never tried."""
    notices_still_seconds: float = 0.0
    ban_seconds: float = 0.0
    """For how long a 429 still forbids all sending."""
    late_job: str = ""
    job_late_seconds: float = 0.0
    disk_free_bytes: int = 0
    disk_total_bytes: int = 0
    """0 where nobody knows."""
    database_bytes: int = 0
    lately: Mapping[str, int] = field(default_factory=dict)
    """What was counted within `LATELY_SECONDS`."""


def find_troubles(vitals: Vitals, told: Collection[Trouble] = ()) -> dict[Trouble, int]:
    """What is wrong, each with its figure: minutes, refusals, a percentage of failures, mebibytes that are free.

    What was `told` is over only once it is clearly better, so that a figure at the border tells nothing twice.
    """
    found = {
        Trouble.POLLER: _find_age(vitals.poll_silence_seconds, POLL_SILENCE_SECONDS),
        Trouble.UPDATES: _find_age(min(vitals.updates_age_seconds, vitals.updates_still_seconds), STILL_SECONDS),
        Trouble.DELIVERER: _find_age(
            0.0 if vitals.ban_seconds > 0 else min(vitals.notices_age_seconds, vitals.notices_still_seconds),
            STILL_SECONDS,
        ),
        Trouble.JOBS: _find_age(vitals.job_late_seconds, JOB_LATE_SECONDS),
        Trouble.FLOODS: _find_floods(vitals, known=Trouble.FLOODS in told),
        Trouble.FAILURES: _find_failures(vitals, known=Trouble.FAILURES in told),
        Trouble.DISK: _find_fullness(vitals, known=Trouble.DISK in told),
    }
    return {trouble: figure for trouble, figure in found.items() if figure is not None}


def _find_age(seconds: float, most: float) -> int | None:
    """Whole minutes, at least one."""
    return max(1, round(seconds / 60)) if seconds >= most else None


def _find_floods(vitals: Vitals, *, known: bool) -> int | None:
    floods = vitals.lately.get("floods", 0)
    return floods if floods >= (1 if known else FLOODS_LATELY) else None


def _find_failures(vitals: Vitals, *, known: bool) -> int | None:
    """The percentage of what failed."""
    failed = sum(vitals.lately.get(name, 0) for name in FAILED)
    share = failed / max(1, failed + sum(vitals.lately.get(name, 0) for name in DONE))
    least = FAILURES_LATELY if not known else FAILURES_LATELY / 2
    return round(100 * share) if failed >= least and share >= (FAILING_SHARE / 2 if known else FAILING_SHARE) else None


def _find_fullness(vitals: Vitals, *, known: bool) -> int | None:
    """Free mebibytes."""
    if vitals.disk_total_bytes == 0:
        return None
    least = max(LEAST_FREE_BYTES, vitals.disk_total_bytes * LEAST_FREE_SHARE) * (RELIEF if known else 1)
    return vitals.disk_free_bytes // 1024**2 if vitals.disk_free_bytes < least else None
