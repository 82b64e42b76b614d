"""When work at the bot's own pace is due."""

from __future__ import annotations

from datetime import datetime, tzinfo

FIRST_REST_SECONDS = 30.0
"""After the first failure; each further one in a row doubles it."""

TOLD_AFTER_FAILURES = 3
"""So many in a row are no hiccup any more: somebody should know."""

MICROSECONDS = 1_000_000


def compute_left_seconds(due_at: int, now: int, every_seconds: float) -> float:
    """How long until a job is due.

    Never longer than the job waits at all: the clock may have been ahead when it was written down.
    """
    return min(max(0.0, (due_at - now) / MICROSECONDS), every_seconds)


def compute_rest_seconds(failures: int, every_seconds: float) -> float:
    """How long a job rests after so many runs in a row that failed; 0 is one that went well."""
    if failures == 0:
        return every_seconds
    return min(every_seconds, FIRST_REST_SECONDS * 2.0 ** min(failures - 1, 30))


def compute_look(now: float, rest_seconds: float, grid_seconds: float) -> float:
    """When to look after a rest: at the last whole multiple of the grid in it, at which others look as well."""
    return (
        now + rest_seconds - (now + rest_seconds) % grid_seconds if rest_seconds >= grid_seconds else now + rest_seconds
    )


def decide_told(failures: int) -> bool:
    """Whether so many failures in a row are something the admins should have been told of."""
    return failures >= TOLD_AFTER_FAILURES


def compose_moment(at_us: int, zone: tzinfo) -> str:
    """A moment in microseconds as programs read it, at the time of a place: `2026-12-24T09:00:00+07:00`."""
    return datetime.fromtimestamp(at_us // MICROSECONDS, zone).isoformat()


def parse_moment(said: str, zone: tzinfo, now: int) -> int | None:
    """Read `2026-12-24 09:00` where the shop is, as microseconds; None for what is no moment to come."""
    try:
        moment = datetime.strptime(said.strip(), "%Y-%m-%d %H:%M").replace(tzinfo=zone)
    except ValueError:
        return None
    at = int(moment.timestamp()) * MICROSECONDS
    return at if at > now else None
