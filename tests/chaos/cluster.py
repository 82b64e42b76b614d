"""Parts `cluster` and `webhooks` of chaos: many shops on several processes, while all of them are killed, paused and replaced.

In the second, updates are brought to web sides through a balancer.
One shop is big: people join by each other's links while a broadcast goes to its members. The others have a trickle.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from bot.campaign_file import load_campaign
from bot.playground.world.journal import SECOND
from bot.wire.pacing import MOST_IN_FLIGHT
from storage import open_store
from storage.checks import list_faults
from tests.chaos.audience import TEXT, confirm, enrol, read_unknown
from tests.chaos.broadcast_verdict import Outcome, judge_broadcast
from tests.chaos.cluster_plan import Stroke, Weather, draw_strokes
from tests.chaos.cluster_scene import Scene, lend_server, set_scene
from tests.chaos.cluster_shops import SEND_RATE, Shop, open_shops
from tests.chaos.cluster_takeovers import AT_WORK, Hardships, Tally, Watched, find_takeovers
from tests.chaos.cluster_talk import Talk
from tests.chaos.cluster_verdict import count_by_slot, list_strays, list_wrong_answers, list_wrong_choices
from tests.chaos.expectation import expect
from tests.chaos.findings import Findings, Report
from tests.chaos.joins import CAMPAIGN, is_unsure
from tests.chaos.order import Order
from tests.chaos.pace import judge_pace
from tests.chaos.verdict import Evidence, find_unknown_shares, judge

TRAVEL_SECONDS = 1.5
PLANNED_SECONDS = 60.0
FIRST_WORK_SECONDS = 180.0
"""For all shops to make their tables, one after the other, and be at work."""

LEAST_MEMBERS = 120
"""So many that the broadcast is not over before the first blow."""


async def run_cluster(order: Order) -> Report:
    """Weather a storm to its end and judge all shops; its size is how many friends join in the big one."""
    began = time.monotonic()
    strokes = draw_strokes(
        order.seed,
        Weather.of(order.kills),
        processes=order.processes,
        doors=order.doors,
        longest_seconds=order.longest_pause_seconds,
    )
    with lend_server() as (server, url):
        shops = open_shops(
            url,
            seed=order.seed,
            count=order.shops,
            updates=order.size * 5 // 3,
            members=max(LEAST_MEMBERS, 2 * order.size),
            trickle=len(strokes),
        )
        await _prepare(url, shops[0], order.seed)
        async with set_scene(
            shops, server, url, order.folder, processes=order.processes, doors=order.doors, seed=order.seed
        ) as scene:
            story = await _play(scene, strokes, order)
        findings, unknown = await _judge(scene, story)
        killed, paused = _tally(scene)
        findings.others += killed.list_slow(order.longest_takeover_seconds)
    return Report(
        order=order,
        stopped=next((shop.stopped for shop in shops if shop.stopped), ""),
        updates=sum(len(shop.handed) for shop in shops),
        kills=len(scene.killer.deaths),
        seconds=time.monotonic() - began,
        findings=findings,
        unknown=unknown,
        figures=_measure(scene, story, killed, paused),
    )


async def _prepare(url: str, big: Shop, seed: int) -> None:
    """Give the big shop its schema and its members, as an earlier life of it has done."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {big.name}".encode())
    if big.audience is not None:
        await enrol(big.url, big.audience, seed)


@dataclass(slots=True, kw_only=True)
class _Story:
    """What was said, and how it ended."""

    talk: Talk
    listed: str = ""
    """What the admin reads of those of whom nobody knows whether the broadcast arrived."""
    unsettled: str = ""


async def _play(scene: Scene, strokes: Sequence[Stroke], order: Order) -> _Story:
    """Begin a broadcast, let people come through all blows, and wait until nothing is left to do."""
    big = scene.big
    assert big.audience is not None
    story = _Story(talk=Talk(big.telegram, big.audience.members, order.seed))
    await _until_at_work(scene)
    await confirm(big.telegram, big.audience)
    await _until_planned(big)
    talking = asyncio.create_task(story.talk.go_on())
    await scene.play(strokes, order.seed)
    talking.cancel()
    await story.talk.finish()
    for shop in scene.shops:
        shop.server.faults.clear()
    if not big.stopped:
        story.unsettled = await scene.settle()
    if not story.unsettled and not big.stopped:
        story.listed = await read_unknown(big.telegram, big.audience)
    await scene.crew.stop()
    return story


async def _until_at_work(scene: Scene) -> None:
    """Wait until all shops are there: what is measured is how they go on, and not how tables are made."""
    async with asyncio.timeout(FIRST_WORK_SECONDS):
        while not all(any(call.method in AT_WORK for call in shop.world.calls) for shop in scene.shops):
            scene.crew.raise_if_gone()
            await asyncio.sleep(0.1)


async def _until_planned(big: Shop) -> None:
    """Wait until the first have a row: from then on it is known who is meant, and who comes later is not."""
    deadline = time.monotonic() + PLANNED_SECONDS
    while not any(each.deliveries for each in await asyncio.to_thread(big.reader.list_broadcasts)):
        assert time.monotonic() < deadline, "the broadcast never began"
        await asyncio.sleep(0.2)


