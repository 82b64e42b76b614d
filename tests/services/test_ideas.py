"""Ideas: heard, answered once, honoured once, and told to all where the author agrees."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.rewards import Rule
from bot.core.ideas import CO_MAKER, EACH_DAY, SHOWN, Taking
from bot.services.audit import Act
from bot.services.campaigns.opening import Source, open_shop
from bot.services.ideas.answering import answer, answer_asked, view_idea, view_next
from bot.services.ideas.ideas import IdeasView, add_picture, find_own, let_tell, support, take_idea, view_ideas
from bot.services.members import NotAllowed
from bot.services.privacy import forget
from storage import Store
from storage.checks import list_faults
from storage.idea import IdeaId, IdeaState, Telling
from storage.records import NoticeId, Profile, Side
from storage.role import Role
from storage.tables import ideas, labels, ledgers, outbox, people, roles
from tests.services.test_joining import ANNA, BUDI, arrive
from tests.services.test_rewards import FIVE
from tests.services.test_rewards_with_time import set_rules
from tests.storage.clock import Clock
from tests.thinning import BOTH_ENGINES
from tests.written import list_written

SARI = Profile(telegram_id=900, first_name="Sari", telegram_language="en")
ADOPTED = Rule(key="idea", when="adopted", who=Side.INVITER, give=FIVE)
DAY_SECONDS = 24 * 3600


@pytest.fixture
async def shop(store: Store, campaign: Campaign) -> Store:
    """A shop that gives points for ideas, with an owner and two members."""
    await set_rules(store, campaign, ADOPTED)
    for visitor in (SARI, ANNA, BUDI):
        await arrive(store, visitor)
    await store.write(roles.set, SARI.telegram_id, Role.OWNER)
    return store


async def think(store: Store, visitor: Profile = ANNA, text: str = "Rye on Sundays") -> IdeaId:
    """Somebody has an idea."""
    taken = await store.write(take_idea, visitor=visitor, data={"text": text})
    assert taken.idea_id is not None
    return taken.idea_id


async def mark(store: Store, idea_id: IdeaId, state: IdeaState, words: str = "", *, by: Profile = SARI) -> bool:
    """The team answers; whether it stands like that from then on, because of this."""
    view = await store.write(answer, visitor=by, idea_id=idea_id, state=state, words=words)
    return not view.late and view.row is not None and view.row.state is state


async def look(store: Store, visitor: Profile = BUDI) -> IdeasView:
    """What a member sees."""
    return await store.read(view_ideas, visitor=visitor)


async def list_told(store: Store) -> list[tuple[str, object]]:
    """What is told of ideas, and how far each has come."""
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=1000)
    return [(row.kind, row.payload.get("idea_state")) for row in owed if row.kind.startswith("idea_")]


async def balance(store: Store, visitor: Profile) -> int:
    """Somebody's points."""
    person = await store.read(people.find_by_telegram_id, visitor.telegram_id)
    assert person is not None
    return await store.read(ledgers.get_balance, person.id)


async def test_the_author_hears_each_step_and_an_adopted_idea_is_honoured_once(shop: Store) -> None:
    """Thanks, considered, adopted: each once, with its points and the label that rules can ask for."""
    idea, anna = await think(shop), await shop.read(people.find_by_telegram_id, ANNA.telegram_id)
    assert anna is not None
    for state in (IdeaState.THANKED, IdeaState.CONSIDERED, IdeaState.ADOPTED):
        assert await mark(shop, idea, state, "There is rye now" * (state is IdeaState.ADOPTED))
    for state in IdeaState:
        if state is not IdeaState.OPEN:
            await mark(shop, idea, state, "Again")
    answered = ["thanked", "considered", "adopted"]
    assert await list_told(shop) == [("idea_came", None), *(("idea_answered", state) for state in answered)]
    assert await balance(shop, ANNA) == 5
    assert await shop.read(labels.list_of, anna.id) == [CO_MAKER]
    (done,) = (await look(shop)).adopted
    assert (done.text, done.answer, done.photo) == ("Rye on Sundays", "There is rye now", "")
    sari = await shop.read(people.find_by_telegram_id, SARI.telegram_id)
    assert sari is not None
    assert await shop.read(list_written, Act.IDEA) == [
        (Act.IDEA, sari.id, "", anna.id, before, after)
        for before, after in pairwise([IdeaState.OPEN, IdeaState.THANKED, IdeaState.CONSIDERED, IdeaState.ADOPTED])
    ]
    assert await list_faults(shop) == []


