"""The last items of the catalogue are wanted by sixteen at the same moment, again and again."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace

from sqlalchemy import func, select

from bot.campaign_file import SHIPPED, load_campaign
from bot.core.campaigns.catalogue import CatalogueItem
from bot.services.campaigns.opening import open_shop
from bot.services.joining.joining import start
from bot.services.redeeming import redeeming
from storage import Store, open_store
from storage.checks import list_faults
from storage.facts import RedemptionId, RedemptionState
from storage.records import Profile
from storage.schema.redeeming import redemption
from tests.attack.ground import Ground, Kind, Verdict

WRITERS, STOCK = 16, 5
BUN = CatalogueItem(key="bun", price=1, name={"en": "A bun"}, stock=STOCK, valid_days=3)
MEMBERS = [Profile(telegram_id=10_000 + number, first_name=f"Member {number}") for number in range(WRITERS + 1)]


async def want_the_last_items(ground: Ground, verdict: Verdict) -> None:
    """As many have one as there are, whoever taps twice; what is given up is there for the next, and the books agree."""
    rounds, dice = ground.size(25, 10_000), random.Random(7)
    given = 0
    async with open_store(ground.url) as store:
        await _open(store)
        held: dict[int, RedemptionId] = {}
        for number in range(rounds):
            wanting = [dice.choice(MEMBERS[1:]) for _ in range(WRITERS)]
            views = await asyncio.gather(
                *(store.write(redeeming.reserve, visitor=each, item=BUN.key) for each in wanting)
            )
            got = {
                each.telegram_id: view.row.id for each, view in zip(wanting, views, strict=True) if view.row is not None
            }
            new = {who: thing for who, thing in got.items() if who not in held}
            expected = min(STOCK - len(held), len({each.telegram_id for each in wanting} - set(held)))
            verdict.expect(len(new) == expected, f"round {number}: {len(new)} had one of {expected}")
            held |= new
            given += len(new)
            await _give_up(store, held, dice)
        aside = select(func.count()).where(redemption.c.state == RedemptionState.RESERVED)
        there = await store.read(lambda tx: tx.scalar(aside))
        verdict.expect(there == len(held), f"{there} are put aside, {len(held)} have one")
        verdict.wrong += await list_faults(store)
    verdict.figures |= {"rounds": rounds, "wanted": rounds * WRITERS, "given": given}


async def _open(store: Store) -> None:
    source = load_campaign(SHIPPED, {})
    campaign = replace(source.campaign, catalogue=(BUN,))
    opening = replace(source, campaign=campaign)
    await store.write(open_shop, opening, announce_chat=None, community_chat=None, community_id=None)
    code = ""
    for each in MEMBERS:
        code = (await store.write(start, visitor=each, payload=code)).member.code


async def _give_up(store: Store, held: dict[int, RedemptionId], dice: random.Random) -> None:
    """Some keep theirs until the next round; the others give theirs up at the same moment, twice."""
    leaving = [each for each in MEMBERS if each.telegram_id in held and dice.random() < 0.7]
    await asyncio.gather(
        *(store.write(redeeming.decline, visitor=each, redemption_id=held[each.telegram_id]) for each in leaving * 2)
    )
    for each in leaving:
        del held[each.telegram_id]


KINDS = [Kind(number=18, name="the last items of the catalogue are wanted by sixteen at once", run=want_the_last_items)]