async def _judge(scene: Scene, story: _Story) -> tuple[Findings, int]:
    """Look at every shop, and at what is between the processes; returns how many outcomes are unknown as well."""
    findings, unknown = Findings(), 0
    if story.unsettled:
        findings.lost.append(story.unsettled)
    for shop in scene.shops:
        found, count = await _judge_shop(scene, shop)
        findings.add(found, shop.name)
        unknown += count
    outcome = _gather_broadcast(scene, story)
    findings.add(judge_broadcast(outcome), scene.big.name)
    findings.others += scene.crew.problems
    cuts = [death.at for death in scene.deaths]
    findings.others += list_wrong_answers(story.talk.said, story.talk.list_heard(), cuts)
    findings.others += list_wrong_choices(story.talk.chosen, await asyncio.to_thread(scene.big.reader.find_languages))
    if scene.late:
        findings.others.append(f"{scene.late} deaths had to be given, the requests they hang on never came")
    return findings, unknown + outcome.count("unknown")


async def _judge_shop(scene: Scene, shop: Shop) -> tuple[Findings, int]:
    evidence = Evidence(
        expected=expect(shop.done),
        campaign=load_campaign(CAMPAIGN).campaign,
        handed=shop.handed,
        books=await asyncio.to_thread(shop.reader.copy),
        sent=shop.world.sent,
        channel=shop.channel,
        telegram_ids={number: person.id for number, person in shop.crowd.people.items()},
        unsure=Counter(call.params["chat_id"] for call in shop.world.calls if is_unsure(call)),
        deaths=[death.at for death in scene.deaths],
    )
    findings = judge(evidence)
    async with open_store(shop.url) as store:
        findings.others += await list_faults(store)
    findings.others += [str(violation) for violation in shop.world.violations]
    findings.others += judge_pace(
        shop.world, shop.bans, scene.pulse, scene.deaths, send_rate=SEND_RATE, travel_seconds=TRAVEL_SECONDS
    )
    doors = [call for call in shop.world.calls if scene.crew.find_slot(call.port) in scene.crew.doors]
    findings.others += [f"a web side called {call.method}" for call in doors]
    findings.others += list_strays(
        shop.world.calls, scene.leases.glances[shop.name], scene.crew.find_senders, scene.pulse.find_delay
    )
    return findings, find_unknown_shares(evidence).total()


def _gather_broadcast(scene: Scene, story: _Story) -> Outcome:
    """Of each process that was cut short so many outcomes may be unknown as are in flight at most."""
    big = scene.big
    assert big.audience is not None
    books = {each.action: each for each in big.reader.list_broadcasts()}
    return Outcome(
        audience=big.audience,
        books=books.get("send"),
        world=big.world,
        listed=story.listed,
        kills=len(scene.deaths),
        in_flight=min(max(4, SEND_RATE // 5), MOST_IN_FLIGHT),
    )


def _tally(scene: Scene) -> tuple[Tally, Tally]:
    """All shops' take-overs after deaths, and after pauses."""
    crew, tallies = scene.crew, (Tally(), Tally())
    pauses = [(each.pid, each.began_at, each.ended_at) for each in crew.pauses]
    deaths = [(pid, at, time.time_ns() // 1000) for at, pid in scene.killer.killed]
    lives = [crew.keepers[slot].lives for slot in crew.runners]
    hardships = Hardships(deaths=scene.killer.killed, pauses=pauses, aways=scene.aways, lives=lives)
    for shop in scene.shops:
        watched = Watched(
            name=shop.name,
            glances=scene.leases.glances[shop.name],
            calls=shop.world.calls,
            find_senders=crew.find_senders,
            find_delay=scene.pulse.find_delay,
        )
        for tally, ends in zip(tallies, (deaths, pauses), strict=True):
            tally.all += find_takeovers(watched, ends, hardships)
    return tallies


def _tell(tally: Tally) -> dict[str, Any]:
    slowest = [
        {"shop": each.shop, "at": each.at, "lease": round(each.taken_seconds, 1), "work": round(each.seconds, 1)}
        for each in sorted(tally.counted, key=lambda each: -each.seconds)[:3]
    ]
    return {
        "counted": len(tally.counted),
        "longest_seconds": tally.longest,
        "slowest": slowest,
        "left_out": tally.left_out,
    }


def _measure(scene: Scene, story: _Story, killed: Tally, paused: Tally) -> dict[str, Any]:
    big = scene.big
    return {
        "shops": len(scene.shops),
        "processes": len(scene.crew.runners),
        "doors": len(scene.crew.doors),
        "pauses": len(scene.crew.pauses),
        "restarts": len(scene.aways),
        "roll_outs": scene.crew.roll_outs,
        "recipients": len(big.audience.everybody) if big.audience else 0,
        "broadcast_seconds": _time_broadcast(big),
        "joins": len(expect(big.done).inviters),
        "joins_elsewhere": sum(len(expect(shop.done).inviters) for shop in scene.shops[1:]),
        "messages": sum(len(shop.world.sent) for shop in scene.shops),
        "busiest_second": big.world.busiest_second(),
        "send_rate": SEND_RATE,
        "sends_by_process": count_by_slot(big.world.calls, scene.crew.find_slot),
        "takeovers_after_kills": _tell(killed),
        "takeovers_after_pauses": _tell(paused),
        "questions": sum(map(len, story.talk.said.values())),
        "unanswered": story.talk.count_missing(),
        "balancer": dict(scene.balancer.counts) if scene.balancer else {},
        "choices": sum(map(len, story.talk.chosen.values())),
    }


def _time_broadcast(big: Shop) -> int:
    """How long it went on, in seconds: from its first message to its last."""
    moments = [sent.at for sent in big.world.sent if sent.message.text == TEXT]
    return (max(moments) - min(moments)) // SECOND if moments else 0
