"""Part `conversions` of chaos: a shop's till reports orders by the API, many twice, while the bot is killed again and again.

In the end each order is there once, has counted once and was paid for once, and whatever was answered is there.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from random import Random

import aiohttp

from bot.assets import ASSETS
from bot.core.campaigns.campaign import Campaign, parse_campaign
from bot.core.conversions.keys import compute_key_secret, compute_pepper
from bot.core.links import ALPHABET, CODE_LENGTH
from bot.playground.world import Person, World
from bot.services.campaigns.opening import Source, open_shop
from bot.services.conversions.keys import MadeKey, make_key
from bot.services.joining.joining import credit
from storage import Tx, open_store
from storage.records import Person as Member
from storage.records import Profile
from storage.tables import people
from tests.attack.forged_reports import DOOR, sign_headers
from tests.chaos.conversion_books import Bought, Cast, connect, judge_books
from tests.chaos.databases import lend_database
from tests.chaos.findings import Findings, Report
from tests.chaos.joins import CHAT_RATE, SEND_RATE, TRAVEL_SECONDS, settle
from tests.chaos.order import Order
from tests.chaos.stage import Stage, set_stage
from tests.web.test_at_work import find_free_port

LINES = 32
"""Reports under way at once."""

ORDERS_EACH = 50
"""Of one friend, about; a host has ten friends."""

FEWEST = 20
"""Friends, and hosts: letters to few would take long, one behind the other."""

RETRIED = 0.3
"""Of all orders, in one of these ways."""

WAYS = ("at once", "later", "changed")
"""Beside the first report; one of those before, some time later; one of those before with another body."""

REFUNDED = 0.1
EARLY = 0.3
"""Of refunds: reported before their purchase."""

COMING_UP = 0.2
"""Of deaths: while the bot is on its way back from the one before."""

AGAIN_SECONDS = 0.1
SILENT_SECONDS = 120.0
"""For an answer, however often it takes to get one; then the run is given up."""

RULES = """
[[rewards]]
key = "each"
when = "purchased"
who = "inviter"
give = { points = 5 }

[[rewards]]
key = "first"
when = "purchased"
who = "inviter"
give = { points = 20 }
if = { nth = 1 }

