from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.campaigns.campaign import Campaign
from bot.services.campaigns.opening import Source, open_shop
from bot.services.joining.joining import credit, qualify
from bot.services.joining.lapsing import lapse, list_lapsed
from bot.services.joining.notices import GiftRevoked, RevokeReason
from bot.services.joining.revoking import revoke
from bot.services.notices import view_notices
from bot.services.standing import list_invites, list_rewards
from storage import Store, Tx
from storage.addresses import MemberAddress
from storage.checks import list_faults
from storage.records import NoticeId, OutboxRow, Person, Profile, Referral, ReferralState
from storage.tables import ledgers, outbox, people, referrals, scores
from tests.owed import find_member
from tests.storage.cast import take_for
from tests.storage.clock import Clock
from tests.thinning import BOTH_ENGINES, LONG_ON_POSTGRES

_NUMBERS = count(1)
DAY_SECONDS = 86_400


def add_member(tx: Tx, name: str = "Anna", *, started: bool = True) -> Person:
    """Somebody new."""
    number = next(_NUMBERS)
    person = people.add(tx, Profile(telegram_id=number, first_name=name, telegram_language="en"), f"Code{number:06}")
    if started:
        people.set_started(tx, person.id)
    return people.get(tx, person.id)


def credit_pair(tx: Tx, campaign: Campaign, *, started: bool = True) -> Referral:
    """Anna is credited for Budi."""
    open_shop(tx, Source(campaign=campaign))
    anna, budi = add_member(tx), add_member(tx, "Budi", started=started)
    referral = credit(tx, anna, budi, source="name")
    assert referral is not None
    return referral


async def list_told(store: Store, after: int = 0) -> list[OutboxRow]:
    """Notices owed from behind one, in order."""
    return await store.read(outbox.list_owed, after=NoticeId(after), limit=100)


def make_strict(campaign: Campaign) -> Campaign:
    """A friend counts only once in the community chat."""
    return replace(campaign, rules=replace(campaign.rules, join_community=True))


def make_hurried(campaign: Campaign) -> Campaign:
    """Strict, and a friend has three days for it."""
    strict = make_strict(campaign)
    return replace(strict, rules=replace(strict.rules, credit_days=3))


async def test_a_recommendation_ends_when_its_friend_takes_too_long(
    store: Store, clock: Clock, campaign: Campaign
) -> None:
    """Not before its time, once, and both are told; whoever counts in time keeps it, by the terms they came under."""
    late, early = await store.write(credit_pair, make_hurried(campaign)), await store.write(credit_pair, campaign)
    patient = await store.write(credit_pair, make_strict(campaign))
    timely = await store.write(credit_pair, make_hurried(campaign))
    assert await store.write(qualify, timely.id)
    clock.advance(3 * DAY_SECONDS - 1)
    assert await store.read(list_lapsed, limit=9) == []
    clock.advance(1)
    assert await store.read(list_lapsed, limit=9) == [late.id]
    told = await list_told(store)
    for _ in range(2):
        await store.write(lapse, [late.id, early.id, timely.id])
    states = [(await store.read(referrals.get, each.id)).state for each in (late, early, patient, timely)]
    assert states == [*(ReferralState(each) for each in ("revoked", "qualified", "waiting", "qualified"))]
    fresh = await list_told(store, told[-1].id)
    assert [row.kind for row in fresh] == ["gift_revoked", "friend_revoked"]
    assert await store.read(list_lapsed, limit=9) == []
    assert not await list_faults(store)


async def test_whoever_comes_too_late_does_not_count(store: Store, clock: Clock, campaign: Campaign) -> None:
    """Though the hour in which the job looks is not over yet."""
    late = await store.write(credit_pair, make_hurried(campaign))
    clock.advance(3 * DAY_SECONDS)
    assert await store.write(qualify, late.id) is None
    assert (await store.read(referrals.get, late.id)).state is ReferralState.REVOKED


