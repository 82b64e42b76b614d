"""A shop brings its coupons in the chat, a member has one, and the counter marks it as used: as people see it."""

from __future__ import annotations

import pytest

from bot.playground.waiting import Match
from bot.playground.world import Message, Person
from storage import Store
from storage.records import Profile
from storage.role import Role
from storage.tables import roles
from tests.handlers.shared_shop import shop, store
from tests.handlers.test_redeeming import add_rich
from tests.handlers.test_team import tap
from tests.journeys.shop_at_work import ShopAtWork
from tests.services.test_coupons import earn

__all__ = ["shop", "store"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def send_list(
    shop: ShopAtWork,
    person: Person,
    content: str | bytes,
    caption: str = "",
    *,
    name: str = "codes.csv",
    match: Match = None,
) -> Message:
    """Send a list as a document; what the bot answers."""
    data = content.encode() if isinstance(content, str) else content
    sent = shop.world.send_document(person, shop.world.open_chat(person), data, name, caption)
    return await shop.telegram.until_reply(sent, match)


async def give(store: Store, person: Person, rule: str, name: str) -> None:
    """Let somebody earn a coupon."""
    await store.write(earn, Profile(telegram_id=person.id, first_name=person.first_name), rule, name)


async def test_a_caption_names_the_pool(shop: ShopAtWork) -> None:
    """Nothing is asked; what is refused is named by its line."""
    said = await send_list(shop, shop.admin, "code,expires\nA-1,\nA-2,soon\nA-1,\n", "Free coffee")
    assert "Pool free-coffee: 1 new, 1 known, 1 refused." in said.text
    assert "Line 3: soon: this is no date" in said.text


async def test_without_a_caption_the_pool_is_asked_for(shop: ShopAtWork) -> None:
    """A button for each there is, or a new name typed; a name that cannot be is explained; a second tap does nothing."""
    await send_list(shop, shop.admin, "T-1\n", "tea")
    asked = await send_list(shop, shop.admin, "T-1\nT-2\n")
    assert "Into which pool" in asked.text
    await shop.tap(shop.admin, asked, "tea")
    done = await shop.telegram.until_message(shop.admin, "Pool tea: 1 new, 1 known", after=asked)
    await shop.tap(shop.admin, asked, "tea")
    await shop.telegram.until_message(shop.admin, "That question is over", after=done)
    await send_list(shop, shop.admin, "C-1\n", "a/b")
    assert "is called by small letters" in (await shop.ask(shop.admin, "Käse?")).text
    assert "Pool cake: 1 new" in (await shop.ask(shop.admin, "cake")).text


async def test_what_is_no_list_is_refused_in_words(shop: ShopAtWork) -> None:
    """A spreadsheet's own file under another name; nobody else's files are taken at all."""
    assert "Save it as CSV" in (await send_list(shop, shop.admin, b"PK\x03\x04\x14\x00", "tea")).text
    budi = await shop.add_member("Budi")
    assert "Pool" not in (await send_list(shop, budi, "T-9\n", "tea")).text
    assert "Pool" not in (await send_list(shop, shop.admin, "T-9\n", "tea", name="codes.pdf")).text


async def test_a_member_has_a_coupon_and_the_counter_takes_it(shop: ShopAtWork, store: Store) -> None:
    """With a button that copies it; /check finds it however it is typed, and it is used once."""
    anna, tono = await add_rich(shop, "Anna"), await shop.add_member("Tono")
    await store.write(roles.set, tono.id, Role.STAFF)
    await send_list(shop, shop.admin, "K7-F3,2099-12-31\n", "latte")
    await give(store, anna, "first", "latte")
    news = await shop.telegram.until_message(anna, "K7-F3")
    assert "It is good until 31 Dec 2099" in news.text
    assert next((button.action, button.text) for button in news.buttons) == ("copy_text", "Copy the code")
    rewards = await shop.ask(anna, "/rewards")
    assert "Coupon K7-F3, good until 31 Dec 2099" in rewards.text
    assert [button.text for button in rewards.buttons if button.action == "copy_text"] == ["Copy the code"]
    await shop.telegram.until_message(shop.admin, "All coupons “latte” are given out")
    seen = await shop.ask(tono, "/check k7f3")
    assert "Coupon K7-F3 (latte) for Anna" in seen.text
    done = await tap(shop, tono, seen, "Mark it as used")
    assert "✓ Used." in done.text
    await shop.telegram.until_message(anna, "was used at Little Oven")
    assert "used already" in (await shop.ask(tono, "/check K7-F3")).text
    back = await tap(shop, tono, done, "A slip: take it back")
    assert "not used yet" in back.text
    await shop.telegram.until_message(anna, "is still good")


async def test_who_waits_is_served_by_the_next_list(shop: ShopAtWork, store: Store) -> None:
    """Told once that it comes, and once that it is there."""
    citra = await add_rich(shop, "Citra")
    await give(store, citra, "first", "bun")
    await shop.telegram.until_message(citra, "yours comes by itself")
    assert "· bun: 0 left, 1 waiting" in (await shop.ask(shop.admin, "/coupons", "CSV file: a code a line")).text
    said = await send_list(shop, shop.admin, "B-1\nB-2\n", "bun", match="Pool bun")
    assert "1 member who was waiting has theirs now." in said.text
    await shop.telegram.until_message(citra, "you have been waiting for: B-1")
