"""The shop is changed while the bot is at work: nobody restarts anything, and nobody is shown half of each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from bot.core.campaigns.campaign import Campaign
from bot.playground.world import Person
from bot.services.campaigns.opening import Source
from bot.services.campaigns.opening import open_shop as set_campaign
from storage import Store, open_store
from storage.tables.pictures import StoredPicture
from tests.cards.looks import SHELF
from tests.handlers.test_claim import push_tap
from tests.journeys.shop_at_work import CHANNEL, ShopAtWork, find_link, open_shop, sqlite_in
from tests.messages.samples import CAMPAIGN

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def store(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Store]:
    """The shop's rows, within reach."""
    async with open_store(sqlite_in(tmp_path_factory.mktemp("changing"))) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(store: Store) -> AsyncIterator[ShopAtWork]:
    """At work."""
    async with open_shop("", store=store) as at_work:
        yield at_work


def change(brand: str, *, unit: str) -> Campaign:
    """The shipped campaign by another name, and with other words for points."""
    languages = CAMPAIGN.languages
    return replace(CAMPAIGN, brand=dict.fromkeys(languages, brand), unit={key: {"other": unit} for key in languages})


async def until_said(shop: ShopAtWork, said: str, command: str) -> None:
    """Ask somebody new again and again, until the bot's answer says it: the shop is read anew beside all else."""
    person = await shop.add_member()
    for _ in range(100):
        if said in (await shop.ask(person, command)).text:
            return
    pytest.fail(f"{command} never said {said!r}")


async def test_screens_notices_and_posts_tell_of_the_shop_as_it_is(shop: ShopAtWork, store: Store) -> None:
    """What is shown after the change speaks of the changed shop, wherever it is shown."""
    anna = await shop.add_member("Anna")
    link = find_link(await shop.ask(anna, "/start"))
    await store.write(set_campaign, Source(campaign=change("Moon Bakery", unit="moons")), announce_chat=CHANNEL)
    await until_said(shop, "Moon Bakery", "/start")
    await shop.join(shop.add_person("Ben"), link)
    await shop.telegram.until_message(anna, "moons")
    await shop.telegram.until_message(shop.channel, "Moon Bakery")


async def test_old_buttons_mean_what_they_meant(shop: ShopAtWork, store: Store) -> None:
    """A key is its story wherever it stands now, a place counts in the list of its time, and what is gone is said to be."""
    first, second, third, *others = CAMPAIGN.stories
    anna = await shop.add_member("Anna")
    card = await shop.ask(anna, "/share", lambda message: message.photo is not None)
    turned = replace(change(CAMPAIGN.brand["en"], unit="olds"), stories=(*others, third, second))
    await store.write(set_campaign, Source(campaign=turned), announce_chat=CHANNEL)
    await until_said(shop, "olds", "/rewards")
    for said in (second.key, "2", "1"):
        await push_tap(shop, anna, card, f"story:{said}")
        meant = third if said == "2" else second
        await shop.until_edited(card, meant.headline["en"])
    for said in (first.key, "0", "9"):
        before = len(shop.world.sent)
        await push_tap(shop, anna, card, f"story:{said}")
        assert "isn\u2019t told any more" in "".join(each.message.text for each in shop.world.sent[before:])


async def test_cards_are_drawn_anew(shop: ShopAtWork, store: Store) -> None:
    """A card with the former name is not handed out again under its file id."""
    anna = await shop.add_member("Anna")

    async def ask_for_card() -> str:
        card = await shop.ask(anna, "/share", lambda message: message.photo is not None)
        assert card.photo is not None
        return card.photo.unique_id

    first = await ask_for_card()
    assert await ask_for_card() == first
    await store.write(set_campaign, Source(campaign=change("Star Bakery", unit="stars")), announce_chat=CHANNEL)
    await until_said(shop, "Star Bakery", "/start")
    assert await ask_for_card() != first


async def take_card(shop: ShopAtWork, person: Person) -> str:
    """Which picture /share hands somebody now."""
    card = await shop.ask(person, "/share", lambda message: message.photo is not None)
    assert card.photo is not None
    return card.photo.unique_id


async def list_offered(shop: ShopAtWork, person: Person, typed: str) -> set[str]:
    """Which pictures the picker offers them; what was typed before is answered from Telegram's cache for some seconds."""
    query = shop.world.type_inline(person, shop.world.open_chat(person, shop.add_person()), typed)
    contents = [result.content for result in (await shop.telegram.until_results(query)).results]
    return {content.photo.unique_id for content in contents if content.photo is not None}


@pytest.mark.long
async def test_a_picture_that_is_replaced_or_gone_is_on_no_later_card(shop: ShopAtWork, store: Store) -> None:
    """Within a minute: by /share, in the picker, and on the card that /share gives once there is no picture any more."""
    anna = await shop.add_member("Anna")
    seen = [await take_card(shop, anna)]
    for name in ("photo", "noise", ""):
        kept = [StoredPicture(sha256=name, content=SHELF[name], width=1, height=1)] if name else []
        shown = replace(CAMPAIGN, photo=name)
        async with asyncio.timeout(60):
            await store.write(set_campaign, Source(campaign=shown, pictures=kept), announce_chat=CHANNEL)
            while (photo := await take_card(shop, anna)) in seen:
                pass
        seen.append(photo)
        assert [await take_card(shop, anna) for _ in range(2)] == [photo, photo], "one upload of each"
        assert await list_offered(shop, anna, " " * len(seen)) == {photo}, "nothing of the former is offered"
    assert len(set(seen)) == 4
