from __future__ import annotations

import pytest

from bot.playground.world import Message, Person
from bot.services.notices import owe
from bot.services.pulse.notices import PulseAsked
from storage import Store, Tx, open_store
from storage.addresses import MemberAddress
from storage.pulse import PulseCause
from storage.tables import people, pulses
from tests.journeys.shop_at_work import ShopAtWork, open_shop
from tests.thinning import thin


def ask(tx: Tx, telegram_id: int) -> None:
    """Have somebody asked how it was."""
    person = people.find_by_telegram_id(tx, telegram_id)
    assert person is not None
    pulse_id = pulses.add(tx, person.id, PulseCause.JOINED, "")
    owe(tx, MemberAddress(person.id), PulseAsked(pulse=pulse_id, cause=PulseCause.JOINED), key=pulse_id)


def list_shown(shop: ShopAtWork, person: Person) -> list[Message]:
    """What the bot's messages in somebody's chat show, oldest first."""
    messages = shop.world.open_chat(person).messages
    return [messages[number] for number in sorted(messages) if messages[number].sender is shop.world.bot]


async def be_asked(shop: ShopAtWork, store: Store, language: str = "en") -> tuple[Person, Message]:
    """A member who has the question before them."""
    person = await shop.add_member(language=language)
    await store.write(ask, person.id)
    faces = ["😞", "🙁", "😐", "🙂", "😍"]

    def find() -> Message | None:
        shown = list_shown(shop, person)
        return next((each for each in shown if [button.text for button in each.buttons][:5] == faces), None)

    return person, await shop.telegram.until(find, what="five faces")


@pytest.mark.parametrize("language", thin(["en", "id", "zh"]))
async def test_a_tap_is_followed_at_once(sqlite_url: str, language: str) -> None:
    """Whoever is pleased has thanks in the place of the question and their card below; of whoever is not, a person hears."""
    async with open_store(sqlite_url) as store, open_shop(sqlite_url, store=store) as shop:
        await shop.join(shop.admin)
        pleased, question = await be_asked(shop, store, language)
        await shop.tap(pleased, question, "😍")

        def find_card() -> Message | None:
            return next((each for each in list_shown(shop, pleased) if each.photo and each.id > question.id), None)

        card = await shop.telegram.until(find_card, what="the card")
        assert card.buttons
        sad, asked = await be_asked(shop, store, language)
        await shop.tap(sad, asked, "🙁")

        def find_ticket() -> Message | None:
            return next((each for each in list_shown(shop, shop.admin) if "🙁 2/5" in each.text), None)

        await shop.telegram.until(find_ticket, what="the ticket at the team's")
        assert not [each for each in list_shown(shop, sad) if each.photo and each.id > asked.id]


async def test_whoever_was_displeased_is_answered_and_passes_it_on(sqlite_url: str) -> None:
    """From two stars to the card: a person answers by replying, the member says that it is solved, and only then is asked."""
    async with open_store(sqlite_url) as store, open_shop(sqlite_url, store=store) as shop:
        await shop.join(shop.admin)
        sad, question = await be_asked(shop, store)

        async def until_shown(person: Person, words: str) -> Message:
            def find() -> Message | None:
                return next((each for each in reversed(list_shown(shop, person)) if words in each.text), None)

            return await shop.telegram.until(find, what=words)

        def list_cards() -> list[Message]:
            return [each for each in list_shown(shop, sad) if each.photo and each.id > question.id]

        await shop.tap(sad, question, "🙁")
        ticket = await until_shown(shop.admin, "🙁 2/5")
        shop.world.send_text(shop.admin, ticket.chat, "A warm one waits for you", reply_to=ticket)
        await until_shown(sad, "A warm one waits for you")
        assert not list_cards()
        await shop.tap(shop.admin, await until_shown(shop.admin, "On its way to"), "Close")
        await shop.tap(sad, await until_shown(sad, "Is it solved for you?"), "Yes, it\u2019s solved")
        card = await shop.telegram.until(lambda: next(iter(list_cards()), None), what="the card")
        assert card.buttons
