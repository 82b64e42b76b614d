"""Contests: begun and ended by the clock, looked over, told once, with prizes."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.contests import Contest, ContestBy, Prize
from bot.core.campaigns.rewards import Give
from bot.core.drawing import compute_commitment
from bot.core.durations import DAY_SECONDS
from bot.draw_command import find_fault
from bot.jobs.contests import find_next_end, turn
from bot.messages.contests import NOTICES, compose_csv
from bot.messages.shop import Shop
from bot.services.audit import Act
from bot.services.campaigns.opening import Source, open_shop
from bot.services.contests import contests
from bot.services.contests.contests import ContestFile, ContestView
from bot.services.contests.notices import ContestBegun, ContestOver, ContestReleased, PrizeWon
from bot.services.members import NotAllowed
from bot.services.notices import Notice, read_notice
from bot.services.privacy import forget
from bot.services.rewards.notices import read_rule
from storage import Store
from storage.addresses import ANNOUNCE, Address, MemberAddress
from storage.checks import list_faults
from storage.contest import ContestId, ContestState
from storage.facts import GrantKind
from storage.records import NoticeId, PersonId, Profile
from storage.role import Role
from storage.tables import contests as rows
from storage.tables import ledgers, outbox, people, roles, shops
from tests.services.test_coupons import take_in
from tests.services.test_honours import bring, take
from tests.services.test_revoking import add_member
from tests.storage.clock import Clock
from tests.thinning import BOTH_ENGINES
from tests.written import list_written

KINDS = {notice.kind: notice for notice in NOTICES}
FIRST = ContestId(1)
RACE = Contest(
    key="race",
    name={"en": "The race"},
    begins="2025-10-09",
    ends="2025-10-12",
    prizes=(
        Prize(place=1, give=Give(kind=GrantKind.POINTS, amount=500)),
        Prize(place=2, give=Give(kind=GrantKind.BY_HAND, what="a cake")),
    ),
)
"""The clock of the tests begins on 9 October 2025, at noon."""
LOTS = replace(RACE, key="lots", by=ContestBy.DRAW)


async def open_contest(store: Store, campaign: Campaign, contest: Contest = RACE, members: int = 3) -> list[PersonId]:
    """A shop with a contest that has begun, and some members, the first of whom owns the shop."""
    await store.write(open_shop, Source(campaign=replace(campaign, contests=(contest,))), announce_chat="@news")
    ids = [(await store.write(add_member, f"Member {number}")).id for number in range(members)]
    await store.write(roles.set, await find_telegram_id(store, ids[0]), Role.OWNER)
    await turn(store)
    return ids


async def find_telegram_id(store: Store, person_id: PersonId) -> int:
    """Somebody's number at Telegram."""
    return (await find_profile(store, person_id)).telegram_id


async def find_profile(store: Store, person_id: PersonId) -> Profile:
    """Somebody, as Telegram shows them."""
    return (await store.read(lambda tx: people.get(tx, person_id))).profile


async def list_words(store: Store, address: Address) -> list[Notice]:
    """What an address was told of contests, in order."""
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=500)
    return [read_notice(row, KINDS) for row in owed if row.address == address and row.kind in KINDS]


async def look(store: Store, person_id: PersonId) -> ContestView:
    """The one contest, as somebody sees it."""
    view = await store.write(contests.view_contests, visitor=await find_profile(store, person_id))
    (shown,) = view.contests
    return shown


async def find_file(store: Store, owner: PersonId) -> ContestFile:
    """Everybody in it, as an owner can have it."""
    file = await store.read(contests.list_all, visitor=await find_profile(store, owner), contest_id=FIRST)
    assert file is not None
    return file


