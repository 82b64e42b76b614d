from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import pytest

from bot.core.campaigns.fairness import AtDeadline, Fairness
from bot.core.fairness.asking import TRIES, CaptchaKind
from bot.jobs.fairness import watch
from bot.services.audit import list_acts
from bot.services.campaigns.opening import Source, open_shop, take_campaign
from bot.services.fairness import asking, deciding
from bot.services.fairness.asking import Answering
from bot.services.fairness.deciding import Deciding
from bot.services.fairness.picturing import FRIENDS_SHOWN, THEIRS_SHOWN, view_lines
from bot.services.joining.joining import credit, start
from bot.services.members import NotAllowed
from storage.checks import find_faults
from storage.facts import GrantState
from storage.records import NoticeId, Person, PersonId, Profile, Referral, ReferralId, ReferralState
from storage.review import ReviewRow, ReviewState
from storage.role import Role
from storage.tables import campaigns, captchas, grants, ledgers, outbox, people, referrals, reviews, roles, watches
from tests.owed import list_said
from tests.services.selling import sell
from tests.services.test_rewards import compose_milestone

if TYPE_CHECKING:
    from bot.core.campaigns.campaign import Campaign
    from storage import Store, Tx
    from tests.storage.clock import Clock

BOSS = Profile(telegram_id=77, first_name="Boss", telegram_language="en")
ANNA = Profile(telegram_id=5_000_000_000, first_name="Anna", telegram_language="en")
DAY = 86_400
_NUMBERS = count(8_000_000_000, 500)
"""Accounts made one right after the other."""


def bring(tx: Tx, inviter: Profile) -> tuple[Profile, Referral]:
    """One more account with a number in its name."""
    number = next(_NUMBERS)
    profile = Profile(telegram_id=number, first_name=f"Lucky {number % 1_000_000}", telegram_language="en")
    start(tx, visitor=profile, payload=find_person(tx, inviter).code)
    referral = referrals.find_by_invitee(tx, find_person(tx, profile).id)
    assert referral is not None
    return profile, referral


def find_person(tx: Tx, profile: Profile) -> Person:
    """Whoever this is."""
    person = people.find_by_telegram_id(tx, profile.telegram_id)
    assert person is not None
    return person


def open_fair(tx: Tx, campaign: Campaign, fairness: Fairness) -> None:
    """The shop looks at friends like this; the boss runs it, and Anna is a member."""
    open_shop(tx, Source(campaign=replace(campaign, fairness=fairness)))
    for each in (BOSS, ANNA):
        start(tx, visitor=each, payload="")
    roles.set(tx, BOSS.telegram_id, Role.MANAGER)


async def farm(
    store: Store, clock: Clock, campaign: Campaign, fairness: Fairness, friends: int = 9
) -> list[tuple[Profile, Referral]]:
    """Anna brings accounts made in a row, one every ten minutes."""
    await store.write(open_fair, campaign, fairness)
    found = []
    for _ in range(friends):
        clock.advance(600)
        found.append(await store.write(bring, ANNA))
    return found


async def test_whoever_looks_on_sees_all_of_the_queue(store: Store, campaign: Campaign, clock: Clock) -> None:
    """One after the other, whose time is over first before the others, an objection before all; then from the beginning."""
    found = await farm(store, clock, campaign, Fairness(hold_at=100), friends=5)
    for due, (_, referral) in zip((5, 3, 3, 9, 1), found, strict=True):
        await store.write(
            reviews.add, referral.id, ReviewState.OPEN, risk=60, evidence=(), counted=False, due_at=clock.now + due
        )
    first, objecting = found[4][1], found[3][1]
    await store.write(deciding.refuse, visitor=BOSS, referral_id=objecting.id, reason="same")
    host = await store.read(find_person, ANNA)
    await store.write(reviews.set_appeal, objecting.id, by=host.id, text="She is my cousin")
    seen = [objecting.id, first.id, found[1][1].id, found[2][1].id, found[0][1].id]
    shown = 0
    for expected in (*seen, *seen):
        view = await store.read(deciding.view_review, visitor=BOSS, after=shown)
        assert view.row is not None
        shown = view.row.referral_id
        assert shown == expected


