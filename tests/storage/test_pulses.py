from __future__ import annotations

from storage import Store, Tx
from storage.pulse import PulseCause
from storage.tables import pulses
from tests.storage.cast import add_member
from tests.storage.clock import NOON, Clock

DAY_SECONDS = 24 * 3600
THIS_WEEK, NEXT_WEEK = "2910", "2911"
"""The store's clock begins on a Thursday."""


def ask(tx: Tx, number: int, source: str, said: int | None) -> None:
    """Ask a new member, who came by this way and answers so, or not."""
    pulse_id = pulses.add(tx, add_member(tx, number).id, PulseCause.JOINED, source)
    assert said is None or pulses.answer(tx, pulse_id, said)


async def test_answers_are_counted_by_week_and_by_the_way_people_came(store: Store, clock: Clock) -> None:
    """Each answer in each group apart, those that are still awaited too; a week begins on Monday."""
    asked = [(0, "qr", 5), (0, "", 5), (3, "qr", 1), (4, "qr", 5), (4, "", None)]
    for number, (day, source, said) in enumerate(asked):
        clock.now = NOON + day * DAY_SECONDS * 1_000_000
        await store.write(ask, number, source, said)
    between = {"since": NOON, "until": clock.now}
    weeks = await store.read(pulses.count_by_week, **between)
    assert set(weeks) == {(THIS_WEEK, 5, 2), (THIS_WEEK, 1, 1), (NEXT_WEEK, 5, 1), (NEXT_WEEK, None, 1)}
    sources = await store.read(pulses.count_by_source, **between)
    assert set(sources) == {("qr", 5, 2), ("qr", 1, 1), ("", 5, 1), ("", None, 1)}
    assert len(weeks) == len(sources) == 4
    for later in ({"since": NOON + 1, "until": clock.now - 1}, {"since": NOON + 1, "until": clock.now - 2}):
        assert set(await store.read(pulses.count_by_source, **later)) == {("qr", 1, 1)}
