"""What a member has become, on their card: in every layout, within the size, and nowhere else on the card."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageChops

from bot.cards.invitation import prepare_invitation
from bot.cards.jpeg import MOST_BYTES
from bot.cards.layout import CARD_SIZE
from bot.cards.marks import set_mark
from bot.cards.template import draw_draft
from bot.core.campaigns.tiers import TIER_LIMIT
from bot.core.looks import LAYOUTS, CardLook
from bot.core.sharing import CardFormat, Mark
from tests.cards.looks import STUDIO, say
from tests.cards.samples import HOSTILE_NAMES, KIND_NAMES, LANGUAGES, LINK, list_random_links
from tests.cards.test_codes import read_with_opencv, read_with_zxing, shrink
from tests.cards.test_faces import FACES, LONG_NAME, LOOKS
from tests.thinning import thin, thin_pairs

MARKS = (
    Mark(text="🌟 Friend of the house", colour="#b8860b"),
    Mark(text="Sahabat toko"),
    Mark(text="👑 老朋友", colour="#7a1f5c"),
    Mark(text=f"👑 {'W' * TIER_LIMIT}", colour="#ffffff"),
)


@pytest.mark.parametrize(("at", "look"), thin(enumerate(LOOKS), 3, step=6), ids=str)
def test_a_card_with_a_tier_is_light_and_its_code_is_read(at: int, look: CardLook) -> None:
    """With a face and without: at most 98,000 bytes, and two readers read it as sent and small."""
    for n, link in enumerate(list_random_links(2, seed=len(repr(look)))):
        name, face = (*KIND_NAMES, LONG_NAME)[(at + n * 5) % 9], FACES[at % len(FACES)] if n else None
        jpeg = STUDIO.render_card(
            say(look, LANGUAGES[at % 3]), name=name, link=link, face=face, mark=MARKS[(at + n) % len(MARKS)]
        )
        sent = Image.open(BytesIO(jpeg))
        assert len(jpeg) <= MOST_BYTES
        for shown in (sent, shrink(sent))[n:]:
            assert read_with_zxing(shown) == [link]
            assert read_with_opencv(shown) == [link]


@pytest.mark.parametrize("look", thin(LOOKS, 4, step=6), ids=str)
def test_a_tier_stays_in_the_place_of_the_invitation(look: CardLook) -> None:
    """Under any name, beside any face it comes near neither the code nor any other words."""
    fonts = STUDIO.get_fonts(look)
    draft = draw_draft(say(look), fonts)
    left, top, right, bottom = fonts.theme.layout.invitation.bounds
    for n, name in enumerate(("Anna", "", LONG_NAME, HOSTILE_NAMES["wide"], "سارة أحمد", "王小明")):
        card = draft.picture.copy()
        face = Image.open(BytesIO(FACES[3])) if n % 2 else None
        draft.invitation.draw(card, name, face, MARKS[n % len(MARKS)])
        drawn = ImageChops.difference(card, draft.picture).getbbox()
        assert drawn is not None
        assert drawn[0] >= left - 24
        assert drawn[2] <= right + 24
        assert drawn[1] >= top - 24
        assert drawn[3] <= bottom + 24


@pytest.mark.parametrize(("layout", "language"), thin_pairs(LAYOUTS, LANGUAGES))
def test_words_end_above_what_somebody_has_become(layout: str, language: str) -> None:
    """With a name and without one: a ribbon covers no letter of the phrase that stands over it."""
    look = CardLook("sunrise", layout=layout)
    fonts, white = STUDIO.get_fonts(look), Image.new("RGB", CARD_SIZE, "white")
    invitation = prepare_invitation(say(look, language), fonts)
    for name in ("", "Anna", LONG_NAME):
        words, both = white.copy(), white.copy()
        invitation.draw(words, name, None, Mark(text="", colour="#ffffff"))
        invitation.draw(both, name, None, Mark(text="", colour="#00ff00"))
        ribbon = ImageChops.difference(words, both).getbbox()
        assert ribbon is not None
        _, top, _, bottom = ribbon
        assert set(words.crop((0, top, CARD_SIZE[0], bottom)).tobytes()) == {255}


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_the_longest_tier_is_whole_in_every_layout(look: CardLook) -> None:
    """As many letters as the campaign file takes are on the card in one line; only wide ones throughout are cut."""
    fonts = STUDIO.get_fonts(look)
    left, _, right, _ = fonts.theme.layout.invitation.bounds
    longest = "Ambassadors of the house"
    assert len(longest) == TIER_LIMIT
    whole, wide = (set_mark(mark, fonts, right - left) for mark in (Mark(text=f"👑 {longest}"), MARKS[3]))
    assert not whole.setting.cut
    assert len(whole.setting.lines) == len(wide.setting.lines) == 1
    assert wide.width <= right - left


def test_a_card_shows_its_members_tier() -> None:
    """Another tier is another picture; none leaves the card as it was."""
    text = say(CardLook("sunrise"))
    plain = STUDIO.render_card(text, name="Anna", link=LINK)
    marked = [STUDIO.render_card(text, name="Anna", link=LINK, mark=mark) for mark in MARKS]
    assert len({plain, *marked}) == 1 + len(MARKS)
    assert STUDIO.render_card(text, name="Anna", link=LINK) == plain
    assert STUDIO.render_card_once(text, name="Anna", link=LINK) != STUDIO.render_card_once(
        text, name="Anna", link=LINK, mark=MARKS[0]
    )


@pytest.mark.parametrize("wanted", thin([CardFormat.TALL, CardFormat.SQUARE, CardFormat.WIDE], 1))
def test_every_format_shows_its_members_tier(wanted: CardFormat) -> None:
    """The formats are made of the card: another tier is another picture."""
    text = say(CardLook("sunrise"))
    one, other = (STUDIO.render_format(text, wanted, name="Anna", link=LINK, mark=mark) for mark in MARKS[:2])
    assert one != other
