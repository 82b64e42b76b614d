"""`make hours`: every hour of a year in every zone: when would a broadcast for their morning reach somebody there?"""

from __future__ import annotations

import sys
import time
from zoneinfo import ZoneInfo

from bot.core.broadcasts.windows import MORNING, SECOND, Hours, compute_window
from bot.core.durations import DAY, HOUR
from tests.core.test_broadcast_times import ZONES, at, is_inside, list_turns, read_hour

YEAR = 2026
QUARTER = HOUR // 4


def list_moments(zone: ZoneInfo) -> list[int]:
    """Every hour of the year, and every quarter around both turns of the clocks."""
    begin = at(f"{YEAR}-01-01")
    hours = [begin + hour * HOUR for hour in range(365 * 24)]
    turns = [turn + quarter * QUARTER for turn in list_turns(zone, YEAR) for quarter in range(-12 * 16, 4 * 16)]
    return hours + turns


def list_wrong(hours: Hours, name: str) -> list[str]:
    """Where somebody in a zone would be written to outside their hours, or not within two days."""
    zone, wrong = ZoneInfo(name), []
    for now in list_moments(zone):
        due_at, until_at = compute_window(hours, zone, now)
        ends = (due_at, until_at - SECOND, (due_at + until_at) // 2)
        if not all(is_inside(hours, read_hour(moment, zone)) for moment in ends) or not now <= due_at <= now + 2 * DAY:
            wrong.append(f"{name} at {now}: {due_at} to {until_at}")
    return wrong


def main() -> int:
    """Print what came of it; 1 where anybody is written to outside their hours."""
    began = time.process_time()
    wrong = [words for name in ZONES for words in list_wrong(MORNING, name)]
    turning = sum(bool(list_turns(ZoneInfo(name), YEAR)) for name in ZONES)
    sys.stdout.write(
        f"{len(ZONES)} zones, {turning} of them turn their clocks: {len(wrong)} outside their morning, "
        f"{time.process_time() - began:.0f} s of CPU\n"
    )
    sys.stdout.writelines(f"{words}\n" for words in wrong[:20])
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
