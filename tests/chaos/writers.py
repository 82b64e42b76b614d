"""`python -m tests.chaos.writers URL SEED`: sixteen at once who do whatever moves points, until somebody kills them."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable

from bot.jobs.proving import follow, inspect
from bot.services.campaigns.opening import open_shop
from bot.services.community.membership import come, leave
from bot.services.joining.joining import start
from bot.services.joining.notices import RevokeReason
from bot.services.joining.revoking import revoke
from bot.services.redeeming import redeeming
from bot.services.rewards.by_hand import grant_by_hand, return_given
from storage import Store, open_store
from storage.errors import RowMissing
from storage.facts import GrantId, RedemptionId
from storage.records import PersonId, ReferralId
from storage.role import Role
from storage.tables import hand_grants, people, roles
from storage.tx import Tx
from tests.chaos.money_shop import CHAT, LIMITS, PROMISES, STAFF, WARES, compose_source, compose_visitor

WRITERS = 16
PEOPLE = 40
READY = "ready"

Chance = random.Random
Act = Callable[[Store, Chance], Awaitable[object]]


async def prepare(store: Store) -> None:
    """A shop with a counter and somebody behind it."""
    await store.write(
        open_shop, compose_source(PROMISES[0]), announce_chat=None, community_chat=str(CHAT), community_id=CHAT
    )
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


async def note(store: Store, _chance: Chance) -> object:
    """The books are followed meanwhile."""
    await follow(store)
    return None


ACTS: tuple[Act, ...] = (join, join, move, take_referral_back, redeem, redeem, give, note)


async def write(store: Store, chance: Chance) -> None:
    """One of the sixteen, for ever."""
    while True:
        try:
            await chance.choice(ACTS)(store, chance)
        except RowMissing:
            continue  # there is no such referral


async def run(url: str, seed: int) -> None:
    """All of them, until they are killed."""
    async with open_store(url) as store:
        await prepare(store)
        sys.stdout.write(f"{READY}\n")
        sys.stdout.flush()
        await asyncio.gather(*(write(store, random.Random(seed * WRITERS + each)) for each in range(WRITERS)))


def kill_again_and_again(url: str, *, kills: int, seed: int) -> None:
    """Start them, let them write for a moment, and kill them; so often."""
    chance = random.Random(seed)
    for number in range(kills):
        command = [sys.executable, "-m", "tests.chaos.writers", url, str(seed * 1000 + number)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == f"{READY}\n"
            time.sleep(chance.uniform(0.05, 1.0))
            process.send_signal(signal.SIGKILL)


async def list_wrong(url: str) -> tuple[list[str], int]:
    """What is wrong in the end, and how many transfers there are."""
    async with open_store(url) as store:
        await follow(store)
        finding = await inspect(store)
        over = await store.read(_find_overgiven)
    return [*finding.faults, *([f"{over} points were given by hand in a day"] if over else [])], finding.entries


def _find_overgiven(tx: Tx) -> int:
    """How many points the giver has given today beyond what may be; 0 for none."""
    me = people.find_by_telegram_id(tx, STAFF.telegram_id)
    given = hand_grants.sum_since(tx, me.id, tx.now - tx.now % 86_400_000_000) if me is not None else 0
    return given if given > LIMITS[Role.OWNER] else 0


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], int(sys.argv[2])))
