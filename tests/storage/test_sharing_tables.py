from __future__ import annotations

import asyncio

import pytest

from storage import RuleBroken, Store, Tx
from storage.conversation import Conversation
from storage.records import PersonId, ReferralId, ReferralState, Reminder, Side
from storage.tables import (
    chat_joins,
    chat_links,
    clicks,
    conversations,
    grants,
    referrals,
    reminders,
    visits,
    warnings,
)
from storage.tables.chat_joins import ChatJoin
from tests.storage.cast import add_member, add_members, add_version, refer
from tests.storage.clock import NOON, Clock

CHAT = -1_001_234_567_890


async def test_clicks_are_counted_by_source(store: Store) -> None:
    """Each click adds one to its source, and leads to somebody known."""
    anna = await store.write(add_member, 1)
    for source in ("qr", "wa", "qr", ""):
        await store.write(clicks.add, anna.id, source)
    assert await store.read(clicks.count_by_source) == {"qr": 2, "wa": 1, "": 1}
    with pytest.raises(RuleBroken):
        await store.write(clicks.add, PersonId(99), "qr")


async def test_a_visit_counts_once_an_hour(store: Store) -> None:
    """The same visitor counts again for another code and in another hour; old hours are forgotten, a page at a time."""
    tried = [("v1", "a", 7), ("v1", "a", 7), ("v1", "b", 7), ("v2", "a", 7), ("v1", "a", 8)]
    first = [await store.write(visits.add, *visit) for visit in tried]
    assert first == [True, False, True, True, True]
    assert [await store.write(visits.delete_before, 8, 2) for _ in range(3)] == [2, 1, 0]
    assert [await store.write(visits.add, "v1", "a", hour) for hour in (7, 8)] == [True, False]


async def test_of_many_equal_visits_at_once_one_counts(store: Store) -> None:
    """However many arrive together."""
    first = await asyncio.gather(*(store.write(visits.add, "v1", "a", 7) for _ in range(20)))
    assert sum(first) == 1


async def test_a_person_is_in_one_dialogue(store: Store, clock: Clock) -> None:
    """The newest question is what waits; it ends with its time, or with its own flow's end and no other's."""
    anna, ben = await store.write(add_members, 2)
    await store.write(conversations.open, anna.id, "words", "line", {}, expires_at=NOON + 1)
    await store.write(conversations.open, anna.id, "claim", "name", {"offer": "x"}, expires_at=NOON + 60_000_000)
    asked = Conversation(flow="claim", step="name", data={"offer": "x"}, expires_at=NOON + 60_000_000)
    assert await store.read(conversations.find, anna.id) == asked
    assert await store.read(conversations.find, ben.id) is None
    assert await store.read(conversations.find_in, anna.id, "words") is None
    assert not await store.write(conversations.leave, anna.id, "words")
    assert await store.read(conversations.find_in, anna.id, "claim") == asked
    clock.advance(60)
    assert await store.read(conversations.find, anna.id) is None
    assert await store.write(conversations.delete_expired) == 1
    await store.write(conversations.open, anna.id, "claim", "name", {}, expires_at=clock.now + 1)
    assert await store.write(conversations.leave, anna.id, "claim")
    assert await store.read(conversations.find, anna.id) is None


async def test_every_link_to_the_chat_leads_to_its_member(store: Store, clock: Clock) -> None:
    """A member has the newest; an older one still credits; a link belongs to whom it was made for first."""
    anna, ben = await store.write(add_members, 2)
    for owner, link in ((anna, "t.me/+old"), (anna, "t.me/+new"), (ben, "t.me/+old")):
        await store.write(chat_links.add, owner.id, CHAT, link)
        clock.advance(1)
    assert await store.read(chat_links.find, anna.id, CHAT) == "t.me/+new"
    assert await store.read(chat_links.find, anna.id, CHAT - 1) is None
    assert await store.read(chat_links.find, ben.id, CHAT) is None
    owners = [await store.read(chat_links.find_owner, link) for link in ("t.me/+old", "t.me/+new", "t.me/+other")]
    assert owners == [anna.id, anna.id, None]


