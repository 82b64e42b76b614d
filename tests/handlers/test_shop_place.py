"""Where the shop is, said in the chat: its chats and its time zone, which hold at once, and until somebody says otherwise."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.playground.world import Chat, Person
from bot.services.audit import list_acts
from storage import Store, open_store
from storage.tables import shops
from tests.handlers.shared_shop import shop, store
from tests.journeys.shop_at_work import ADMIN_ID, CHANNEL, ShopAtWork, open_shop, sqlite_in
from tests.journeys.test_campaign_from_phone import Phone

__all__ = ["shop", "store"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def ask_for(shop: ShopAtWork, label: str) -> Phone:
    """The owner's phone with the question for a field of the shop."""
    phone = Phone(shop, await shop.ask(shop.admin, "/admin", "like to look at"))
    await phone.tap("The shop")
    await phone.tap(label)
    return phone


def has_post(chat: Chat, text: str) -> bool:
    """Whether something of this kind was posted there."""
    return any(text in message.text for message in chat.messages.values())


async def test_the_time_zone_is_a_city_in_ones_own_words(shop: ShopAtWork, store: Store) -> None:
    """It shows with the time there, counts from then on, and what nobody knows is asked for again."""
    phone = await ask_for(shop, "Time zone")
    assert "know that city" in await phone.type("Atlantis")
    assert "Time zone: Asia/Jakarta (there it is " in await phone.type("jakarta")
    assert (await store.read(shops.get)).zone == "Asia/Jakarta"
    act = (await store.read(list_acts, most=1))[0]
    assert (act.act, act.actor, act.subject, act.after) == ("place", "Sari", "zone", "Asia/Jakarta")
    assert "Sari: Time zone went from" in (await shop.ask(shop.admin, "/audit", "Who did what")).text
    await (await ask_for(shop, "Time zone")).type("UTC")


async def test_joins_are_announced_where_the_owner_says(shop: ShopAtWork, store: Store) -> None:
    """From the next one on; a chat where the bot cannot post is told with what to do, and the question stays."""
    news = shop.world.add_channel("Oven News", shop.admin, username="oven_news")
    phone = await ask_for(shop, "Announce chat")
    assert "names no chat" in await phone.type("our channel")
    assert "find @nowhere_at_all" in await phone.type("@nowhere_at_all")
    assert "Add me there" in await phone.type("https://t.me/oven_news")
    shop.world.add_bot(shop.admin, news)
    assert "Announce chat: @oven_news" in await phone.type("t.me/oven_news")
    assert (await store.read(shops.get)).announce_chat == "@oven_news"
    await bring_friend(shop, "Ben")
    await shop.telegram.until(lambda: has_post(news, "Ben"), what="the post in the new channel")
    assert not has_post(shop.channel, "Ben")
    await (await ask_for(shop, "Announce chat")).tap("No such chat")
    assert (await store.read(shops.get)).announce_chat is None


async def bring_friend(shop: ShopAtWork, name: str) -> None:
    """Somebody comes by the owner's link."""
    home = await shop.ask(shop.admin, "/start", "Your link")
    await shop.join(shop.add_person(name), home.text.split("Your link:\n")[1].split()[0])


async def test_friends_are_invited_where_the_owner_says(shop: ShopAtWork) -> None:
    """Without a restart; the bot must be an admin there who may invite, and is told what it misses."""
    group = shop.world.add_group("Oven Friends", shop.admin, username="oven_friends")
    anna = await shop.add_member("Anna")
    phone = await ask_for(shop, "Community chat")
    shop.world.add_bot(shop.admin, group)
    assert "not an admin of" in await phone.type("@oven_friends")
    shop.world.add_bot(shop.admin, group, rights=["can_delete_messages"])
    assert "may not invite users" in await phone.type("@oven_friends")
    shop.world.add_bot(shop.admin, group, rights=["can_invite_users"])
    assert "Community chat: @oven_friends" in await phone.type("@oven_friends")
    invitation = await until_answered(shop, anna, lambda text: "Oven Friends" in text)
    assert "https://t.me/+" in invitation
    await (await ask_for(shop, "Community chat")).tap("No such chat")
    await until_answered(shop, anna, lambda text: "https://t.me/+" not in text)


async def until_answered(shop: ShopAtWork, person: Person, fits: Callable[[str], bool]) -> str:
    """Ask for the community until the answer is this one: the shop is read anew in a moment, and the owner is told before."""
    async with asyncio.timeout(60):
        while not fits(text := (await shop.ask(person, "/community")).text):
            pass
    return text


async def test_who_spoke_last_is_heard_over_a_restart(tmp_path: Path) -> None:
    """Settings that say what they said are no word; those that say something new are."""
    url = sqlite_in(tmp_path)
    async with open_store(url) as store:
        async with open_shop("", store=store) as shop:
            await shop.join(shop.admin)
            await (await ask_for(shop, "Announce chat")).tap("No such chat")
            await (await ask_for(shop, "Time zone")).type("Tokyo")
            world = shop.world
        async with open_shop("", store=store, world=world) as shop:
            await shop.ask(shop.world.people[ADMIN_ID], "/start")
            kept = await store.read(shops.get)
            assert (kept.announce_chat, kept.zone) == (None, "Asia/Tokyo")
        said = {"PASSALONG_ANNOUNCE_CHAT": CHANNEL.upper(), "PASSALONG_TIMEZONE": "Europe/Rome"}
        async with open_shop("", store=store, world=world, settings=said) as shop:
            await shop.ask(shop.world.people[ADMIN_ID], "/start")
            heard = await store.read(shops.get)
            assert (heard.announce_chat, heard.zone) == (CHANNEL.upper(), "Europe/Rome")