[[rewards]]
key = "dear"
when = "purchased"
amount = 5000
who = "friend"
give = { points = 3 }
"""


class NoAnswerError(Exception):
    """The API was silent for too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A report of an order, under a name of its own."""

    order: Bought
    type: str
    buyer_id: int

    @property
    def name(self) -> str:
        """What is said of which order."""
        return f"{self.type} of {self.order.order_id}"

    @property
    def message_id(self) -> str:
        """What the report is known by, however often it is sent."""
        return f"msg_{self.order.order_id}_{self.type}"

    def compose(self, *, changed: bool = False) -> bytes:
        """The body; another one under the same number where it is changed."""
        refund = self.type == "refund"
        said = {
            "type": self.type,
            "order_id": self.order.order_id,
            "amount": (self.order.refund if refund else self.order.amount) + changed,
            "currency": "EUR",
            "occurred_at": "2026-11-28T10:00:00Z",
        }
        return json.dumps(said if refund else said | {"member": {"telegram_id": self.buyer_id}}).encode()


class Till:
    """Reports until it is answered, by a key and by signatures in turn, and remembers every answer."""

    def __init__(self, session: aiohttp.ClientSession, stage: Stage, made: MadeKey) -> None:
        self._session, self.stage, self._key = session, stage, made.key
        self._secret = compute_key_secret(compute_pepper(stage.telegram.token), made.key_hash)
        self._turns, self._goal, self._reached = count(), 0, asyncio.Event()
        self.answers: dict[str, list[tuple[int, str]]] = {}
        """Status and body of all answers to a report, by its name."""
        self.cut_off: Counter[str] = Counter()
        """How often a report was not answered, or told to come again."""
        self.refused: Counter[int] = Counter()
        """How reports with another body were answered."""
        self.answered = 0

    async def report(self, said: Said, *, message_id: str) -> None:
        """Report, and report again until there is an answer."""
        status, body = await self._ask(said.name, said.compose(), message_id)
        self.answers.setdefault(said.name, []).append((status, body))

    async def contradict(self, said: Said, *, message_id: str) -> None:
        """Report something else under the same number."""
        status, _ = await self._ask("", said.compose(changed=True), message_id)
        self.refused[status] += 1

    async def until_answered(self, number: int) -> None:
        """Wait until so many reports were answered."""
        self._goal = number
        self._reached.clear()
        if self.answered < number:
            await self._reached.wait()

    async def _ask(self, name: str, body: bytes, message_id: str) -> tuple[int, str]:
        deadline = time.monotonic() + SILENT_SECONDS
        while time.monotonic() < deadline:
            self.stage.keeper.raise_if_gone()
            try:
                async with self._session.post(DOOR, data=body, headers=self._vouch(body, message_id)) as answer:
                    text = await answer.text()
            except aiohttp.ClientError:
                pass
            else:
                if answer.status not in {429, 503}:
                    self._note_answer()
                    return answer.status, text
            self.cut_off[name] += 1
            await asyncio.sleep(AGAIN_SECONDS)
        raise NoAnswerError(name)

    def _note_answer(self) -> None:
        self.answered += 1
        if self.answered >= self._goal:
            self._reached.set()

    def _vouch(self, body: bytes, message_id: str) -> dict[str, str]:
        turn = next(self._turns)
        if turn % 2:
            return sign_headers(self._secret, body, int(time.time()), message_id)
        named = {"Idempotency-Key": message_id} if turn % 4 else {}
        return {"Authorization": f"Bearer {self._key}", **named}


async def run_conversions(order: Order) -> Report:
    """Report all orders and some of them again, through so many deaths, and judge the books."""
    began, world, port = time.monotonic(), World(seed=order.seed), find_free_port()
    cast = _gather(world, order.size // ORDERS_EACH + FEWEST)
    bought = draw_orders(order.seed, size=order.size, friends=len(cast.friends))
    web = {"PUBLIC_URL": f"http://127.0.0.1:{port}", "LISTEN": f"127.0.0.1:{port}"}
    paces = {"SEND_RATE": str(SEND_RATE), "CHAT_RATE": str(CHAT_RATE)}
    with lend_database(order.engine, order.folder) as url:
        made = await _open_shop(url, cast, order.seed)
        async with set_stage(order, url, world, **web, **paces) as stage:
            async with _open_till(web["PUBLIC_URL"], stage, made) as till:
                reporting_seconds = await _play(order, till, cast, bought)
            settled = await settle(stage)
            await stage.keeper.stop()
        findings = judge_answers(till)
        findings.lost += [] if settled else ["it never came to rest"]
        with connect(url) as connection:
            judge_books(connection, findings, bought, cast, till.answers)
        await stage.judge_house(findings, send_rate=SEND_RATE, travel_seconds=TRAVEL_SECONDS)
    return Report(
        order=order,
        kills=len(stage.killer.deaths),
        seconds=time.monotonic() - began,
        findings=findings,
        figures={
            "orders": len(bought),
            "answered": till.answered,
            "again": sum(len(each) - 1 for each in till.answers.values()),
            "refused": till.refused[409],
            "cut_off": till.cut_off.total(),
            "reporting_seconds": round(reporting_seconds, 1),
        },
    )


def draw_orders(seed: int, *, size: int, friends: int) -> list[Bought]:
    """What is bought, by whom, and what of it is given back: a half, before or after it was reported."""
    dice = Random(seed)
    return [
        Bought(
            order_id=f"C-{number}",
            buyer=dice.randrange(friends),
            amount=(amount := 100 * dice.randint(10, 99)),
            refund=amount // 2 if dice.random() < REFUNDED else 0,
            refund_early=dice.random() < EARLY,
        )
        for number in range(size)
    ]


def judge_answers(till: Till) -> Findings:
    """Each report was taken once and answered the same ever after; one with another body was refused."""
    findings = Findings()
    for name, answers in till.answers.items():
        taken = sum(status == 202 for status, _ in answers)
        if len({body for _, body in answers}) > 1 or {status for status, _ in answers} - {200, 202}:
            findings.others.append(f"{name} is answered {answers}")
        if taken > 1:
            findings.doubled.append(f"{name} is taken {taken} times")
        if not taken and not till.cut_off[name]:
            findings.others.append(f"{name} is known before it was reported")
    if set(till.refused) - {409}:
        findings.others.append(f"reports with another body are answered {dict(till.refused)}")
    return findings


def _gather(world: World, friends: int) -> Cast:
    hosts = friends // 10 + FEWEST
    ids = [_add_person(world, number).id for number in range(friends + hosts)]
    return Cast(ids[:friends], ids[friends:])


def _add_person(world: World, number: int) -> Person:
    person = world.add_person(f"Person {number}")
    world.open_chat(person).started = True
    return person


async def _open_shop(url: str, cast: Cast, seed: int) -> MadeKey:
    """Everybody is a member, the friends by their hosts, and the till has its key."""
    dice = Random(seed)
    async with open_store(url) as store:
        await store.write(open_shop, Source(campaign=_load_campaign()))
        for number, friend in enumerate(cast.friends):
            codes = ["".join(dice.choices(ALPHABET, k=CODE_LENGTH)) for _ in range(2)]
            await store.write(_bring, host=cast.find_host(number), friend=friend, codes=codes)
        made = await store.write(make_key, name="till")
    assert isinstance(made, MadeKey)
    return made


def _bring(tx: Tx, *, host: int, friend: int, codes: list[str]) -> None:
    """A friend comes by a host, who comes now as well if nobody came by them before."""
    inviter = people.find_by_telegram_id(tx, host) or _enrol(tx, host, codes[0])
    credit(tx, inviter, _enrol(tx, friend, codes[1]), source="qr")


def _enrol(tx: Tx, telegram_id: int, code: str) -> Member:
    added = people.add(tx, Profile(telegram_id=telegram_id, first_name=f"Person {telegram_id}"), code)
    people.set_started(tx, added.id)
    return people.get(tx, added.id)


def _load_campaign() -> Campaign:
    text = (ASSETS / "campaigns" / "welcome.toml").read_text(encoding="utf-8") + RULES
    themes = sorted(theme.stem for theme in (ASSETS / "themes").glob("*.toml"))
    return parse_campaign(text, themes=themes, find_picture=lambda _: "")


@asynccontextmanager
async def _open_till(url: str, stage: Stage, made: MadeKey) -> AsyncIterator[Till]:
    connector, headers = aiohttp.TCPConnector(limit=2 * LINES), {"Content-Type": "application/json"}
    async with aiohttp.ClientSession(url, connector=connector, headers=headers) as session:
        yield Till(session, stage, made)


async def _play(order: Order, till: Till, cast: Cast, bought: list[Bought]) -> float:
    """Report everything while the bot dies so often; returns how many seconds that took."""
    began, waiting, known = time.monotonic(), iter(bought), list[Said]()
    async with asyncio.TaskGroup() as group:
        group.create_task(_kill_often(order, till))
        for line in range(LINES):
            group.create_task(_report_on(till, cast, waiting, known, Random(order.seed * 100 + line)))
    return time.monotonic() - began


async def _report_on(till: Till, cast: Cast, waiting: Iterator[Bought], known: list[Said], dice: Random) -> None:
    """One line of the till: an order, and now and then one of those before again."""
    for order in waiting:
        again = dice.choice(WAYS) if dice.random() < RETRIED else None
        for type_ in order.types:
            said = Said(order=order, type=type_, buyer_id=cast.friends[order.buyer])
            times = 2 if again == "at once" and type_ == "purchase" else 1
            await asyncio.gather(*(till.report(said, message_id=said.message_id) for _ in range(times)))
            known.append(said)
        if again in {"later", "changed"}:
            await _report_again(till, dice.choice(known), dice, changed=again == "changed")


async def _report_again(till: Till, said: Said, dice: Random, *, changed: bool) -> None:
    """By the same id or by one of its own."""
    own = dice.choice(("", f"_{dice.getrandbits(64):x}"))
    report = till.contradict if changed else till.report
    await report(said, message_id=said.message_id + own)


async def _kill_often(order: Order, till: Till) -> None:
    """At random moments of the work, and some on the way back."""
    dice, killer = Random(order.seed), till.stage.killer
    for moment in sorted(dice.randrange(order.size) for _ in range(order.kills)):
        coming_up = dice.random() < COMING_UP and killer.deaths
        await (asyncio.sleep(dice.uniform(0, 1.5)) if coming_up else till.until_answered(moment))
        await asyncio.sleep(dice.uniform(0, 0.05))
        before = len(killer.deaths)
        async with asyncio.timeout(SILENT_SECONDS):
            while len(killer.deaths) == before:  # it may be dead still
                till.stage.keeper.raise_if_gone()
                killer.strike()
                await asyncio.sleep(0.01)
