from __future__ import annotations

from dataclasses import replace

from storage import Store, Tx
from storage.contest import Contestant, ContestRow, ContestState, Placing
from storage.records import CampaignId, VersionId
from storage.tables import campaigns, contests, people, scores
from tests.storage.cast import add_members, add_version
from tests.storage.clock import NOON, Clock


async def begin(store: Store) -> tuple[ContestRow, ContestRow]:
    """Two contests of two campaigns."""
    for slug in ("welcome", "autumn"):
        await store.write(campaigns.add_version, slug=slug, content="{}", digest="d")
    found = []
    for number, each in enumerate(await store.read(campaigns.list_all)):
        assert each.version_id is not None
        found.append(await store.write(add, each.id, each.version_id, number))
    return found[0], found[1]


def add(tx: Tx, campaign_id: CampaignId, version_id: VersionId, number: int) -> ContestRow:
    """A contest of which no two values are alike."""
    span = {"starts_at": NOON + number, "ends_at": NOON + 9 + number}
    begun = contests.add(
        tx, campaign_id=campaign_id, key="spring", version_id=version_id, seed=bytes([255, number]), **span
    )
    again = contests.add(tx, campaign_id=campaign_id, key="spring", version_id=version_id, seed=b"", **span)
    assert again is None
    assert begun is not None
    return contests.get(tx, begun)


async def test_a_contest_comes_back_as_it_was_begun(store: Store, clock: Clock) -> None:
    """It moves on once, by other terms if need be; the one beside it stays."""
    first, second = await begin(store)
    assert first == ContestRow(
        id=first.id,
        campaign_id=(await store.read(campaigns.list_all))[0].id,
        key="spring",
        version_id=first.version_id,
        board_id=first.board_id,
        state=ContestState.RUNNING,
        starts_at=NOON,
        ends_at=NOON + 9,
        seed=b"\xff\x00",
        released_at=None,
    )
    assert first.board_id != second.board_id
    assert first.version_id != second.version_id
    assert await store.read(contests.get, second.id) == second
    found = [await store.read(contests.find, first.campaign_id, each) for each in ("spring", "summer")]
    assert found == [first, None]
    assert await store.read(contests.list_latest, 9) == [second, first]
    assert await store.read(contests.list_latest, 1) == [second]
    version_id = await store.write(add_version)
    await store.write(contests.set_terms, first, version_id=version_id, starts_at=NOON + 2, ends_at=NOON + 7)
    clock.advance(1)
    released, running = ContestState.RELEASED, ContestState.RUNNING
    moved = [
        await store.write(contests.set_state, first.id, state, expected=expected)
        for state, expected in ((released, ContestState.REVIEW), (released, running), (running, running))
    ]
    assert moved == [False, True, False]
    after = replace(
        first, version_id=version_id, starts_at=NOON + 2, ends_at=NOON + 7, state=released, released_at=clock.now
    )
    assert await store.read(contests.get, first.id) == after
    assert await store.read(contests.list_open) == [second]
    await store.write(contests.set_proof, first.id, "proof")
    assert [await store.read(contests.find_proof, each.id) for each in (first, second)] == ["proof", None]


async def test_who_stands_in_a_contest_is_named_until_they_are_forgotten(store: Store, clock: Clock) -> None:
    """In order, with why they were struck off; those of another contest are not counted."""
    first, second = await begin(store)
    anna, ben, cleo = await store.write(add_members, 3)
    for each, row, by in ((anna, first, 1), (ben, first, 3), (cleo, first, 2), (anna, second, 5)):
        await store.write(scores.raise_score, each.id, by, on=(row.board_id,))
        clock.advance(1)
    await store.write(people.set_anonymous, ben.id, True)
    assert await store.read(contests.count_contestants, first) == (3, 6)
    assert await store.read(contests.count_contestants, second) == (1, 5)
    struck = [await store.write(contests.strike_off, first.id, cleo.id, reason=why, by=anna.id) for why in ("own", "x")]
    assert struck == [True, False]
    expected = [
        Contestant(
            person_id=each.id, name=each.profile.first_name, anonymous=hidden, score=score, reached_at=at, reason=why
        )
        for each, hidden, score, at, why in (
            (ben, True, 3, NOON + 1_000_000, ""),
            (cleo, False, 2, NOON + 2_000_000, "own"),
            (anna, False, 1, NOON, ""),
        )
    ]
    assert await store.read(contests.list_contestants, first, 9) == expected
    assert await store.read(contests.list_contestants, first, 1) == expected[:1]
    assert await store.read(contests.list_leading, first, 9) == [expected[0], expected[2]]
    assert await store.read(contests.list_leading, first, 1) == expected[:1]
    await store.write(contests.add_placings, first.id, [expected[0], expected[2]])
    placed = [
        Placing(
            place=place,
            person_id=each.person_id,
            name=each.name,
            anonymous=each.anonymous,
            score=each.score,
            reached_at=each.reached_at,
        )
        for place, each in ((1, expected[0]), (2, expected[2]))
    ]
    assert await store.read(contests.list_placings, first.id) == placed
    assert await store.read(contests.list_placings, second.id) == []
    await store.write(people.forget, ben.id)
    assert [each.name for each in await store.read(contests.list_placings, first.id)] == ["", placed[1].name]