async def test_a_contest_begins_counts_and_ends_by_the_clock(store: Store, clock: Clock, campaign: Campaign) -> None:
    """Announced once; friends count until its end; then it waits for the owner's look, who is told once."""
    anna, budi, cleo = await open_contest(store, campaign)
    await turn(store)
    (begun,) = await list_words(store, ANNOUNCE)
    assert isinstance(begun, ContestBegun)
    version_id = (await store.read(shops.get)).version_id
    ends_at = int(datetime(2025, 10, 13, tzinfo=UTC).timestamp()) * 1_000_000
    assert begun == ContestBegun(version=version_id, key="race", ends_at=ends_at, commitment="")
    for person_id in (budi, cleo, budi):
        clock.advance(60)
        await store.write(bring, person_id)
    seen = await look(store, cleo)
    assert [each.person_id for each in seen.leading] == [budi, cleo]
    assert (seen.rank, seen.score, seen.row.state) == (2, 1, ContestState.RUNNING)
    assert (seen.number, seen.contestants, seen.friends, seen.placings) == (cleo, 0, 0, ())
    other = await look(store, anna)
    assert (other.rank, other.score, other.number, other.contest) == (None, 0, anna, RACE)
    assert await store.read(find_next_end) == seen.row.ends_at
    clock.advance(4 * DAY_SECONDS)
    assert await store.read(find_next_end) is None
    await store.write(bring, cleo)
    await turn(store)
    await turn(store)
    assert (await look(store, cleo)).score == 1
    assert (await look(store, cleo)).row.state is ContestState.REVIEW
    assert await list_words(store, MemberAddress(anna)) == [ContestOver(contest=1, name="The race")]
    assert await list_faults(store) == []


@BOTH_ENGINES
async def test_results_are_told_once_with_their_prizes(store: Store, clock: Clock, campaign: Campaign) -> None:
    """Ties by who got there first; a friend taken back counts no more; who is struck off wins nothing."""
    anna, budi, cleo, dewi = await open_contest(store, campaign, members=4)
    owner = await find_profile(store, anna)
    gone = None
    for person_id in (dewi, dewi, budi, cleo, cleo, budi):
        clock.advance(60)
        brought = await store.write(bring, person_id)
        gone = gone or brought
    clock.advance(4 * DAY_SECONDS)
    await turn(store)
    assert gone is not None
    await store.write(take, gone)
    review = await store.write(contests.review, visitor=owner, contest_id=FIRST)
    assert [each.person_id for each in review.contestants] == [cleo, budi, dewi]
    struck = await store.write(contests.strike, visitor=owner, contest_id=FIRST, person_id=cleo, reason="team")
    assert struck.done
    assert [each.reason for each in struck.contestants] == ["team", "", ""]
    before = {person_id: await store.read(ledgers.get_balance, person_id) for person_id in (budi, cleo, dewi)}
    results = await asyncio.gather(*(store.write(contests.release, visitor=owner, contest_id=FIRST) for _ in range(3)))
    assert sorted(each.done for each in results) == [False, False, True]
    gained = {person_id: await store.read(ledgers.get_balance, person_id) - before[person_id] for person_id in before}
    assert gained == {budi: 500, cleo: 0, dewi: 0}
    placings = await store.read(rows.list_placings, FIRST)
    assert [(each.place, each.person_id) for each in placings] == [(1, budi), (2, dewi)]
    (won,), (second,) = [await list_words(store, MemberAddress(each)) for each in (budi, dewi)]
    assert isinstance(won, PrizeWon)
    assert isinstance(second, PrizeWon)
    assert [(each.name, each.place) for each in (won, second)] == [("The race", 1), ("The race", 2)]
    assert read_rule(second.prize).give == Give(kind=GrantKind.BY_HAND, what="a cake")
    assert (await list_words(store, ANNOUNCE))[1:] == [ContestReleased(name="The race", winners="Member 1\nMember 3")]
    over = await look(store, dewi)
    assert (over.row.state, over.number, over.contestants, over.friends) == (ContestState.RELEASED, dewi, 3, 5)
    assert over.placings == placings
    late = await store.write(contests.strike, visitor=owner, contest_id=FIRST, person_id=budi, reason="team")
    assert not late.done
    assert await store.read(list_written, Act.STRUCK, Act.RELEASED) == [
        (Act.STRUCK, anna, "race", cleo, "", "team"),
        (Act.RELEASED, anna, "race", None, "", ""),
    ]
    assert await list_faults(store) == []


async def test_a_coupon_that_is_a_prize_comes_behind_the_news(store: Store, clock: Clock, campaign: Campaign) -> None:
    """With its code, or with the word that it is awaited; what it is for is said with it."""
    coffee = Give(kind=GrantKind.COUPON, what="coffee")
    race = replace(RACE, prizes=(Prize(place=1, give=coffee), Prize(place=2, give=coffee)))
    anna, budi, cleo = await open_contest(store, campaign, race)
    await take_in(store, "CODE-1")
    for person_id in (budi, budi, cleo):
        await store.write(bring, person_id)
    clock.advance(4 * DAY_SECONDS)
    await turn(store)
    await store.write(contests.release, visitor=await find_profile(store, anna), contest_id=FIRST)
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=500)
    told = [[row.kind for row in owed if row.address == MemberAddress(each)][-2:] for each in (budi, cleo)]
    assert told == [[PrizeWon.kind, "coupon_given"], [PrizeWon.kind, "coupon_awaited"]]
    assert await list_faults(store) == []


