"""When a process looks at the others again: at the next heartbeat, at the moment one may be declared dead, or when something has happened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import pytest

from storage import LeaseLost, StoreBusy
from storage.engines import postgres, postgres_keeper
from storage.engines.postgres_keeper import PostgresKeeper, PostgresTenure, Trust, tell_seconds
from storage.engines.postgres_server import PostgresServer
from storage.leases import DEAD_SECONDS

NEVER, SOON = 1e6, 0.05
PATIENCE_SECONDS = 60.0


@pytest.fixture
def keeper(monkeypatch: pytest.MonkeyPatch) -> PostgresKeeper:
    """One that has no server yet."""
    monkeypatch.setattr(postgres_keeper, "SOONEST_SECONDS", 0.0)
    return PostgresKeeper(cast("PostgresServer", None), "postgresql://nowhere", "control")


def say_nothing(_keeper: PostgresKeeper) -> None:
    """Nothing happens."""


def want_another(keeper: PostgresKeeper) -> None:
    """A shop was added to the folder."""
    keeper.set_wanted(["north"])


def hear_of_leases(keeper: PostgresKeeper) -> None:
    """Another process has said so."""
    keeper.note_leases()


def let_one_fall_silent(keeper: PostgresKeeper) -> None:
    """It would be dead in a moment; of one that is dead already, and of ourselves, nothing is expected."""
    now = tell_seconds()
    keeper._beats = {8: (1, now - DEAD_SECONDS + SOON), 9: (1, now - 2 * DEAD_SECONDS), keeper.id: (1, now)}


@pytest.mark.parametrize(
    ("heartbeat_seconds", "happen"),
    [(SOON, say_nothing), (NEVER, want_another), (NEVER, hear_of_leases), (NEVER, let_one_fall_silent)],
)
async def test_a_rest_ends(
    heartbeat_seconds: float,
    happen: Callable[[PostgresKeeper], None],
    keeper: PostgresKeeper,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each by itself."""
    monkeypatch.setattr(postgres_keeper, "HEARTBEAT_SECONDS", heartbeat_seconds)
    happen(keeper)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await keeper._rest(tell_seconds())


async def test_what_has_happened_ends_one_rest_alone(keeper: PostgresKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would look again and again."""
    monkeypatch.setattr(postgres_keeper, "HEARTBEAT_SECONDS", NEVER)
    keeper.set_wanted(["north"])
    await keeper._rest(tell_seconds())
    another = asyncio.create_task(keeper._rest(tell_seconds()))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not another.done()
    another.cancel()


async def test_whoever_waits_for_certainty_is_woken_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or looks by itself after a heartbeat."""
    monkeypatch.setattr(postgres_keeper, "HEARTBEAT_SECONDS", NEVER)
    trust = Trust()
    tenure = PostgresTenure("north", "north", 1, trust)
    assert not tenure.is_held()
    waiting = [asyncio.create_task(each) for each in (tenure.wait_held(), trust.wait_changed())]
    await asyncio.sleep(0)
    assert [each.done() for each in waiting] == [False, False]
    trust.renew(tell_seconds())
    async with asyncio.timeout(PATIENCE_SECONDS):
        await asyncio.gather(*waiting)
        assert trust.is_fresh()
        monkeypatch.setattr(postgres_keeper, "HEARTBEAT_SECONDS", SOON)
        await trust.wait_changed()


async def test_listeners_hear_of_the_end_once_and_also_afterwards() -> None:
    """With its reason, the first one that there was."""
    trust, heard = Trust(), list[str]()
    trust.renew(tell_seconds())
    tenure = PostgresTenure("north", "north", 1, trust)
    tenure.on_end(lambda error: heard.append(str(error)))
    assert (tenure.is_held(), heard) == (True, [])
    for reason in ("handed over", "lost"):
        tenure.finish(LeaseLost(reason))
    tenure.on_end(lambda error: heard.append(f"later: {error}"))
    assert (tenure.is_held(), heard) == (False, ["handed over", "later: handed over"])
    with pytest.raises(LeaseLost, match="handed over"):
        await tenure.wait_held()


class Busy:
    """A keeper of leases where another holds the shop for so many tries."""

    def __init__(self, tries: int) -> None:
        self.left = tries
        self.tenure = PostgresTenure("north", "north", 1, Trust())

    async def take(self, shop: str, url: str) -> PostgresTenure:
        """Try once."""
        assert (shop, url) == ("north", "postgresql://nowhere")
        self.left -= 1
        if self.left >= 0:
            raise StoreBusy("Another process runs the shop.")
        return self.tenure


@pytest.mark.parametrize(("tries", "patience_seconds"), [(0, 0.0), (3, NEVER)])
async def test_a_shop_that_is_being_handed_over_is_waited_for(
    tries: int, patience_seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a moment, again and again."""
    monkeypatch.setattr(postgres, "PATIENCE_SECONDS", patience_seconds)
    monkeypatch.setattr(postgres, "PAUSE_SECONDS", 0.0)
    keeper = Busy(tries)
    taken = await postgres._take_for_a_while(cast("PostgresKeeper", keeper), "postgresql://nowhere", "north")
    assert taken is keeper.tenure
    assert keeper.left == -1


async def test_a_shop_that_stays_anothers_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever."""
    monkeypatch.setattr(postgres, "PATIENCE_SECONDS", SOON)
    with pytest.raises(StoreBusy, match="Another process runs the shop"):
        await postgres._take_for_a_while(cast("PostgresKeeper", Busy(10**9)), "postgresql://nowhere", "north")
