"""Choosing: one voice each, counted, and everybody who chose hears once what comes of it."""

from __future__ import annotations

import asyncio
import json

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.choosing import Asked, Result, compute_result, parse_asked, pick_words
from bot.jobs.choosing import tell_voters
from bot.services.audit import list_acts
from bot.services.campaigns.opening import Source, open_shop
from bot.services.choosing.choosing import (
    AskedView,
    ask,
    choose,
    end_asked,
    find_open,
    has_untold,
    tell_some,
    view_choosing,
)
from bot.services.members import NotAllowed
from bot.services.privacy import forget
from storage import Store
from storage.poll import PollId
from storage.records import NoticeId, Profile
from storage.role import Role
from storage.tables import outbox, people, polls, roles
from tests.owed import list_said
from tests.services.test_joining import ANNA, BUDI, arrive
from tests.storage.cast import add_members
from tests.thinning import BOTH_ENGINES

OWNER = Profile(telegram_id=901, first_name="Rosa", telegram_language="en")
SAID = [
    ["en", {"question": "Next?", "options": ["Oven", "Rye"]}],
    None,
    ["zh", {"question": "?", "options": ["A", "B"]}],
]


@pytest.fixture
async def shop(store: Store, campaign: Campaign) -> Store:
    """A shop with an owner, an announce chat and two members."""
    await store.write(open_shop, Source(campaign=campaign), announce_chat="@bakery")
    for visitor in (OWNER, ANNA, BUDI):
        await arrive(store, visitor)
    await store.write(roles.set, OWNER.telegram_id, Role.OWNER)
    return store


async def put(shop: Store, *, by: Profile = OWNER) -> AskedView:
    """Ask."""
    return await shop.write(ask, visitor=by, data={"said": SAID})


async def end(shop: Store, *, by: Profile = OWNER) -> bool:
    """Say what comes of it."""
    return (await shop.write(end_asked, visitor=by, data={"poll": 1, "words": "Rye it is"}))[1]


async def list_told(shop: Store) -> list[tuple[str, object, object]]:
    """What is told: of what kind, to whom, and what share the first had."""
    owed = await shop.read(outbox.list_owed, after=NoticeId(0), limit=5000)
    return [(row.kind, row.address, row.payload.get("percent")) for row in owed if row.kind.startswith("poll_")]


@BOTH_ENGINES
async def test_each_has_one_voice_and_can_choose_otherwise_until_it_is_over(shop: Store) -> None:
    """What does not exist is not chosen, and afterwards nothing changes."""
    assert (await put(shop)).announced
    await asyncio.gather(
        *(shop.write(choose, visitor=ANNA, poll_id=PollId(1), choice=choice) for choice in (0, 1, 0, 7))
    )
    view = await shop.write(choose, visitor=ANNA, poll_id=PollId(1), choice=1)
    assert view.poll is not None
    assert (view.poll.chosen, view.poll.votes) == (1, {1: 1})
    assert await end(shop)
    assert (await shop.write(choose, visitor=ANNA, poll_id=PollId(1), choice=0)).poll is None
    assert await shop.read(polls.count_votes, PollId(1)) == {1: 1}


async def test_everybody_who_chose_hears_once_what_comes_of_it(shop: Store) -> None:
    """A page at a time, however often it stops in between; who did not choose hears nothing, the announce chat both."""
    await put(shop)
    members = await shop.write(add_members, 25)
    for number, member in enumerate(members[:20]):
        await shop.write(choose, visitor=member.profile, poll_id=PollId(1), choice=int(number % 4 > 0))
    assert [await end(shop), await end(shop)] == [True, False]
    for _ in range(2):
        await shop.write(tell_some, 7)
    await tell_voters(shop)
    await tell_voters(shop)
    told = await list_told(shop)
    assert [kind for kind, _, _ in told if kind != "poll_ended"] == ["poll_announced", "poll_result"]
    heard = [address for kind, address, percent in told if kind == "poll_ended" and percent == 75]
    assert (len(heard), len(set(heard))) == (20, 20)


async def test_who_is_forgotten_is_counted_no_more(shop: Store) -> None:
    """And hears nothing."""
    await put(shop)
    for visitor in (ANNA, BUDI):
        await shop.write(choose, visitor=visitor, poll_id=PollId(1), choice=0)
    await shop.write(forget, telegram_id=ANNA.telegram_id)
    await end(shop)
    await tell_voters(shop)
    budi = await shop.read(people.find_by_telegram_id, BUDI.telegram_id)
    assert budi is not None
    assert [kind for kind, _, _ in await list_told(shop)].count("poll_ended") == 1


