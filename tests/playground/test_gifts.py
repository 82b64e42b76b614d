"""Gifts in the playground: who takes them, what they cost, and in which words one is refused."""

from __future__ import annotations

from typing import Any

from bot.playground.world.gifts import CAKE, HEART
from tests.playground.calling import Caller, start_person


async def test_a_gift_is_paid_from_the_bots_stars(caller: Caller) -> None:
    """It reaches the person, with its words; a limited one is one fewer."""
    world, ann = caller.telegram.world, start_person(caller.telegram)
    world.gifts.balance = 70
    assert await caller.call("sendGift", user_id=ann.id, gift_id=HEART, text="Thanks!") is True
    assert await caller.call("sendGift", chat_id=ann.id, gift_id=CAKE) is True
    assert [(each.person, each.gift_id, each.text) for each in world.gifts.given] == [
        (ann, HEART, "Thanks!"),
        (ann, CAKE, ""),
    ]
    assert (await caller.call("getMyStarBalance"))["amount"] == 5
    shelf = {each["id"]: each for each in (await caller.call("getAvailableGifts"))["gifts"]}
    assert shelf[CAKE]["remaining_count"] == 99
    assert "remaining_count" not in shelf[HEART]


async def test_a_gift_is_refused_in_telegrams_words(caller: Caller) -> None:
    """Too few Stars, none of it left, no such gift, nobody there, and who takes none of its kind; nothing is paid then."""
    world, ann = caller.telegram.world, start_person(caller.telegram)

    async def ask(gift_id: str, **more: Any) -> str:
        return await caller.refuse("sendGift", **{"user_id": ann.id, "gift_id": gift_id, **more})

    assert await ask(HEART) == "Bad Request: BALANCE_TOO_LOW"
    world.gifts.balance = 100
    world.gifts.offers[CAKE].left = 0
    assert await ask(CAKE) == "Bad Request: STARGIFT_USAGE_LIMITED"
    assert await ask("1") == "Bad Request: STARGIFT_INVALID"
    assert await ask(HEART, user_id=99) == "Bad Request: user not found"
    assert await ask(HEART, text="x" * 129) == "Bad Request: STARGIFT_MESSAGE_INVALID"
    ann.accepted_gifts.discard("unlimited_gifts")
    assert await ask(HEART) == "Forbidden: USER_DISALLOWED_STARGIFTS"
    types = (await caller.call("getChat", chat_id=ann.id))["accepted_gift_types"]
    assert (types["unlimited_gifts"], types["limited_gifts"]) == (False, True)
    assert CAKE not in {each["id"] for each in (await caller.call("getAvailableGifts"))["gifts"]}
    assert (world.gifts.given, world.gifts.balance) == ([], 100)