@BOTH_ENGINES
async def test_two_of_the_team_adopt_it_at_once_and_it_is_paid_once(shop: Store) -> None:
    """The second of them hears that somebody was faster."""
    idea = await think(shop)
    done = await asyncio.gather(*(mark(shop, idea, IdeaState.ADOPTED, f"Done {number}") for number in range(8)))
    assert done.count(True) >= 1
    assert await balance(shop, ANNA) == 5
    assert [kind for kind, _ in await list_told(shop)].count("idea_answered") == 1


async def test_what_was_declined_can_be_done_after_all_and_what_was_done_stays_done(shop: Store) -> None:
    """Nothing is paid for an idea that was declined; adopted later it is."""
    idea = await think(shop)
    assert await mark(shop, idea, IdeaState.DECLINED, "The oven is too small")
    assert not await mark(shop, idea, IdeaState.CONSIDERED)
    assert await balance(shop, ANNA) == 0
    assert await mark(shop, idea, IdeaState.ADOPTED, "A new oven")
    assert not await mark(shop, idea, IdeaState.DECLINED, "No")
    assert await balance(shop, ANNA) == 5


async def test_nobody_honours_themselves(shop: Store) -> None:
    """Whoever runs the shop can do what they have thought of, and earns nothing by saying so."""
    assert await mark(shop, await think(shop, SARI), IdeaState.ADOPTED, "Done")
    assert await balance(shop, SARI) == 0


async def test_members_and_who_was_of_the_team_answer_nothing(shop: Store) -> None:
    """The role is asked for at the moment of the answer."""
    idea = await think(shop)
    await shop.write(roles.set, BUDI.telegram_id, Role.STAFF)
    assert (await shop.read(view_next, visitor=BUDI, after=IdeaId(0))).row is not None
    await shop.write(roles.clear, BUDI.telegram_id)
    for visitor in (BUDI, ANNA):
        with pytest.raises(NotAllowed):
            await mark(shop, idea, IdeaState.ADOPTED, "Mine", by=visitor)
    row = await shop.read(ideas.find, idea)
    assert row is not None
    assert row.state is IdeaState.OPEN


@BOTH_ENGINES
async def test_others_want_an_open_idea_once_each_and_its_author_is_not_counted(shop: Store) -> None:
    """However often somebody taps; a second tap takes it back, and of a decided idea nothing changes."""
    idea = await think(shop)

    async def want(visitor: Profile, *, wanted: bool = True) -> None:
        await shop.write(support, visitor=visitor, idea_id=idea, wanted=wanted, page=0)

    await asyncio.gather(*(want(visitor) for visitor in (BUDI, BUDI, SARI, ANNA)))
    (seen,) = (view := await look(shop)).others
    assert (seen.supporters, set(view.supported)) == (2, {idea})
    await want(BUDI, wanted=False)
    await want(BUDI, wanted=False)
    await mark(shop, idea, IdeaState.DECLINED, "No room")
    await want(BUDI)
    row = await shop.read(ideas.find, idea)
    assert row is not None
    assert row.supporters == 1
    assert (await look(shop)).others == []


async def test_the_announce_chat_hears_of_it_only_where_the_author_agrees(shop: Store, campaign: Campaign) -> None:
    """What was said first holds; somebody else's tap says nothing."""
    source = Source(campaign=replace(campaign, rewards=(ADOPTED,)))
    await shop.write(open_shop, source, announce_chat="@bakery")
    idea = await think(shop)
    await shop.write(let_tell, visitor=ANNA, idea_id=idea, agreed=True)
    await mark(shop, idea, IdeaState.ADOPTED, "Done")
    assert (await shop.write(let_tell, visitor=BUDI, idea_id=idea, agreed=True)).telling is Telling.UNASKED
    assert "idea_announced" not in [kind for kind, _ in await list_told(shop)]
    for agreed in (True, True, False):
        assert (await shop.write(let_tell, visitor=ANNA, idea_id=idea, agreed=agreed)).telling is Telling.AGREED
    assert [kind for kind, _ in await list_told(shop)].count("idea_announced") == 1
    other = await think(shop)
    await mark(shop, other, IdeaState.ADOPTED, "Done")
    for agreed in (False, True):
        assert (await shop.write(let_tell, visitor=ANNA, idea_id=other, agreed=agreed)).telling is Telling.REFUSED
    assert [kind for kind, _ in await list_told(shop)].count("idea_announced") == 1


