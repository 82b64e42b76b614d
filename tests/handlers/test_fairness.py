"""Friends who are looked at: in the chat, as people see it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.jobs.fairness import watch
from bot.playground.world import Message, Person
from bot.services.fairness.holding import tell_held
from bot.services.joining.joining import start
from bot.services.joining.revoking import suspend
from storage import Store, Tx
from storage.records import Profile, ReferralState
from storage.review import Captcha, MarkKind, ReviewState
from storage.tables import captchas, marks, people, referrals, reviews
from tests.handlers.shared_shop import shop, store
from tests.handlers.test_team import tap
from tests.journeys.shop_at_work import ShopAtWork, find_link

__all__ = ["shop", "store"]

MONTH = 30 * 24 * 3600 * 1_000_000

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


async def test_a_look_at_somebody_asks_telegram_how_it_rates_the_account(shop: ShopAtWork, store: Store) -> None:
    """A level below zero is one more thing that was noticed; any other says nothing, nor does a chat that is gone."""
    dani = await shop.add_member("Dani")
    link = find_link(await shop.ask(dani, "/share"))
    for name, level in (("Kiki", -2), ("Lala", 3), ("Nono", None)):
        friend = shop.add_person(name)
        await shop.join(friend, link)
        await store.write(hold, friend)
        friend.level = level
    said: dict[str, bool] = {}
    shown = await shop.ask(shop.admin, "/review", "came through Dani")
    for _ in range(8):
        name = next((each for each in ("Kiki", "Lala", "Nono") if each in shown.text), "")
        said[name] = "own rating of the account is below zero (-2)" in shown.text.replace("\u2212", "-")
        if {"Kiki", "Lala", "Nono"} <= said.keys():
            break
        await shop.tap(shop.admin, shown, "Next")
        shown = await shop.telegram.until_message(shop.admin, "came through", after=shown)
    assert {each: said[each] for each in ("Kiki", "Lala", "Nono")} == {"Kiki": True, "Lala": False, "Nono": False}


def hold(tx: Tx, person: Person) -> None:
    """A friend who came is looked at by the team."""
    friend = people.find_by_telegram_id(tx, person.id)
    assert friend is not None
    referral = referrals.find_by_invitee(tx, friend.id)
    assert referral is not None
    suspend(tx, referral)
    reviews.add(
        tx, referral.id, ReviewState.OPEN, risk=60, evidence=(("short", (4, 5)),), counted=True, due_at=tx.now + MONTH
    )


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


def ask_for_proof(tx: Tx, person: Person) -> None:
    """A friend who came is asked to show that they are a person."""
    friend = people.find_by_telegram_id(tx, person.id)
    assert friend is not None
    referral = referrals.find_by_invitee(tx, friend.id)
    assert referral is not None
    suspend(tx, referral)
    until = tx.now + 3600 * 1_000_000
    reviews.add(tx, referral.id, ReviewState.ASKED, risk=45, evidence=(), counted=True, due_at=until)
    tell_held(tx, replace(referral, state=ReferralState.WAITING))


async def test_a_friend_shows_that_they_are_a_person(shop: ShopAtWork, store: Store) -> None:
    """By a picture with numbers under it, or by a sum in words; a wrong answer asks anew, the right one counts."""
    hana, lia = await shop.add_member("Hana"), shop.add_person("Lia")
    await shop.join(lia, find_link(await shop.ask(hana, "/share")))
    await store.write(ask_for_proof, lia)
    asked = await shop.telegram.until_message(lia, "show me that you")
    await shop.tap(lia, asked, "Show me the pictures")
    shown = await shop.telegram.until_message(lia, "Which number has the")
    assert shown.photo
    assert [button.text for row in shown.keyboard[:3] for button in row] == [str(number) for number in range(1, 10)]
    await shop.tap(lia, shown, "Ask me in words")
    question = await shop.telegram.until_message(lia, "How much is")
    words = {each.text: number for number, each in enumerate((b for row in question.keyboard for b in row), start=1)}
    assert len(words) == 9
    captcha = await store.read(find_captcha, lia)
    wrong = next(place for place in range(8) if place != captcha.answer)
    labels = list(words)
    again = await tap(shop, lia, question, labels[wrong])
    assert again.text.startswith("Not quite.")
    captcha = await store.read(find_captcha, lia)
    labels = [each.text for row in again.keyboard for each in row]
    done = await tap(shop, lia, again, labels[captcha.answer])
    assert "Now it counts" in done.text


def find_captcha(tx: Tx, person: Person) -> Captcha:
    """What somebody is asked."""
    friend = people.find_by_telegram_id(tx, person.id)
    assert friend is not None
    referral = referrals.find_by_invitee(tx, friend.id)
    assert referral is not None
    asked = captchas.find(tx, referral.id)
    assert asked is not None
    return asked


async def test_for_members_there_is_no_queue(shop: ShopAtWork) -> None:
    """The command points the way of any unknown word."""
    ika = await shop.add_member("Ika")
    assert "looked at" not in (await shop.ask(ika, "/review")).text
