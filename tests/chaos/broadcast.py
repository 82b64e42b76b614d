"""A broadcast goes to many while the bot is killed again and again, at the pace that Telegram asks for."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable
from random import Random

from bot.playground import faults
from bot.playground.faults import Faults
from bot.playground.world import World
from bot.wire.pacing import MOST_IN_FLIGHT
from tests.chaos.audience import (
    Audience,
    confirm,
    enrol,
    gather_audience,
    keep_asking,
    list_unanswered,
    measure_answers,
    read_unknown,
)
from tests.chaos.author import Author
from tests.chaos.broadcast_verdict import Outcome, judge_broadcast
from tests.chaos.databases import lend_database
from tests.chaos.findings import Report
from tests.chaos.order import Order
from tests.chaos.plan import draw_kill
from tests.chaos.stage import Stage, set_stage

LATENCY_SECONDS = 0.08
TRAVEL_SECONDS = 0.3
BAN_SECONDS = 8
"""Longer than the bot takes to be back: the next process has to keep to it as well."""

WRITTEN_DOWN_SECONDS = 0.6
"""After a 429 until the death inside its time."""

FINISH_SECONDS = 120.0
"""For everything but the sending itself."""

PAUSES = 5
ANSWER_SECONDS = 30.0
"""For the last questions."""


async def run_broadcast(order: Order, *, interrupted: bool = True) -> Report:
    """Send one broadcast to its end and judge it; `interrupted` also by its author."""
    began = time.monotonic()
    world = World(seed=order.seed)
    audience = gather_audience(world, size=order.size, seed=order.seed)
    settings = {"ADMIN_IDS": str(audience.admin.id), "SEND_RATE": str(order.send_rate)}
    with lend_database(order.engine, order.folder) as url:
        await enrol(url, audience, order.seed)
        async with set_stage(order, url, world, **settings) as stage:
            author = Author(stage, audience) if interrupted else None
            listed = await _play(stage, audience, order, author)
            await stage.keeper.stop()
        outcome = _gather(stage, audience, listed, order)
        findings = judge_broadcast(outcome)
        await stage.judge_house(findings, send_rate=order.send_rate, travel_seconds=TRAVEL_SECONDS)
    if author is not None:
        findings.others += author.still
        findings.lost += [f"person {each} is listed as edited and does not read it" for each in author.unedited]
    return Report(
        order=order,
        updates=len(stage.handed),
        kills=len(stage.killer.deaths),
        seconds=time.monotonic() - began,
        findings=findings,
        unknown=outcome.count("unknown"),
        figures=_measure(stage, outcome) | (_measure_author(author, outcome) if author else {}),
    )


async def _play(stage: Stage, audience: Audience, order: Order, author: Author | None) -> str:
    """Send it through all deaths; returns what the admin can read of those whose outcome is unknown."""
    await confirm(stage.telegram, audience)
    _order_faults(stage.telegram.faults, order.seed)
    asking = asyncio.create_task(keep_asking(stage.world, audience, Random(order.seed)))
    if author is None:
        await _die_often(stage, order, Random(order.seed), range(order.kills))
    else:
        await _interrupt(stage, order, author)
    await _until_over(stage, order)
    asking.cancel()
    stage.telegram.faults.clear()
    await _until(stage, lambda: not list_unanswered(stage.world, audience), ANSWER_SECONDS)
    return await read_unknown(stage.telegram, audience)


async def _until_over(stage: Stage, order: Order) -> None:
    await _until(stage, stage.reader.are_broadcasts_over, FINISH_SECONDS + 3 * order.size / order.send_rate)


async def _interrupt(stage: Stage, order: Order, author: Author) -> None:
    """Two fifths of the deaths, the edit and a fifth in it, the rest, and once nine of ten have it, its deletion with the last."""
    random, ends = Random(order.seed), [order.kills * part // 10 for part in (4, 6, 9, 10)]
    pauses = min(PAUSES, order.kills)
    author.pauses = {round(number * ends[2] / (pauses + 1)) for number in range(1, pauses + 1)}
    await _die_often(stage, order, random, range(ends[0]), author)
    await author.edit()
    for _ in range(ends[0], ends[1]):
        most = _count_calls(stage, "sendMessage") // (4 * max(1, ends[1] - ends[0]))
        await stage.die(draw_kill(random, least=1, most=max(2, most)), method="editMessageText")
    await _until(
        stage, lambda: stage.reader.find_states().get("edit") == "done", FINISH_SECONDS + order.size / order.send_rate
    )
    await _die_often(stage, order, random, range(ends[1], ends[2]), author)
    while len(author.goes_ms) < pauses and author.is_in("send", "running"):
        await author.pause_and_resume()
    enough = order.size * 9 // 10
    await _until(
        stage,
        lambda: _count_calls(stage, "sendMessage") - len(author.audience.asked) >= enough,
        FINISH_SECONDS + order.size / order.send_rate,
    )
    await author.take_back()
    for _ in range(ends[2], ends[3]):
        most = order.size // (4 * max(1, ends[3] - ends[2]))
        await stage.die(draw_kill(random, least=1, most=max(2, most)), method="deleteMessages")


def _count_calls(stage: Stage, method: str) -> int:
    return stage.world.journal.counts[method]


def _gather(stage: Stage, audience: Audience, listed: str, order: Order) -> Outcome:
    """Of each death so many outcomes may be unknown as are in flight at most."""
    books = {each.action: each for each in stage.reader.list_broadcasts()}
    return Outcome(
        audience=audience,
        books=books.get("send"),
        edit=books.get("edit"),
        deletion=books.get("delete"),
        world=stage.world,
        listed=listed,
        kills=len(stage.killer.deaths),
        in_flight=min(max(4, order.send_rate // 5), MOST_IN_FLIGHT),
    )


def _measure(stage: Stage, outcome: Outcome) -> dict[str, float]:
    return {
        "members": len(outcome.audience.everybody),
        "sent": outcome.count("sent"),
        "unknown_and_received": outcome.count_unknown_received(),
        "blocked": outcome.count("blocked"),
        "unknown_by_deaths": outcome.count_unknown_by_deaths(),
        "busiest_second": stage.world.busiest_second(),
        "bans": len(stage.bans.bans),
        "questions": len(outcome.audience.asked),
        "answer_ms": measure_answers(stage.world, outcome.audience),
    }


def _measure_author(author: Author, outcome: Outcome) -> dict[str, float]:
    deleted = Counter(state for _, state in outcome.deletion.deliveries) if outcome.deletion else Counter[str]()
    return {
        "pauses": len(author.goes_ms),
        "longest_stop_ms": round(max(author.stops_ms, default=0.0)),
        "longest_go_ms": round(max(author.goes_ms, default=0.0)),
        "edited": author.edited,
        "deleted": deleted["sent"],
        "not_deleted": deleted.total() - deleted["sent"],
    }


def _order_faults(orders: Faults, seed: int) -> None:
    """The mix of what goes wrong with sending; somebody who has blocked the bot is a 403 of the world's own."""
    orders.latency_seconds = LATENCY_SECONDS
    wrong = [
        (faults.delay(6.0), 0.003),
        (faults.drop(after_effect=True), 0.005),
        (faults.drop(after_effect=False), 0.005),
        (faults.error(500), 0.005),
        (faults.html_page(after_effect=True), 0.0025),
        (faults.too_many_requests(2), 0.001),
    ]
    for place, method in enumerate(("sendMessage", "editMessageText", "deleteMessages")):
        for number, (fault, probability) in enumerate(wrong):
            drawn = seed * 100 + place * 10 + number
            orders.order(fault, method, times=-1, probability=probability, seed=drawn)