@BOTH_ENGINES
async def test_a_member_has_a_few_ideas_a_day(shop: Store, clock: Clock) -> None:
    """However many come at once; on the next day there are more. The team hears of each that was taken."""
    tries = [shop.write(take_idea, visitor=ANNA, data={"text": f"Idea {number}"}) for number in range(EACH_DAY + 4)]
    taken = [each.taking for each in await asyncio.gather(*tries)]
    assert (taken.count(Taking.TAKEN), taken.count(Taking.MANY)) == (EACH_DAY, 4)
    assert [kind for kind, _ in await list_told(shop)] == ["idea_came"] * EACH_DAY
    clock.advance(DAY_SECONDS)
    await think(shop)


async def test_a_picture_goes_with_ones_own_idea_until_it_is_decided(shop: Store) -> None:
    """Somebody else's picture, and one that comes too late, go with nothing."""
    idea = await think(shop)
    kept = [
        (await shop.write(add_picture, visitor=each, data={"idea": idea, "photo": each.first_name}))[1]
        for each in (BUDI, ANNA)
    ]
    await mark(shop, idea, IdeaState.ADOPTED, "Done")
    late = await shop.write(add_picture, visitor=ANNA, data={"idea": idea, "photo": "late"})
    row = await shop.read(ideas.find, idea)
    assert row is not None
    assert (kept, late[1], row.photo) == ([False, True], False, "Anna")


async def test_the_words_of_who_is_forgotten_go_and_that_it_was_done_stays(shop: Store) -> None:
    """Open ideas go with who wants them; whom they wanted loses a voice."""
    done, open_one = await think(shop), await think(shop)
    budis = await think(shop, BUDI)
    await mark(shop, done, IdeaState.ADOPTED, "Done")
    await shop.write(support, visitor=BUDI, idea_id=open_one, wanted=True, page=0)
    await shop.write(support, visitor=ANNA, idea_id=budis, wanted=True, page=0)
    await shop.write(forget, telegram_id=ANNA.telegram_id)
    view = await look(shop, SARI)
    assert [(row.id, row.text, row.answer) for row in view.adopted] == [(done, "", "")]
    assert [(row.id, row.supporters) for row in view.others] == [(budis, 0)]
    assert await list_faults(shop) == []


async def test_the_team_looks_at_an_idea_and_answers_in_a_dialogue(shop: Store) -> None:
    """With whose it is; what there is not is nobody's; a picture can go with one's own as long as it is not decided."""
    idea = await think(shop)
    seen = await shop.read(view_idea, visitor=SARI, idea_id=idea)
    assert (seen.member.name, seen.row, seen.author, seen.late) == (
        "Sari",
        await shop.read(ideas.find, idea),
        "Anna",
        False,
    )
    none = await shop.read(view_idea, visitor=SARI, idea_id=IdeaId(9))
    assert (none.row, none.author, none.member.name) == (None, "", "Sari")
    for visitor, own in ((ANNA, True), (BUDI, False)):
        member, found = await shop.read(find_own, visitor=visitor, idea_id=idea)
        assert (member.telegram_id, found) == (visitor.telegram_id, own)
    assert not (await shop.read(find_own, visitor=ANNA, idea_id=IdeaId(9)))[1]
    data = {"idea": idea, "state": "adopted", "words": "From Sunday on"}
    with pytest.raises(NotAllowed):
        await shop.write(answer_asked, visitor=ANNA, data=data)
    answered = await shop.write(answer_asked, visitor=SARI, data=data)
    assert answered.row is not None
    assert (answered.row.state, answered.row.answer, answered.late) == (IdeaState.ADOPTED, "From Sunday on", False)
    assert not (await shop.read(find_own, visitor=ANNA, idea_id=idea))[1]
    with pytest.raises(NotAllowed):
        await shop.read(view_idea, visitor=BUDI, idea_id=idea)


async def test_what_others_think_of_is_leafed_through(shop: Store) -> None:
    """The first page where none is named; a page that is not there is the last one; the team sees how many wait."""
    for number in range(SHOWN + 1):
        guest = Profile(telegram_id=700 + number, first_name=f"Guest {number}", telegram_language="en")
        await arrive(shop, guest)
        await think(shop, guest, f"Idea {number}")
    pages = [await look(shop), *[await shop.read(view_ideas, visitor=BUDI, page=page) for page in (1, 7)]]
    assert [(view.page, view.pages, len(view.others)) for view in pages] == [(0, 2, SHOWN), (1, 2, 1), (1, 2, 1)]
    assert {row.id for view in pages for row in view.others} == set(range(1, SHOWN + 2))
    assert (pages[0].member.telegram_id, pages[0].waiting, (await look(shop, SARI)).waiting) == (
        BUDI.telegram_id,
        None,
        SHOWN + 1,
    )
