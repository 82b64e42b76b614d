"""Labels and codes of members in the chat, as who runs the shop sees them."""

from __future__ import annotations

import pytest

from storage import Store
from storage.role import Role
from storage.tables import roles
from tests.handlers.shared_shop import shop, store
from tests.handlers.test_team import tap
from tests.journeys.shop_at_work import ShopAtWork

__all__ = ["shop", "store"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_from_the_members_screen_to_a_code(shop: ShopAtWork, store: Store) -> None:
    """A new label, a code that is refused and one that is not; the member is told with the link, which works."""
    gita = await shop.add_member("Gita")
    seen = await tap(shop, shop.admin, await shop.ask(shop.admin, "/find Gita"), "Labels and code")
    assert seen.text == "Gita\nNo labels yet. Tap one to give it."
    asked = await tap(shop, shop.admin, seen, "New label")
    assert "Which label shall Gita have?" in asked.text
    assert "Which label" in (await shop.ask(shop.admin, "大使")).text
    given = await shop.ask(shop.admin, "Ambassador")
    assert given.text == "Gita\nLabels: ambassador"
    asked = await tap(shop, shop.admin, given, "A code of their own")
    assert (await shop.ask(shop.admin, "admin")).text.startswith("I need that one for the shop.")
    done = await shop.ask(shop.admin, "GITA")
    assert done.text == "Gita\nLabels: ambassador\nTheir own code: GITA"
    told = await shop.telegram.until_message(gita, "a code of your own: GITA")
    link = told.text.partition("start=")[2].split()[0]
    assert link == "gita"
    friend = shop.add_person("Oki")
    await shop.join(friend, f"https://t.me/{shop.world.bot.username}?start={link}")
    assert "Oki" in (await shop.telegram.until_message(gita, "Oki")).text
    off = await tap(shop, shop.admin, done, "✓ ambassador")
    assert "No labels yet" in off.text


async def test_one_line_is_enough_and_all_are_listed(shop: ShopAtWork, store: Store) -> None:
    """Given and taken by the command; alone it says who has which."""
    await shop.add_member("Hana")
    assert (await shop.ask(shop.admin, "/label Hana vip")).text == "Hana\nLabels: vip"
    listed = await shop.ask(shop.admin, "/label")
    with_vip = await tap(shop, shop.admin, listed, "vip · 1")
    assert with_vip.text == "vip: 1 member"
    member = await tap(shop, shop.admin, with_vip, "Hana")
    assert "Labels: vip" in member.text
    assert "No labels yet" in (await shop.ask(shop.admin, "/label Hana -vip")).text
    assert "I know nobody like that" in (await shop.ask(shop.admin, "/label Zebedee vip")).text


async def test_staff_and_members_meet_nothing_of_it(shop: ShopAtWork, store: Store) -> None:
    """No command, no button."""
    tono = await shop.add_member("Tono")
    await store.write(roles.set, tono.id, Role.STAFF)
    found = await shop.ask(tono, "/find Tono")
    assert "Labels and code" not in [button.text for row in found.keyboard for button in row]
    assert "label" not in (await shop.ask(tono, "/label Tono vip")).text.lower()
