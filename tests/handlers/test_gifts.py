"""A gift whose answer was lost, as whoever runs the shop sees and settles it."""

from __future__ import annotations

import pytest

from bot.playground.world import Person
from bot.playground.world.gifts import HEART
from bot.services.gifts import sending
from storage import Store, Tx
from storage.facts import GrantId, GrantState
from storage.gift import DueGift
from storage.tables import grants
from tests.handlers.shared_shop import shop, store
from tests.handlers.test_redeeming import add_rich
from tests.handlers.test_team import tap
from tests.journeys.shop_at_work import ShopAtWork
from tests.wire.gifts_stage import earn

__all__ = ["shop", "store"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


def lose_answer(tx: Tx, person: Person) -> GrantId:
    """A gift has left, and nobody heard what came of it."""
    grant_id = earn(tx, person.id)
    row = grants.get(tx, grant_id)
    due = DueGift(grant_id=grant_id, person_id=row.person_id, telegram_id=person.id, language="en", gift=row.what)
    assert sending.claim(tx, due, stars=15)
    sending.note_doubt(tx, grant_id, error="")
    return grant_id


async def test_a_doubtful_gift_is_settled_by_a_tap(shop: ShopAtWork, store: Store) -> None:
    """The owner hears of it, asks, and says that it arrived; nobody is sent another."""
    anna = await add_rich(shop, "Anna")
    assert "No Telegram gift is waiting." in (await shop.ask(shop.admin, "/gifts")).text
    grant_id = await store.write(lose_answer, anna)
    news = await shop.telegram.until_message(shop.admin, "may have arrived or not")
    seen = await tap(shop, shop.admin, news, "Look at the gifts")
    assert "1. Anna: it left on" in seen.text
    done = await tap(shop, shop.admin, seen, "1: it arrived")
    assert "No Telegram gift is waiting." in done.text
    assert (await store.read(grants.get, grant_id)).state is GrantState.USED
    assert shop.world.gifts.given == []
    assert "the gift for Anna arrived" in (await shop.ask(shop.admin, "/audit")).text


@pytest.mark.long
async def test_a_gift_leaves_by_itself(shop: ShopAtWork, store: Store) -> None:
    """Whoever has earned one need not ask, and nobody of the team has to do anything."""
    dewi = await add_rich(shop, "Dewi")
    shop.world.gifts.balance = 15
    await store.write(earn, dewi.id)
    given = await shop.telegram.until(lambda: shop.world.gifts.given, what="a gift")
    assert [(each.person, each.gift_id, each.text) for each in given] == [(dewi, HEART, "A thank-you from Little Oven")]


async def test_members_see_nothing_of_it(shop: ShopAtWork) -> None:
    """Whoever has no role is told of no such command."""
    member = await shop.add_member("Budi")
    assert "gift" not in (await shop.ask(member, "/gifts")).text.lower()