async def get_review(store: Store, referral: Referral) -> ReviewRow:
    """What is noted of a friend."""
    row = await store.read(reviews.find, referral.id)
    assert row is not None
    return row


async def list_kinds(store: Store, person_id: PersonId) -> list[str]:
    """What somebody was told, in order."""
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=500)
    return [each.kind for each in owed if getattr(each.address, "person_id", None) == person_id]


async def test_a_farm_is_held_and_both_sides_hear_until_when(store: Store, clock: Clock, campaign: Campaign) -> None:
    """Nobody is held before two kinds of signals agree; who counted before is looked at as well; no points rest in a balance."""
    came = await farm(store, clock, campaign, Fairness())
    states = [each.state for _, each in came]
    assert states[0] is ReferralState.QUALIFIED
    assert states[-1] is ReferralState.WAITING
    await watch(store)
    anna = await store.read(find_person, ANNA)
    held = [await store.read(reviews.is_open, each.id) for _, each in came]
    assert all(held)
    assert (anna.score, anna.balance) == (0, 0)
    assert (await list_kinds(store, anna.id)).count("friend_held") == len(came)
    for _, referral in came:
        assert (await list_kinds(store, referral.invitee_id)).count("welcome_held") == 1
    assert "review_waiting" in await list_kinds(store, (await store.read(find_person, BOSS)).id)
    assert await store.read(find_faults) == []


async def test_yes_counts_and_no_does_not_and_either_is_taken_back(
    store: Store, clock: Clock, campaign: Campaign
) -> None:
    """As often as somebody changes their mind: points, scores and the count of signals follow, and the books balance."""
    came = await farm(store, clock, campaign, Fairness())
    await watch(store)
    for profile, referral in (came[0], came[-1]):
        for decide in ("yes", "no", "yes"):
            if decide == "yes":
                view = await store.write(deciding.approve, visitor=BOSS, referral_id=referral.id)
                assert view.deciding is Deciding.APPROVED
            else:
                view = await store.write(deciding.refuse, visitor=BOSS, referral_id=referral.id, reason="unreal")
                assert view.deciding is Deciding.REFUSED
            expected = campaign.invitee_points if decide == "yes" else 0
            person = await store.read(find_person, profile)
            assert await store.read(ledgers.get_balance, person.id) == expected
            assert (await store.read(find_person, ANNA)).score == int(decide == "yes")
            assert await store.read(find_faults) == []
            again = await store.write(deciding.approve, visitor=BOSS, referral_id=referral.id)
            assert again.deciding is (Deciding.APPROVED if decide == "yes" else Deciding.GONE)
            view = await store.write(deciding.undo, visitor=BOSS, referral_id=referral.id)
            assert view.deciding is Deciding.UNDONE
            assert (await store.read(find_person, ANNA)).score == 0
            clock.advance(1)
    assert set((await store.read(watches.list_counts)).values()) == {(0, 0)}
    await store.write(deciding.refuse, visitor=BOSS, referral_id=came[1][1].id, reason="same")
    assert (1, 0) in (await store.read(watches.list_counts)).values()
    clock.advance(deciding.UNDO_SECONDS + 1)
    late = await store.write(deciding.undo, visitor=BOSS, referral_id=came[1][1].id)
    assert late.deciding is Deciding.GONE
    assert await store.read(find_faults) == []


@pytest.mark.parametrize("deadline", AtDeadline)
async def test_at_the_end_of_its_time_it_goes_as_the_shop_says(
    store: Store, clock: Clock, campaign: Campaign, deadline: AtDeadline
) -> None:
    """Paid or ended, once, without anybody having to look."""
    came = await farm(store, clock, campaign, Fairness(at_deadline=deadline, check_days=3, refuse_at=0))
    await watch(store)
    clock.advance(3 * DAY - 7200)
    assert await store.read(deciding.list_due, limit=9) == []
    clock.advance(7200)
    await watch(store)
    row = await get_review(store, came[-1][1])
    state = ReferralState.QUALIFIED if deadline is AtDeadline.PAY else ReferralState.REVOKED
    assert (await store.read(referrals.get, came[-1][1].id)).state is state
    assert row.by_itself
    assert (await store.read(find_person, ANNA)).score == (len(came) if deadline is AtDeadline.PAY else 0)
    assert await store.read(find_faults) == []