async def test_nobody_but_the_team_looks_and_lets_results_out(store: Store, clock: Clock, campaign: Campaign) -> None:
    """Whatever is made up of a button; and before the end nothing is told."""
    anna, budi, _ = await open_contest(store, campaign)
    stranger = await find_profile(store, budi)
    for ask in (contests.review, contests.release, contests.list_all):
        with pytest.raises(NotAllowed):
            await store.write(ask, visitor=stranger, contest_id=FIRST)
    with pytest.raises(NotAllowed):
        await store.write(contests.strike, visitor=stranger, contest_id=FIRST, person_id=anna, reason="team")
    owner = await find_profile(store, anna)
    assert not (await store.write(contests.release, visitor=owner, contest_id=FIRST)).done
    assert (await store.write(contests.review, visitor=owner, contest_id=ContestId(99))).view is None
    assert (await store.write(contests.release, visitor=owner, contest_id=ContestId(99))).view is None
    assert clock.now


async def test_nobody_who_is_not_there_is_struck_off(store: Store, campaign: Campaign) -> None:
    """A button of long ago, or a made-up one: the list is shown as it is."""
    anna, _, _ = await open_contest(store, campaign)
    owner, stranger = await find_profile(store, anna), PersonId(10**6)
    view = await store.write(contests.strike, visitor=owner, contest_id=FIRST, person_id=stranger, reason="other")
    assert not view.done
    assert view.view is not None


async def test_friends_from_before_it_was_named_count(store: Store, clock: Clock, campaign: Campaign) -> None:
    """A contest whose first day lies behind begins with who came since; one that is over already never begins."""
    await store.write(open_shop, Source(campaign=campaign))
    clock.advance(-10 * DAY_SECONDS)
    anna = (await store.write(add_member)).id
    await store.write(bring, anna)
    clock.advance(10 * DAY_SECONDS)
    await store.write(bring, anna)
    past = replace(RACE, key="past", begins="2025-09-01", ends="2025-09-02")
    await store.write(open_shop, Source(campaign=replace(campaign, contests=(RACE, past))))
    await turn(store)
    assert (await look(store, anna)).score == 1
    assert await list_faults(store) == []


async def test_a_contest_can_be_made_longer(store: Store, clock: Clock, campaign: Campaign) -> None:
    """By another version; it keeps its beginning and who stands there, and is announced no second time."""
    _, budi, _ = await open_contest(store, campaign)
    await store.write(bring, budi)
    longer = replace(RACE, begins="2025-10-11", ends="2025-10-20")
    source = Source(campaign=replace(campaign, contests=(longer,)))
    await store.write(open_shop, source, announce_chat="@news")
    await turn(store)
    clock.advance(5 * DAY_SECONDS)
    await store.write(bring, budi)
    await turn(store)
    seen = await look(store, budi)
    assert (seen.score, seen.row.state) == (2, ContestState.RUNNING)
    assert len(await list_words(store, ANNOUNCE)) == 1


@pytest.mark.parametrize(("before", "after"), [(("09", "10"), ("09", "20")), (("16", "20"), ("09", "20"))])
async def test_a_contest_that_lasts_otherwise_counts_who_came_meanwhile(
    store: Store, clock: Clock, campaign: Campaign, before: tuple[str, str], after: tuple[str, str]
) -> None:
    """Made longer when it was over already, or begun earlier than today: whoever came within its time stands there."""
    named = [replace(RACE, begins=f"2025-10-{begins}", ends=f"2025-10-{ends}") for begins, ends in (before, after)]
    _, budi, cleo = await open_contest(store, campaign, named[0])
    clock.advance(3 * DAY_SECONDS)
    for person_id in (budi, cleo, budi):
        await store.write(bring, person_id)
    await store.write(open_shop, Source(campaign=replace(campaign, contests=(named[1],))))
    for _ in range(2):
        await turn(store)
        seen = await look(store, cleo)
        assert [(each.person_id, each.score) for each in seen.leading] == [(budi, 2), (cleo, 1)]
    assert (seen.rank, seen.score, seen.row.state) == (2, 1, ContestState.RUNNING)
    assert await list_faults(store) == []


