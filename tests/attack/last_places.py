"""The last places of a rule are wanted by sixteen at the same moment, again and again."""

from __future__ import annotations

import asyncio
import random
from itertools import count

from sqlalchemy import func, select

from bot.core.campaigns.rewards import Give, Limit, Rule
from bot.core.rewards.rules import Grant
from bot.services.campaigns.opening import Source, open_shop
from bot.services.rewards.giving import Cause, give
from storage import Tx, open_store
from storage.checks import list_faults
from storage.facts import EventKind, GrantId, GrantKind
from storage.records import PersonId, Side, VersionId
from storage.schema.rewards import grant
from storage.tables import events, shops
from tests.attack.ground import Ground, Kind, Verdict
from tests.benchmarks.bench_growth import load_campaign
from tests.storage.cast import add_members

WRITERS = 16
POINT = Give(kind=GrantKind.POINTS, amount=1)
_NUMBERS = count()


async def want_the_last_places(ground: Ground, verdict: Verdict) -> None:
    """As many get it as the rule has places, by whichever limit; never one more, and the books agree."""
    rounds, dice = ground.size(40, 10_000), random.Random(7)
    given = 0
    async with open_store(ground.url) as store:
        cast, version = await store.write(_set_up)
        for number in range(rounds):
            there, each = dice.randrange(5), dice.randrange(1, 4)
            limit = dice.choice([Limit(first=there), Limit(budget=there), Limit(first=there, per_member=each)])
            rule = Rule(key=f"round-{number}", when="joined", who=Side.INVITER, give=POINT, limit=limit)
            wanting = [dice.choice(cast) for _ in range(WRITERS)]
            got = await asyncio.gather(*(store.write(_want, person, rule, version) for person in wanting))
            had = sum(one is not None for one in got)
            room = min(there, sum(min(each, wanting.count(person)) for person in set(wanting)))
            expected = room if limit.per_member is not None else there
            verdict.expect(had == expected, f"round {number}: {had} had one of {expected}")
            given += had
        held = await store.read(lambda tx: tx.scalar(select(func.count()).select_from(grant)))
        verdict.expect(held == given, f"{held} grants are written, {given} were given")
        verdict.wrong += await list_faults(store)
    verdict.figures |= {"rounds": rounds, "wanted": rounds * WRITERS, "given": given}


def _set_up(tx: Tx) -> tuple[list[PersonId], VersionId]:
    open_shop(tx, Source(campaign=load_campaign()))
    return [member.id for member in add_members(tx, WRITERS)], shops.get(tx).version_id


def _want(tx: Tx, person_id: PersonId, rule: Rule, version_id: VersionId) -> GrantId | None:
    key = f"{EventKind.QUALIFIED}:wanted {next(_NUMBERS)}"
    event_id = events.add_fact(tx, EventKind.QUALIFIED, person_id, key=key, version_id=version_id)
    assert event_id is not None
    cause = Cause(event_id=event_id, version_id=version_id)
    return give(tx, cause, Grant(rule=rule, side=Side.INVITER, person_id=person_id, give=rule.give))


KINDS = [Kind(number=18, name="the last places of a rule are wanted by sixteen at once", run=want_the_last_places)]