async def test_a_no_is_objected_to_once_and_a_person_answers(store: Store, clock: Clock, campaign: Campaign) -> None:
    """By one of its sides, in words; it stands first in the queue, and whatever is answered is the end of it."""
    (_, referral), *_ = await farm(store, clock, campaign, Fairness())
    await watch(store)
    await store.write(deciding.refuse, visitor=BOSS, referral_id=referral.id, reason="unreal")
    for visitor, taken in ((BOSS, False), (ANNA, True), (ANNA, False)):
        said = await store.write(deciding.appeal, visitor=visitor, referral_id=referral.id, text="We work together")
        assert said[1] is taken
    view = await store.read(deciding.view_review, visitor=BOSS)
    assert view.row is not None
    assert (view.row.referral_id, view.row.appeal) == (referral.id, "We work together")
    clock.advance(1)
    await store.write(deciding.refuse, visitor=BOSS, referral_id=referral.id, reason="unreal")
    assert (await store.read(deciding.view_review, visitor=BOSS)).row != view.row
    assert (await list_kinds(store, view.referral.inviter_id if view.referral else PersonId(0))).count(
        "friend_refused"
    ) == 2
    assert await store.read(find_faults) == []


async def test_only_who_decides_may_decide(store: Store, clock: Clock, campaign: Campaign) -> None:
    """Nobody else sees the queue or changes it, whatever data they send."""
    came = await farm(store, clock, campaign, Fairness())
    await watch(store)
    before = await get_review(store, came[-1][1])
    for visitor in (ANNA, came[-1][0]):
        with pytest.raises(NotAllowed):
            await store.read(deciding.view_review, visitor=visitor)
        for act in (deciding.approve, deciding.undo):
            with pytest.raises(NotAllowed):
                await store.write(act, visitor=visitor, referral_id=came[-1][1].id)
        with pytest.raises(NotAllowed):
            await store.write(deciding.refuse, visitor=visitor, referral_id=came[-1][1].id, reason="same")
    assert await get_review(store, came[-1][1]) == before


async def test_a_person_answers_and_counts(store: Store, clock: Clock, campaign: Campaign) -> None:
    """Which answer is right is known on our side alone; three are wrong and people look; somebody else's tap is nothing."""
    asks = Fairness(captcha_at=40, hold_at=1_000, refuse_at=0)
    came = await farm(store, clock, campaign, asks)
    profile, referral = came[-1]
    assert (await get_review(store, referral)).state is ReviewState.ASKED
    other = await store.write(asking.ask, visitor=ANNA, referral_id=referral.id, kind=CaptchaKind.PICTURE)
    assert other.answering is Answering.OVER
    await store.write(asking.ask, visitor=profile, referral_id=referral.id, kind=CaptchaKind.WORDS)
    asked = await store.write(asking.ask, visitor=profile, referral_id=referral.id, kind=CaptchaKind.PICTURE)
    assert asked.captcha is not None
    view = await store.write(asking.answer, visitor=profile, referral_id=referral.id, choice=asked.captcha.answer)
    assert view.answering is Answering.RIGHT
    assert (await store.read(referrals.get, referral.id)).state is ReferralState.QUALIFIED
    profile, referral = came[-2]
    for left in (2, 1, 0):
        asked = await store.write(asking.ask, visitor=profile, referral_id=referral.id, kind=CaptchaKind.WORDS)
        assert asked.captcha is not None
        assert asked.captcha.tries == left + 1
        wrong = (asked.captcha.answer + 1) % len(asked.captcha.choices)
        view = await store.write(asking.answer, visitor=profile, referral_id=referral.id, choice=wrong)
        assert view.answering is (Answering.WRONG if left else Answering.SPENT)
    assert (await get_review(store, referral)).state is ReviewState.OPEN
    assert await store.read(captchas.find, referral.id) is None
    assert TRIES == 3


