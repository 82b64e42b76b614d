"""`make cards`: sheets of every look, to be looked at, in build/cards/; each also as small as a chat shows it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from PIL import Image

from bot.assets import ASSETS
from bot.cards.pictures import read_picture
from bot.cards.studio import CardStudio
from bot.core.campaigns.campaign import parse_campaign
from bot.core.looks import LAYOUTS, CardLook
from bot.core.pictures import Picture
from bot.core.sharing import CardText
from tests.cards.looks import COLOUR_LOOKS, SHELF
from tests.cards.names import NAMES as NAMES_BY_SCRIPT
from tests.cards.names import list_names
from tests.cards.samples import CARD_TEXTS, LANGUAGES, LINK, THEMES
from tests.cards.test_faces import FACES
from tests.cards.test_marks import MARKS

PHONE_PIXELS = 280
"""How wide a card is in a chat on a phone."""
SHEET_PIXELS = 480
NAMES = ("Anna", "Putri Maharani", "王小明", "Nguyễn Thị Minh Khai", "Олег Петров", "سارة أحمد", "สมชาย ใจดี")
LONGEST = {
    "headline": "Somebody's grandmother taught us how to bake this, and we did",
    "story": "We feed her at five every morning, on holidays too, and nobody may be late: each loaf begins with a spoonful "
    "of her and rises for two whole days, so come and taste it, please, before it is gone.",
    "offer": "Come through a friend and start with one thousand points.",
}
SHOWN = dict(SHELF)
_SCRIPTS_A_SHEET = 7
_DOCUMENT_PIXELS = 234


def load_campaign_cards() -> list[dict[str, CardText]]:
    """The shipped stories by language, with their pictures."""

    def find(named: str) -> str:
        taken = read_picture((ASSETS / "campaigns" / named).read_bytes())
        assert isinstance(taken, Picture)
        SHOWN[named] = taken.data
        return named

    text = (ASSETS / "campaigns" / "welcome.toml").read_bytes()
    campaign = parse_campaign(text, themes=THEMES, find_picture=find)
    return [
        {
            language: replace(
                CARD_TEXTS[language],
                brand=campaign.texts_for(language).brand,
                headline=story.headline,
                story=story.text,
                offer=story.offer,
                look=CardLook("sunrise", photo=story.look.photo),
            )
            for language in LANGUAGES
            for story in [campaign.texts_for(language).stories[place]]
        }
        for place in range(len(campaign.stories))
    ]


def list_sheets() -> Iterator[tuple[str, int, list[tuple[CardText, str]]]]:
    """Name, columns, and cards with a name."""
    stories = load_campaign_cards()
    first = stories[0]["en"]
    yield "themes", len(THEMES), [(replace(first, look=CardLook(theme)), "Putri Maharani") for theme in THEMES]
    for title, photo in (("plain", ""), ("photo", "own")):
        cards = []
        for n, look in enumerate(COLOUR_LOOKS.values()):
            for at, layout in enumerate(LAYOUTS):
                text = stories[(n + at) % len(stories)][LANGUAGES[n % 3]]
                shown = replace(
                    look, layout=layout, photo=text.look.photo if photo else "", logo="logo" if n == 1 else ""
                )
                cards.append((replace(text, look=shown), NAMES[(n + at) % len(NAMES)]))
        yield f"layouts-{title}", len(LAYOUTS), cards
    yield (
        "languages",
        len(LANGUAGES) * 2,
        [
            (replace(text, look=replace(text.look, layout=layout)), NAMES[n])
            for n, layout in enumerate(LAYOUTS)
            for text in (*stories[n % 5].values(), *stories[(n + 1) % 5].values())
        ],
    )
    for title, photo in (("longest", ""), ("longest-photo", "photo")):
        long = [
            replace(first, **LONGEST, look=CardLook("sunrise", layout=layout, photo=photo))  # type: ignore[arg-type]
            for layout in LAYOUTS
        ]
        yield title, len(LAYOUTS), [(text, "Maximilian Alexander Featherstonehaugh") for text in long]
    quoted = [
        replace(
            first,
            story="“Best bread I have had in years, and they know my name.”",
            quoted=True,
            look=replace(first.look, layout=layout),
        )
        for layout in LAYOUTS
    ]
    yield "own-words", len(LAYOUTS), [(text, "Anna") for text in quoted]
    yield "faces", len(LAYOUTS), list_faced_cards(stories)
    yield "tiers", len(LAYOUTS), list_faced_cards(stories)
    yield from list_script_sheets(replace(first, **LONGEST))  # type: ignore[arg-type]


def list_script_sheets(longest: CardText) -> Iterator[tuple[str, int, list[tuple[CardText, str]]]]:
    """Every layout with each script's longest name, by turns in each language and with the longest texts, with and without a photo."""
    scripts = list(NAMES_BY_SCRIPT)
    for start in range(0, len(scripts), _SCRIPTS_A_SHEET):
        cards = []
        for row, script in enumerate(scripts[start : start + _SCRIPTS_A_SHEET], start):
            for column, layout in enumerate(LAYOUTS):
                turn = row + column
                text = longest if turn % 4 == 3 else CARD_TEXTS[LANGUAGES[turn % 4]]
                look = CardLook("sunrise", layout=layout, photo="photo" if row % 2 else "")
                cards.append((replace(text, look=look), max(list_names(script), key=len)))
        yield f"scripts-{scripts[start]}", len(LAYOUTS), cards


