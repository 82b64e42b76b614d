from __future__ import annotations

import pytest

from bot.core.face import LOOK_SECONDS, choose_size, decide_look_due
from bot.core.sharing import CardVersions
from bot.services.cleaning import clean_faces
from bot.services.face import claim_look, find_due_look, follow_face, hide_face, look_up_face, offer_face, show_face
from bot.services.members import MemberView, open_home
from bot.services.sharing.cards import keep_card, look_up_card
from storage.records import Profile
from storage.store import Store
from storage.tables import cards, faces
from tests.storage.clock import Clock

ANNA = Profile(telegram_id=101, first_name="Anna", telegram_language="en")
VERSIONS = CardVersions(texts={"en": {"a": "A"}}, captions={"en": "Q"}, fallback="en")
DAY = 24 * 3600


async def meet(store: Store) -> MemberView:
    """Anna, a member, as she is now."""
    return await store.write(open_home, visitor=ANNA)


async def offer(store: Store, photo_id: str, content: bytes | None = b"jpeg") -> str:
    """Look at a photo; which version of the card shows it."""
    card = await store.write(offer_face, visitor=ANNA, photo_id=photo_id, content=content, versions=VERSIONS, story="a")
    assert card.member.face == photo_id
    return card.version


async def find_version(store: Store) -> str:
    """What the card is called that anybody else gets."""
    return (await store.write(look_up_card, visitor=ANNA, versions=VERSIONS, story="a")).version


async def wear(store: Store, photo_id: str) -> MemberView:
    """Look at a photo and put it on."""
    await offer(store, photo_id)
    member = await store.write(show_face, visitor=ANNA)
    assert member is not None
    return member


async def follow(store: Store, shown: str, photo_id: str, content: bytes | None = None) -> str:
    """Telegram was asked; what is on the cards now."""
    anna = await meet(store)
    await store.write(follow_face, person_id=anna.id, shown=shown, photo_id=photo_id, content=content)
    return (await meet(store)).face


async def test_a_face_is_seen_before_anybody_else_sees_it(store: Store) -> None:
    """Looked at, only that one card shows it; put on, all do, and the card seen before is the one."""
    anna, plain = await meet(store), await find_version(store)
    seen = await offer(store, "one")
    assert (await meet(store)).face == ""
    assert await find_version(store) == plain != seen
    assert (await store.write(show_face, visitor=ANNA) or anna).face == "one"
    assert await find_version(store) == seen
    assert await store.read(faces.find_content, anna.id, "one") == b"jpeg"


async def test_a_photo_is_fetched_once(store: Store) -> None:
    """What is kept is known; looked at again, it is the one that is put on."""
    await offer(store, "one")
    await offer(store, "two")
    assert (await store.read(look_up_face, visitor=ANNA)).known == {"two"}, "one that nobody wants makes room"
    await store.write(show_face, visitor=ANNA)
    await offer(store, "three")
    assert (await store.read(look_up_face, visitor=ANNA)).known == {"two", "three"}
    await offer(store, "two", None)
    assert (await store.read(look_up_face, visitor=ANNA)).known == {"two"}
    assert (await meet(store)).face == "two"


async def test_taken_off_it_is_gone(store: Store) -> None:
    """No card shows it, no copy is kept, and no picture that Telegram has is handed out again; twice does no harm."""
    plain, anna = await find_version(store), await wear(store, "one")
    worn = await find_version(store)
    await store.write(keep_card, person_id=anna.id, version=worn, file_id="file")
    for _ in range(2):
        assert (await store.write(hide_face, visitor=ANNA)).face == ""
        assert await find_version(store) == plain
        assert await store.read(faces.find_content, anna.id, "one") is None
        assert await store.read(cards.list_file_ids, anna.id, [worn]) == {}
    assert await store.write(show_face, visitor=ANNA) is None


async def test_what_was_looked_at_is_put_on_whatever_telegram_was_asked_meanwhile(store: Store, clock: Clock) -> None:
    """A look at the photo on the cards does not make it the one that the preview shows."""
    anna = await wear(store, "one")
    clock.advance(LOOK_SECONDS)
    await offer(store, "two")
    clock.advance(1)
    assert await store.write(claim_look, person_id=anna.id) == "one"
    member = await store.write(show_face, visitor=ANNA)
    assert member is not None
    assert member.face == "two"


async def test_what_was_only_looked_at_goes_after_a_day(store: Store, clock: Clock) -> None:
    """What is on the cards stays, however long ago Telegram was asked."""
    anna = await wear(store, "one")
    await offer(store, "two")
    clock.advance(DAY)
    assert await store.write(clean_faces, 9) == 0
    clock.advance(1)
    assert [await store.write(clean_faces, 9) for _ in range(2)] == [1, 0]
    assert await store.read(faces.find_content, anna.id, "one") == b"jpeg"


async def test_cards_follow_the_photo(store: Store) -> None:
    """A new one takes the place of the old one; one that cannot be read leaves it; none to be seen takes it off."""
    anna = await wear(store, "one")
    assert await follow(store, "one", "one") == "one"
    assert await follow(store, "one", "broken") == "one"
    assert await follow(store, "one", "two", b"new") == "two"
    assert await store.read(faces.find_content, anna.id, "two") == b"new"
    assert await store.read(faces.find_content, anna.id, "one") is None
    assert await follow(store, "one", "three", b"late") == "two", "somebody else was quicker"
    assert await follow(store, "two", "") == ""
    assert await follow(store, "two", "four", b"late") == "", "taken off stays taken off"


async def test_telegram_is_asked_once_a_day(store: Store, clock: Clock) -> None:
    """Only of a face on the cards; whatever comes of it is enough for a day, and of many who ask at once one does."""
    anna = await meet(store)
    await offer(store, "one")
    clock.advance(LOOK_SECONDS)
    assert await store.read(find_due_look, person_id=anna.id) == ""
    await store.write(show_face, visitor=ANNA)
    assert await store.read(find_due_look, person_id=anna.id) == "one"
    assert [await store.write(claim_look, person_id=anna.id) for _ in range(2)] == ["one", ""]
    assert await store.read(find_due_look, person_id=anna.id) == ""
    clock.advance(LOOK_SECONDS)
    assert await store.read(find_due_look, person_id=anna.id) == "one"


@pytest.mark.parametrize(
    ("sides", "chosen"), [([160, 320, 640], 1), ([640, 320, 160], 1), ([90, 160], 1), ([256], 0), ([255, 1000], 1)]
)
def test_the_smallest_size_that_suffices_is_fetched(sides: list[int], chosen: int) -> None:
    """256 pixels a side, in whatever order they come; where all are smaller, the largest."""
    assert choose_size(sides) == chosen


def test_a_look_in_the_future_does_not_count() -> None:
    """A wrong clock does not keep a face for ever."""
    assert decide_look_due(10, 5)
    assert not decide_look_due(5, 5)
    assert decide_look_due(0, LOOK_SECONDS * 1_000_000)
