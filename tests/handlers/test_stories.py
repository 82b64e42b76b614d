from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.playground.world import Message
from tests.handlers.sharing_stage import HEADLINES, STORIES, Stage, list_uploads, lose_pictures, open_stage
from tests.journeys.shop_at_work import find_link

pytestmark = pytest.mark.asyncio(loop_scope="module")

LABELS = ["Inside 1/5", "Moment 2/5", "Fact 3/5", "New 4/5", "Debate 5/5"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One bot for all tests here."""
    async with open_stage(tmp_path_factory.mktemp("stories")) as opened:
        yield opened


def label_of(card: Message) -> str:
    """What stands between the arrows."""
    row = next(row for row in card.keyboard if row[0].text == "◀")
    assert [button.text for button in (row[0], row[2])] == ["◀", "▶"]
    return row[1].text


async def test_the_card_turns_in_place_through_all_stories(stage: Stage) -> None:
    """Picture, words and label change, the message stays; round and round, each uploaded once."""
    anna = await stage.shop.add_member("Anna")
    card = await stage.take_card(anna)
    code, before = find_link(card), len(list_uploads(stage.shop.world))
    pictures = [card.photo]
    assert label_of(card) == LABELS[0]
    for headline, label in zip([*HEADLINES[1:], HEADLINES[0]], [*LABELS[1:], LABELS[0]], strict=True):
        turned = await stage.turn(anna, card, "▶", headline)
        pictures.append(turned.photo)
        assert (turned.id, label_of(turned), find_link(turned)) == (card.id, label, code)
    assert pictures[0] is pictures[-1]
    assert len({id(picture) for picture in pictures}) == len(HEADLINES)
    for headline in reversed(HEADLINES):
        await stage.turn(anna, card, "◀", headline)
    assert len(list_uploads(stage.shop.world)) - before == len(HEADLINES) - 1


async def test_a_turn_is_a_look_and_no_share(stage: Stage) -> None:
    """Only the card handed out is counted, with its story."""
    anna = await stage.shop.add_member("Anna")
    card = await stage.take_card(anna)
    await stage.turn(anna, card, "▶", HEADLINES[1])
    await stage.turn(anna, card, "▶", HEADLINES[2])
    assert stage.list_shares(anna) == [("card", STORIES[0])]


async def test_impatient_tapping_uploads_nothing_twice(stage: Stage) -> None:
    """Twelve taps at once: the card ends where the last one leads, with one upload a story."""
    anna = await stage.shop.add_member("Anna")
    card = await stage.take_card(anna)
    before, data = len(list_uploads(stage.shop.world)), stage.shop.world.open_chat(anna)
    for number in range(12):
        stage.shop.world.tap(anna, data.messages[card.id], "▶" if number % 2 else "◀")
    await stage.settle(anna)
    assert len(list_uploads(stage.shop.world)) - before <= len(HEADLINES) - 1
    assert label_of(data.messages[card.id]) in LABELS


async def test_the_label_shows_the_card_as_it_is_now(stage: Stage) -> None:
    """Tapping between the arrows changes nothing, unless something has changed: then the card is brought up to date."""
    anna = await stage.shop.add_member("Anna")
    card = await stage.take_card(anna)
    first = card.photo
    answer = await stage.shop.telegram.until_answered(stage.shop.world.tap(anna, card, LABELS[0]))
    assert "the story your card tells" in (answer.text or "")
    await stage.settle(anna)
    assert card.chat.messages[card.id].photo is first
    stage.shop.world.rename(anna, "Annabel")
    await stage.shop.tap(anna, card, LABELS[0])
    assert (await stage.shop.until_edited(card, "Annabel invites you")).photo is not first


async def test_a_lost_picture_heals_as_the_card_turns(stage: Stage) -> None:
    """Telegram has forgotten what it had: the turn uploads it again, once."""
    anna = await stage.shop.add_member("Anna")
    card = await stage.take_card(anna)
    await stage.turn(anna, card, "▶", HEADLINES[1])
    lose_pictures(stage.shop.world)
    await stage.turn(anna, card, "◀", HEADLINES[0])
    await stage.turn(anna, card, "▶", HEADLINES[1])
    await stage.turn(anna, card, "◀", HEADLINES[0])
    assert len(list_uploads(stage.shop.world)) == 2


async def test_a_lost_picture_heals_as_it_is_sent(stage: Stage) -> None:
    """The next /share uploads, the one behind it does not."""
    anna = await stage.shop.add_member("Anna")
    await stage.take_card(anna)
    lose_pictures(stage.shop.world)
    cards = [await stage.take_card(anna) for _ in range(2)]
    assert cards[0].photo is cards[1].photo
    assert len(list_uploads(stage.shop.world)) == 1


async def test_a_card_that_is_gone_comes_anew(stage: Stage) -> None:
    """A tap on a card that was deleted meanwhile brings a fresh one, with the story asked for."""
    anna = await stage.shop.add_member("Anna")
    card = await stage.take_card(anna)
    tap = stage.shop.world.tap(anna, card, "▶")
    stage.shop.world.delete_own(anna, card)
    await stage.shop.telegram.until_answered(tap)
    fresh = await stage.shop.telegram.until_message(anna, HEADLINES[1], after=card)
    assert label_of(fresh) == LABELS[1]
