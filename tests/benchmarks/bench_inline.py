"""What an inline answer and a turn of the card cost, with a thousand members and with a million."""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bot.assets import ASSETS
from bot.core.sharing import CardVersions
from bot.handlers.sharing.inline import compose_results
from bot.messages.shop import Shop
from bot.playground.world import Message, Person
from bot.services.sharing.cards import find_cards
from bot.wire.pictures import Pictures
from storage import Store, open_store
from tests.benchmarks.bench_growth import LARGE, SMALL, load_campaign
from tests.benchmarks.million import fill
from tests.benchmarks.rows import Row, row
from tests.journeys.shop_at_work import ShopAtWork, open_shop

ROUNDS = 400
PEOPLE = 100
"""Members who ask the whole bot, one after the other, over HTTP; each turns their card through all stories twice."""

MOST_ANSWER_MS = 300


def measure() -> list[Row]:
    """The work of an answer by size, then answers and turns end to end with a million members."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> list[Row]:
    for members in (SMALL, LARGE):
        async with open_store(f"sqlite:///{folder}/{members}.db"):
            pass
        fill(folder / f"{members}.db", members)
        await asyncio.to_thread(_fill_cards, folder / f"{members}.db", members)
    costs = await _compare(folder)
    async with open_shop(f"sqlite:///{folder}/{LARGE}.db") as shop:
        people = [_move_in(shop, 1 + number * (LARGE // PEOPLE)) for number in range(PEOPLE)]
        first = await _time(_ask(shop, people[0]))
        answers = [await _time(_ask(shop, person)) for person in people]
        looks, turns = await _time_turns(shop, people[: PEOPLE // 10])
    ratio = costs[LARGE] / costs[SMALL]
    what = f"an inline answer's work, a million members against a thousand ({costs[LARGE]:.2f} ms)"
    return [
        row(what, ratio, "x", at_most=1.5),
        row("an inline answer end to end, a million members, 95 of 100", _high(answers), "ms", at_most=MOST_ANSWER_MS),
        row("  the first one after a start", first, "ms", at_most=MOST_ANSWER_MS),
        row(
            "a turn by \N{BLACK LEFT-POINTING TRIANGLE} \N{BLACK RIGHT-POINTING TRIANGLE} end to end", _mid(turns), "ms"
        ),
        row("  the first time, drawn and uploaded", _mid(looks), "ms"),
    ]


async def _compare(folder: Path) -> dict[int, float]:
    """Median milliseconds of one answer's work, measured in turns."""
    shop = Shop(bot_username="bench_bot", inline_mode=True, campaign=load_campaign())
    versions = Pictures(shop, ASSETS).versions
    times: dict[int, list[float]] = {SMALL: [], LARGE: []}
    async with (
        open_store(f"sqlite:///{folder}/{SMALL}.db") as small,
        open_store(f"sqlite:///{folder}/{LARGE}.db") as large,
    ):
        for number in range(ROUNDS):
            for members, store in ((SMALL, small), (LARGE, large)):
                member = (number * 7919) % members + 1
                times[members].append(await _time(_compose_answer(store, shop, versions, member)))
    return {members: _mid(each) for members, each in times.items()}


def _compose_answer(store: Store, shop: Shop, versions: CardVersions, member: int) -> Callable[[], Awaitable[object]]:
    stories = [story.key for story in shop.campaign.stories]

    async def compose() -> object:
        view = await store.read(find_cards, telegram_id=member, versions=versions, stories=stories)
        assert view is not None
        return [result.to_dict() for result in compose_results(shop, view, "loaf")]

    return compose


def _ask(shop: ShopAtWork, person: Person) -> Callable[[], Awaitable[object]]:
    chat = shop.world.open_chat(person, shop.add_person())

    async def ask() -> object:
        return await shop.telegram.until_results(shop.world.type_inline(person, chat, ""), timeout_seconds=30)

    return ask


async def _time_turns(shop: ShopAtWork, people: Sequence[Person]) -> tuple[list[float], list[float]]:
    """Milliseconds of turns to a story never seen before, and to one that Telegram has."""
    rounds: tuple[list[float], list[float]] = ([], [])
    for person in people:
        card = await shop.ask(person, "/share")
        for times in rounds:
            times += [await _time(_turn(shop, person, card)) for _ in load_campaign().stories]
    return rounds[0][:-1], rounds[1]


def _turn(shop: ShopAtWork, person: Person, card: Message) -> Callable[[], Awaitable[object]]:
    before = card.chat.messages[card.id].photo

    async def turn() -> object:
        shop.world.tap(person, card, "\N{BLACK RIGHT-POINTING TRIANGLE}")
        return await shop.telegram.until(
            lambda: card.chat.messages[card.id].photo is not before, timeout_seconds=30, what="the next story"
        )

    return turn


def _move_in(shop: ShopAtWork, member: int) -> Person:
    person = shop.world.add_person(f"Member {member}", person_id=member)
    shop.world.open_chat(person).started = True
    return person


async def _time(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return (time.perf_counter() - began) * 1000


def _mid(times: Sequence[float]) -> float:
    return statistics.median(times)


def _high(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _fill_cards(database: Path, members: int) -> None:
    """Two cards for everybody, as many as most people ever take."""
    with sqlite3.connect(database, isolation_level=None) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO card (person_id, version, file_id, uploaded_at) VALUES (?, ?, ?, 1)",
            ((each, f"{number:016x}", f"file-{each}-{number}") for each in range(1, members + 1) for number in (1, 2)),
        )
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
    connection.close()
