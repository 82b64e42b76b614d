"""How somebody's invitations stand: page by page, and where they are in each ranking."""

from __future__ import annotations

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.periods import BoardKind
from bot.core.standing import PAGE_SIZE
from bot.services.joining.notices import RevokeReason
from bot.services.joining.revoking import revoke
from bot.services.rewards.viewing import WHY_PAGE, explain, list_why
from bot.services.standing import TOP_SIZE, appear, list_invites, list_rewards, rank
from storage import Store
from storage.facts import EventKind, GrantId
from storage.records import Person, Referral
from tests.services.test_revoking import add_member
from tests.services.test_rewards import bring
from tests.storage.clock import Clock

DAY = 86_400


@pytest.fixture
async def anna(store: Store) -> Person:
    """A member."""
    return await store.write(add_member, "Anna")


async def bring_some(store: Store, inviter: Person, count: int) -> list[Referral]:
    """So many friends come."""
    return [await store.write(bring, inviter) for _ in range(count)]


async def test_friends_are_listed_page_by_page(store: Store, campaign: Campaign, anna: Person) -> None:
    """The newest first, each once, with how many there are and what they brought; what is beyond the last page is the last."""
    nobody = await store.read(list_invites, visitor=anna.profile)
    assert (nobody.total, nobody.earned, nobody.page, nobody.pages, nobody.lines, nobody.is_cut) == (
        0,
        0,
        0,
        1,
        [],
        False,
    )
    came = await bring_some(store, anna, PAGE_SIZE + 1)
    first, second, beyond = [await store.read(list_invites, visitor=anna.profile, page=page) for page in (0, 1, 9)]
    assert [line.referral_id for line in first.lines] == [each.id for each in reversed(came[1:])]
    assert [line.referral_id for line in second.lines] == [came[0].id]
    assert [(each.page, each.pages, each.total) for each in (first, second, beyond)] == [
        (0, 2, PAGE_SIZE + 1),
        (1, 2, PAGE_SIZE + 1),
        (1, 2, PAGE_SIZE + 1),
    ]
    assert (first.earned, first.member.id, first.is_cut) == ((PAGE_SIZE + 1) * campaign.inviter_points, anna.id, False)


async def test_points_are_listed_page_by_page(store: Store, campaign: Campaign, anna: Person) -> None:
    """Likewise the lines behind a balance."""
    await bring_some(store, anna, PAGE_SIZE + 1)
    first, second = [await store.read(list_rewards, visitor=anna.profile, page=page) for page in (0, 1)]
    assert [(each.page, each.pages, len(each.lines)) for each in (first, second)] == [(0, 2, PAGE_SIZE), (1, 2, 1)]
    assert not {line.id for line in first.lines} & {line.id for line in second.lines}
    assert first.balance == first.member.balance == (PAGE_SIZE + 1) * campaign.inviter_points
    assert ({line.amount for line in first.lines}, dict(first.had)) == ({campaign.inviter_points}, {})


async def test_why_somebody_has_something_is_listed_and_told(store: Store, campaign: Campaign, anna: Person) -> None:
    """By which friend, when, by which rule; page by page, and nobody else's."""
    came = await bring_some(store, anna, WHY_PAGE + 1)
    first, second = [await store.read(list_why, visitor=anna.profile, page=page) for page in (0, 1)]
    assert [(each.page, each.pages, len(each.lines), each.is_cut) for each in (first, second)] == [
        (0, 2, WHY_PAGE, False),
        (1, 2, 1, False),
    ]
    (line,) = second.lines
    assert line.rule is not None
    assert (line.row.referral_id, line.row.points, line.rule.key, line.happened, line.happened_at) == (
        came[0].id,
        campaign.inviter_points,
        "join",
        EventKind.QUALIFIED,
        came[0].joined_at,
    )
    assert (line.friend != "", line.coupon, line.redemption) == (True, None, None)
    answer = await store.read(explain, visitor=anna.profile, grant_id=line.row.id)
    assert (answer.grant, answer.member.id) == (line, anna.id)
    other = await store.write(add_member, "Budi")
    for visitor, number in ((other.profile, line.row.id), (anna.profile, GrantId(999))):
        assert (await store.read(explain, visitor=visitor, grant_id=number)).grant is None


async def test_a_place_is_known_in_every_ranking(store: Store, anna: Person, clock: Clock) -> None:
    """The best first, so many; a week and a month end, and begin anew without anybody; who has nobody has no place."""
    members = [anna, *[await store.write(add_member, f"M{number}") for number in range(TOP_SIZE)]]
    for number, member in enumerate(members[:-1], start=1):
        await bring_some(store, member, 2 if number == 1 else 1)
    tops = {kind: await store.read(rank, visitor=members[1].profile, kind=kind) for kind in BoardKind}
    for kind, top in tops.items():
        assert (top.kind, top.my_rank, top.my_score, len(top.lines), top.anonymous) == (kind, 2, 1, TOP_SIZE, False)
        assert (top.ends_at is not None) is (kind in {BoardKind.WEEK, BoardKind.MONTH})
        assert {each: (place.rank, place.score) for each, place in top.places.items()} == dict.fromkeys(
            BoardKind, (2, 1)
        )
    assert tops[BoardKind.ALL].lines[0].score == 2
    assert (await store.read(rank, visitor=members[1].profile)).kind is BoardKind.ALL
    last = await store.read(rank, visitor=members[-1].profile)
    assert (last.my_rank, last.my_score, last.places[BoardKind.WEEK].rank) == (None, 0, None)
    clock.advance(40 * DAY)
    later = await store.write(rank, visitor=anna.profile, kind=BoardKind.WEEK)
    assert (later.lines, later.my_rank, later.ends_at) == ([], None, None)
    assert {kind: place.rank for kind, place in later.places.items()} == {
        BoardKind.ALL: 1,
        BoardKind.CAMPAIGN: 1,
        BoardKind.WEEK: None,
        BoardKind.MONTH: None,
    }


async def test_somebody_can_stand_there_without_a_name(store: Store, anna: Person) -> None:
    """And with it again."""
    (friend,) = await bring_some(store, anna, 1)
    for anonymous in (True, False):
        seen = await store.write(appear, visitor=anna.profile, anonymous=anonymous)
        assert (seen.anonymous, seen.lines[0].name, seen.my_rank) == (anonymous, "" if anonymous else "Anna", 1)
    await store.write(revoke, friend.id, reason=RevokeReason.LEFT)
    gone = await store.read(rank, visitor=anna.profile)
    assert (gone.my_rank, gone.my_score) == (None, 0)
