from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.playground.portraits import ANNA, BUDI, draw_portrait
from bot.playground.waiting import wait_until
from bot.playground.world import Message, Person
from bot.playground.world.files import Photo, PhotoSize
from tests.handlers.sharing_stage import Stage, list_uploads, open_stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

PORTRAIT, OTHER = draw_portrait(ANNA), draw_portrait(BUDI)
SHOW, WEAR, DROP = "Show my face", "Put it on my cards", "Without my face"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One bot for all tests here."""
    async with open_stage(tmp_path_factory.mktemp("face")) as opened:
        yield opened


async def add_member(stage: Stage, portrait: bytes | None = PORTRAIT) -> Person:
    """A member, with a profile photo or without."""
    anna = await stage.shop.add_member("Anna")
    if portrait is not None:
        stage.shop.world.set_profile_photo(anna, portrait)
    return anna


async def look(stage: Stage, person: Person, card: Message, label: str = SHOW) -> Message:
    """Ask for the face, and return what comes."""
    chat = stage.shop.world.open_chat(person)
    before = max(chat.messages)
    await stage.shop.tap(person, card, label)
    await stage.settle(person)
    return next(each for each in chat.messages.values() if each.id > before and each.sender is stage.shop.world.bot)


def list_labels(message: Message) -> list[str]:
    """What stands on the buttons now."""
    return [button.text for button in message.chat.messages[message.id].buttons]


def count_calls(stage: Stage, method: str, person: Person | None = None) -> int:
    """How often the bot asked for something."""
    return sum(
        call.method == method and (person is None or call.params.get("user_id") == person.id)
        for call in stage.shop.world.calls
    )


async def test_a_face_is_shown_first_and_then_put_on(stage: Stage) -> None:
    """Seen on the card; put on, the card seen is the card, with no second upload; the plain one is another."""
    anna = await add_member(stage)
    plain = await stage.take_card(anna)
    preview = await look(stage, anna, plain)
    assert preview.photo is not None
    assert preview.photo is not plain.photo
    assert list_labels(preview) == [WEAR, DROP]
    assert (await stage.take_card(anna)).photo is plain.photo, "nobody else sees it yet"
    seen, uploads = preview.photo, len(list_uploads(stage.shop.world))
    await stage.shop.tap(anna, preview, WEAR)
    await stage.settle(anna)
    assert preview.chat.messages[preview.id].photo is seen
    assert "My face" in list_labels(preview)
    assert (await stage.take_card(anna)).photo is seen
    assert len(list_uploads(stage.shop.world)) == uploads


async def test_a_photo_is_fetched_once(stage: Stage) -> None:
    """Looked at again, it is known by its name; dropped, it is forgotten."""
    anna = await add_member(stage)
    card = await stage.take_card(anna)
    before = count_calls(stage, "getFile")
    preview = await look(stage, anna, card)
    again = await look(stage, anna, preview.chat.messages[card.id])
    assert count_calls(stage, "getUserProfilePhotos", anna) == 2
    assert count_calls(stage, "getFile") == before + 1
    assert again.photo is preview.photo
    await stage.shop.tap(anna, preview, DROP)
    await stage.settle(anna)
    assert SHOW in list_labels(preview)
    late = await look(stage, anna, again, WEAR)
    assert late.photo is None, "what was dropped cannot be put on"


async def test_a_face_is_taken_off_where_it_is_told(stage: Stage) -> None:
    """/privacy says that it is there, and takes it off; the next card goes with the name alone."""
    anna = await add_member(stage)
    plain = await stage.take_card(anna)
    await stage.shop.tap(anna, await look(stage, anna, plain), WEAR)
    await stage.settle(anna)
    worn = await stage.take_card(anna)
    told = await stage.shop.ask(anna, "/privacy", "is on your cards")
    await stage.shop.tap(anna, told, "Take my face off my cards")
    await stage.shop.until_edited(told, "/mydata")
    await stage.settle(anna)
    assert "is on your cards" not in told.chat.messages[told.id].text
    bare = await stage.take_card(anna)
    assert bare.photo is not worn.photo
    assert bare.photo is not None
    assert plain.photo is not None
    assert bare.photo.uploaded == plain.photo.uploaded


@pytest.mark.parametrize("hidden", [False, True], ids=["none", "hidden"])
async def test_without_a_photo_the_name_does(stage: Stage, hidden: bool) -> None:
    """Whether there is none or the bot may not see it: a kind sentence, and the card as it was."""
    anna = await add_member(stage, PORTRAIT if hidden else None)
    anna.hides_photos = hidden
    answer = await look(stage, anna, await stage.take_card(anna))
    assert "your name alone" in answer.text
    assert answer.photo is None


async def test_a_photo_that_cannot_be_read_is_told(stage: Stage) -> None:
    """Telegram's files are as untrusted as everybody's."""
    anna, store = await add_member(stage, None), stage.shop.world.files
    broken = PhotoSize(store.store("photo", ".jpg", lambda: b"\xff\xd8\xff no picture"), 320, 320)
    anna.photos.append(Photo((broken,), b""))
    answer = await look(stage, anna, await stage.take_card(anna))
    assert "Perhaps another photo works" in answer.text


async def test_cards_follow_a_changed_photo_within_a_day(stage: Stage) -> None:
    """The card after the one that was asked for shows it; a photo that is hidden now is on none."""
    anna = await add_member(stage)
    await stage.shop.tap(anna, await look(stage, anna, await stage.take_card(anna)), WEAR)
    await stage.settle(anna)
    worn = await stage.take_card(anna)
    stage.shop.world.set_profile_photo(anna, OTHER)
    assert (await stage.take_card(anna)).photo is worn.photo, "it was looked at just now"
    changed = await take_changed(stage, anna, worn)
    assert changed.photo is not None
    anna.hides_photos = True
    plain = await take_changed(stage, anna, changed)
    assert plain.photo not in {worn.photo, changed.photo}
    assert SHOW in list_labels(plain)


async def take_changed(stage: Stage, person: Person, before: Message) -> Message:
    """A day passes; the next card looks at the photo, and the one after shows it."""
    with sqlite3.connect(stage.database, timeout=30) as connection:
        connection.execute("UPDATE face SET looked_at = 5")
    connection.close()
    asked = count_calls(stage, "getUserProfilePhotos", person)
    assert (await stage.take_card(person)).photo is before.photo
    world = stage.shop.world
    await wait_until(world, lambda: count_calls(stage, "getUserProfilePhotos", person) > asked, timeout_seconds=60)
    card = before
    while card.photo is before.photo:
        card = await stage.take_card(person)
    return card