async def test_a_question_ends_with_its_time(store: Store, clock: Clock, campaign: Campaign) -> None:
    """An answer that comes too late takes no try, and asks anew; after a day people look."""
    came = await farm(store, clock, campaign, Fairness(captcha_at=40, hold_at=1_000, refuse_at=0))
    profile, referral = came[-1]
    asked = await store.write(asking.ask, visitor=profile, referral_id=referral.id, kind=CaptchaKind.WORDS)
    assert asked.captcha is not None
    clock.advance(601)
    late = await store.write(asking.answer, visitor=profile, referral_id=referral.id, choice=asked.captcha.answer)
    assert late.answering is Answering.ASKED
    assert late.captcha is not None
    assert late.captcha.tries == TRIES
    clock.advance(DAY)
    await watch(store)
    assert (await get_review(store, referral)).state is ReviewState.OPEN


async def test_a_shop_that_does_not_watch_holds_nobody(store: Store, clock: Clock, campaign: Campaign) -> None:
    """Whatever comes counts, and the job passes by."""
    came = await farm(store, clock, campaign, Fairness(watch=False))
    clock.advance(DAY)
    await watch(store)
    assert {each.state for _, each in came} == {ReferralState.QUALIFIED}
    assert await store.read(reviews.count_queued) == 0


async def test_one_of_the_queue_is_looked_at_with_all_that_is_known(
    store: Store, clock: Clock, campaign: Campaign
) -> None:
    """While it is to be decided; afterwards whoever is next."""
    came = await farm(store, clock, campaign, Fairness())
    await watch(store)
    profile, referral = came[-1]
    seen = await store.read(deciding.view_one, visitor=BOSS, referral_id=referral.id)
    assert seen.row == await get_review(store, referral)
    assert (seen.deciding, seen.member.name, seen.inviter, seen.friend, seen.telegram_id) == (
        Deciding.SHOWN,
        "Boss",
        "Anna",
        profile.first_name,
        profile.telegram_id,
    )
    assert seen.referral is not None
    assert (seen.referral.id, seen.waiting, seen.pays) == (referral.id, len(came), True)
    assert (seen.rights, bool(seen.lines)) == (await store.read(watches.list_counts), True)
    await store.write(deciding.approve, visitor=BOSS, referral_id=referral.id)
    next_ = await store.read(deciding.view_one, visitor=BOSS, referral_id=referral.id)
    assert next_.row is not None
    assert (next_.deciding, next_.row.referral_id != referral.id, next_.waiting) == (Deciding.GONE, True, len(came) - 1)
    gone = await store.read(deciding.view_one, visitor=BOSS, referral_id=ReferralId(999))
    assert (gone.deciding, gone.row) == (Deciding.GONE, next_.row)
    with pytest.raises(NotAllowed):
        await store.read(deciding.view_one, visitor=ANNA, referral_id=referral.id)


async def test_a_friend_is_looked_at_by_the_terms_they_came_under(
    store: Store, clock: Clock, campaign: Campaign
) -> None:
    """Not by those of another campaign, nor by those that hold by then."""
    await farm(store, clock, campaign, Fairness())
    await watch(store)
    asks = replace(campaign, slug="asks", fairness=Fairness(captcha_at=40, hold_at=1_000, refuse_at=0))
    await store.write(take_campaign, Source(campaign=asks), main=False)
    row = await store.read(campaigns.find_by_slug, "asks")
    assert row is not None

    def come(tx: Tx) -> Referral | None:
        number = next(_NUMBERS)
        profile = Profile(telegram_id=number, first_name=f"Lucky {number % 1_000_000}", telegram_language="en")
        start(tx, visitor=profile, payload="")
        return credit(tx, find_person(tx, ANNA), find_person(tx, profile), source="qr", campaign=row.id)

    clock.advance(600)
    referral = await store.write(come)
    assert referral is not None
    review = await get_review(store, referral)
    assert (review.state, review.due_at) == (ReviewState.ASKED, clock.now + DAY * 1_000_000)
    clock.advance(600)
    _, other = await store.write(bring, ANNA)
    assert (await get_review(store, other)).state is ReviewState.OPEN
    ending = replace(campaign, fairness=Fairness(at_deadline=AtDeadline.VOID))
    await store.write(open_shop, Source(campaign=ending))
    seen = await store.read(deciding.view_one, visitor=BOSS, referral_id=other.id)
    assert (seen.referral == other, seen.pays) == (True, True)