async def test_what_was_earned_goes_back(store: Store, campaign: Campaign) -> None:
    """State, both balances, score and a notice to each side; the ledger keeps both transfers."""
    referral = await store.write(credit_pair, campaign)
    before = (await list_told(store))[-1].id
    revoked = await store.write(revoke, referral.id, reason=RevokeReason.LEFT)
    assert revoked is not None
    assert revoked.state is ReferralState.REVOKED
    for person_id in (referral.inviter_id, referral.invitee_id):
        assert await store.read(ledgers.get_balance, person_id) == 0
        assert await store.read(ledgers.count_lines, person_id, most=10) == 2
    assert await store.read(scores.find_rank, referral.inviter_id) is None
    told = await list_told(store, before)
    assert [(find_member(each), each.kind, each.payload["points"]) for each in told] == [
        (referral.invitee_id, "gift_revoked", campaign.invitee_points),
        (referral.inviter_id, "friend_revoked", campaign.inviter_points),
    ]
    assert {each.payload["reason"] for each in told} == {"left"}
    assert await list_faults(store) == []


@BOTH_ENGINES
async def test_it_is_taken_back_once(store: Store, campaign: Campaign) -> None:
    """Ten at the same moment: one does it, the others find it done."""
    referral = await store.write(credit_pair, campaign)
    done = await asyncio.gather(*(store.write(revoke, referral.id, reason=RevokeReason.NOT_ME) for _ in range(10)))
    assert sum(each is not None for each in done) == 1
    kinds = Counter(each.kind for each in await list_told(store))
    assert (kinds["gift_revoked"], kinds["friend_revoked"]) == (1, 1)
    assert await store.read(ledgers.get_balance, referral.inviter_id) == 0
    assert await list_faults(store) == []


async def test_what_waited_had_earned_nothing(store: Store, campaign: Campaign) -> None:
    """No points move, and it does not qualify any more."""
    strict = make_strict(campaign)
    referral = await store.write(credit_pair, strict)
    assert await store.write(revoke, referral.id, reason=RevokeReason.NOT_ME) is not None
    assert await store.write(qualify, referral.id) is None
    assert await store.read(ledgers.count_lines, referral.inviter_id, most=10) == 0
    assert [each.payload["points"] for each in await list_told(store) if "revoked" in each.kind] == [0, 0]
    assert await list_faults(store) == []


async def test_who_never_started_is_not_written_to(store: Store, campaign: Campaign) -> None:
    """Telegram would not let the bot; the inviter hears of it unless answered directly."""
    one, other = [await store.write(credit_pair, campaign, started=False) for _ in range(2)]
    before = (await list_told(store))[-1].id
    await store.write(revoke, one.id, reason=RevokeReason.LEFT)
    await store.write(revoke, other.id, reason=RevokeReason.LEFT, tell_inviter=False)
    assert [find_member(each) for each in await list_told(store, before)] == [one.inviter_id]


async def test_a_balance_may_fall_below_zero(store: Store, campaign: Campaign) -> None:
    """Points spent meanwhile are still owed."""
    referral = await store.write(credit_pair, campaign)
    await store.write(take_for, referral.invitee_id, campaign.invitee_points)
    await store.write(revoke, referral.id, reason=RevokeReason.LEFT)
    assert await store.read(ledgers.get_balance, referral.invitee_id) == -campaign.invitee_points
    told = [each for each in await list_told(store) if each.kind == "gift_revoked"]
    view = await store.read(
        view_notices,
        address=MemberAddress(referral.invitee_id),
        ids=[each.id for each in told],
        kinds={GiftRevoked.kind: GiftRevoked},
    )
    (revoked,) = [each.notice for each in view.owed]
    assert view.member is not None
    assert view.member.balance == -campaign.invitee_points
    assert revoked == GiftRevoked(inviter=referral.inviter_id, points=campaign.invitee_points, reason=RevokeReason.LEFT)
    assert await list_faults(store) == []


