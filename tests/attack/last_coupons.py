"""The last coupons are wanted by sixteen at the same moment, again and again; and a list is killed in the middle."""

from __future__ import annotations

import asyncio
import random
from functools import partial

from sqlalchemy import func, insert, select, update

from bot.core.campaigns.content import compose_content
from bot.core.campaigns.templates import SCRATCH, load_template
from bot.services.coupons import giving
from storage import Store, Tx, open_store
from storage.checks import list_faults
from storage.facts import GrantId, GrantKind, GrantState
from storage.records import PersonId
from storage.schema.coupons import coupon, pool
from storage.schema.rewards import grant
from storage.tables import campaigns, coupons
from tests.attack.ground import Ground, Kind, Verdict
from tests.storage.cast import add_members, refer, run

WRITERS = 16
POOL = "coffee"


async def want_the_last_coupons(ground: Ground, verdict: Verdict) -> None:
    """As many are given as there are, each to one, and the books agree."""
    rounds, dice = ground.size(40, 10_000), random.Random(7)
    given = wanted = 0
    async with open_store(ground.url) as store:
        cast = await store.write(_set_up)
        for number in range(rounds):
            there = dice.randrange(4)
            await store.write(
                coupons.add, POOL, [(f"{number}-{each}", f"{number}-{each}", None) for each in range(there)]
            )
            states = await asyncio.gather(
                *(store.write(_earn, dice.choice(cast), f"{number}-{each}") for each in range(WRITERS))
            )
            got = states.count(GrantState.AVAILABLE)
            verdict.expect(got == there, f"round {number}: {got} had one of {there}")
            given, wanted = given + got, wanted + WRITERS
            await store.write(run, _LEAVE)
        await _look_over(store, verdict, given)
    verdict.figures |= {"rounds": rounds, "wanted": wanted, "given": given}


async def kill_a_list_in_the_middle(ground: Ground, verdict: Verdict) -> None:
    """However often it is cut off: brought once more, it is there once."""
    codes, kills = ground.size(4000, 60_000), ground.size(2, 12)
    (ground.folder / "codes.csv").write_text("\n".join(f"CODE-{number}" for number in range(codes)))
    home, cut = ground.furnish(), 0
    async with open_store(ground.url):
        pass  # migrated: what is killed is an import
    for _ in range(kills):
        program = await home.start("coupons", "import", POOL, "codes.csv")
        await asyncio.sleep(random.uniform(0.2, 1.5))
        cut += program.status is None
        await program.kill()
    last = await home.run("coupons", "import", POOL, "codes.csv")
    new, known = (int(word) for word in last.read_output().replace(",", "").split()[:3:2])
    verdict.figures |= {"codes": codes, "killed": cut, "new at last": new}
    verdict.expect(new + known == codes, f"{new} new and {known} known of {codes}")
    [(there, distinct)] = ground.fetch(select(func.count(), func.count(coupon.c.code.distinct())).select_from(coupon))
    [(ready,)] = ground.fetch(select(pool.c.ready))
    verdict.expect(there == distinct == ready == codes, f"{there} rows, {distinct} codes, {ready} counted")


_LEAVE = update(grant).where(grant.c.state == GrantState.WAITING).values(state=GrantState.DECLINED)


def _set_up(tx: Tx) -> list[PersonId]:
    campaigns.add_version(tx, slug="welcome", content=compose_content(load_template(SCRATCH)), digest="d")
    members = add_members(tx, WRITERS)
    refer(tx, members[0], members[1])
    return [member.id for member in members]


def _earn(tx: Tx, person_id: PersonId, rule: str) -> GrantState:
    event_id = tx.scalar(select(grant.c.event_id).limit(1))
    values = {"rule": rule, "person_id": person_id, "event_id": event_id, "what": POOL, "granted_at": tx.now}
    added = insert(grant).values(state=GrantState.WAITING, kind=GrantKind.COUPON, **values).returning(grant.c.id)
    return giving.give_coupon(tx, GrantId(tx.scalar(added)), POOL)


async def _look_over(store: Store, verdict: Verdict, given: int) -> None:
    held = await store.read(partial(Tx.scalar, statement=_COUNT_HELD))
    verdict.expect(held == given, f"{held} coupons are with somebody, {given} were given")
    verdict.wrong += await list_faults(store)


_COUNT_HELD = select(func.count(coupon.c.grant_id.distinct()))

KINDS = [
    Kind(number=18, name="the last coupons are wanted by sixteen at once", run=want_the_last_coupons),
    Kind(number=18, name="a list of coupons is killed in the middle", run=kill_a_list_in_the_middle),
]
