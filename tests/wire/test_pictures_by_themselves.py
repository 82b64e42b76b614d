"""What a shop's pictures say and where they come from: a catalogue's, logos, codes, paper, and a campaign looked at beforehand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.cards.checking import Look
from bot.cards.item_pictures import render_item_picture
from bot.cards.logos import CHART_GROUNDS, PAGE_GROUNDS, render_logo
from bot.cards.studio import CardStudio
from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.catalogue import CatalogueItem
from bot.core.campaigns.checking import Fault
from bot.core.links import parse_payload, read_placement
from bot.core.posters import Poster
from bot.messages.outgoing import Photo
from bot.messages.printing import say_print_hint, say_way_in
from bot.messages.texts import Texts
from bot.wire.pictures import Easel, Pictures, Workshop, open_workshop
from storage import Store
from storage.tables import faces, pictures
from storage.tables.pictures import StoredPicture
from tests.cards.looks import SHELF
from tests.easel import EASEL
from tests.messages.samples import CAMPAIGN, CODE, make_member, make_shop
from tests.storage.cast import add_members

CAKE = CatalogueItem(key="cake", price=5, name={"en": "Cake"}, picture="photo")
WORDS_ALONE = CatalogueItem(key="tea", price=3, name={"en": "Tea"})
PICTURE = StoredPicture(sha256="a" * 64, content=SHELF["white"], width=900, height=700)
GONE = CatalogueItem(key="mug", price=9, name={"en": "Mug"}, picture="gone")


async def find_picture(sha256: str) -> bytes | None:
    """What a shop's rows hold."""
    return SHELF.get(sha256)


def open_pictures(campaign: Campaign, easel: Easel = EASEL) -> Pictures:
    """The pictures of the shop that has this campaign."""
    return Pictures(replace(make_shop(), campaign=campaign), Workshop(easel, find_picture))


async def test_a_picture_of_the_catalogue_is_uploaded_once() -> None:
    """Whoever has shown it says how Telegram knows it: by its largest size."""
    shown = open_pictures(replace(CAMPAIGN, catalogue=(CAKE, WORDS_ALONE, GONE)))
    assert await shown.find_item_photo("cake") == Photo(image=render_item_picture(SHELF["photo"]))
    shown.note_item_photo("cake", {"text": "a message without a picture"})
    assert (await shown.find_item_photo("cake") or Photo()).image
    shown.note_item_photo("cake", {"photo": [{"file_id": "small"}, {"file_id": "large"}]})
    assert await shown.find_item_photo("cake") == Photo(file_id="large")
    for nothing in ("tea", "mug", "no such thing"):
        assert await shown.find_item_photo(nothing) is None
    shown.note_item_photo("tea", {"photo": [{"file_id": "of something else"}]})
    shown.note_item_photo("no such thing", {"photo": [{"file_id": "of something else"}]})
    assert await shown.find_item_photo("tea") is None


async def test_a_logo_suits_the_ground_it_lies_on() -> None:
    """Pages have two grounds, a chart has one; without a logo there is none."""
    shown = open_pictures(replace(CAMPAIGN, logo="logo"))
    assert await shown.draw_page_logo() == render_logo(SHELF["logo"], PAGE_GROUNDS)
    assert await shown.draw_chart_logo() == render_logo(SHELF["logo"], CHART_GROUNDS)
    for logo in ("", "gone"):
        assert await open_pictures(replace(CAMPAIGN, logo=logo)).draw_page_logo() == b""