async def test_lists_show_what_was_taken_back(store: Store, campaign: Campaign) -> None:
    """/invites keeps the friend with nothing earned, /rewards has both lines."""
    referral = await store.write(credit_pair, campaign)
    await store.write(revoke, referral.id, reason=RevokeReason.LEFT)
    inviter = await store.read(people.get, referral.inviter_id)
    invites = await store.read(list_invites, visitor=inviter.profile)
    assert (invites.total, invites.earned) == (1, 0)
    assert [(line.name, line.state, line.earned) for line in invites.lines] == [("Budi", ReferralState.REVOKED, 0)]
    lines = (await store.read(list_rewards, visitor=inviter.profile)).lines
    assert [line.amount for line in lines] == [-campaign.inviter_points, campaign.inviter_points]


@pytest.mark.parametrize("again", [True, False])
async def test_a_referral_is_for_ever(store: Store, campaign: Campaign, again: bool) -> None:
    """Taken back, it still leaves no room for another, be it the same inviter."""
    referral = await store.write(credit_pair, campaign)
    await store.write(revoke, referral.id, reason=RevokeReason.NOT_ME)

    def retry(tx: Tx) -> Referral | None:
        inviter = people.get(tx, referral.inviter_id) if again else add_member(tx, "Mei")
        invitee = people.get(tx, referral.invitee_id)
        return credit(tx, inviter, invitee, source="name")

    assert await store.write(retry) is None


@dataclass
class Expected:
    """What the books should say after a row of steps."""

    states: dict[int, ReferralState] = field(default_factory=dict)
    """By the friend's place in the cast."""
    inviters: dict[int, int] = field(default_factory=dict)


Step = tuple[str, int, int]
CAST = 5
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["credit", "credit waiting", "qualify", "revoke", "revoke quietly"]),
        st.integers(0, CAST - 1),
        st.integers(0, CAST - 1),
    ),
    max_size=14,
)


@LONG_ON_POSTGRES
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_the_books_balance_whatever_happens(
    store: Store, campaign: Campaign, steps: list[tuple[str, int, int]]
) -> None:
    """Any row of credits, qualifications and revocations leaves scores, balances and states as they should be."""
    cast = await store.write(lambda tx: [add_member(tx, f"P{n}") for n in range(CAST)])
    expected = Expected()
    for step in steps:
        await store.write(_take, campaign, cast, step)
        _expect(expected, step)
    qualified = [friend for friend, state in expected.states.items() if state is ReferralState.QUALIFIED]
    for place, person in enumerate(cast):
        brought = sum(expected.inviters[friend] == place for friend in qualified)
        points = brought * campaign.inviter_points + (place in qualified) * campaign.invitee_points
        assert await store.read(ledgers.get_balance, person.id) == points
        assert (await store.read(people.get, person.id)).score == brought
        referral = await store.read(referrals.find_by_invitee, person.id)
        assert (referral.state if referral else None) == expected.states.get(place)
    assert await list_faults(store) == []


def _take(tx: Tx, campaign: Campaign, cast: list[Person], step: Step) -> None:
    (what, one, other), strict = step, make_strict(campaign)
    if what.startswith("credit"):
        rules = strict if "waiting" in what else campaign
        open_shop(tx, Source(campaign=rules))
        credit(tx, cast[one], cast[other], source="name")
        return
    referral = referrals.find_by_invitee(tx, cast[other].id)
    if referral is None:
        return
    if what == "qualify":
        qualify(tx, referral.id)
    else:
        revoke(tx, referral.id, reason=RevokeReason.LEFT, tell_inviter="quietly" not in what)


def _list_line(expected: Expected, person: int) -> set[int]:
    """Somebody, and everybody by whom they came in any number of steps."""
    line = {person}
    while person in expected.inviters:
        person = expected.inviters[person]
        line.add(person)
    return line


def _expect(expected: Expected, step: Step) -> None:
    what, one, other = step
    state = expected.states.get(other)
    if what.startswith("credit"):
        if state is None and other not in _list_line(expected, one):
            expected.states[other] = ReferralState.WAITING if "waiting" in what else ReferralState.QUALIFIED
            expected.inviters[other] = one
    elif what == "qualify" and state is ReferralState.WAITING:
        expected.states[other] = ReferralState.QUALIFIED
    elif what.startswith("revoke") and state is not None:
        expected.states[other] = ReferralState.REVOKED
