from __future__ import annotations

from dataclasses import replace

from storage import Store
from storage.idea import OPEN_STATES, IdeaId, IdeaRow, IdeaState, Telling
from storage.records import PersonId
from storage.tables import ideas, loyalty
from tests.storage.cast import add_members
from tests.storage.clock import NOON, Clock

DONE = IdeaState.ADOPTED


async def begin(store: Store, clock: Clock) -> tuple[list[PersonId], list[IdeaId]]:
    """Two ideas of Anna's and one of Ben's, a moment after each other."""
    people = [each.id for each in await store.write(add_members, 3)]
    found = []
    for number, text in ((0, "Chairs"), (1, "Lamps"), (0, "Rye")):
        found.append(await store.write(ideas.add, people[number], text=text, photo=f"p{number}"))
        clock.advance(1)
    return people, found


async def test_an_idea_comes_back_as_it_was_written(store: Store, clock: Clock) -> None:
    """It moves on from where it may alone, and the one beside it stays."""
    (anna, ben, _), (chairs, lamps, _) = await begin(store, clock)
    written = IdeaRow(
        id=chairs,
        person_id=anna,
        text="Chairs",
        photo="p0",
        state=IdeaState.OPEN,
        answer="",
        telling=Telling.UNASKED,
        supporters=0,
        made_at=NOON,
        answered_at=None,
    )
    assert await store.read(ideas.find, chairs) == written
    other = replace(written, id=lamps, person_id=ben, text="Lamps", photo="p1", made_at=NOON + 1_000_000)
    assert await store.write(ideas.lock, lamps) == other
    assert [await store.read(ideas.find, IdeaId(99)), await store.write(ideas.lock, IdeaId(99))] == [None, None]
    moved = [
        await store.write(ideas.set_answer, chairs, DONE, answer=answer, before=before)
        for answer, before in (("No", [IdeaState.DECLINED]), ("They came", OPEN_STATES), ("Again", OPEN_STATES))
    ]
    assert moved == [False, True, False]
    await store.write(ideas.set_photo, chairs, "p9")
    told = [await store.write(ideas.set_telling, chairs, each) for each in (Telling.AGREED, Telling.REFUSED)]
    assert told == [True, False]
    assert await store.read(ideas.find, chairs) == replace(
        written, state=DONE, answer="They came", answered_at=clock.now, photo="p9", telling=Telling.AGREED
    )
    assert await store.read(ideas.find, lamps) == other


async def test_ideas_are_listed_for_whoever_looks(store: Store, clock: Clock) -> None:
    """One's own, others', what most want first, and what was done; page by page."""
    (anna, ben, cleo), (chairs, lamps, rye) = await begin(store, clock)
    assert [await store.write(ideas.add_support, chairs, each) for each in (ben, ben, cleo)] == [True, False, True]
    assert [await store.write(ideas.remove_support, chairs, ben) for _ in range(2)] == [True, False]
    assert await store.write(ideas.add_support, lamps, anna) is True
    assert await store.read(ideas.list_supported, cleo, [chairs, lamps]) == {chairs}
    assert await store.read(ideas.list_supported, cleo, [lamps]) == set()
    listed = [
        [each.id for each in await store.read(ideas.list_open, but=but, limit=limit, skip=skip)]
        for but, limit, skip in ((cleo, 9, 0), (anna, 9, 0), (ben, 9, 0), (ben, 1, 0), (ben, 9, 1))
    ]
    assert listed == [[lamps, chairs, rye], [lamps], [chairs, rye], [chairs], [rye]]
    assert [await store.read(ideas.count_open, but=each) for each in (anna, ben, cleo)] == [1, 2, 3]
    assert [each.id for each in await store.read(ideas.list_of, anna, limit=9)] == [rye, chairs]
    assert [each.id for each in await store.read(ideas.list_of, anna, limit=1)] == [rye]
    assert [await store.read(ideas.count_since, anna, NOON + late) for late in (-1, 0, 2_000_000)] == [2, 1, 0]
    assert [await store.read(loyalty.count_ideas, since=NOON + late, until=clock.now) for late in (0, 1)] == [
        (3, 0),
        (2, 0),
    ]
    for each in (chairs, lamps):
        await store.write(ideas.set_answer, each, DONE, answer="", before=OPEN_STATES)
    assert await store.read(loyalty.count_ideas, since=NOON, until=NOON + 1_000_000) == (2, 2)
    assert await store.read(loyalty.count_ideas, since=NOON, until=clock.now) == (3, 2)
    assert await store.read(loyalty.count_ideas, since=clock.now, until=clock.now) == (0, 0)
    assert [each.id for each in await store.read(ideas.list_adopted, limit=9)] == [lamps, chairs]
    assert [each.id for each in await store.read(ideas.list_adopted, limit=1)] == [lamps]
    assert [await store.read(ideas.count_in, each) for each in (DONE, IdeaState.OPEN)] == [2, 1]
    following = [
        await store.read(ideas.find_next, states, after=after)
        for states, after in (([DONE], IdeaId(0)), ([DONE], chairs), ([DONE], lamps), (OPEN_STATES, IdeaId(0)))
    ]
    assert [each and each.id for each in following] == [chairs, lamps, None, rye]


async def test_of_whoever_is_forgotten_it_stays_what_was_done(store: Store, clock: Clock) -> None:
    """Without a word of theirs; what they wanted is wanted by one fewer, and others' ideas stay."""
    (anna, ben, _), (chairs, lamps, rye) = await begin(store, clock)
    await store.write(ideas.set_answer, chairs, DONE, answer="They came", before=OPEN_STATES)
    for idea, each in ((lamps, anna), (lamps, ben), (rye, ben), (chairs, ben)):
        await store.write(ideas.add_support, idea, each)
    await store.write(ideas.forget_of, anna)
    kept = await store.read(ideas.find, chairs)
    assert kept is not None
    assert (kept.text, kept.photo, kept.answer, kept.telling, kept.state) == ("", "", "", Telling.REFUSED, DONE)
    assert await store.read(ideas.find, rye) is None
    left = await store.read(ideas.find, lamps)
    assert left is not None
    assert (left.text, left.supporters) == ("Lamps", 1)
    assert await store.read(ideas.list_supported, ben, [chairs, lamps, rye]) == {chairs, lamps}