async def _die_often(
    stage: Stage,
    order: Order,
    random: Random,
    numbers: Iterable[int],
    author: Author | None = None,
) -> None:
    """These deaths hang on sends of the broadcast; the one in the middle comes while a 429's time runs."""
    share = order.size // order.kills
    for number in numbers:
        stage.keeper.raise_if_gone()
        if number == (order.kills // 2 if author is None else order.kills * 6 // 10):
            await _die_in_ban(stage)
        else:
            point = draw_kill(random, least=max(1, share // 10), most=max(2, share * 8 // 10))
            await stage.die(point, method="sendMessage")
        if author is not None and number in author.pauses:
            await author.pause_and_resume()


async def _die_in_ban(stage: Stage) -> None:
    before = len(stage.bans.bans)
    stage.telegram.faults.order(faults.too_many_requests(BAN_SECONDS), "sendMessage", nth=5, times=2)
    await stage.telegram.until(lambda: _find_long_ban(stage, before), timeout_seconds=60, what="the long 429")
    await asyncio.sleep(WRITTEN_DOWN_SECONDS)
    stage.killer.strike()


def _find_long_ban(stage: Stage, before: int) -> bool:
    return any(ban.until_at - ban.answered_at > 5_000_000 for ban in stage.bans.bans[before:])


async def _until(stage: Stage, is_so: Callable[[], bool], timeout_seconds: float) -> bool:
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        stage.keeper.raise_if_gone()
        if await asyncio.to_thread(is_so):  # Telegram's clock must not stand still meanwhile
            return True
        await asyncio.sleep(0.3)
    return False
