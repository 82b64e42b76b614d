"""The team gives points by hand: in the chat, as people see it."""

from __future__ import annotations

import pytest

from bot.playground.world import Person
from storage import Store
from storage.role import Role
from storage.tables import roles
from tests.handlers.shared_shop import shop, store
from tests.handlers.test_team import tap
from tests.journeys.shop_at_work import ShopAtWork

__all__ = ["shop", "store"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_step_by_step_and_a_double_tap_gives_once(shop: ShopAtWork, store: Store) -> None:
    """Found, how many, what for, sure; the member reads the reason, and an owner takes it back."""
    gita = await shop.add_member("Gita")
    asked = await tap(shop, shop.admin, await shop.ask(shop.admin, "/find Gita"), "Give points")
    assert asked.text == "How many points for Gita? You can give 1,000 points more today."
    assert "What for?" in (await shop.ask(shop.admin, "60")).text
    sure = await shop.ask(shop.admin, "For <the> music")
    assert sure.text == "60 points for Gita: “For <the> music”\nShall I give them?"
    given = await tap(shop, shop.admin, sure, "Yes, give them")
    assert given.text == "✓ Gita has 60 points more and has been told. You can give 940 points more today."
    told = await shop.telegram.until_message(gita, "A gift from")
    assert told.text.endswith("+60 points\n“For <the> music”\nYour balance: 60 points")
    assert "A gift from the shop" in (await shop.ask(gita, "/rewards")).text
    back = await tap(shop, shop.admin, given, "It was a mistake, take them back")
    assert "60 points went back" in back.text
    await shop.telegram.until_message(gita, "by mistake")
    assert "Your balance: 0 points" in (await shop.ask(gita, "/rewards")).text


async def test_one_line_is_enough(shop: ShopAtWork, store: Store) -> None:
    """Staff gives within its limit; who is not found, and more than is left, is said."""
    tono, hadi = await shop.add_member("Tono"), await shop.add_member("Hadi")
    await store.write(roles.set, tono.id, Role.STAFF)
    sure = await shop.ask(tono, "/grant Hadi 50 for carrying the chairs")
    given = await tap(shop, tono, sure, "Yes, give them")
    assert "You can give 50 points more today." in given.text
    assert not given.keyboard
    await shop.telegram.until_message(hadi, "for carrying the chairs")
    assert (
        "more than you can give today: you have 50 points left"
        in (await shop.ask(tono, "/grant Hadi 51 once more")).text
    )
    assert "Nobody gives points to themselves" in (await shop.ask(tono, "/grant Tono 5 for me")).text
    assert "I know nobody like that" in (await shop.ask(tono, "/grant Zebedee 5 who is that")).text


async def test_for_members_there_is_no_such_thing(shop: ShopAtWork) -> None:
    """The command points the way of any unknown word."""
    ika: Person = await shop.add_member("Ika")
    assert "points" not in (await shop.ask(ika, "/grant Ika 50 please")).text
