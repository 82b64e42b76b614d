"""What ten campaigns cost: swapping the snapshot that shows them all, and joins and inline answers with it."""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.assets import ASSETS
from bot.core.campaigns.campaign import Campaign
from bot.handlers.sharing.inline import compose_results
from bot.messages.shop import Shop
from bot.process import SWITCH_SECONDS
from bot.services.campaigns.opening import Source, open_shop, take_campaign
from bot.services.joining.joining import start
from bot.services.sharing.cards import find_cards
from bot.wire.pictures import Pictures
from bot.wire.snapshot import Snapshot, Snapshots
from storage import Store, open_store
from storage.records import Profile
from tests.benchmarks.bench_growth import load_campaign
from tests.benchmarks.rows import Row, row

CAMPAIGNS = 10
SWAPS = 40
ROUNDS = 600
GAP_SECONDS = 0.001
"""How often it is looked whether the event loop was held up."""


def measure() -> list[Row]:
    """What a swap costs and holds up; joins and answers where the snapshot is looked after against where it is not."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)  # as the bot has it
    try:
        return asyncio.run(_measure())
    finally:
        sys.setswitchinterval(before)


async def _measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            open_store(f"sqlite:///{folder}/frozen.db") as one,
            open_store(f"sqlite:///{folder}/living.db") as other,
        ):
            frozen, living = await _open(one, CAMPAIGNS), await _open(other, CAMPAIGNS)
            swaps, cpu, gap, idle = await _time_swaps(other, await _open(other, CAMPAIGNS))
            await living.refresh()
            joins, answers = await _compare((one, frozen), (other, living))
    return [
        row(f"swapping the snapshot of {CAMPAIGNS} campaigns, CPU", cpu, "ms", at_most=20),
        row("  from the change until it is shown", statistics.median(swaps), "ms"),
        row("  how much later the loop comes to others meanwhile, 95 of 100", gap - idle, "ms", at_most=5),
        row(
            f"a join with the snapshot of {CAMPAIGNS} campaigns looked after, against a frozen one",
            joins,
            "x",
            at_most=1.05,
        ),
        row("an inline answer likewise", answers, "x", at_most=1.05),
    ]


async def _open(store: Store, count: int) -> Snapshots:
    """A shop with so many campaigns that run, each with other words, and the snapshot that shows them."""
    main = load_campaign()
    await store.write(open_shop, Source(campaign=main))
    for number in range(1, count):
        await store.write(take_campaign, Source(campaign=_vary(main, number)), main=False)
    shop = Shop(bot_username="bench_bot", inline_mode=True, campaign=main)
    snapshots = Snapshots(store, Snapshot(shop=shop, pictures=Pictures(shop, ASSETS)))
    await snapshots.refresh()
    return snapshots


def _vary(campaign: Campaign, number: int) -> Campaign:
    return replace(campaign, slug=f"chapter-{number}", inviter_points=campaign.inviter_points + number)


async def _time_swaps(store: Store, snapshots: Snapshots) -> tuple[list[float], float, float, float]:
    """Milliseconds of each swap, the CPU of one, and how late the loop comes while they are made and while nothing is."""
    main, swaps, cpu = load_campaign(), list[float](), 0.0
    async with _watched() as idle:
        await asyncio.sleep(1)
    async with _watched() as busy:
        for number in range(SWAPS):
            changed = replace(_vary(main, 1), invitee_points=1 + number)
            await store.write(take_campaign, Source(campaign=changed), main=False)
            before, began, spent = snapshots.current, time.perf_counter(), time.process_time()
            await snapshots.refresh()
            cpu += (time.process_time() - spent) * 1000
            swaps.append((time.perf_counter() - began) * 1000)
            assert snapshots.current is not before
    return swaps, cpu / SWAPS, _high(busy), _high(idle)


@asynccontextmanager
async def _watched() -> AsyncIterator[list[float]]:
    """How late the event loop came each time somebody waited for it, in milliseconds."""
    late: list[float] = []

    async def look() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(GAP_SECONDS)
            late.append((time.perf_counter() - began - GAP_SECONDS) * 1000)

    looking = asyncio.create_task(look())
    try:
        yield late
    finally:
        looking.cancel()


async def _compare(frozen: tuple[Store, Snapshots], living: tuple[Store, Snapshots]) -> tuple[float, float]:
    """How many times as long a join and an inline answer take where the snapshot is looked after; measured in turns."""
    shops = (frozen, living)
    codes = [(await store.write(start, visitor=_make_profile(0), payload="")).member.code for store, _ in shops]
    joins: tuple[list[float], list[float]] = ([], [])
    answers: tuple[list[float], list[float]] = ([], [])
    kept = frozen[1].current
    looking = asyncio.create_task(living[1].run())
    for number in range(1, ROUNDS):
        for at in (0, 1) if number % 2 else (1, 0):
            store, snapshots = shops[at]
            joins[at].append(await _time(_join(store, number, codes[at])))
            answers[at].append(await _time(_answer(store, snapshots.current if at else kept, number)))
    looking.cancel()
    return tuple(_median(own) / _median(other) for other, own in (joins, answers))  # type: ignore[return-value]


def _make_profile(number: int) -> Profile:
    return Profile(telegram_id=1_000 + number, first_name=f"Guest {number}", telegram_language="en")


def _join(store: Store, number: int, code: str) -> Callable[[], Awaitable[object]]:
    return lambda: store.write(start, visitor=_make_profile(number), payload=f"{code}-fwd")


def _answer(store: Store, snapshot: Snapshot, number: int) -> Callable[[], Awaitable[object]]:
    """What an inline query costs: the member's cards of the stories that are handed out, composed as results."""
    stories = [story.key for story in snapshot.shop.campaign.stories]

    async def compose() -> object:
        view = await store.read(
            find_cards, telegram_id=1_000 + number, versions=snapshot.pictures.versions, stories=stories
        )
        assert view is not None
        return [result.to_dict() for result in compose_results(snapshot.shop, view, "loaf")]

    return compose


async def _time(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return (time.perf_counter() - began) * 1000


def _median(times: list[float]) -> float:
    return statistics.median(times)


def _high(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]
