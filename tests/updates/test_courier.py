"""A process that handles no updates passes on what is answered now or never, and no more of it than the line takes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, cast

import pytest

from bot.telemetry import Metrics
from bot.updates.courier import MOST_BYTES, MOST_UNDER_WAY, Courier
from bot.updates.raw_updates import RawUpdate, parse_update
from storage import Store
from storage.errors import StoreUnavailable
from storage.records import UpdateBrought
from tests.wire.server import make_inline, make_update


def type_inline(number: int, query: str = "tea") -> RawUpdate:
    """Somebody types behind the bot's name."""
    update = parse_update(make_inline(number, 7, query))
    assert update is not None
    return update


class Line:
    """A store whose units end when the test says so."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.free = asyncio.Event()

    async def write(self, *_: object) -> None:
        """Wait, and fail if that is what it does."""
        await self.free.wait()
        if self.error is not None:
            raise self.error


def want_all(_: RawUpdate) -> bool:
    """Whether any handler wants it."""
    return True


def make_courier(store: Any, is_wanted: Callable[[RawUpdate], bool] = want_all) -> tuple[Courier, Metrics]:
    """A courier, and what it counts."""
    metrics = Metrics()
    return Courier(cast("Store", store), is_wanted, metrics), metrics


async def test_whoever_runs_the_shop_hears_each_query_as_it_was(store: Store) -> None:
    """Word for word; settled means that all of them were passed on."""
    heard: list[str] = []
    store.subscribe(lambda events: heard.extend(event.raw for event in events), UpdateBrought)
    courier, metrics = make_courier(store)
    for number in range(3):
        courier.take_inline(type_inline(number, f"tea {number} \u8336"))
    await courier.settle()
    await courier.settle()
    assert [json.loads(raw)["inline_query"]["query"] for raw in heard] == [f"tea {n} \u8336" for n in range(3)]
    assert [raw.encode() for raw in heard] == [type_inline(n, f"tea {n} \u8336").raw for n in range(3)]
    assert metrics.read()["inline_dropped"] == 0


async def test_what_is_larger_than_the_line_takes_is_dropped(store: Store) -> None:
    """Up to the last byte it is passed on; nothing is raised for the rest."""
    heard: list[str] = []
    store.subscribe(lambda events: heard.extend(event.raw for event in events), UpdateBrought)
    courier, metrics = make_courier(store)
    room = MOST_BYTES - len(type_inline(1, "").raw)
    courier.take_inline(type_inline(1, "x" * room))
    courier.take_inline(type_inline(2, "x" * (room + 1)))
    await courier.settle()
    assert [len(raw) for raw in heard] == [MOST_BYTES]
    assert metrics.read()["inline_dropped"] == 1


async def test_somebody_who_types_faster_than_the_line_takes_loses_what_is_too_much() -> None:
    """What is on its way has its place; once it has arrived there is room again."""
    line = Line()
    courier, metrics = make_courier(line)
    for number in range(MOST_UNDER_WAY + 2):
        courier.take_inline(type_inline(number))
    assert metrics.read()["inline_dropped"] == 2
    line.free.set()
    await courier.settle()
    courier.take_inline(type_inline(99))
    await courier.settle()
    assert metrics.read()["inline_dropped"] == 2


async def test_a_query_is_lost_while_the_store_is_away_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    """It is counted, and the log says why; whoever brought it hears nothing of that."""
    line = Line(StoreUnavailable("away"))
    line.free.set()
    courier, metrics = make_courier(line)
    courier.take_inline(type_inline(1))
    await courier.settle()
    assert metrics.read()["inline_dropped"] == 1
    assert [each.args for each in caplog.records] == [(line.error,)]


@pytest.mark.parametrize("wanted", [True, False])
def test_what_nobody_handles_and_what_merely_happened_are_not_kept(wanted: bool) -> None:
    """As where updates are handled."""
    courier, _ = make_courier(None, lambda _: wanted)
    said = make_update(1, 7)
    happened = parse_update(said | {"message": {**cast("dict[str, Any]", said["message"]), "pinned_message": {}}})
    spoken = parse_update(said)
    assert spoken is not None
    assert happened is not None
    assert courier.is_wanted(spoken) is wanted
    assert not courier.is_wanted(happened)
