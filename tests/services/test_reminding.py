from __future__ import annotations

import asyncio

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.reminding import REST_DAYS, Missing, Reminding, choose_fresh_story
from bot.services.joining.joining import credit, qualify
from bot.services.notices import view_notices
from bot.services.reminding.notices import Reminder
from bot.services.reminding.reminders import RemindView, decline, find_fresh_story, remind
from bot.services.standing import list_invites
from storage import Store, Tx
from storage.records import NoticeId, OutboxRow, PersonId, Profile, Referral, ReferralId, ShareWay
from storage.tables import outbox, people, shares
from tests.owed import find_member
from tests.storage.clock import Clock
from tests.thinning import BOTH_ENGINES

ANNA = Profile(telegram_id=101, first_name="Anna", telegram_language="en")
BUDI = Profile(telegram_id=102, first_name="Budi", telegram_language="id")
MEI = Profile(telegram_id=103, first_name="Mei", telegram_language="zh-hans")
WEEK_SECONDS = REST_DAYS * 24 * 3600


def add_waiting(tx: Tx, strict: Campaign, *, started: bool = True) -> Referral:
    """Anna and Mei, members; Budi came by Anna and does not count yet."""
    for number, profile in enumerate((ANNA, MEI, BUDI)):
        person = people.add(tx, profile, f"Code00000{number}")
        if started or profile is not BUDI:
            people.set_started(tx, person.id)
    anna, budi = (people.find_by_telegram_id(tx, profile.telegram_id) for profile in (ANNA, BUDI))
    assert anna is not None
    assert budi is not None
    referral = credit(tx, anna, budi, source="qr")
    assert referral is not None
    return referral


async def ask(store: Store, referral_id: ReferralId, visitor: Profile = ANNA) -> RemindView:
    """Have somebody remind the friend of a referral."""
    return await store.write(remind, visitor=visitor, referral_id=referral_id)


async def list_reminders(store: Store) -> list[OutboxRow]:
    """The reminders owed."""
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=100)
    return [notice for notice in owed if notice.kind == "reminder"]


@BOTH_ENGINES
async def test_a_friend_is_reminded_once_with_what_waits(store: Store, strict: Campaign) -> None:
    """The friend is told by whom, in their own language; ten taps at once are one message."""
    referral = await store.write(add_waiting, strict)
    told = await asyncio.gather(*(ask(store, referral.id) for _ in range(10)))
    assert sorted(each.result for each in told) == [Reminding.DONE, *[Reminding.TOO_SOON] * 9]
    assert {each.name for each in told} == {"Budi"}
    (notice,) = await list_reminders(store)
    assert find_member(notice) == referral.invitee_id
    shown = await store.read(view_notices, address=notice.address, ids=[notice.id], kinds={Reminder.kind: Reminder})
    assert [each.notice for each in shown.owed] == [
        Reminder(inviter=referral.inviter_id, referral=referral.id, points=strict.invitee_points)
    ]
    assert shown.member is not None
    assert (shown.names[referral.inviter_id], shown.member.language) == ("Anna", "id")


async def test_a_week_lies_between_two_reminders(store: Store, strict: Campaign, clock: Clock) -> None:
    """Before that the inviter hears from when on it can be done again."""
    referral = await store.write(add_waiting, strict)
    await ask(store, referral.id)
    first = clock.now
    clock.advance(WEEK_SECONDS - 1)
    early = await ask(store, referral.id)
    assert (early.result, early.reminded_at, early.next_at) == (
        Reminding.TOO_SOON,
        first,
        first + WEEK_SECONDS * 1_000_000,
    )
    clock.advance(1)
    assert (await ask(store, referral.id)).result is Reminding.DONE
    assert len(await list_reminders(store)) == 2


@pytest.mark.parametrize("number", [1, 2, 999_999_999])
async def test_only_the_inviter_may_remind(store: Store, strict: Campaign, number: int) -> None:
    """Neither another member nor the friend nor a made-up number gets a message out, or learns a name."""
    referral = await store.write(add_waiting, strict)
    for visitor in (MEI, BUDI) if number == 1 else (ANNA, MEI):
        told = await ask(store, referral.id if number == 1 else ReferralId(number), visitor)
        assert (told.result, told.name) == (Reminding.NOBODY, "")
    assert await list_reminders(store) == []


async def test_who_declined_is_never_reminded_again(store: Store, strict: Campaign, clock: Clock) -> None:
    """Not after a week nor after a year; and nobody declines for another."""
    referral = await store.write(add_waiting, strict)
    await store.write(decline, visitor=MEI, referral_id=referral.id)
    assert (await ask(store, referral.id)).result is Reminding.DONE
    await store.write(decline, visitor=BUDI, referral_id=referral.id)
    for _ in range(2):
        assert (await ask(store, referral.id)).result is Reminding.DECLINED
        clock.advance(365 * 24 * 3600)
    assert len(await list_reminders(store)) == 1


async def test_who_cannot_be_written_to_is_left_alone(store: Store, strict: Campaign) -> None:
    """Somebody who has blocked the bot, and somebody who never started it."""
    referral = await store.write(add_waiting, strict, started=False)
    assert (await ask(store, referral.id)).result is Reminding.NOT_STARTED
    await store.write(people.set_started, referral.invitee_id)
    await store.write(people.set_blocked, referral.invitee_id, blocked=True)
    assert (await ask(store, referral.id)).result is Reminding.UNREACHABLE
    assert await list_reminders(store) == []


async def test_who_counts_need_not_be_reminded(store: Store, strict: Campaign) -> None:
    """The friend came into the chat before the inviter tapped."""
    referral = await store.write(add_waiting, strict)
    await store.write(qualify, referral.id)
    assert (await ask(store, referral.id)).result is Reminding.OVER
    assert await list_reminders(store) == []


async def test_the_list_says_what_each_friend_misses(store: Store, strict: Campaign) -> None:
    """First to open the bot, then to come into the community; once that is done, nothing."""
    referral = await store.write(add_waiting, strict, started=False)

    async def missing() -> list[tuple[Missing, Reminding]]:
        shown = await store.read(list_invites, visitor=ANNA)
        return [(each.missing, each.reminding) for each in shown.waiting.values()]

    assert await missing() == [(Missing.BOT, Reminding.NOT_STARTED)]
    await store.write(people.set_started, referral.invitee_id)
    assert await missing() == [(Missing.COMMUNITY, Reminding.DONE)]
    await ask(store, referral.id)
    assert await missing() == [(Missing.COMMUNITY, Reminding.TOO_SOON)]
    await store.write(qualify, referral.id)
    assert await missing() == []


async def test_sharing_again_brings_another_story(store: Store, strict: Campaign) -> None:
    """Whatever was shared last, and whatever has no story at all."""
    anna = PersonId((await store.write(add_waiting, strict)).inviter_id)
    keys = [story.key for story in strict.stories]

    async def fresh() -> str:
        return await store.read(find_fresh_story, visitor=ANNA)

    assert await fresh() == keys[0]
    for place, key in enumerate(keys):
        await store.write(shares.add, anna, ShareWay.CARD, key)
        await store.write(shares.add, anna, ShareWay.QR)
        assert await fresh() == keys[(place + 1) % len(keys)]
    await store.write(shares.add, anna, ShareWay.CARD, "a story of an older campaign")
    assert await fresh() == keys[0]


def test_the_only_story_is_fresh_enough() -> None:
    """A campaign of one story has no other."""
    assert choose_fresh_story(["one"], "one") == "one"