async def test_only_the_first_join_ever_counts(store: Store, clock: Clock) -> None:
    """Who leaves and comes back is no newcomer, and the first moment stays."""
    joined = [await store.write(chat_joins.note_join, CHAT, 5) for _ in range(2)]
    clock.advance(60)
    assert await store.write(chat_joins.note_left, CHAT, 5) == NOON
    assert await store.write(chat_joins.note_left, CHAT, 5) is None
    left = await store.read(chat_joins.find, CHAT, 5)
    assert left is not None
    assert left.left_at == clock.now
    joined.append(await store.write(chat_joins.note_join, CHAT, 5))
    assert joined == [True, False, False]
    assert await store.write(chat_joins.note_join, CHAT - 1, 5) is True
    assert await store.read(chat_joins.find, CHAT, 5) == ChatJoin(
        chat_id=CHAT, telegram_id=5, person_id=None, referral_id=None, joined_at=NOON, left_at=None
    )


async def test_who_was_there_before_the_bot_is_no_newcomer(store: Store) -> None:
    """Somebody first seen leaving must not be credited when coming back."""
    assert await store.write(chat_joins.note_left, CHAT, 5) is None
    assert await store.write(chat_joins.note_join, CHAT, 5) is False
    assert await store.write(chat_joins.note_left, CHAT, 5) is None
    assert await store.read(chat_joins.find, CHAT, 6) is None


async def test_a_join_keeps_its_referral(store: Store) -> None:
    """Person and referral are noted beside the join, and must exist."""
    anna, ben = await store.write(add_members, 2)
    await store.write(refer, anna, ben)
    referral = await store.read(referrals.find_by_invitee, ben.id)
    assert referral is not None
    await store.write(chat_joins.note_join, CHAT, 5)
    await store.write(chat_joins.set_referral, CHAT, 5, person_id=ben.id, referral_id=referral.id)
    found = await store.read(chat_joins.find, CHAT, 5)
    assert found is not None
    assert (found.person_id, found.referral_id) == (ben.id, referral.id)
    with pytest.raises(RuleBroken):
        await store.write(chat_joins.set_referral, CHAT, 5, person_id=ben.id, referral_id=ReferralId(99))


async def test_a_group_that_grew_keeps_whom_it_saw(store: Store, clock: Clock) -> None:
    """Under its new number everything holds that was seen before; what was seen there since stands."""
    grown = CHAT - 1
    await store.write(chat_joins.note_join, CHAT, 5)
    await store.write(chat_joins.note_left, CHAT, 6)
    joined_at = clock.now
    clock.advance(60)
    await store.write(chat_joins.note_join, grown, 6)
    for _ in range(2):
        await store.write(chat_joins.move, CHAT, grown)
    moved, stood = await store.read(chat_joins.find, grown, 5), await store.read(chat_joins.find, grown, 6)
    assert moved is not None
    assert stood is not None
    assert (moved.joined_at, moved.left_at) == (joined_at, None)
    assert (stood.joined_at, stood.left_at) == (clock.now, None)
    assert not await store.write(chat_joins.note_join, grown, 5)


async def test_invitations_say_by_which_way_and_who_left(store: Store, clock: Clock) -> None:
    """Whose referral counts by being in the chat is listed with the moment of leaving."""
    anna, ben, cleo = await store.write(add_members, 3)
    for friend in (ben, cleo):
        await store.write(refer, anna, friend)
    referral = await store.read(referrals.find_by_invitee, ben.id)
    assert referral is not None
    for friend in (ben, cleo):
        await store.write(chat_joins.note_join, CHAT, friend.profile.telegram_id)
    await store.write(chat_joins.set_referral, CHAT, ben.profile.telegram_id, person_id=ben.id, referral_id=referral.id)
    clock.advance(60)
    for friend in (ben, cleo):
        await store.write(chat_joins.note_left, CHAT, friend.profile.telegram_id)
    lines = await store.read(referrals.list_invitations, anna.id, limit=9, offset=0)
    assert [line.left_at for line in lines] == [None, clock.now]
    assert {line.source for line in lines} == {referral.source}


