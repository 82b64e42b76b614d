"""What a member wants to read, and where they are: asked, chosen, and shown as it is."""

from __future__ import annotations

from bot.services.conversations import find_conversation
from bot.services.news import NEWS, WAIT_SECONDS, NewsView, ask_zone, set_wanted, set_zone, stop_asking, view_news
from storage import Store
from storage.broadcast import News
from storage.records import Profile
from storage.tables import shops
from tests.storage.clock import Clock

ANNA = Profile(telegram_id=11, first_name="Anna", telegram_language="en")


def show(view: NewsView) -> tuple[str, str, bool, bool]:
    """Who, where they are taken to be, and by what."""
    return view.member.name, view.zone, view.is_chosen, view.by_language


async def test_a_place_is_waited_for_or_stays_as_it_was(store: Store, clock: Clock) -> None:
    """Naming one ends the question, and so does leaving it."""
    assert show(await store.write(ask_zone, visitor=ANNA)) == ("Anna", "UTC", False, False)
    asked = await store.read(find_conversation, visitor=ANNA)
    assert asked is not None
    assert (asked.flow, asked.step, asked.data) == (NEWS, "zone", {})
    assert asked.expires_at == clock.now + WAIT_SECONDS * 1_000_000
    assert show(await store.write(stop_asking, visitor=ANNA)) == ("Anna", "UTC", False, False)
    assert await store.read(find_conversation, visitor=ANNA) is None
    await store.write(ask_zone, visitor=ANNA)
    assert show(await store.write(set_zone, visitor=ANNA, zone="Asia/Jakarta")) == ("Anna", "Asia/Jakarta", True, False)
    assert await store.read(find_conversation, visitor=ANNA) is None
    await store.write(ask_zone, visitor=ANNA)
    assert show(await store.write(stop_asking, visitor=ANNA)) == ("Anna", "Asia/Jakarta", True, False)
    await store.write(shops.set_zone, "Europe/Berlin")
    assert show(await store.write(set_zone, visitor=ANNA, zone=None)) == ("Anna", "Europe/Berlin", False, False)
    dewi = Profile(telegram_id=12, first_name="Dewi", telegram_language="id")
    assert show(await store.write(view_news, visitor=dewi)) == ("Dewi", "Asia/Jakarta", False, True)


async def test_each_kind_of_news_is_taken_or_left_by_itself(store: Store) -> None:
    """All are taken until one is left."""
    assert (await store.write(view_news, visitor=ANNA)).wanted == frozenset(News)
    for kind in News:
        left = await store.write(set_wanted, visitor=ANNA, kind=kind, wanted=False)
        assert left.wanted == frozenset(News) - {kind}
        assert (await store.write(set_wanted, visitor=ANNA, kind=kind, wanted=True)).wanted == frozenset(News)
