"""Coupons for whoever comes first are wanted by everybody at once, while the bot is killed again and again."""

from __future__ import annotations

import asyncio
import random

from sqlalchemy import func, select

from bot.messages.taking_part_buttons import DROP_TAKE
from bot.playground.world import Person
from storage import Tx, open_store
from storage.beside import run_beside
from storage.checks import list_faults
from storage.drop import DropId
from storage.schema.coupons import coupon
from storage.schema.drops import coupon_claim, coupon_drop
from storage.tables import coupons, drops
from tests.attack.ground import Ground, Kind, Verdict
from tests.journeys.program import PATIENCE_SECONDS

POOL, MISSED = "coffee", "were taken a moment before you came"


async def want_a_drop(ground: Ground, verdict: Verdict) -> None:
    """Exactly the first who tapped have one each, nobody two, and all others hear that it was too late."""
    everybody, there, kills = ground.size(10, 500), ground.size(3, 50), ground.size(2, 50)
    home, dice = ground.furnish(), random.Random(9)
    async with ground.running(home):
        members = [await ground.join(f"Guest{number}") for number in range(everybody)]
    await asyncio.to_thread(run_beside, ground.url, _open, there)
    for member in members:
        shown = ground.world.open_chat(member).list_messages()[-1]
        ground.world.forge_tap(member, shown, DROP_TAKE.data(DropId(1)))
    for _ in range(kills):
        program = await home.start()
        await asyncio.sleep(dice.uniform(0.3, 1.5))
        await program.kill()
    async with ground.running(home):
        await ground.telegram.until(
            lambda: all(_list_heard(ground, member) for member in members),
            what="a word for everybody",
            timeout_seconds=PATIENCE_SECONDS + everybody,
        )
    heard = [_list_heard(ground, member) for member in members]
    won = [place for place, words in enumerate(heard) if MISSED not in words]
    codes = [each for words in heard for each in words if each != MISSED]
    verdict.figures |= {"wanted": everybody, "kills": kills, "won": len(won), "told": sum(map(len, heard))}
    verdict.expect(won == list(range(there)), f"{won} had one, and the first {there} tapped first")
    verdict.expect(len(set(codes)) == len(codes) == there, f"{codes} were told")
    [(taken,)] = ground.fetch(select(coupon_drop.c.taken))
    [(places, people)] = ground.fetch(select(func.count(coupon_claim.c.place), func.count()))
    [(held,)] = ground.fetch(select(func.count(coupon.c.grant_id)))
    verdict.expect(taken == places == held == there, f"{taken} taken, {places} places, {held} coupons")
    verdict.expect(people == everybody, f"{people} came")
    async with open_store(ground.url) as store:
        verdict.wrong += await list_faults(store)


def _open(tx: Tx, quantity: int) -> None:
    coupons.add(tx, POOL, [(f"CUP-{number:03}", f"cup{number:03}", None) for number in range(quantity + 9)])
    drops.add(tx, pool=POOL, name="A coffee", quantity=quantity)


def _list_heard(ground: Ground, member: Person) -> set[str]:
    """What somebody was told of it: their code, or that it was too late; a word that came twice says no more."""
    texts = [each.text for each in ground.world.open_chat(member).list_messages()]
    missed = {MISSED for each in texts if MISSED in each}
    return missed | {each.partition("CUP-")[2][:3] for each in texts if "CUP-" in each}


KINDS = [
    Kind(
        number=18,
        name="a drop is wanted by all at once while the bot is killed",
        run=want_a_drop,
        short_on=("sqlite",),
    )
]