@pytest.mark.parametrize("language", ["en", "zh-hans"])
async def test_a_code_by_itself_is_the_members_under_the_shops_name(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drawn in the look of the shop; one for the counter says what it is told to."""
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(CardStudio, "render_qr", _note(asked, b"drawn", "link", "look"))
    member, shown = make_member(language=language), open_pictures(replace(CAMPAIGN, main_colour="#123456"))
    assert await shown.draw_qr(member) == b"drawn"
    assert await shown.draw_counter_code("https://t.me/a_bot?start=x", "Scan me") == b"drawn"
    of_member, of_counter = asked
    payload = parse_payload(of_member["link"].partition("start=")[2])
    assert payload is not None
    assert payload.code == CODE
    assert of_member["caption"] == make_shop().brand(language)
    assert (of_counter["link"], of_counter["caption"]) == ("https://t.me/a_bot?start=x", "Scan me")
    assert of_member["look"] == of_counter["look"]
    assert "#123456" in repr(of_member["look"])


async def test_paper_says_whose_it_is_where_it_lies_and_the_way_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """A member's has the name and the code to be said; the shop's has neither, and a link that says where it hung."""
    asked: list[dict[str, Any]] = []
    for method in ("render_print_sheets", "render_shop_sheets"):
        monkeypatch.setattr(CardStudio, method, _note(asked, (b"one", b"two"), "text"))
    member = make_member("Rina", language="id", spoken_code="TEH-42")
    shown, shop = open_pictures(CAMPAIGN), make_shop()
    assert await shown.render_print_sheets(member, "window") == (b"one", b"two")
    assert await shown.render_shop_sheets("en", "window") == (b"one", b"two")
    of_member, of_shop = asked
    assert (of_member["name"], of_member["link"]) == ("Rina", shop.link(CODE, "window"))
    assert of_member["way_in"] == say_way_in(Texts("id"), shop, "TEH-42")
    assert "TEH-42" in of_member["way_in"]
    assert (of_member["text"].language, of_member["text"].scan_hint) == ("id", say_print_hint(Texts("id")))
    assert of_shop.keys() == {"text", "link", "way_in"}
    assert read_placement(of_shop["link"].partition("start=")[2]) == "window"
    assert of_shop["way_in"] == say_way_in(Texts("en"), shop, "")
    assert (of_shop["text"].language, of_shop["text"].scan_hint) == ("en", say_print_hint(Texts("en")))


async def test_a_post_is_drawn_in_the_shops_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what it says."""
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(CardStudio, "render_poster", _note(asked, b"drawn", "poster", "look"))
    poster = Poster.__new__(Poster)
    assert await open_pictures(replace(CAMPAIGN, main_colour="#123456")).draw_poster(poster) == b"drawn"
    assert asked[0]["poster"] is poster
    assert "#123456" in repr(asked[0]["look"])


def _note(asked: list[dict[str, Any]], answer: object, *names: str) -> Any:
    def draw(_studio: CardStudio, *args: object, **named: object) -> object:
        asked.append({**dict(zip(names, args, strict=True)), **named})
        return answer

    return draw


LONG = "Hazelnut and cardamom " * 40


async def test_what_a_card_cannot_show_is_found_before_anybody_gets_it() -> None:
    """Each fault with its story, its language and its field; what was sound is not drawn again."""
    first, second = CAMPAIGN.stories[:2]
    campaign = replace(CAMPAIGN, brand={"en": "Little Oven"}, stories=(first, second), catalogue=())
    shown = open_pictures(campaign)
    assert await shown.check(campaign) == []
    assert await shown.find_excess(campaign) is None

    spoilt = replace(campaign, stories=(first, replace(second, text={**second.text, "en": LONG})))
    (found,) = await shown.check(spoilt)
    assert (found.fault, found.place, found.language, found.field) == (Fault.TOO_LONG, 1, "en", "text")
    assert 0 < found.count < len(LONG)
    excess = await shown.find_excess(spoilt)
    assert excess is not None
    assert (excess.place, excess.language, excess.excess.characters) == (1, "en", found.count)


async def test_a_sound_card_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the longest name and link that it may have to carry; one with a fault is looked at again."""
    looked: list[dict[str, Any]] = []
    monkeypatch.setattr(CardStudio, "look_at", _note(looked, Look({}, is_read=True, quality=80), "text"))
    first, second = CAMPAIGN.stories[:2]
    spoilt = replace(second, headline={**second.headline, "en": LONG})
    campaign = replace(CAMPAIGN, brand={"en": "Little Oven"}, stories=(first, spoilt), catalogue=())
    shown = open_pictures(campaign)
    for _ in range(2):
        assert [each.field for each in await shown.check(campaign)] == ["headline"]
    assert len(looked) == 3
    assert {len(each["name"]) > 60 for each in looked} == {True}
    assert {len(each["link"]) for each in looked} == {len(make_shop().link(CODE, "qr")) + len(".999999")}


async def test_a_code_that_is_not_read_and_faint_words_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each field as it is called in the campaign."""
    seen = Look({"story": 1.0, "headline": 1.0, "offer": 21.0}, is_read=False, quality=80)
    monkeypatch.setattr(CardStudio, "look_at", _note([], seen, "text"))
    campaign = replace(CAMPAIGN, brand={"en": "Little Oven"}, stories=CAMPAIGN.stories[:1], catalogue=())
    found = await open_pictures(campaign).check(campaign)
    assert [(each.fault, each.field, each.place, each.language) for each in found] == [
        (Fault.FAINT, "text", 0, "en"),
        (Fault.FAINT, "headline", 0, "en"),
        (Fault.CODE, "", 0, "en"),
    ]


async def test_a_workshop_of_a_store_reads_its_pictures_and_faces(store: Store) -> None:
    """By what they are called, and of whom."""
    ada, ben = await store.write(add_members, 2)
    await store.write(pictures.add, [PICTURE])
    await store.write(faces.set_content, ada.id, "one", SHELF["photo"])
    workshop = open_workshop(EASEL, store)
    assert await workshop.find_picture(PICTURE.sha256) == PICTURE.content
    assert await workshop.find_face(make_member(id=ada.id, face="one")) == SHELF["photo"]
    assert await workshop.find_face(make_member(id=ben.id, face="one")) is None
    assert await workshop.find_face(make_member(id=ada.id, face="two")) is None
