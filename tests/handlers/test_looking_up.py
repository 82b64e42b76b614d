"""The team looks up a member, by whatever it has of them; nobody else does, and it is written down."""

from __future__ import annotations

import pytest
import pytest_asyncio

from bot.playground.world import Message, Person
from bot.services.audit import Act, list_acts
from storage import Store
from storage.role import Role
from storage.tables import people, roles
from tests.handlers.shared_shop import shop, store
from tests.handlers.test_redeeming import add_rich, take_croissant
from tests.handlers.test_team import tap
from tests.journeys.shop_at_work import ShopAtWork, find_link

__all__ = ["shop", "store"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tono(shop: ShopAtWork, store: Store) -> Person:
    """One of the staff."""
    person = await shop.add_member("Tono")
    await store.write(roles.set, person.id, Role.STAFF)
    return person


async def pass_on(shop: ShopAtWork, staff: Person, writer: Person) -> Message:
    """Staff passes on what somebody wrote elsewhere; the answer."""
    said = shop.world.send_text(writer, shop.world.open_chat(writer, staff), "Where are my points?")
    return await shop.telegram.until_reply(shop.world.forward(staff, said, shop.world.open_chat(staff)))


async def test_a_member_is_found_by_name_username_code_and_link(shop: ShopAtWork, store: Store, tono: Person) -> None:
    """Who they are, since when, friends and balance; each look is written down."""
    bimo = shop.add_person("Bimo", username="bimo_s")
    link = find_link(await shop.join(bimo))
    friend = shop.add_person("Lala")
    await shop.join(friend, link)
    await shop.telegram.until_message(bimo, "Lala")
    code = link.partition("start=")[2]
    for asked in ("Bimo", "@bimo_s", "BIMO_S", code, link):
        found = (await shop.ask(tono, f"/find {asked}")).text
        assert found.startswith("Bimo\n@bimo_s\nMember since "), (asked, found)
        assert "1 friend came through them\nBalance: 50 points" in found
    (act, *_) = await store.read(list_acts, most=1)
    assert (act.act, act.actor, act.subject) == (Act.LOOKED_UP, "Tono", "Bimo")


async def test_what_waits_is_opened_and_handed_out(shop: ShopAtWork, tono: Person) -> None:
    """A tap leads from the member to the counter's view."""
    citra = await add_rich(shop, "Citra")
    await take_croissant(shop, citra, ("A croissant: 40 points", "Yes, I take it"))
    found = await shop.ask(tono, "/find Citra")
    assert "waits at the counter" in found.text
    opened = await tap(shop, tono, found, "Open: A croissant")
    assert "Paid with" in opened.text
    done = await tap(shop, tono, opened, "Hand it out")
    assert "✓ Handed out." in done.text


async def test_a_message_passed_on_leads_to_its_writer(shop: ShopAtWork, tono: Person) -> None:
    """Unless the writer hides; then it is said what helps, and the question stays."""
    dodi, hidden = await shop.add_member("Dodi"), await shop.add_member("Hida")
    hidden.hides_forwards = True
    assert "Whom are you looking for?" in (await shop.ask(tono, "/find")).text
    assert "doesn’t show who they are" in (await pass_on(shop, tono, hidden)).text  # noqa: RUF001
    assert (await pass_on(shop, tono, dodi)).text.startswith("Dodi\n")
    assert "Dodi" not in (await pass_on(shop, tono, dodi)).text


async def test_several_of_a_name_are_offered(shop: ShopAtWork, tono: Person) -> None:
    """The tap shows one; nobody of that name says so."""
    for _ in range(2):
        await shop.add_member("Eko")
    several = await shop.ask(tono, "/find Eko")
    assert several.text == "There are several. Who is it?"
    assert (await tap(shop, tono, several, "Eko")).text.startswith("Eko\n")
    assert "I know nobody like that" in (await shop.ask(tono, "/find Zebedee")).text


async def test_members_look_nobody_up(shop: ShopAtWork, store: Store, tono: Person) -> None:
    """For them there is no such command; and who hides from names is found by code alone."""
    fani = shop.add_person("Fani")
    link = find_link(await shop.join(fani))
    assert "points" not in (await shop.ask(fani, f"/find {tono.first_name}")).text
    person = await store.read(people.find_by_telegram_id, fani.id)
    assert person is not None
    await store.write(people.set_findable, person.id, False)
    assert "I know nobody like that" in (await shop.ask(tono, "/find Fani")).text
    assert (await shop.ask(tono, f"/find {link}")).text.startswith("Fani\n")
