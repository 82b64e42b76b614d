"""A queue that people join, jump and leave by sixteen at the same moment, again and again, while its first are let in."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace

from bot.core.campaigns.waitlist import Waitlist
from bot.services.campaigns.opening import Source, open_shop
from bot.services.joining.joining import start
from bot.services.joining.notices import RevokeReason
from bot.services.joining.revoking import revoke
from bot.services.members import note_owners
from bot.services.waiting.waiting import let_in, view_place
from storage import Store, Tx, open_store
from storage.checks import list_faults
from storage.errors import RowMissing
from storage.records import PersonId, Profile, ReferralId
from storage.tables import boards, shops, waitlists
from storage.tables.waitlists import Head
from tests.attack.ground import Ground, Kind, Verdict
from tests.benchmarks.bench_growth import load_campaign

WRITERS, TAPS, FIRST, EVERYBODY = 16, 3, 3, 10**6
LOOKED_AT = 20
OWNER = Profile(telegram_id=1, first_name="Rina")


async def stand_in_line(ground: Ground, verdict: Verdict) -> None:
    """Every place is somebody's, once; however many tap, the same first are let in, once; and the books agree."""
    rounds, dice = ground.size(25, 10_000), random.Random(7)
    codes: list[str] = []
    inside = came = 0
    async with open_store(ground.url) as store:
        await store.write(open_shop, Source(campaign=replace(load_campaign(), waitlist=Waitlist(jump=3))))
        await store.write(note_owners, telegram_ids=[OWNER.telegram_id])
        for number in range(rounds):
            newcomers = [came + each for each in range(WRITERS - TAPS)]
            payloads = [dice.choice(codes[-200:]) if codes and dice.random() < 0.7 else "" for _ in newcomers]
            taps = [store.write(let_in, visitor=OWNER, count=FIRST, before=inside) for _ in range(TAPS)]
            back = [_take_back(store, ReferralId(dice.randint(1, came + 1))) for _ in range(TAPS)]
            arriving = [_arrive(store, *each) for each in zip(newcomers, payloads, strict=True)]
            views, _, found = await asyncio.gather(
                asyncio.gather(*taps), asyncio.gather(*back), asyncio.gather(*arriving)
            )
            codes += found
            came += len(newcomers)
            done = [view for view in views if not view.stale and view.count]
            verdict.expect(len(done) == 1 or not (done or number), f"round {number}: {len(done)} taps let somebody in")
            inside = (await store.read(_find_head)).let_in
            if number % LOOKED_AT == LOOKED_AT - 1 or number == rounds - 1:
                await _look(store, verdict, dice, number)
        verdict.wrong += await list_faults(store)
    verdict.figures |= {"rounds": rounds, "units": rounds * (WRITERS + TAPS), "came": came, "let in": inside}


async def _arrive(store: Store, number: int, payload: str) -> str:
    visitor = Profile(telegram_id=10_000 + number, first_name=f"Member {number}")
    return (await store.write(start, visitor=visitor, payload=payload)).member.code


async def _take_back(store: Store, referral_id: ReferralId) -> None:
    try:
        await store.write(revoke, referral_id, reason=RevokeReason.LEFT)
    except RowMissing:
        return  # there is no such referral yet


async def _look(store: Store, verdict: Verdict, dice: random.Random, number: int) -> None:
    """Who stands where, by the line itself."""
    line = await store.read(_list_line)
    head = await store.read(_find_head)
    verdict.expect(head.length == len(line), f"round {number}: {head.length} are counted, {len(line)} stand in line")
    verdict.expect(len({key for _, key in line}) == len(line), f"round {number}: two stand on one place")
    for place in dice.sample(range(len(line)), min(LOOKED_AT, len(line))):
        said = (await store.read(view_place, line[place][0])).place
        verdict.expect(said == place + 1, f"round {number}: {said} is said of who stands at {place + 1}")


def _list_line(tx: Tx) -> list[tuple[PersonId, int]]:
    return waitlists.list_first(tx, boards.get_campaign_id(tx, shops.get(tx).version_id), EVERYBODY)


def _find_head(tx: Tx) -> Head:
    return waitlists.find_head(tx, boards.get_campaign_id(tx, shops.get(tx).version_id))


KINDS = [Kind(number=18, name="a queue is joined, jumped and let in by sixteen at once", run=stand_in_line)]
