"""`python -m tests.chaos.writers URL WORK SEED BEGAN NUMBER`: sixteen at once who do whatever moves points, until they are killed.

Time goes fast there, so that much comes by it: see `tell_time`.
"""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import count

from bot.jobs.proving import follow, inspect
from bot.services.community.membership import come, leave
from bot.services.contests import contests
from bot.services.contests.contests import turn_contests
from bot.services.conversions.settling import list_due as list_orders
from bot.services.conversions.settling import settle_due
from bot.services.coupons.counter import hand_again, hand_in
from bot.services.coupons.giving import expire as end_coupons
from bot.services.coupons.giving import fill_waiting
from bot.services.coupons.giving import list_due as list_over
from bot.services.gifts import sending, settling
from bot.services.honours.honours import end_tiers, list_ending, sweep
from bot.services.joining.joining import start
from bot.services.joining.lapsing import lapse, list_lapsed
from bot.services.joining.notices import RevokeReason
from bot.services.joining.revoking import revoke
from bot.services.redeeming import redeeming
from bot.services.rewards.awaiting import arrive
from bot.services.rewards.awaiting import list_due as list_arrived
from bot.services.rewards.by_hand import grant_by_hand, return_given
from bot.services.rewards.giving import free
from bot.services.rewards.giving import list_due as list_freed
from storage import Store, open_store
from storage.contest import ContestId
from storage.errors import RowMissing, StoreUnavailable
from storage.facts import CouponId, GrantId, RedemptionId
from storage.gift import DueGift, Trouble
from storage.records import PersonId, ReferralId
from storage.role import Role
from storage.tables import contests as contest_rows
from storage.tables import coupons, people, roles
from tests.chaos import voice_acts
from tests.chaos.money_bounds import list_broken
from tests.chaos.money_shop import CHAT, LIMITS, POOL, PROMISES, RACES, STAFF, WARES, compose_visitor, promise
from tests.chaos.money_words import Promise
from tests.services.selling import sell
from tests.storage.clock import NOON

WRITERS = 16
PEOPLE = 40
DONE, MOST_SAID = "done", 8
"""What the writers say, and how often they may before they are killed."""
MOST = 200
DAY = 86_400_000_000
QUARTER, SECONDS_A_QUARTER = DAY // 4, 4
GIFTS = asyncio.Lock()
"""One process sends gifts in one place."""

Chance = random.Random
Act = Callable[[Store, Chance], Awaitable[object]]


async def prepare(store: Store, said: Promise) -> None:
    """A shop with a counter and somebody behind it."""
    await store.write(promise, said)
    await store.write(start, visitor=STAFF, payload="")
    await store.write(roles.set, STAFF.telegram_id, Role.OWNER)


async def join(store: Store, chance: Chance) -> object:
    """START, behind somebody's link."""
    inviter = (await store.write(start, visitor=compose_visitor(chance.randrange(PEOPLE)), payload="")).member
    return await store.write(start, visitor=compose_visitor(chance.randrange(10**6)), payload=inviter.code)


async def move(store: Store, chance: Chance) -> object:
    """Into the community chat or out of it."""
    visitor = compose_visitor(chance.randrange(PEOPLE))
    if chance.randrange(2):
        return await store.write(come, chat_id=CHAT, newcomer=visitor, link="")
    return await store.write(leave, chat_id=CHAT, telegram_id=visitor.telegram_id)


async def take_referral_back(store: Store, chance: Chance) -> object:
    """One of those there may be."""
    return await store.write(revoke, ReferralId(chance.randint(1, 400)), reason=RevokeReason.LEFT)


async def redeem(store: Store, chance: Chance) -> object:
    """Put aside, and pay or not, and hand out or not."""
    visitor = compose_visitor(chance.randrange(PEOPLE))
    view = await store.write(redeeming.reserve, visitor=visitor, item=chance.choice(sorted(WARES)))
    number = view.row.id if view.row is not None else RedemptionId(chance.randint(1, 200))
    for unit in chance.choice(([redeeming.confirm], [redeeming.decline], [redeeming.confirm, redeeming.confirm])):
        await store.write(unit, visitor=visitor, redemption_id=number)
    for counter in chance.choice(([], [redeeming.hand_out], [redeeming.hand_out, redeeming.take_back])):
        await store.write(counter, visitor=STAFF, redemption_id=number)
    return None


