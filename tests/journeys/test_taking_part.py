"""Taking part, all the way: an idea that is done, a question that is answered, words that are told and taken back, a drop."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.playground.world import Message, Person
from tests.journeys.shop_at_work import ShopAtWork, open_shop, sqlite_in
from tests.shipped import SHIPPED, write_campaign

REWARD = """
[[rewards]]
when = "adopted"
who = "inviter"
give = { points = 77 }
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ShopAtWork]:
    """A shop that gives points for ideas, whose owner is there."""
    folder = tmp_path_factory.mktemp("shop")
    settings = {"PASSALONG_CAMPAIGN": str(write_campaign(folder / "own.toml", SHIPPED + REWARD))}
    async with open_shop(sqlite_in(folder), settings=settings) as opened:
        await opened.join(opened.admin)
        yield opened


async def read(shop: ShopAtWork, person: Person, words: str) -> Message:
    """Wait for a message that says this."""
    return await shop.telegram.until_message(person, words)


async def until_posted(shop: ShopAtWork, words: str) -> Message:
    """Wait until the announce chat reads this."""
    return await shop.telegram.until_message(shop.channel, words)


@pytest.mark.asyncio(loop_scope="module")
async def test_an_idea_is_answered_adopted_honoured_and_told_to_all(shop: ShopAtWork) -> None:
    """Every step is heard; another member wants it too; its author decides whether all may know."""
    anna, budi, owner = await shop.add_member("Anna"), await shop.add_member("Budi"), shop.admin
    await shop.ask(anna, "/idea Rye on Sundays", "is with the team")
    came = await read(shop, owner, "A member has an idea for you")
    seen = await shop.ask(budi, "/ideas", "Rye on Sundays")
    await shop.tap(budi, seen, "I want #1 too · 0")
    await shop.tap(owner, came, "Look at it")
    idea = await shop.until_edited(came, "1 other member wants it too.")
    await shop.tap(owner, idea, "We think about it")
    await read(shop, anna, "is thinking about your idea")
    idea = await shop.until_edited(came, "is thinking about it")
    await shop.tap(owner, idea, "It was done")
    await shop.until_edited(came, "What was done?")
    await shop.ask(owner, "There is rye every Sunday now", "✓ Done: There is rye every Sunday now")
    told = await read(shop, anna, "You are a co-maker of Little Oven now")
    await read(shop, anna, "77")
    await shop.tap(anna, told, "Yes, tell them")
    await until_posted(shop, "Anna had an idea, and we did it: There is rye every Sunday now")
    assert "co-maker" in (await shop.ask(anna, "/club", "Your badges")).text
    assert "There is rye every Sunday now" in (await shop.ask(budi, "/ideas", "because a member thought of it")).text


@pytest.mark.asyncio(loop_scope="module")
async def test_a_drop_is_for_the_first_and_kind_to_the_others(shop: ShopAtWork) -> None:
    """The owner opens it, the announce chat hears of it, and its link leads there."""
    world, owner = shop.world, shop.admin
    anna, budi = await shop.add_member("Carla"), await shop.add_member("Dedi")
    listed = world.send_document(owner, world.open_chat(owner), b"CUP-1\nCUP-2\n", "list.csv", "coffee")
    await shop.telegram.until_reply(listed, "Pool coffee")
    club = await shop.ask(owner, "/club", "Your club at Little Oven")
    await shop.tap(owner, club, "Open a coupon drop")
    await shop.until_edited(club, "Of which coupons?")
    await shop.tap(owner, club, "coffee · 2 coupons")
    await shop.until_edited(club, "There are 2 coupons")
    await shop.ask(owner, "1", "What shall members read?")
    sure = await shop.ask(owner, "A free coffee", "for the first member")
    await shop.tap(owner, sure, "Open it")
    post = await until_posted(shop, "A free coffee at Little Oven: for the first who comes")
    for member, heard in ((anna, "CUP-1"), (budi, "somebody came a moment sooner")):
        opened = world.open_link(member, post.get_button("Take one").value)
        assert opened.message is not None
        screen = await shop.telegram.until_reply(opened.message, "For whoever comes first")
        if member is budi:
            assert "the one there was is taken" in screen.text
            continue
        await shop.tap(member, screen, "Take one: A free coffee")
        await read(shop, member, heard)
        await shop.until_edited(screen, "you were number 1 of 1")


@pytest.mark.asyncio(loop_scope="module")
async def test_a_members_words_are_a_story_until_they_take_them_back(shop: ShopAtWork) -> None:
    """By the tap of consent and the owner's; taken back, no new card says it."""
    emma, owner = await shop.add_member("Emma"), shop.admin
    club = await shop.ask(emma, "/club", "Your club")
    await shop.tap(emma, club, "In your words")
    await shop.until_edited(club, "can become a story")
    await shop.tap(emma, club, "Say it")
    await shop.until_edited(club, "One line is enough")
    consent = await shop.ask(emma, "The rye is honest", "May friends of the house read this")
    await shop.tap(emma, consent, "Yes, they may")
    came = await read(shop, owner, "A member says what they like")
    await shop.tap(owner, came, "Look at it")
    await shop.until_edited(came, "In Emma\u2019s words")
    await shop.tap(owner, came, "Make it a story")
    told = await read(shop, emma, "Your words are a story of Little Oven now")
    await shop.tap(emma, told, "In your words")
    await shop.until_edited(told, "It is a story of Little Oven now")
    await shop.tap(emma, told, "Take it back")
    await shop.until_edited(told, "can become a story")


@pytest.mark.asyncio(loop_scope="module")
async def test_who_chose_hears_what_comes_of_it(shop: ShopAtWork) -> None:
    """One tap to choose; the announce chat reads question and result."""
    finn, owner = await shop.add_member("Finn"), shop.admin
    screen = await shop.ask(owner, "/choose", "asks nothing")
    await shop.tap(owner, screen, "Ask members")
    await shop.until_edited(screen, "What shall members choose?")
    more = await shop.ask(owner, "Which story next?\nThe oven\nThe rye", "The same in")
    await shop.tap(owner, more, "Skip")
    await shop.tap(owner, await shop.until_edited(more, "简体中文"), "Skip")
    await shop.tap(owner, await shop.until_edited(more, "Ask it now?"), "Ask it")
    await until_posted(shop, "lets you choose: Which story next?")
    asked = await shop.ask(finn, "/choose", "Which story next?")
    await shop.tap(finn, asked, "The rye")
    await shop.until_edited(asked, "1 member has chosen.")
    ending = await shop.ask(owner, "/choose", "Which story next?")
    await shop.tap(owner, ending, "End this question")
    await shop.until_edited(ending, "What comes of it?")
    await shop.ask(owner, "The rye is told in December", "Everybody who chose hears it now")
    await until_posted(shop, "The rye is told in December")
