"""Who gives something back: what it takes from whom, what they hear, and who has the room."""

from __future__ import annotations

from dataclasses import replace

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.rewards import Give, Limit, Rule
from bot.services.rewards.notices import read_rule
from storage import Store
from storage.checks import list_faults
from storage.facts import GrantKind, GrantState
from storage.records import Side
from storage.tables import ledgers
from tests.owed import list_said
from tests.services.test_conversions import DAY, FIVE, TENTH, find_referral, open_till
from tests.services.test_rewards import list_grants
from tests.storage.clock import Clock


async def test_who_gives_back_a_part_hears_what_is_gone_of_a_share(store: Store, campaign: Campaign) -> None:
    """As many points as the balance has lost, and all that are left with the rest of the price."""
    till = await open_till(store, campaign, TENTH)
    balances = [await till.balances()]
    await till.tell()
    balances.append(await till.balances())
    for part, amount in (("one", 400), ("rest", 600)):
        await till.refund(amount, part)
        balances.append(await till.balances())
    begun, full, less, none = [friend for _, friend in balances]
    assert begun == none < less < full
    said = await store.read(list_said, "reward_taken_back")
    assert [(to, payload["points"]) for _, to, payload in said] == [
        (till.friend.id, full - less),
        (till.friend.id, less - none),
    ]


async def test_room_that_a_refund_leaves_is_for_who_waits_longest(store: Store, campaign: Campaign) -> None:
    """A share of a purchase takes so much of a rule's points; what it becomes smaller by, the next in line has."""
    share = Rule(
        key="share",
        when="purchased",
        who=Side.INVITER,
        give=Give(kind=GrantKind.PERCENT, amount=10),
        limit=Limit(budget=100),
        at_limit="queue",
    )
    till = await open_till(store, campaign, share)
    before = (await till.balances())[0]
    await till.tell("A-1", amount=900)
    await till.tell("A-2", amount=400)
    assert (await till.balances())[0] - before == 90, "there is room for ten more, and forty wait"
    await till.refund(200)
    assert (await till.balances())[0] - before == 70
    await till.refund(200, "2")
    assert (await till.balances())[0] - before == 50 + 40
    assert await list_faults(store) == []


async def test_what_a_refund_takes_is_told_and_written_down(store: Store, campaign: Campaign, clock: Clock) -> None:
    """By how much less it is, to whom; what is left is written in the place of what was; all of it given back ends it."""
    held = replace(TENTH, key="held", who=Side.INVITER, hold_days=3)
    big = Rule(key="big", when="purchased", number=500, who=Side.INVITER, give=FIVE.give)
    till = await open_till(store, campaign, TENTH, held, big)
    await till.tell()
    clock.advance(DAY + 1)
    await till.refund(400)
    referral = await store.read(find_referral, till.friend)

    async def show() -> list[tuple[object, ...]]:
        rows = await store.read(list_grants, [referral])
        return sorted(
            ((row.rule, row.side, row.state, row.points, row.matures_at, row.reason) for row in rows), key=str
        )

    inviter, invitee = Side.INVITER, Side.INVITEE
    gone = GrantState.REVOKED
    assert await show() == sorted(
        [
            ("big", inviter, GrantState.AVAILABLE, 5, None, ""),
            ("held", inviter, gone, 100, None, "refund"),
            ("held", inviter, GrantState.HELD, 60, clock.now + 2 * DAY * 1_000_000, ""),
            ("tenth", invitee, gone, 100, None, "refund"),
            ("tenth", invitee, GrantState.AVAILABLE, 60, None, ""),
        ],
        key=str,
    )
    taken = [
        (to, read_rule(str(said["rule"])).key, said["points"])
        for _, to, said in await store.read(list_said, "reward_taken_back")
    ]
    assert sorted(taken, key=str) == sorted([(till.anna.id, "held", 40), (till.friend.id, "tenth", 40)], key=str)
    await till.refund(100, "2")
    assert len(await store.read(list_said, "reward_taken_back")) == 4
    assert ("big", inviter, GrantState.AVAILABLE, 5, None, "") in await show(), "five hundred are left"
    await till.refund(1, "3")
    assert ("big", inviter, gone, 5, None, "refund") in await show()
    await till.refund(499, "4")
    assert [row for row in await show() if row[2] is not gone] == []
    assert await list_faults(store) == []


async def test_a_promised_share_that_becomes_smaller_is_told(store: Store, campaign: Campaign) -> None:
    """By how much; of nothing left, it waits for the next purchase, and where the friend does not count any more it is gone."""
    promised = Rule(key="next", when="joined", who=Side.INVITEE, give=TENTH.give)
    till = await open_till(store, campaign, promised)
    await till.tell()
    referral = await store.read(find_referral, till.friend)
    lines = await store.read(ledgers.list_lines, till.friend.id, limit=9, offset=0)
    assert [(line.amount, line.reason) for line in lines][:1] == [(100, "rule:next")]
    for amount, part, less, left in ((400, "1", 40, 60), (600, "2", 60, None)):
        await till.refund(amount, part)
        said = (await store.read(list_said, "reward_taken_back"))[-1]
        assert (said[1], said[2]["points"]) == (till.friend.id, less)
        rows = [row for row in await store.read(list_grants, [referral]) if row.state is not GrantState.REVOKED]
        assert [(row.what, row.points, row.side) for row in rows] == [("10", left, Side.INVITEE)]
        assert rows[0].state is (GrantState.AVAILABLE if left is None else GrantState.USED)
    assert await list_faults(store) == []
