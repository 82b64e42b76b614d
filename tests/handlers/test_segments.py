"""Whom the shop writes to: segments typed, tapped and kept, lists of people, and a message to some, as people see it."""

from __future__ import annotations

import pytest

from storage import Store
from tests.handlers.shared_shop import shop, store
from tests.handlers.test_coupons import send_list
from tests.handlers.test_team import tap
from tests.journeys.shop_at_work import ShopAtWork

__all__ = ["shop", "store"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_segment_is_typed_changed_by_tapping_and_kept(shop: ShopAtWork, store: Store) -> None:
    """It says what each step takes away; a condition more is a few taps; by its name it is found again."""
    await shop.add_member("Gita")
    await shop.ask(shop.admin, "/label Gita vip")
    seen = await shop.ask(shop.admin, "/segments language:en and label:vip")
    assert seen.text.splitlines() == [
        "language English and label vip",
        "language:en and label:vip",
        "",
        "2 members can be written to",
        "language English: 0",
        "label vip: \u22121",
        "= 1",
    ]
    picked = await tap(shop, shop.admin, await tap(shop, shop.admin, seen, "+ not"), "Friends brought")
    more = await tap(shop, shop.admin, picked, "brought 3 friends or more")
    assert more.text.splitlines()[1] == "language:en and label:vip and not friends>=3"
    asked = await tap(shop, shop.admin, more, "Keep it by a name")
    assert "By which name" in asked.text
    kept = await shop.ask(shop.admin, "Our VIPs")
    assert kept.text.startswith("our-vips\n")
    listed = await shop.ask(shop.admin, "/segments")
    found = await tap(shop, shop.admin, listed, "our-vips · 1")
    assert found.text == kept.text
    await tap(shop, shop.admin, found, "Rename it")
    renamed = await shop.ask(shop.admin, "Best guests")
    assert renamed.text == kept.text.replace("our-vips", "best-guests")
    picked = await tap(shop, shop.admin, await tap(shop, shop.admin, renamed, "+ and"), "Friends brought")
    changed = await tap(shop, shop.admin, picked, "brought a friend or more")
    await shop.tap(shop.admin, changed, "Keep the change")
    listed = await shop.ask(shop.admin, "/segments")
    assert any("best-guests · 0" in button.text for row in listed.keyboard for button in row)


async def test_what_cannot_be_read_is_shown_where_it_stands(shop: ShopAtWork, store: Store) -> None:
    """The word, why, and what was probably meant; what does not exist is answered with what does."""
    said = await shop.ask(shop.admin, "/segments language:en and frends>=3")
    assert said.text.splitlines() == [
        "I know no condition called “frends”.",
        "language:en and frends>=3",
        "Perhaps: friends",
    ]
    assert "There is no “sprng”." in (await shop.ask(shop.admin, "/segments campaign:sprng")).text


async def test_a_list_of_people_can_be_written_to(shop: ShopAtWork, store: Store) -> None:
    """A file names people by number, username or name; lines that mean nobody are told; the list is a condition."""
    hana = await shop.add_member("Hana")
    asked = await tap(shop, shop.admin, await shop.ask(shop.admin, "/segments"), "Send a list of people")
    assert "one person each" in asked.text
    said = await send_list(shop, shop.admin, f"{hana.id}\nGita\nZebedee\n", "March guests")
    assert said.text.splitlines() == [
        "march-guests: 2 members found",
        "",
        "1 line names nobody I know, or more than one:",
        "3. Zebedee",
        "",
        "Write to them with list:march-guests.",
    ]
    assert "= 2" in (await shop.ask(shop.admin, "/segments list:march-guests")).text


async def test_a_message_goes_to_those_who_are_meant(shop: ShopAtWork, store: Store) -> None:
    """Picked below the draft, with the number before anything is sent; nobody else gets it."""
    iwan, joko = [await shop.add_member(name) for name in ("Iwan", "Joko")]
    await shop.ask(shop.admin, "/label Iwan press")
    await shop.ask(shop.admin, "/broadcast")
    panel = await shop.ask(shop.admin, "We open at nine")
    if "We open" in panel.text:
        panel = await shop.telegram.until_message(shop.admin, "This is what members will see", after=panel)
    whom = await tap(shop, shop.admin, panel, "Whom?")
    assert "Whom is it for?" in whom.text
    new = await tap(shop, shop.admin, whom, "New segment")
    seen = await shop.ask(shop.admin, "label:press")
    assert seen.id > new.id
    back = await tap(shop, shop.admin, seen, "Write to these 1")
    assert "1 member" in back.text
    assert "Only to: label press" in back.text
    sending = next(button.text for row in back.keyboard for button in row if "1" in button.text)
    await shop.tap(shop.admin, back, sending)
    await shop.telegram.until_message(iwan, "We open at nine")
    await shop.telegram.until_message(shop.admin, "Done")
    assert not any("We open" in message.text for message in shop.world.open_chat(joko).list_messages())
