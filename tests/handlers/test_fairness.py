"""Friends who are looked at: in the chat, as people see it."""

from __future__ import annotations

import pytest

from bot.handlers.fairness import watch
from bot.playground.world import Message, Person
from bot.services.joining.joining import start
from storage import Store, Tx
from storage.records import Profile, ReferralState
from storage.review import MarkKind
from storage.tables import marks, people, referrals
from tests.handlers.shared_shop import shop, store
from tests.handlers.test_team import tap
from tests.journeys.shop_at_work import ShopAtWork

__all__ = ["shop", "store"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


def bring(tx: Tx, inviter: Person) -> None:
    """Five numbered accounts made in a row come by a member who tried to close a ring."""
    host = people.find_by_telegram_id(tx, inviter.id)
    assert host is not None
    for number in range(5):
        visitor = Profile(telegram_id=8_100_000_000 + 300 * number, first_name=f"Lucky {70 + number}")
        start(tx, visitor=visitor, payload=host.code)
        friend = people.find_by_telegram_id(tx, visitor.telegram_id)
        assert friend is not None
        marks.note(tx, [host.id, friend.id], MarkKind.RING)


def count_standing(tx: Tx) -> list[ReferralState]:
    """How the accounts' recommendations stand, in order."""
    found = [people.find_by_telegram_id(tx, 8_100_000_000 + 300 * number) for number in range(5)]
    return [each.state for person in found if person and (each := referrals.find_by_invitee(tx, person.id))]


async def press(shop: ShopAtWork, message: Message, label: str, text: str) -> Message:
    """The owner taps under a picture, and gets a new message with this text."""
    await shop.tap(shop.admin, message, label)
    return await shop.telegram.until_message(shop.admin, text)


async def test_the_team_decides_and_a_member_objects(shop: ShopAtWork, store: Store) -> None:
    """Told until when, shown with evidence and picture, decided with a reason, taken back, objected to, answered."""
    gita = await shop.add_member("Gita")
    await store.write(bring, gita)
    await watch(store)
    held = await shop.telegram.until_message(gita, "being checked until")
    assert "You don\u2019t need to do anything" in held.text
    assert "being checked until" in (await shop.ask(gita, "/invites")).text
    shown = await shop.ask(shop.admin, "/review")
    assert "came through Gita" in shown.text
    assert "the same word with a number that counts on" in shown.text
    assert [button.text for row in shown.keyboard for button in row] == ["Counts", "Doesn\u2019t count", "Next"]
    why = await press(shop, shown, "Doesn\u2019t count", "Why doesn\u2019t")
    done = await tap(shop, shop.admin, why, "Not a real person")
    assert "doesn\u2019t count" in done.text
    refused = await shop.telegram.until_message(gita, "it doesn\u2019t look like somebody of their own")
    back = await press(shop, done, "Take that back", "is looked at again")
    again = await tap(
        shop, shop.admin, await press(shop, back, "Doesn\u2019t count", "Why doesn\u2019t"), "Not a real person"
    )
    assert "doesn\u2019t count" in again.text
    asked = await tap(shop, gita, refused, "Say something to it")
    assert "A person reads it" in asked.text
    assert "A person reads it, and you\u2019ll hear" in (await shop.ask(gita, "She is my cousin")).text
    await shop.telegram.until_message(shop.admin, "Somebody has said something to a decision")
    first = await shop.ask(shop.admin, "/review")
    assert "She is my cousin" in first.text
    await press(shop, first, "Counts", "counts. Both have heard of it")
    assert (await store.read(count_standing)).count(ReferralState.QUALIFIED) == 1


async def test_for_members_there_is_no_queue(shop: ShopAtWork) -> None:
    """The command points the way of any unknown word."""
    ika = await shop.add_member("Ika")
    assert "looked at" not in (await shop.ask(ika, "/review")).text
