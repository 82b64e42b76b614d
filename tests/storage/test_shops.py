from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from storage import RowMissing, Store, Tx
from storage.records import Event, PersonId, ShopChanged
from storage.tables import campaigns, shops
from storage.tables.shops import Said, ShopRow
from tests.storage.clock import NOON

SAID = Said(announce_chat="@said", community_chat="@there", zone="Asia/Makassar")


async def open_shop(store: Store) -> ShopRow:
    """Write a shop of which no two values are alike."""
    version_id = await store.write(campaigns.add_version, slug="welcome", content="{}", digest="d1")
    await store.write(
        shops.set_shop,
        version_id=version_id,
        announce_chat="@news",
        community_chat="@club",
        community_id=-1005,
        zone="Asia/Jakarta",
        said=SAID,
        file_digest="f1",
    )
    return await store.read(shops.get)


async def test_a_shop_comes_back_as_it_was_written(store: Store) -> None:
    """Every value under its own name, and written over by the next start; before the first there is none."""
    assert await store.read(shops.find) is None
    with pytest.raises(RowMissing, match="never opened"):
        await store.read(shops.get)
    shop = await open_shop(store)
    assert shop == ShopRow(
        version_id=shop.version_id,
        digest="d1",
        announce_chat="@news",
        community_chat="@club",
        community_id=-1005,
        revision=shop.revision,
        campaign_id=(await store.read(campaigns.list_all))[0].id,
        zone="Asia/Jakarta",
        said=SAID,
        bot_username="",
        file_digest="f1",
        hook_kinds="",
    )
    empty: dict[str, Any] = {"announce_chat": None, "community_chat": None, "community_id": None}
    await store.write(shops.set_shop, version_id=shop.version_id, **empty, file_digest="f2")
    after = replace(shop, **empty, zone=None, said=Said(), file_digest="f2", revision=shop.revision + 1)
    assert await store.read(shops.get) == after


async def set_part(store: Store, unit: Callable[..., None], *args: object) -> list[Event]:
    """Set a part of a shop, and return what is told of it."""

    def change(tx: Tx) -> list[Event]:
        unit(tx, *args)
        return list(tx.told)

    return await store.write(change)


async def test_each_part_of_a_shop_is_set_by_itself(store: Store) -> None:
    """The rest stays as it is, and whoever holds a picture of the shop hears of what can be seen."""
    shop = await open_shop(store)
    told = [
        *await set_part(store, shops.set_announce_chat, "@more"),
        *await set_part(store, shops.set_community_chat, "@circle", -1006),
        *await set_part(store, shops.set_zone, "Asia/Tokyo"),
        *await set_part(store, shops.set_bot_username, "bread_bot"),
    ]
    assert told == [ShopChanged()] * 4
    seen = replace(
        shop,
        announce_chat="@more",
        community_chat="@circle",
        community_id=-1006,
        zone="Asia/Tokyo",
        bot_username="bread_bot",
        revision=shop.revision + 4,
    )
    assert await store.read(shops.get) == seen
    told = [
        *await set_part(store, shops.set_community, -1007),
        *await set_part(store, shops.set_file_digest, "f3"),
        *await set_part(store, shops.set_hook_kinds, " joined "),
    ]
    assert told == []
    unseen = replace(seen, community_id=-1007, file_digest="f3", hook_kinds=" joined ")
    assert await store.read(shops.get) == unseen
    for unit, nothing in ((shops.set_announce_chat, 1), (shops.set_zone, 1), (shops.set_community_chat, 2)):
        assert await set_part(store, unit, *[None] * nothing) == [ShopChanged()]
    nowhere = replace(unseen, announce_chat=None, zone=None, community_chat=None, community_id=None)
    assert await store.read(shops.get) == replace(nowhere, revision=unseen.revision + 3)


async def test_another_campaign_becomes_the_main_one(store: Store) -> None:
    """Links without a campaign mean it from then on, and its latest version holds."""
    await open_shop(store)
    other = await store.write(campaigns.add_version, slug="autumn", content="{}", digest="d2")
    found = await store.read(campaigns.find_by_slug, "autumn")
    assert found is not None
    await store.write(shops.set_main, found.id)
    shop = await store.read(shops.get)
    assert (shop.campaign_id, shop.version_id, shop.digest) == (found.id, other, "d2")


async def test_the_salt_of_a_day_stays_for_that_day(store: Store) -> None:
    """The first one of a day is that day's, and no former day comes back; a shop that is not there yet keeps none."""
    assert await store.write(shops.fetch_salt, 7, "early") == ("early", 7)
    await open_shop(store)
    for day, fresh, kept in ((8, "a", ("a", 8)), (8, "b", ("a", 8)), (9, "c", ("c", 9)), (8, "d", ("c", 9))):
        assert await store.write(shops.fetch_salt, day, fresh) == kept


async def test_where_answers_are_promised_is_kept(store: Store) -> None:
    """A day, where nothing was ever said."""
    assert await store.read(shops.find_desk) == (None, 24)
    await open_shop(store)
    await store.write(shops.set_desk, "@desk", 5)
    assert await store.read(shops.find_desk) == ("@desk", 5)


async def test_who_was_looked_at_by_which_tiers_is_kept(store: Store) -> None:
    """Nobody, by none, in a shop that is new; one that is not there says so."""
    with pytest.raises(RowMissing, match="never opened"):
        await store.read(shops.get_tiers_seen)
    await open_shop(store)
    assert await store.read(shops.get_tiers_seen) == ("", PersonId(0))
    await store.write(shops.set_tiers_seen, "t1", PersonId(31))
    assert await store.read(shops.get_tiers_seen) == ("t1", PersonId(31))


async def test_a_campaign_knows_all_that_it_ever_named(store: Store) -> None:
    """In any of its versions, by the whole key, and in none of another campaign's."""
    for slug, content in (
        ("welcome", '{"rules":[{"key":"first-cup"}]}'),
        ("welcome", "{}"),
        ("autumn", '{"rules":[{"key":"plum"}]}'),
    ):
        await store.write(campaigns.add_version, slug=slug, content=content, digest=content)
    welcome, autumn = await store.read(campaigns.list_all)
    named = [
        await store.read(campaigns.is_named, each.id, key)
        for each in (welcome, autumn)
        for key in ("first-cup", "cup", "plum")
    ]
    assert named == [True, False, False, False, False, True]
    assert [each[1:] for each in await store.read(campaigns.list_versions, welcome.id)] == [
        ("{}", NOON),
        ('{"rules":[{"key":"first-cup"}]}', NOON),
    ]