async def test_members_ask_nothing_and_three_questions_are_asked_at_most(shop: Store) -> None:
    """Nobody is asked more than can be shown."""
    for act in (put, end):
        with pytest.raises(NotAllowed):
            await act(shop, by=ANNA)
    assert [(await put(shop)).opened for _ in range(4)] == [True, True, True, False]
    assert (await shop.read(view_choosing, visitor=ANNA, page=9)).page == 2


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Next?\nOven\nRye", Asked(question="Next?", options=["Oven", "Rye"])),
        ("  Next?\n\n Oven \nRye\n", Asked(question="Next?", options=["Oven", "Rye"])),
        ("Next?\nOven", None),
        ("Next?\nOven\noven", None),
        ("Next?\n" + "\n".join(map(str, range(11))), None),
        ("Next?\nOven\n" + "W" * 33, None),
        ("W" * 201 + "\nOven\nRye", None),
        ("", None),
    ],
)
def test_a_question_is_a_line_and_its_options_a_line_each(text: str, asked: Asked | None) -> None:
    """Two to ten different ones that have room on a button."""
    assert parse_asked(text) == asked


def test_the_result_is_what_most_chose_and_level_is_said() -> None:
    """Without a voice there is none."""
    assert compute_result({}) is None
    assert compute_result({2: 3, 0: 1}) == Result(choice=2, votes=3, count=4)
    assert compute_result({2: 3, 0: 3}) == Result(choice=0, votes=3, count=6, is_level=True)
    assert [pick_words({"en": "a", "zh": "b"}, language) for language in ("zh-hant", "de")] == ["b", "a"]


async def test_who_runs_the_shop_looks_at_a_question_that_is_asked_still(shop: Store) -> None:
    """With how many chose what; one that is over, or was never asked, is none."""
    await put(shop)
    await shop.write(choose, visitor=ANNA, poll_id=PollId(1), choice=1)
    member, seen = await shop.read(find_open, visitor=OWNER, poll_id=PollId(1))
    assert seen is not None
    assert (member.name, seen.row, seen.chosen) == ("Rosa", await shop.read(polls.find, PollId(1)), None)
    assert seen.votes == await shop.read(polls.count_votes, PollId(1))
    assert (await shop.read(find_open, visitor=OWNER, poll_id=PollId(9)))[1] is None
    with pytest.raises(NotAllowed):
        await shop.read(find_open, visitor=ANNA, poll_id=PollId(1))
    assert await end(shop)
    member, gone = await shop.read(find_open, visitor=OWNER, poll_id=PollId(1))
    assert (member.name, gone) == ("Rosa", None)


async def test_what_is_asked_and_what_came_of_it_is_told_in_the_shops_words(shop: Store) -> None:
    """To the announce chat and to everybody who chose: what most chose, by how many of a hundred; written down."""
    asked = await put(shop)
    assert (asked.opened, asked.announced, asked.member.name) == (True, True, "Rosa")
    ids = [(await arrive(shop, each)).member.id for each in (ANNA, BUDI, OWNER)]
    for visitor, choice in ((ANNA, 1), (BUDI, 1), (OWNER, 0)):
        seen = await shop.write(choose, visitor=visitor, poll_id=PollId(1), choice=choice)
        assert seen.poll is not None
        assert (seen.poll.chosen, seen.page, seen.pages, seen.runs_it) == (choice, 0, 1, visitor is OWNER)
    ignored = await shop.write(choose, visitor=ANNA, poll_id=PollId(1), choice=2)
    assert ignored.poll is not None
    assert (ignored.poll.chosen, sum(ignored.poll.votes.values())) == (1, 3)
    assert await end(shop)
    assert await shop.read(has_untold)
    await shop.write(tell_some, 2)
    await shop.write(tell_some, 2)
    await shop.write(tell_some, 2)
    assert not await shop.read(has_untold)
    question = json.dumps({"en": "Next?", "zh": "?"})
    ended = {"asked": question, "won": json.dumps({"en": "Rye", "zh": "B"}), "percent": 67, "outcome": "Rye it is"}
    said = [each for each in await shop.read(list_said) if each[0].startswith("poll_")]
    assert said[:2] == [("poll_announced", "announce", {"asked": question}), ("poll_result", "announce", ended)]
    assert sorted(said[2:], key=str) == sorted((("poll_ended", number, ended) for number in ids), key=str)
    acts = [each for each in await shop.read(list_acts, most=9) if not each.by_command]
    assert [(each.act, each.actor, each.subject, each.after) for each in acts] == [
        ("answered", "Rosa", "Next?", "Rye it is"),
        ("asked", "Rosa", "Next?", ""),
    ]


async def test_where_several_were_chosen_alike_or_nobody_chose_nothing_has_won(shop: Store) -> None:
    """The outcome is told all the same."""
    await put(shop)
    for visitor, choice in ((ANNA, 1), (BUDI, 0)):
        await shop.write(choose, visitor=visitor, poll_id=PollId(1), choice=choice)
    assert await end(shop)
    await put(shop)
    assert (await shop.write(end_asked, visitor=OWNER, data={"poll": 2, "words": "We wait"}))[1]
    results = await shop.read(list_said, "poll_result")
    assert [(said["won"], said["percent"], said["outcome"]) for _, _, said in results] == [
        ("{}", 50, "Rye it is"),
        ("{}", 0, "We wait"),
    ]
    pages = [await shop.read(view_choosing, visitor=ANNA, page=page) for page in (0, 5)]
    assert [(view.page, view.pages, view.poll, view.member.name) for view in pages] == [(0, 1, None, "Anna")] * 2