async def test_reminding_and_declining_are_kept_beside_each_other(store: Store, clock: Clock) -> None:
    """Neither forgets the other, in whichever order they come."""
    anna, ben, cleo = await store.write(add_members, 3)

    def fill(tx: Tx) -> list[ReferralId]:
        for friend in (ben, cleo):
            refer(tx, anna, friend)
        found = [referrals.find_by_invitee(tx, friend.id) for friend in (ben, cleo)]
        return [each.id for each in found if each]

    first, second = await store.write(fill)
    assert await store.read(reminders.find, first) is None
    for act in (reminders.note, reminders.set_declined, reminders.note):
        clock.advance(1)
        await store.write(act, first)
    assert await store.read(reminders.find, first) == Reminder(reminded_at=clock.now, declined=True)
    await store.write(reminders.set_declined, second)
    assert await store.read(reminders.find, second) == Reminder(reminded_at=None, declined=True)


async def test_the_admins_are_told_once(store: Store) -> None:
    """Until what was wrong had been put right."""
    told = [await store.write(warnings.add, key) for key in ("rights", "rights", "other")]
    assert told == [True, False, True]
    await store.write(warnings.delete_told, "rights")
    assert [await store.write(warnings.add, key) for key in ("rights", "other")] == [True, False]
    assert sorted(await store.read(warnings.list_told)) == ["other", "rights"]


async def test_referrals_are_counted_for_ever(store: Store) -> None:
    """One that was taken back stays in the count, and in the list by ids."""
    members = await store.write(add_members, 4)

    def fill(tx: Tx) -> list[ReferralId]:
        added = [
            referrals.add(
                tx,
                inviter_id=members[0].id,
                invitee_id=friend.id,
                version_id=add_version(tx),
                source=source,
                state=ReferralState.WAITING,
            )
            for friend, source in zip(members[1:], ("qr", "chat", "qr"), strict=True)
        ]
        return [each.id for each in added if each]

    ids = await store.write(fill)
    await store.write(referrals.set_state, ids[0], ReferralState.REVOKED, expected=ReferralState.WAITING)
    assert await store.read(referrals.count_all) == 3
    found = await store.read(referrals.list_by_ids, [*ids[:2], ReferralId(99)])
    assert {each.id: each.state for each in found.values()} == {
        ids[0]: ReferralState.REVOKED,
        ids[1]: ReferralState.WAITING,
    }
    assert await store.read(referrals.list_by_ids, []) == {}


async def test_what_a_referral_earned_is_listed(store: Store) -> None:
    """Both sides, with the ledger line behind each."""
    anna, ben, cleo = await store.write(add_members, 3)
    for friend in (ben, cleo):
        await store.write(refer, anna, friend, 10)
    referral = await store.read(referrals.find_by_invitee, cleo.id)
    assert referral is not None
    earned = await store.read(grants.list_by_referral, referral.id)
    assert [(each.side, each.person_id, each.points, each.referral_id) for each in earned] == [
        (Side.INVITEE, cleo.id, 10, referral.id),
        (Side.INVITER, anna.id, 10, referral.id),
    ]
    assert len({each.ledger_id for each in earned}) == 2


async def test_a_clock_that_was_ahead_makes_no_question_wait_longer(store: Store, clock: Clock) -> None:
    """Set right, it is as if nothing had been asked; from the next start on it waits again, for its own time at most."""
    anna, ben = await store.write(add_members, 2)
    await store.write(conversations.open, ben.id, "claim", "name", {}, expires_at=NOON + 60_000_000)
    clock.advance(86_400)
    await store.write(conversations.open, anna.id, "words", "line", {}, expires_at=clock.now + 60_000_000)
    clock.advance(-86_390)
    assert await store.read(conversations.find, anna.id) is None
    assert await store.write(conversations.redate) == 1
    asked = [await store.read(conversations.find, each.id) for each in (anna, ben)]
    assert [each.expires_at - NOON for each in asked if each] == [70_000_000, 60_000_000]
    clock.advance(60)
    assert await store.read(conversations.find, anna.id) is None