async def test_whoever_is_refused_can_say_something_to_it_once(store: Store, clock: Clock, campaign: Campaign) -> None:
    """Either side, as the dialogue has asked; nobody else, nothing empty, and not while it is only looked at."""
    (friend, referral), *_ = await farm(store, clock, campaign, Fairness())
    await watch(store)

    async def may(visitor: Profile, number: ReferralId = referral.id) -> bool:
        member, open_ = await store.read(deciding.may_appeal, visitor=visitor, referral_id=number)
        assert member.telegram_id == visitor.telegram_id
        return open_

    async def say(visitor: Profile, words: str, number: ReferralId = referral.id) -> bool:
        data = {"referral": number, "words": words}
        member, taken = await store.write(deciding.take_appeal, visitor=visitor, data=data)
        assert member.telegram_id == visitor.telegram_id
        return taken

    assert [await may(ANNA), await say(ANNA, "We work together")] == [False, False]
    await store.write(deciding.refuse, visitor=BOSS, referral_id=referral.id, reason="unreal")
    assert [await may(each) for each in (ANNA, friend, BOSS)] == [True, True, False]
    assert not await may(ANNA, ReferralId(999))
    assert [await say(BOSS, "x"), await say(ANNA, " "), await say(ANNA, "x", ReferralId(999))] == [False] * 3
    assert await say(friend, "We work together" + "x" * deciding.APPEAL_LIMIT)
    row = await get_review(store, referral)
    assert row.appeal is not None
    assert (row.appeal[:18], len(row.appeal)) == ("We work togetherxx", deciding.APPEAL_LIMIT)
    assert [await may(ANNA), await say(ANNA, "x")] == [False, False]
    boss = await store.read(find_person, BOSS)
    assert "review_waiting" in await list_kinds(store, boss.id)


async def test_telegrams_rating_is_one_more_sign(store: Store, clock: Clock, campaign: Campaign) -> None:
    """Where it is below zero, of somebody who is still looked at; the risk grows by it, and what was seen stays."""
    (_, referral), *_ = await farm(store, clock, campaign, Fairness())
    await watch(store)
    before = await get_review(store, referral)
    for level in (0, 5):
        await store.write(deciding.note_rating, referral_id=referral.id, level=level)
    await store.write(deciding.note_rating, referral_id=ReferralId(999), level=-1)
    assert await get_review(store, referral) == before
    await store.write(deciding.note_rating, referral_id=referral.id, level=-1)
    after = await get_review(store, referral)
    assert dict(after.evidence) == {**dict(before.evidence), "rating": (-1,)}
    assert after.risk > before.risk
    assert after.state is before.state
    await store.write(deciding.approve, visitor=BOSS, referral_id=referral.id)
    decided = await get_review(store, referral)
    await store.write(deciding.note_rating, referral_id=referral.id, level=-9)
    assert await get_review(store, referral) == decided


async def test_a_friend_who_was_looked_at_goes_on_by_the_terms_they_came_under(
    store: Store, clock: Clock, campaign: Campaign
) -> None:
    """Counted at once, also where the shop counts friends only in the community chat by then."""
    *_, (profile, referral) = await farm(store, clock, campaign, Fairness())
    assert (await get_review(store, referral)).state is ReviewState.OPEN
    strict = replace(campaign, rules=replace(campaign.rules, join_community=True))
    await store.write(open_shop, Source(campaign=strict), community_chat=-1001)
    await store.write(deciding.approve, visitor=BOSS, referral_id=referral.id)
    assert (await store.read(referrals.get, referral.id)).state is ReferralState.QUALIFIED
    person = await store.read(find_person, profile)
    assert await store.read(ledgers.get_balance, person.id) == campaign.invitee_points
    assert await store.read(find_faults) == []


async def test_who_counts_again_brings_again_what_so_many_friends_bring(
    store: Store, clock: Clock, campaign: Campaign
) -> None:
    """It was taken back with the friend, and comes with them."""
    rewarded = replace(campaign, rewards=(compose_milestone(number=1),))
    came = await farm(store, clock, rewarded, Fairness())
    anna = came[0][1].inviter_id

    async def list_states() -> list[str]:
        return sorted(row.state for row in await store.read(grants.list_of, anna, limit=99, offset=0) if row.threshold)

    assert await list_states() == [GrantState.AVAILABLE]
    await watch(store)
    assert await list_states() == [GrantState.REVOKED]
    await store.write(deciding.approve, visitor=BOSS, referral_id=came[0][1].id)
    assert await list_states() == [GrantState.AVAILABLE, GrantState.REVOKED]
    assert await store.read(find_faults) == []


