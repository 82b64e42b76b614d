"""A shop's logo and photo come from its rows, once, and a card is the same without one that is gone."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.assets import ASSETS
from bot.core.pictures import Picture, PictureMistake
from bot.messages.sharing.card_texts import compose_card_text
from bot.wire import pictures as wire_pictures
from bot.wire.pictures import QUEUED, Easel, LoadPicture, Pictures, Workshop
from storage.records import PersonId
from tests.cards.looks import SHELF
from tests.messages.samples import CAMPAIGN, make_member, make_shop


def make_pictures(workshop: Workshop, **look: str) -> Pictures:
    """The pictures of a shop with this look."""
    return Pictures(replace(make_shop(), campaign=replace(CAMPAIGN, **look)), workshop)  # type: ignore[arg-type]


async def test_a_photo_is_read_once_and_drawn() -> None:
    """Two cards of a shop ask its rows once for each picture; cards of other photos are others."""
    asked = []

    async def load(sha256: str) -> bytes | None:
        asked.append(sha256)
        return SHELF.get(sha256)

    workshop, member = Workshop(Easel(ASSETS), load), make_member()
    plain = await make_pictures(workshop).draw_card(member)
    pictured = await make_pictures(workshop, photo="photo", logo="logo").draw_card(member)
    assert await make_pictures(workshop, photo="photo", logo="logo").draw_card(member) == pictured
    assert asked == ["logo", "photo"]
    assert pictured != plain
    assert await make_pictures(workshop, photo="white", logo="logo").draw_card(member) not in {plain, pictured}
    assert await make_pictures(workshop, photo="gone").draw_card(member) == plain


async def test_shops_share_what_draws_and_keep_no_more_than_one_would() -> None:
    """A template that two shops have alike is one, and of all of them no more are kept than the process has room for."""
    easel, shelves = Easel(ASSETS, templates_kept=3), [{"photo": SHELF["photo"]}, {"photo": SHELF["white"]}]
    own = [await Workshop(easel, _reader_of(shelf)).find_picture("photo") for shelf in shelves]
    assert own == [SHELF["photo"], SHELF["white"]]
    first, second = Workshop(easel), Workshop(easel)
    cards = [await make_pictures(each).draw_card(make_member()) for each in (first, second)]
    assert cards[0] == cards[1]
    assert await second.run(lambda studio: studio.templates_held) == 1
    for number in range(5):
        await make_pictures(Workshop(easel), brand={"en": f"Shop {number}"}).draw_card(make_member())  # type: ignore[arg-type]
    assert await first.run(lambda studio: studio.templates_held) == 3


def _reader_of(shelf: dict[str, bytes]) -> LoadPicture:
    async def load(sha256: str) -> bytes | None:
        return shelf.get(sha256)

    return load


async def test_a_face_is_read_for_the_card_that_shows_it() -> None:
    """Only where a member has one; where its copy is gone, the name does."""
    asked = []

    async def load(person_id: PersonId, photo_id: str) -> bytes | None:
        asked.append((person_id, photo_id))
        return None if photo_id == "gone" else SHELF["photo"]

    pictures = make_pictures(Workshop(Easel(ASSETS), None, load))
    plain = await pictures.draw_card(make_member())
    assert asked == []
    assert await pictures.draw_card(make_member(face="gone")) == plain
    assert await pictures.draw_card(make_member(face="one")) != plain
    assert await pictures.draw_card(make_member(face="one", own_words="Like home")) != plain
    assert asked == [(PersonId(7), "gone"), (PersonId(7), "one"), (PersonId(7), "one")]


async def test_what_telegram_sends_is_no_face_until_it_was_read() -> None:
    """Drawn anew in the thread that draws, or refused."""
    pictures = make_pictures(Workshop(Easel(ASSETS)))
    assert isinstance(await pictures.read_face(SHELF["photo"]), bytes)
    assert isinstance(await pictures.read_face(b"<svg/>"), PictureMistake)


async def test_what_somebody_sends_is_no_picture_of_the_shop_until_it_was_read() -> None:
    """Likewise."""
    pictures = make_pictures(Workshop(Easel(ASSETS)))
    assert isinstance(await pictures.read_picture(SHELF["photo"]), Picture)
    assert isinstance(await pictures.read_picture(b"<svg/>"), PictureMistake)


async def test_no_more_is_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of pictures those that are asked for now, of cards that were looked at the latest."""
    asked = list[str]()

    async def load(sha256: str) -> bytes | None:
        asked.append(sha256)
        return sha256.encode()

    monkeypatch.setattr(wire_pictures, "_PICTURES_KEPT", 2)
    monkeypatch.setattr(wire_pictures, "_SOUND_KEPT", 2)
    workshop = Workshop(Easel(ASSETS), load)
    for name in ("a", "b", "c"):
        assert await workshop.find_picture(name) == name.encode()
    await workshop.lay_out(["b", "c"])
    assert asked == ["a", "b", "c"], "those two are there"
    await workshop.lay_out(["c", "d"])
    assert await workshop.find_picture("c") == b"c"
    await workshop.find_picture("a")
    assert asked == ["a", "b", "c", "d", "a"]
    assert await workshop.find_picture("") is None
    told = (("en", "mina"), ("en", "named"), ("id", "mina"), ("id", "named"))
    *cards, faint = [compose_card_text(make_shop(), language, story) for language, story in told]
    for card in cards:
        workshop.note_sound(card, sound=True)
    workshop.note_sound(faint, sound=False)
    assert list(workshop.sound) == cards[1:]


async def test_versions_name_pictures_and_colours() -> None:
    """Another photo, logo, layout or colour makes other versions, before anything is drawn."""
    looks: list[dict[str, str]] = [
        {},
        {"photo": "photo"},
        {"photo": "white"},
        {"photo": "photo", "focus": "top"},
        {"logo": "logo"},
        {"layout": "salon"},
        {"main_colour": "#123456"},
        {"main_colour": "#123456", "accent_colour": "#654321"},
    ]
    workshop = Workshop(Easel(ASSETS))
    versions = [make_pictures(workshop, **look).versions for look in looks]
    assert len({version.texts["en"]["mina"] for version in versions}) == len(looks)
    assert len({version.captions["en"] for version in versions}) == len(looks) - 3


async def test_two_shops_draw_in_turn() -> None:
    """One that wants very many pictures keeps another waiting for two of them."""
    easel, drawn = Easel(ASSETS), list[str]()
    crowded, quiet = Workshop(easel), Workshop(easel)

    def draw(shop: str) -> None:
        drawn.append(shop)

    many = [asyncio.create_task(crowded.run(lambda _studio: draw("crowded"))) for _ in range(50)]
    await asyncio.sleep(0)
    before = len(drawn)
    await quiet.run(lambda _studio: draw("quiet"))
    assert drawn[: before + QUEUED + 1].count("quiet") == 1
    await asyncio.gather(*many)
    assert len(drawn) == 51
