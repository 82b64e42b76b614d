from __future__ import annotations

from storage import Store
from storage.records import PersonId
from storage.review import Captcha, Trace
from storage.tables import campaigns, captchas, people, referrals, reviews, waitlists
from tests.storage.cast import add_members, refer
from tests.storage.clock import NOON, Clock


async def begin(store: Store) -> list[PersonId]:
    """Of six members each came by the one before, but for the last, who came by the first; the first came alone."""
    members = await store.write(add_members, 6)
    for inviter, invitee in ((0, 1), (1, 2), (2, 3), (3, 4), (0, 5)):
        await store.write(refer, members[inviter], members[invitee])
    return [each.id for each in members]


async def test_a_line_of_inviters_leads_up_and_nowhere_else(store: Store) -> None:
    """From whoever came to whoever brought them, and those between are named on the way."""
    a, b, c, d, e, f = await begin(store)
    comes = [await store.read(referrals.comes_by, *each) for each in ((e, a), (e, d), (d, e), (f, a), (f, b), (a, a))]
    assert comes == [True, True, False, True, False, False]
    lines = [await store.read(reviews.list_line, guest, upto=host) for guest, host in ((e, a), (e, d), (f, a), (f, b))]
    assert lines == [[d, c, b], [], [], []]


async def test_a_friend_is_seen_with_what_is_known_of_them(store: Store) -> None:
    """By the friend, and among those of whoever brought them; page by page and from either end."""
    a, b, _, _, e, f = await begin(store)
    await store.write(people.set_blocked, b, True)
    trace = await store.read(reviews.find_trace, b)
    assert trace is not None
    profile = (await store.read(people.get, b)).profile
    assert trace == Trace(
        referral_id=trace.referral_id,
        inviter_id=a,
        invitee_id=b,
        telegram_id=profile.telegram_id,
        first_name=profile.first_name,
        last_name="",
        username="",
        language="",
        joined_at=NOON,
        blocked_at=NOON,
        shared=False,
    )
    assert await store.read(reviews.find_trace, a) is None
    other = await store.read(reviews.find_trace, e)
    assert other is not None
    last = await store.read(reviews.find_trace, f)
    assert last is not None
    assert await store.read(reviews.list_friends, a, limit=9) == [last, trace]
    assert await store.read(reviews.list_friends, a, limit=1) == [last]
    assert await store.read(reviews.list_friends, a, upto=other.referral_id, limit=9) == [trace]
    assert await store.read(reviews.list_later_friends, a, after=trace.referral_id, limit=9) == [last]
    assert await store.read(reviews.list_later_friends, a, after=0, limit=1) == [trace]
    assert await store.read(reviews.list_after, after=other.referral_id - 1, limit=9) == [other, last]
    assert await store.read(reviews.list_after, after=0, limit=1) == [trace]
    for listed in (reviews.list_upto, reviews.list_unreviewed):
        assert (await store.read(listed, upto=other.referral_id, limit=9))[::3] == [other, trace]
        assert await store.read(listed, upto=last.referral_id, limit=1) == [last]


async def test_what_a_friend_is_asked_is_answered_in_time(store: Store, clock: Clock) -> None:
    """So often, and not later; asked anew it is all new, and the one beside it stays."""
    _, b, _, _, e, _ = await begin(store)
    found = [await store.read(reviews.find_trace, each) for each in (b, e)]
    first, second = [each.referral_id for each in found if each is not None]
    asked = [
        Captcha(
            referral_id=each,
            kind="words",
            question=f"{each}+1",
            choices=("2", "3"),
            answer=1,
            tries=2,
            expires_at=NOON + 5 + number,
        )
        for number, each in enumerate((first, second))
    ]
    for each in asked:
        await store.write(captchas.set_question, each)
    assert [await store.read(captchas.find, each) for each in (first, second)] == asked
    assert [await store.write(captchas.take_try, first) for _ in range(3)] == [1, 0, None]
    assert await store.read(captchas.find, second) == asked[1]
    await store.write(captchas.set_question, asked[0])
    assert await store.read(captchas.find, first) == asked[0]
    assert await store.write(captchas.delete_over) == 0
    clock.now = NOON + 5
    assert [await store.write(captchas.take_try, each) for each in (first, second)] == [None, 1]
    assert [await store.write(captchas.delete_over) for _ in range(2)] == [1, 0]
    assert await store.read(captchas.find, first) is None
    await store.write(captchas.delete_question, second)
    assert await store.read(captchas.find, second) is None


async def test_how_far_a_friend_has_moved_somebody_is_taken_back_once(store: Store) -> None:
    """By the friend, in the queue where that was."""
    _, b, _, _, e, _ = await begin(store)
    found = [await store.read(reviews.find_trace, each) for each in (b, e)]
    first, second = [each.referral_id for each in found if each is not None]
    (campaign,) = await store.read(campaigns.list_all)
    await store.write(waitlists.add_jump, first, campaign.id, 3)
    await store.write(waitlists.add_jump, second, campaign.id, 5)
    taken = [await store.write(waitlists.take_jump, each) for each in (second, second, first)]
    assert taken == [(campaign.id, 5), None, (campaign.id, 3)]