async def test_who_is_let_through_and_is_not_in_the_community_waits_for_that(
    store: Store, clock: Clock, campaign: Campaign
) -> None:
    """Both hear what each of them gets then."""
    strict = replace(campaign, inviter_points=11, invitee_points=7, rules=replace(campaign.rules, join_community=True))
    came = await farm(store, clock, strict, Fairness())
    await watch(store)
    _, referral = came[-1]
    row = await get_review(store, came[-1][1])
    assert (row.state, row.counted) == (ReviewState.OPEN, False)
    clock.advance(600)
    _, referral = await store.write(bring, ANNA)
    assert (await get_review(store, referral)).state is ReviewState.OPEN, "at once, by now"
    await store.write(deciding.approve, visitor=BOSS, referral_id=referral.id)
    assert (await store.read(referrals.get, referral.id)).state is ReferralState.WAITING
    friend, anna = referral.invitee_id, referral.inviter_id
    said = await store.read(list_said, "friend_waiting", "welcome_waiting")
    assert [each for each in said if friend in {each[1], each[2].get("friend")}] == [
        ("welcome_waiting", friend, {"inviter": anna, "points": 7, "over": False}),
        ("friend_waiting", anna, {"friend": friend, "points": 11}),
    ]


async def test_what_is_said_of_a_friend_who_is_looked_at(store: Store, clock: Clock, campaign: Campaign) -> None:
    """Until when, to both; to who decides how many wait; after a no why, to the inviter; objections by themselves."""
    came = await farm(store, clock, campaign, Fairness())
    await watch(store)
    _, referral = came[-1]
    row = await get_review(store, referral)
    boss = (await store.read(find_person, BOSS)).id
    friend, anna = referral.invitee_id, referral.inviter_id

    async def hear(*kinds: str, of: int | None = None) -> list[tuple[int | str, dict[str, object]]]:
        said = await store.read(list_said, *kinds)
        return [(to, dict(payload)) for _, to, payload in said if of is None or payload.get("friend", to) == of]

    assert await hear("friend_held", of=friend) == [(anna, {"friend": friend, "until": row.due_at, "counted": False})]
    welcome = {"inviter": anna, "points": campaign.invitee_points, "until": row.due_at, "counted": False}
    assert await hear("welcome_held", of=friend) == [(friend, welcome)]
    first = came[0][1].invitee_id
    assert [payload["counted"] for _, payload in await hear("welcome_held", of=first)] == [True]
    (told, *_) = await hear("review_waiting")
    assert told == (boss, {"count": 1, "appeal": False})
    assert len(await hear("review_waiting")) == 1, "once a day"
    await store.write(deciding.refuse, visitor=BOSS, referral_id=referral.id, reason="same")
    refused = {"friend": friend, "referral": referral.id, "ground": "same", "appealed": False}
    assert await hear("friend_refused") == [(anna, refused)]
    assert await hear("gift_revoked", of=friend) == [(friend, {"inviter": anna, "points": 0, "reason": "unfair"})]
    await store.write(deciding.appeal, visitor=ANNA, referral_id=referral.id, text="We work together")
    assert (await hear("review_waiting"))[1:] == [(boss, {"count": len(came), "appeal": True})]
    clock.advance(1)
    await store.write(deciding.refuse, visitor=BOSS, referral_id=referral.id, reason="unreal")
    assert (await hear("friend_refused"))[1:] == [(anna, {**refused, "ground": "unreal", "appealed": True})]
    acts = [each for each in await store.read(list_acts, most=9) if not each.by_command]
    assert [(each.act, each.actor, each.subject, each.after) for each in acts] == [
        ("reviewed", "Boss", came[-1][0].first_name, "unreal"),
        ("reviewed", "Boss", came[-1][0].first_name, "same"),
    ]


