from __future__ import annotations

from tests.wire.virtual_hour import SEND_RATE, count_busiest_second, play


def test_never_more_than_thirty_a_second_and_none_inside_a_pause() -> None:
    """A hundred seconds of an hour that `make hours` plays whole: with answers and 429s in between."""
    hour = play(4_000, seed=3)
    assert len(hour.arrivals) == 4_000 + len(hour.waits)
    assert len(hour.waits) > 50
    assert hour.busiest_second <= SEND_RATE
    assert hour.busiest_second >= SEND_RATE - 3, "nobody was held back"
    assert hour.floods >= 2
    assert hour.too_early == 0


def test_a_second_slides() -> None:
    """Two bursts on both sides of a full second are one."""
    assert count_busiest_second([0.9, 1.0, 1.1, 1.85, 3.0]) == 4
    assert count_busiest_second([0.0, 1.0, 2.0]) == 1
