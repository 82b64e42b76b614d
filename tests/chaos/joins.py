"""People come by each other's links while the bot is killed again and again."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

from bot.assets import ASSETS
from bot.campaign_file import load_campaign
from bot.playground import faults
from bot.playground.faults import Faults
from bot.playground.world import Call, Chat, World
from tests.chaos.crowd import Crowd, NeverCameError
from tests.chaos.databases import lend_database
from tests.chaos.expectation import expect
from tests.chaos.findings import Report
from tests.chaos.order import Order
from tests.chaos.plan import Action, Segment, draw_plan
from tests.chaos.stage import Stage, set_stage
from tests.chaos.verdict import Evidence, find_unknown_shares, judge

SETTLE_SECONDS = 180.0
"""For everything to be handled and sent after the last death: as long as a few retries take."""

CAMPAIGN = ASSETS / "campaigns" / "welcome.toml"
CHANNEL = "chaos_news"
LATENCY_SECONDS = 0.02
SEND_RATE, CHAT_RATE = 1000, 20
"""Wide, so that the run is about deaths and not about waiting; letters to one chat still merge."""

BAN_SECONDS = 3
TRAVEL_SECONDS = 1.5
"""At this rate hundreds of requests are on their way, and a busy machine takes them in one by one."""

SENDING = ("sendMessage", "sendPhoto", "editMessageText", "answerCallbackQuery")


@dataclass(slots=True)
class _Course:
    """How a run went."""

    done: list[Action] = field(default_factory=list)
    stopped: str = ""
    """Why it could not be played to its end."""
    unsettled: str = ""
    """Played to its end, but the bot never came to rest."""


async def run_joins(order: Order) -> Report:
    """Play a plan to its end and judge it."""
    began = time.monotonic()
    plan = draw_plan(order.seed, updates=order.size, kills=order.kills)
    world, channel = _make_world(order.seed)
    settings = {"ANNOUNCE_CHAT": f"@{CHANNEL}", "SEND_RATE": str(SEND_RATE), "CHAT_RATE": str(CHAT_RATE)}
    with lend_database(order.engine, order.folder) as url:
        async with set_stage(order, url, world, **settings) as stage:
            crowd = Crowd(stage.telegram)
            order_faults(stage.telegram.faults, order.seed)
            course = await _play_all(stage, crowd, plan)
            await stage.keeper.stop()
        evidence = _gather(stage, crowd, channel, course.done)
        findings = judge(evidence)
        await stage.judge_house(findings, send_rate=SEND_RATE, travel_seconds=TRAVEL_SECONDS)
    if course.unsettled:
        findings.lost.append(course.unsettled)
    return Report(
        order=order,
        stopped=course.stopped,
        updates=len(stage.handed),
        kills=len(stage.killer.deaths),
        seconds=time.monotonic() - began,
        findings=findings,
        unknown=find_unknown_shares(evidence).total(),
        figures=_measure(stage, course),
    )


def _measure(stage: Stage, course: _Course) -> dict[str, int]:
    return {
        "joins": len(expect(course.done).inviters),
        "requests": stage.world.journal.total,
        "messages": len(stage.world.sent),
        "bans": len(stage.bans.bans),
    }


def _make_world(seed: int) -> tuple[World, Chat]:
    world = World(seed=seed)
    owner = world.add_person("Owner")
    channel = world.add_channel("News", owner, username=CHANNEL)
    world.add_bot(owner, channel)
    return world, channel


def order_faults(orders: Faults, seed: int) -> None:
    """Besides the deaths: what goes wrong on any day. No two orders share their dice."""
    orders.latency_seconds = LATENCY_SECONDS
    wrong = [
        (faults.duplicate(), "getUpdates", 0.05),
        (faults.error(500), "getUpdates", 0.005),
        (faults.html_page(), "getUpdates", 0.005),
        (faults.too_many_requests(BAN_SECONDS), "sendMessage", 0.001),
    ]
    for method in SENDING:
        wrong += [
            (faults.drop(after_effect=True), method, 0.004),
            (faults.drop(after_effect=False), method, 0.004),
            (faults.error(500), method, 0.004),
            (faults.html_page(after_effect=True), method, 0.002),
        ]
    for number, (fault, method, probability) in enumerate(wrong):
        orders.order(fault, method, times=-1, probability=probability, seed=seed * 100 + number)


async def _play_all(stage: Stage, crowd: Crowd, plan: list[Segment]) -> _Course:
    """Do all that the plan says, then wait until nothing is left to do."""
    course = _Course()
    try:
        for segment in plan:
            await _play(stage, crowd, segment, course)
    except NeverCameError as error:
        course.stopped = f"{error}, after {len(course.done)} of {sum(len(each.actions) for each in plan)} actions"
    stage.telegram.faults.clear()
    if not course.stopped and not await settle(stage):
        course.unsettled = f"not settled {SETTLE_SECONDS} s after the last death"
    return course


async def _play(stage: Stage, crowd: Crowd, segment: Segment, course: _Course) -> None:
    """Do what happens around one death."""
    stage.killer.arm(segment.kill)
    for action, pause_ms in zip(segment.actions, segment.pauses_ms, strict=True):
        stage.keeper.raise_if_gone()
        await crowd.act(action)
        course.done.append(action)
        await asyncio.sleep(pause_ms / 1000)
    await stage.outlive()


async def settle(stage: Stage) -> bool:
    """Wait until nothing is left to fetch, to handle or to send; False if it takes too long."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        stage.keeper.raise_if_gone()
        if not stage.world.updates.count_waiting() and await asyncio.to_thread(stage.reader.is_all_done):
            return True
        await asyncio.sleep(0.3)
    return False


def _gather(stage: Stage, crowd: Crowd, channel: Chat, actions: list[Action]) -> Evidence:
    return Evidence(
        expected=expect(actions),
        campaign=load_campaign(CAMPAIGN).campaign,
        handed=stage.handed,
        books=stage.reader.copy(),
        sent=stage.world.sent,
        channel=channel,
        telegram_ids={number: person.id for number, person in crowd.people.items()},
        unsure=Counter(call.params["chat_id"] for call in stage.world.calls if is_unsure(call)),
        deaths=[death.at for death in stage.killer.deaths],
    )


def is_unsure(call: Call) -> bool:
    """A picture that met a fault which leaves its fate open; a 429 is a clear word."""
    return call.method == "sendPhoto" and call.fault != "" and call.status != 429