async def give(store: Store, chance: Chance) -> object:
    """Points by hand, and perhaps back again."""
    view = await store.write(
        grant_by_hand,
        visitor=STAFF,
        person_id=PersonId(chance.randint(1, PEOPLE)),
        points=chance.randint(1, 9),
        reason="Thanks",
        limits=LIMITS,
    )
    number = view.grant_id or GrantId(chance.randint(1, 300))
    return await store.write(return_given, visitor=STAFF, grant_id=number) if chance.randrange(2) else None


async def change_rules(store: Store, chance: Chance) -> object:
    """The owner says something else, and tiers and contests go by it."""
    await store.write(promise, chance.choice(PROMISES))
    await store.write(turn_contests)
    await store.write(sweep, MOST)
    return None


async def trade(store: Store, chance: Chance) -> object:
    """Somebody buys, and perhaps gives some of it back; it may be said twice."""
    buyer = await store.read(people.find_by_telegram_id, compose_visitor(chance.randrange(PEOPLE)).telegram_id)
    if buyer is None:
        return None
    bill, amount = f"bill {buyer.id} {chance.randrange(30)}", 100 * (1 + buyer.id % 9)
    await store.write(sell, buyer.id, amount=amount, order_id=bill)
    if chance.randrange(2):
        await store.write(sell, buyer.id, amount=amount // 2, order_id=bill, refund=f"part {chance.randrange(2)}")
    return None


async def bring(store: Store, chance: Chance) -> object:
    """A list of coupons of which some are known, some are over soon."""
    until = None if chance.randrange(2) else chance.randrange(1, 9) * DAY + NOON
    codes = [(f"C-{number}", f"c-{number}", until) for number in chance.sample(range(4000), 3)]
    await store.write(coupons.add, POOL, codes)
    return await store.write(fill_waiting, POOL, MOST)


async def use_coupon(store: Store, chance: Chance) -> object:
    """At the counter, and perhaps that was a slip."""
    for unit in chance.choice(([hand_in], [hand_in, hand_again], [hand_again])):
        await store.write(unit, visitor=STAFF, coupon_id=CouponId(chance.randint(1, 500)))
    return None


async def pass_time(store: Store, _chance: Chance) -> object:
    """Whatever is due."""
    await store.write(free, await store.read(list_freed, limit=MOST))
    await store.write(arrive, await store.read(list_arrived, limit=MOST))
    await store.write(redeeming.expire, await store.read(redeeming.list_due, limit=MOST))
    await store.write(end_coupons, await store.read(list_over, limit=MOST))
    await store.write(lapse, await store.read(list_lapsed, limit=MOST))
    await store.write(end_tiers, await store.read(list_ending, MOST))
    await store.write(settle_due, await store.read(list_orders, limit=MOST))
    return await store.write(turn_contests)


async def send_gift(store: Store, chance: Chance) -> object:
    """One run takes a gift in hand at a time; what comes of it is anybody's guess."""
    async with GIFTS:
        if await store.read(sending.is_interrupted):
            await store.write(sending.give_up)
        for due in await store.read(sending.list_due, limit=1):
            if await store.write(sending.claim, due, stars=15):
                await asyncio.sleep(0)
                await _end_gift(store, chance, due)
    return await store.write(settling.try_now, visitor=STAFF)


async def _end_gift(store: Store, chance: Chance, due: DueGift) -> None:
    match chance.randrange(4):
        case 0:
            await store.write(sending.note_doubt, due.grant_id, error="gone")
            unit = chance.choice((settling.note_arrived, settling.send_again))
            await store.write(unit, visitor=STAFF, grant_id=due.grant_id)
        case 1:
            await store.write(sending.note_trouble, due, chance.choice((Trouble.NONE, Trouble.DECLINED)))
        case _:
            await store.write(sending.note_sent, due.grant_id)


async def _choose_contest(store: Store, chance: Chance) -> ContestId:
    """One of those that are open, or the first, which may be over."""
    rows = await store.read(contest_rows.list_open)
    return chance.choice([*(row.id for row in rows), ContestId(1)])


async def end_contest(store: Store, chance: Chance) -> object:
    """Somebody is struck off, and the results are let out, by several at once."""
    number = await _choose_contest(store, chance)
    person = await store.read(people.find_by_telegram_id, compose_visitor(chance.randrange(PEOPLE)).telegram_id)
    if person is not None:
        await store.write(contests.strike, visitor=STAFF, contest_id=number, person_id=person.id, reason="They are one")
    return await store.write(contests.release, visitor=STAFF, contest_id=number)


async def note(store: Store, _chance: Chance) -> object:
    """The books are followed meanwhile."""
    await follow(store)
    return None


async def look_over(store: Store, chance: Chance) -> object:
    """A contest ends, somebody is struck off, and the results are let out, of whichever it is."""
    if await store.read(contests.is_due):
        await store.write(turn_contests)
    return await end_contest(store, chance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the sixteen do."""

    promise: Promise
    """Of the shop they begin in."""
    acts: tuple[Act, ...]
    each: int
    """They say so whenever so many things are done."""


WORKS = {
    "money": Work(
        promise=PROMISES[0],
        acts=(
            *(join, join, join, move, move, take_referral_back, redeem, redeem, give, note),
            *(trade, trade, bring, use_coupon, pass_time, send_gift, end_contest, change_rules),
        ),
        each=25,
    ),
    "contest": Work(
        promise=RACES, acts=(join, join, take_referral_back, look_over, look_over, look_over, bring), each=4
    ),
    "voice": Work(
        promise=PROMISES[0], acts=(voice_acts.say_how, voice_acts.have_idea, voice_acts.seize_moment), each=8
    ),
}


async def write(store: Store, work: Work, chance: Chance, numbers: Iterator[int]) -> None:
    """One of the sixteen, for ever."""
    while True:
        try:
            await chance.choice(work.acts)(store, chance)
        except (RowMissing, StoreUnavailable):
            continue  # there is no such referral, or contest; or a lock was waited for too long, which is tried again later
        if next(numbers) % work.each == 0:
            sys.stdout.write(f"{DONE}\n")
            sys.stdout.flush()


def tell_time(began: float, number: int) -> Callable[[], int]:
    """The clock of the writers of a number; the first ones began at a moment of ours. Each number is a quarter of a day later."""
    return lambda: NOON + number * QUARTER + int((time.time() - began) * QUARTER) // SECONDS_A_QUARTER


async def run(url: str, name: str, seed: int, began: float, number: int) -> None:
    """All of them, until they are killed."""
    work = WORKS[name]
    async with open_store(url, clock=tell_time(began, number)) as store:
        await prepare(store, work.promise)
        numbers, seeds = count(1), range(seed * WRITERS, (seed + 1) * WRITERS)
        await asyncio.gather(*(write(store, work, random.Random(each), numbers) for each in seeds))


def kill_again_and_again(url: str, *, kills: int, seed: int, name: str = "money") -> Callable[[], int]:
    """Start them, let them do some things, and kill them; so often. Returns the clock of who comes next."""
    chance, began = random.Random(seed), time.time()
    for number in range(kills):
        told = (url, name, str(seed * 1000 + number), str(began), str(number))
        command = [sys.executable, "-m", "tests.chaos.writers", *told]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(chance.randint(1, MOST_SAID)):
                assert process.stdout.readline() == f"{DONE}\n", "the writers have ended by themselves"
            time.sleep(chance.uniform(0, 0.2))
            process.send_signal(signal.SIGKILL)
    return tell_time(began, kills)


async def list_wrong(url: str, clock: Callable[[], int]) -> tuple[list[str], int]:
    """What is wrong in the end, and how many transfers there are."""
    async with open_store(url, clock=clock) as store:
        await follow(store)
        finding = await inspect(store)
        return [*finding.faults, *await store.read(list_broken)], finding.entries


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5])))
