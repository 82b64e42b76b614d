"""The last points that a shop may promise are wanted by sixteen at the same moment, again and again."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from itertools import count

from bot.core.campaigns.rewards import Give, Rule
from bot.core.rewards.rules import Grant
from bot.services.campaigns.opening import Source, open_shop
from bot.services.rewards.giving import Cause, give, take_back
from storage import Tx, open_store
from storage.checks import list_faults
from storage.facts import EventKind, GrantId, GrantKind
from storage.records import PersonId, Side, VersionId
from storage.tables import events, liability, shops
from tests.attack.ground import Ground, Kind, Verdict
from tests.benchmarks.bench_growth import load_campaign
from tests.storage.cast import add_members

WRITERS, MOST, DEAREST = 16, 100, 20
_NUMBERS = count()


async def want_the_last_promises(ground: Ground, verdict: Verdict) -> None:
    """Never a point more is promised than may be, nobody is refused what there is room for, and the books agree."""
    rounds, dice = ground.size(25, 10_000), random.Random(7)
    held: dict[GrantId, int] = {}
    given = 0
    async with open_store(ground.url) as store:
        cast, version = await store.write(_set_up)
        for number in range(rounds):
            wanted = [(dice.choice(cast), dice.randint(1, DEAREST), dice.choice((0, 0, 3))) for _ in range(WRITERS)]
            got = await asyncio.gather(*(store.write(_want, *each, version) for each in wanted))
            held |= {one: points for one, (_, points, _) in zip(got, wanted, strict=True) if one is not None}
            given += sum(one is not None for one in got)
            promised = (await store.read(liability.get)).points
            verdict.expect(promised == sum(held.values()) <= MOST, f"round {number}: {promised} points are promised")
            refused = [points for one, (_, points, _) in zip(got, wanted, strict=True) if one is None]
            verdict.expect(
                all(promised + points > MOST for points in refused), f"round {number}: {refused} refused at {promised}"
            )
            leaving = [each for each in held if dice.random() < 0.6]
            await asyncio.gather(*(store.write(take_back, each, "referral") for each in leaving * 2))
            held = {each: points for each, points in held.items() if each not in leaving}
        verdict.wrong += await list_faults(store)
    verdict.figures |= {"rounds": rounds, "wanted": rounds * WRITERS, "given": given}


def _set_up(tx: Tx) -> tuple[list[PersonId], VersionId]:
    campaign = replace(load_campaign(), worth_amount=10, worth_currency="EUR", liability_limit=10 * MOST)
    open_shop(tx, Source(campaign=campaign))
    return [member.id for member in add_members(tx, WRITERS)], shops.get(tx).version_id


def _want(tx: Tx, person_id: PersonId, points: int, hold_days: int, version_id: VersionId) -> GrantId | None:
    key = f"{EventKind.QUALIFIED}:promised {next(_NUMBERS)}"
    event_id = events.add_fact(tx, EventKind.QUALIFIED, person_id, key=key, version_id=version_id)
    assert event_id is not None
    what = Give(kind=GrantKind.POINTS, amount=points)
    rule = Rule(key="promise", when="joined", who=Side.INVITER, give=what, hold_days=hold_days)
    cause = Cause(event_id=event_id, version_id=version_id)
    return give(tx, cause, Grant(rule=rule, side=Side.INVITER, person_id=person_id, give=what))


KINDS = [Kind(number=18, name="the last points that may be promised are wanted by sixteen", run=want_the_last_promises)]
