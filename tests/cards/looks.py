"""Pictures of a shop that never was, and cards in every look."""

from __future__ import annotations

from dataclasses import replace

from PIL import Image, ImageDraw, ImageFilter

from bot.assets import ASSETS
from bot.cards.studio import CardStudio
from bot.core.looks import LAYOUTS, CardLook
from bot.core.sharing import CardText
from tests.cards.pictures import draw_noise, save
from tests.cards.samples import CARD_TEXTS


def draw_loaf() -> Image.Image:
    """Something like a photo: a loaf on a table in the morning."""
    photo = Image.new("RGB", (1200, 900), (236, 214, 186))
    pencil = ImageDraw.Draw(photo)
    pencil.rectangle((0, 560, 1200, 900), fill=(122, 78, 46))
    pencil.ellipse((300, 330, 960, 740), fill=(176, 104, 48))
    pencil.ellipse((340, 350, 920, 640), fill=(214, 144, 74))
    for n in range(5):
        pencil.arc((370 + n * 100, 370, 480 + n * 100, 620), 200, 340, fill=(246, 222, 180), width=14)
    grain = draw_noise(300, 225).resize((1200, 900)).filter(ImageFilter.GaussianBlur(2))
    return Image.blend(photo.filter(ImageFilter.GaussianBlur(3)), grain, 0.12)


def draw_logo(ink: tuple[int, int, int] = (170, 40, 30)) -> Image.Image:
    """A mark that is see-through around and within."""
    logo = Image.new("RGBA", (400, 240), (0, 0, 0, 0))
    pencil = ImageDraw.Draw(logo)
    pencil.ellipse((20, 20, 220, 220), fill=(*ink, 255))
    pencil.ellipse((70, 70, 170, 170), fill=(0, 0, 0, 0))
    pencil.rectangle((240, 90, 380, 150), fill=(*ink, 255))
    return logo


SHELF = {
    "photo": save(draw_loaf(), "JPEG", quality=90),
    "white": save(Image.new("RGB", (900, 700), (255, 255, 255)), "JPEG"),
    "noise": save(draw_noise(900, 700), "JPEG", quality=80),
    "logo": save(draw_logo()),
    "white logo": save(draw_logo((255, 255, 255))),
    "black logo": save(draw_logo((0, 0, 0))),
    "square logo": save(Image.new("RGB", (300, 300), (20, 90, 70)), "JPEG"),
}
"""What stands for a SHA-256 is a name here."""

STUDIO = CardStudio(ASSETS, find_picture=SHELF.get, templates_kept=40)
"""The room's tests share what it keeps: a template costs a third of a second, a card from it a hundredth."""

COLOUR_LOOKS = {
    "theme": CardLook("sunrise"),
    "auto": CardLook("auto"),
    "own": CardLook("auto", main="#7a1f5c", accent="#2bb3a3"),
}


def list_looks(photo: str) -> list[CardLook]:
    """Every layout in the colours of a theme, of its pictures, and of its owner."""
    return [
        replace(look, layout=layout, photo=photo, logo="logo" if look.theme == "auto" else "")
        for layout in LAYOUTS
        for look in COLOUR_LOOKS.values()
    ]


def say(look: CardLook, language: str = "en") -> CardText:
    """The words of a card in a look."""
    return replace(CARD_TEXTS[language], look=look)
