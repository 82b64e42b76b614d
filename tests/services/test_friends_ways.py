"""How far each friend has come on the way that rules reward, as their inviter and they themselves see it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.rewards import Condition, Rule
from bot.core.rewards.steps import Stage
from bot.services.community.membership import come
from bot.services.joining.notices import RevokeReason
from bot.services.joining.revoking import revoke
from bot.services.rewards.stages import OwnWay
from bot.services.standing import list_invites
from storage import Store
from storage.facts import EventKind
from storage.records import Person, PersonId, Referral, Side
from storage.tables import labels, people
from tests.services.conftest import CHAT
from tests.services.selling import sell
from tests.services.test_revoking import add_member
from tests.services.test_rewards import FIVE, bring
from tests.services.test_rewards_with_time import STAYED, find_profile, set_rules
from tests.storage.clock import Clock

DAY = 86_400
JOINED = Stage(kind=EventKind.JOINED, have=1, wanted=1)


def buying(nth: int, condition: Condition | None = None) -> Rule:
    """A friend's purchase brings something."""
    return Rule(
        key=f"bought-{nth}",
        when="purchased",
        who=Side.INVITER,
        give=FIVE,
        condition=condition or Condition(nth=nth),
    )


async def see(store: Store, anna: Person, referral: Referral) -> Sequence[Stage]:
    """A friend's way, as it stands among the friends."""
    return (await store.write(list_invites, visitor=anna.profile)).stages.get(referral.id, ())


async def see_own(store: Store, person_id: PersonId) -> OwnWay:
    """A friend's way, as they see it."""
    person = await store.read(people.get, person_id)
    return (await store.write(list_invites, visitor=person.profile)).own_way


async def test_purchases_are_counted_where_they_bring_something(store: Store, campaign: Campaign) -> None:
    """Up to as many as are wanted, whatever else is rewarded or not."""
    await set_rules(store, campaign, buying(1), buying(2))
    anna = await store.write(add_member, "Anna")
    friend = await store.write(bring, anna)
    for bought, (first, second) in enumerate(((0, 0), (1, 1), (1, 2), (1, 2))):
        if bought:
            await store.write(sell, friend.invitee_id, amount=100, order_id=f"A-{bought}")
        stages = [
            JOINED,
            Stage(kind=EventKind.PURCHASED, have=first, wanted=1),
            Stage(kind=EventKind.PURCHASED, have=second, wanted=2),
        ]
        assert await see(store, anna, friend) == stages
        assert await see_own(store, friend.invitee_id) == OwnWay(inviter="Anna", stages=stages)


async def test_days_in_the_community_are_a_way_too(store: Store, campaign: Campaign, clock: Clock) -> None:
    """Those of each friend are their own."""
    await set_rules(store, campaign, STAYED)
    anna = await store.write(add_member, "Anna")
    first, second = [await store.write(bring, anna) for _ in range(2)]
    await store.write(come, chat_id=CHAT, newcomer=await store.read(find_profile, first), link="")
    clock.advance(3 * DAY)
    await store.write(come, chat_id=CHAT, newcomer=await store.read(find_profile, second), link="")
    clock.advance(DAY)
    for friend, days in ((first, 4), (second, 1)):
        assert await see(store, anna, friend) == [JOINED, Stage(kind=EventKind.STAYED, have=days, wanted=7)]


async def test_a_way_is_of_those_for_whom_it_brings_something(store: Store, campaign: Campaign) -> None:
    """By the label of whoever brought them; of who was taken back, or came by nobody, there is none."""
    await set_rules(store, campaign, buying(1, Condition(nth=1, label=("ambassador",))))
    anna, dora = await store.write(add_member, "Anna"), await store.write(add_member, "Dora")
    await store.write(labels.add, anna.id, "ambassador")
    hers, other = await store.write(bring, anna), await store.write(bring, dora)
    assert len(await see(store, anna, hers)) == 2
    assert (await see(store, dora, other), await see_own(store, other.invitee_id)) == ((), OwnWay())
    assert await see_own(store, anna.id) == OwnWay()
    await store.write(revoke, hers.id, reason=RevokeReason.LEFT)
    assert (await see(store, anna, hers), await see_own(store, hers.invitee_id)) == ((), OwnWay())