def list_faced_cards(stories: Sequence[dict[str, CardText]]) -> list[tuple[CardText, str]]:
    """Every layout with names of all lengths and scripts, each card with a face."""
    names = (*NAMES, "Maximilian Alexander Featherstonehaugh", "")
    cards = []
    for row in range(4):
        for at, layout in enumerate(LAYOUTS):
            text = stories[(row + at) % len(stories)][LANGUAGES[row % 3]]
            photo = text.look.photo if row % 2 else ""
            shown = replace(text, look=replace(text.look, layout=layout, photo=photo))
            cards.append((shown, names[(row * len(LAYOUTS) + at) % len(names)]))
    return cards


def draw_sheet(
    cards: Sequence[tuple[CardText, str]], columns: int, width: int, studio: CardStudio, *, named: str = ""
) -> Image.Image:
    """Cards side by side; on the sheets of these names with faces, and with tiers."""
    gap, height = 12, width * 5 // 4
    rows = -(-len(cards) // columns)
    sheet = Image.new("RGB", (columns * (width + gap) + gap, rows * (height + gap) + gap), (120, 120, 120))
    for n, (text, name) in enumerate(cards):
        face = FACES[n % len(FACES)] if named == "faces" or (named == "tiers" and n % 4) else None
        mark = MARKS[n % len(MARKS)] if named == "tiers" else None
        card = Image.open(BytesIO(studio.render_card(text, name=name, link=LINK, face=face, mark=mark)))
        place = (gap + n % columns * (width + gap), gap + n // columns * (height + gap))
        sheet.paste(card.resize((width, height), Image.Resampling.LANCZOS), place)
    return sheet


def main(folder: Path) -> None:
    """Write all sheets."""
    folder.mkdir(parents=True, exist_ok=True)
    studio = CardStudio(ASSETS, find_picture=SHOWN.get)
    for name, columns, cards in list_sheets():
        for width, end in ((SHEET_PIXELS, ""), (PHONE_PIXELS, "-phone")):
            path = folder / f"{name}{end}.png"
            draw_sheet(cards, columns, width, studio, named=name).save(path)
            print(path)  # noqa: T201


def picture_looks(path: Path) -> None:
    """The sheet of all looks with pictures, small, as docs/owners.md shows it."""
    studio = CardStudio(ASSETS, find_picture=SHOWN.get)
    (columns, cards), *_ = [(columns, cards) for name, columns, cards in list_sheets() if name == "layouts-photo"]
    draw_sheet(cards, columns, _DOCUMENT_PIXELS, studio).save(path, quality=85)


if __name__ == "__main__":
    place = Path(*sys.argv[1:2] or ("build/cards",))
    (picture_looks if place.suffix else main)(place)
