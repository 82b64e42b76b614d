from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select, update

from storage import RowMissing, RuleBroken, Store, Tx
from storage.checks import find_faults, list_faults
from storage.records import CampaignId, PersonId
from storage.schema.boards import score_band
from storage.tables import boards, people, scores
from tests.storage.cast import add_member, add_members


async def test_ranks_are_shared_by_equals(store: Store) -> None:
    """A rank is 1 + the members with more; people without a score have none."""
    anna, ben, cleo, dan = await store.write(add_members, 4)

    def fill(tx: Tx) -> list[int]:
        return [scores.raise_score(tx, person.id, by) for person, by in ((anna, 3), (ben, 5), (cleo, 3))]

    assert await store.write(fill) == [3, 5, 3]
    ranks = [await store.read(scores.find_rank, person.id) for person in (anna, ben, cleo, dan)]
    assert ranks == [2, 1, 2, None]
    top = await store.read(scores.list_top, 10)
    assert [(line.rank, line.person_id, line.score) for line in top] == [
        (1, ben.id, 5),
        (2, anna.id, 3),
        (2, cleo.id, 3),
    ]
    assert [line.name for line in await store.read(scores.list_top, 2)] == ["Member 2", "Member 1"]


async def test_the_anonymous_have_no_name_in_the_ranking(store: Store) -> None:
    """Who chose so keeps place and score but no name."""
    anna = await store.write(add_member, 1)
    await store.write(people.set_anonymous, anna.id, True)
    await store.write(scores.raise_score, anna.id)
    (line,) = await store.read(scores.list_top, 5)
    assert (line.name, line.score, line.rank) == ("", 1, 1)


async def test_a_score_can_be_taken_back_to_zero_but_not_below(store: Store) -> None:
    """Lowering moves a person out of the ranking; the database refuses a score below zero."""
    anna = await store.write(add_member, 1)
    await store.write(scores.raise_score, anna.id, 2)
    assert await store.write(scores.lower_score, anna.id) == 1
    assert await store.write(scores.lower_score, anna.id) == 0
    assert await store.read(scores.find_rank, anna.id) is None
    assert await store.read(scores.list_top, 5) == []
    with pytest.raises(RuleBroken):
        await store.write(scores.lower_score, anna.id)
    assert await store.read(find_faults) == []


async def test_nobody_unknown_has_a_score(store: Store) -> None:
    """Raising the score of nobody is refused; the rank of nobody is none."""
    with pytest.raises(RowMissing):
        await store.write(scores.raise_score, PersonId(9))
    assert await store.read(scores.find_rank, PersonId(9)) is None


async def test_counters_agree_after_many_at_once(store: Store) -> None:
    """However many raise the same scores at the same time, the counters fit the people."""
    members = await store.write(add_members, 6)
    await asyncio.gather(*(store.write(scores.raise_score, member.id) for member in members for _ in range(5)))
    assert await store.read(find_faults) == []
    assert {line.score for line in await store.read(scores.list_top, 10)} == {5}


async def test_boards_know_nothing_of_each_other(store: Store) -> None:
    """Each has its own scores, ranks and first places; the person keeps the shop's alone."""
    anna, ben = await store.write(add_members, 2)
    await store.write(lambda tx: boards.add(tx, campaign_id=None, period="week:1999-11-22"))
    week = (await store.read(lambda tx: boards.list_open(tx, CampaignId(0), tx.now)))[1].id
    await store.write(scores.raise_score, anna.id, 3)
    await store.write(lambda tx: scores.raise_score(tx, ben.id, 2, on=(week,)))
    assert await store.read(lambda tx: scores.find_rank(tx, ben.id, board_id=week)) == 1
    assert await store.read(lambda tx: scores.find_rank(tx, anna.id, board_id=week)) is None
    assert await store.read(scores.find_rank, ben.id) is None
    top = await store.read(lambda tx: scores.list_top(tx, 5, board_id=week))
    assert [(line.person_id, line.score) for line in top] == [(ben.id, 2)]
    assert [(await store.read(people.get, each.id)).score for each in (anna, ben)] == [3, 0]
    await store.write(lambda tx: scores.lower_score(tx, ben.id, 2, on=(week,)))
    assert await store.read(lambda tx: scores.list_top(tx, 5, board_id=week)) == []
    assert await list_faults(store) == []


SCORES = (1, 31, 32, 33, 63, 64, 1_000, 1_023, 1_024, 2_047, 2_048, 32_767, 32_768, 65_536, 2_000_000)
"""Around every place where a band of scores ends."""


def test_bands_begin_where_the_one_before_ends() -> None:
    """Each score lies in one band; bands rise with scores, and the next one begins where it is said to."""
    for value in range(70_000):
        band, begins = scores.find_band(value)
        assert value < begins
        assert scores.find_band(begins - 1)[0] == band < scores.find_band(begins)[0]


async def test_a_place_counts_everybody_above_whatever_their_scores(store: Store) -> None:
    """In one's own band, at both ends of it, and far above; also after everybody has moved up, and back down."""
    members = await store.write(add_members, len(SCORES))

    def move(tx: Tx, by: int) -> None:
        for member in members:
            (scores.raise_score if by > 0 else scores.lower_score)(tx, member.id, abs(by))

    for member, value in zip(members, SCORES, strict=True):
        await store.write(scores.raise_score, member.id, value)
    for by, moved in ((1, 1), (31, 32), (1_000, 1_032), (-1_000, 32), (-32, 0)):
        await store.write(move, by)
        held = [value + moved for value in SCORES]
        for value in {edge for each in held for edge in (each - 1, each, each + 1)}:
            assert await store.read(scores.count_above, value) == sum(each > value for each in held)
        assert await store.read(find_faults) == []


async def test_a_band_that_is_counted_wrong_is_a_fault(store: Store) -> None:
    """`passalong doctor` counts everybody anew."""
    anna = await store.write(add_member, 1)
    await store.write(scores.raise_score, anna.id, 40)
    await store.write(lambda tx: tx.run(update(score_band).values(members=score_band.c.members + 1)))
    assert await store.read(find_faults) == ["band 1 of scores: 1 people are in it on board 1, 2 are counted"]


async def test_a_ranking_that_is_over_takes_its_bands_along(store: Store) -> None:
    """Nothing of a week stays once it is forgotten."""
    anna = await store.write(add_member, 1)
    await store.write(lambda tx: boards.add(tx, campaign_id=None, period="week:1999-11-22", ends_at=tx.now + 1))
    week = (await store.read(lambda tx: boards.list_open(tx, CampaignId(0), tx.now)))[1].id
    await store.write(lambda tx: scores.raise_score(tx, anna.id, 40, on=(week,)))
    count = select(func.count()).select_from(score_band)
    assert await store.read(lambda tx: tx.scalar(count)) == 1
    while await store.write(lambda tx: boards.delete_over(tx, before=tx.now + 2, limit=10)):
        pass
    assert await store.read(lambda tx: tx.scalar(count)) == 0
