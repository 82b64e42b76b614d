"""Which language a member is spoken to in, with what the shop speaks known to the store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.services.campaigns.opening import Source, open_shop
from bot.services.guide import choose_language
from bot.services.members import open_home
from storage import Store
from storage.records import Profile
from tests.messages.samples import CAMPAIGN

ANNA = Profile(telegram_id=101, first_name="Anna")


async def open_with(store: Store, *languages: str) -> None:
    """The shop speaks these."""
    brand = dict.fromkeys(languages, "Oven")
    await store.write(open_shop, Source(campaign=replace(CAMPAIGN, brand=brand)))


@pytest.mark.parametrize(
    ("shop", "telegram", "read"),
    [
        (("xx",), "xx", "xx"),
        (("xx",), "fr", "en"),
        (("xx", "id"), "fr", "id"),
        (("xx", "id"), "zh-hans", "zh"),
        (("id",), "", "id"),
    ],
)
async def test_the_shops_languages_come_before_english(
    store: Store, shop: tuple[str, ...], telegram: str, read: str
) -> None:
    """A reader of what only the shop speaks is its reader; whoever reads neither is spoken to as most people there are."""
    await open_with(store, *shop)
    visitor = replace(ANNA, telegram_language=telegram)
    assert (await store.write(open_home, visitor=visitor)).language == read


async def test_what_was_chosen_comes_first(store: Store) -> None:
    """Whatever Telegram and the shop speak."""
    await open_with(store, "xx")
    visitor = replace(ANNA, telegram_language="xx")
    await store.write(choose_language, visitor=visitor, language="zh")
    assert (await store.read(open_home, visitor=visitor)).language == "zh"


async def test_before_the_shop_was_opened_english_is_spoken(store: Store) -> None:
    """A reader of an unknown language is told something all the same."""
    assert (await store.write(open_home, visitor=replace(ANNA, telegram_language="fr"))).language == "en"