async def test_a_friend_who_is_asked_hears_by_whom_they_came(store: Store, clock: Clock, campaign: Campaign) -> None:
    """The inviter hears that the friend is looked at, and nobody decides before the day is over."""
    came = await farm(store, clock, campaign, Fairness(captcha_at=40, hold_at=1_000, refuse_at=0))
    _, referral = came[-1]
    row = await get_review(store, referral)
    assert (row.state, row.due_at) == (ReviewState.ASKED, clock.now + DAY * 1_000_000)
    said = await store.read(list_said, "captcha_asked", "review_waiting")
    assert said[-1] == ("captcha_asked", referral.invitee_id, {"inviter": referral.inviter_id, "referral": referral.id})
    assert {kind for kind, _, _ in said} == {"captcha_asked"}
    held = [payload for _, _, payload in await store.read(list_said, "friend_held")]
    assert held[-1] == {"friend": referral.invitee_id, "until": row.due_at, "counted": False}


async def test_what_friends_bought_and_gave_back_is_looked_at_too(
    store: Store, clock: Clock, campaign: Campaign
) -> None:
    """Where something else was noticed: most of what a member's friends bought was given back."""
    came = await farm(store, clock, campaign, Fairness(hold_at=1_000, refuse_at=0))
    for number, (_, referral) in enumerate(came[:5]):
        await store.write(sell, referral.invitee_id, amount=1000, order_id=f"A-{number}")
        if number:
            await store.write(sell, referral.invitee_id, amount=1000, order_id=f"A-{number}", refund="all")
    await store.write(open_shop, Source(campaign=replace(campaign, fairness=Fairness(refuse_at=0))))
    clock.advance(600)
    _, last = await store.write(bring, ANNA)
    await watch(store)
    assert dict((await get_review(store, last)).evidence)["refunds"] == (4, 5)


async def test_who_brought_whom_is_drawn_around_a_friend(store: Store, clock: Clock, campaign: Campaign) -> None:
    """Whoever brought the inviter on top, the inviter, friends before and after, and whom these brought; how many more there are."""
    await store.write(open_fair, campaign, Fairness(watch=False))
    eka = Profile(telegram_id=6_000_000_000, first_name="Eka", telegram_language="en")
    anna = await store.read(find_person, ANNA)
    await store.write(start, visitor=eka, payload=anna.code)
    found = [await store.write(bring, eka) for _ in range(FRIENDS_SHOWN + 2)]
    theirs = [await store.write(bring, found[5][0]) for _ in range(THEIRS_SHOWN + 1)]
    lines = await store.read(view_lines, found[5][1])
    assert [(line.name, line.level, line.more) for line in lines[:2]] == [("Anna", 0, 0), ("Eka", 1, 2)]
    assert (lines[0].by, lines[0].state, lines[1].by, lines[1].state) == (None, None, anna.id, ReferralState.QUALIFIED)
    eka_id = lines[1].person_id
    around = [line for line in lines if line.level == 2]
    assert [line.name for line in around] == [profile.first_name for profile, _ in found[1 : FRIENDS_SHOWN + 1]]
    assert [line.is_this for line in around] == [False] * 4 + [True] + [False] * 4
    assert {(line.by, line.state) for line in around} == {(eka_id, ReferralState.QUALIFIED)}
    assert [line.more for line in around] == [0] * 4 + [1] + [0] * 4
    below = [line for line in lines if line.level == 3]
    assert [line.name for line in below] == [profile.first_name for profile, _ in theirs[1:]]
    assert {line.by for line in below} == {around[4].person_id}
    nameless = Profile(telegram_id=6_000_000_001, first_name="", username="bird", telegram_language="en")
    named = replace(nameless, telegram_id=6_000_000_002, first_name="Gita", last_name="Putri")
    for each in (named, nameless):
        await store.write(start, visitor=each, payload=anna.code)
    shown = await store.read(view_lines, await find_referral_of(store, nameless))
    assert [(line.name, line.is_this) for line in shown if line.level == 1] == [
        ("Eka", False),
        ("Gita Putri", False),
        ("bird", True),
    ]
    top = await store.read(view_lines, await find_referral_of(store, eka))
    assert [(line.name, line.level, line.by) for line in top[:1]] == [("Anna", 0, None)]


async def find_referral_of(store: Store, profile: Profile) -> Referral:
    """What brought somebody."""
    person = await store.read(find_person, profile)
    found = await store.read(referrals.find_by_invitee, person.id)
    assert found is not None
    return found