async def test_a_contest_that_is_named_no_more_is_called_off(store: Store, clock: Clock, campaign: Campaign) -> None:
    """Nothing is told of it; named again in time it goes on, with who stands there."""
    _, budi, _ = await open_contest(store, campaign)
    await store.write(bring, budi)
    await store.write(open_shop, Source(campaign=campaign))
    await turn(store)
    assert (await store.read(rows.get, FIRST)).state is ContestState.CANCELLED
    assert (await store.write(contests.view_contests, visitor=await find_profile(store, budi))).contests == []
    await store.write(open_shop, Source(campaign=replace(campaign, contests=(replace(RACE, ends="2025-10-13"),))))
    await turn(store)
    seen = await look(store, budi)
    assert (seen.row.state, seen.score) == (ContestState.RUNNING, 1)
    assert clock.now < seen.row.ends_at


async def test_who_is_forgotten_wins_nothing(store: Store, clock: Clock, campaign: Campaign) -> None:
    """The next one moves up."""
    anna, budi, cleo = await open_contest(store, campaign)
    for person_id in (budi, budi, cleo):
        await store.write(bring, person_id)
    await store.write(forget, telegram_id=await find_telegram_id(store, budi))
    clock.advance(4 * DAY_SECONDS)
    await turn(store)
    await store.write(contests.release, visitor=await find_profile(store, anna), contest_id=FIRST)
    assert [each.person_id for each in await store.read(rows.list_placings, FIRST)] == [cleo]


async def test_a_draw_is_sealed_at_its_beginning_and_proven_at_its_end(
    store: Store, clock: Clock, campaign: Campaign
) -> None:
    """The hash is told first, the seed with the tickets last; before that nobody has the proof; a changed one is found."""
    anna, budi, cleo = await open_contest(store, campaign, LOTS)
    (begun,) = await list_words(store, ANNOUNCE)
    assert isinstance(begun, ContestBegun)
    for person_id in (budi, cleo, budi):
        lost = await store.write(bring, person_id)
    assert (await look(store, budi)).commitment == begun.commitment
    clock.advance(4 * DAY_SECONDS)
    await turn(store)
    assert await store.read(contests.find_draw, contest_id=FIRST) is None
    await store.write(contests.release, visitor=await find_profile(store, anna), contest_id=FIRST)
    file = await store.read(contests.find_draw, contest_id=FIRST)
    assert file is not None
    assert compute_commitment(file.row.seed) == begun.commitment
    await store.write(take, lost)
    assert await store.read(contests.find_draw, contest_id=FIRST) == file
    told = json.loads(file.proof)
    assert {each["number"]: each["tickets"] for each in told["entries"]} == {budi: 2, cleo: 1}
    assert sorted(told["winners"]) == [budi, cleo]
    assert find_fault(told, seal=begun.commitment) == ""
    for changed in (
        told | {"winners": told["winners"][::-1]},
        told | {"seed": "00" * 32},
        told | {"entries": told["entries"] * 2},
        told | {"algorithm": "coin"},
    ):
        assert find_fault(changed) != ""
    assert find_fault(told, seal="00" * 32) != ""


async def test_the_list_says_why_everybody_stands_where(store: Store, clock: Clock, campaign: Campaign) -> None:
    """A line for each friend who counts; a name that a spreadsheet would run is made harmless."""
    anna, budi, cleo = await open_contest(store, campaign)
    for person_id in (budi, cleo, budi):
        clock.advance(60)
        await store.write(bring, person_id)
    await store.write(people.set_profile, budi, Profile(telegram_id=4711, first_name="=cmd()"))
    file = await find_file(store, anna)
    lines = compose_csv(Shop(bot_username="a_bot", inline_mode=True, campaign=campaign), file).splitlines()
    assert len(lines) == 4
    assert lines[1].split(",")[:5] == ["1", "", str(budi), "'=cmd()", "2"]
    assert lines[3].split(",")[:3] == ["2", "", str(cleo)]


async def test_results_are_empty_where_nobody_came(store: Store, clock: Clock, campaign: Campaign) -> None:
    """No invented contestants: nobody wins, and that is said."""
    anna, *_ = await open_contest(store, campaign, LOTS)
    clock.advance(4 * DAY_SECONDS)
    await turn(store)
    assert (await store.write(contests.release, visitor=await find_profile(store, anna), contest_id=FIRST)).done
    assert await store.read(rows.list_placings, FIRST) == []
    assert (await list_words(store, ANNOUNCE))[1:] == [ContestReleased(name="The race", winners="")]
