"""From what a shop chose to what is drawn: composition, colours, letters and pictures of one look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageColor

from bot.cards.layout import Layout, Palette
from bot.cards.layouts import LAYOUTS
from bot.cards.photos import open_picture
from bot.cards.schemes import compose_scheme, pick_scheme
from bot.cards.shapes import Colour
from bot.cards.themes import Theme, load_theme
from bot.core.looks import AUTO, CardLook
from storage.frozen import frozen

HOMES = {
    "bubble": "fiesta",
    "festive": "lantern",
    "minimal": "quiet",
    "photo": "gallery",
    "salon": "salon",
    "sunrise": "sunrise",
}
"""Whose letters a layout has where the theme was made for another."""

FindPicture = Callable[[str], bytes | None]
"""What is kept under a SHA-256."""


@frozen(kw_only=False)
class LookPictures:
    """A look's pictures, opened; those that are gone are None, and the card is drawn without."""

    logo: Image.Image | None = None
    photo: Image.Image | None = None


def open_pictures(look: CardLook, find_picture: FindPicture) -> LookPictures:
    """Open what a look shows."""
    return LookPictures(*(_open(sha256, find_picture) for sha256 in (look.logo, look.photo)))


def dress_theme(look: CardLook, folder: Path, pictures: LookPictures) -> Theme:
    """The theme of a look: the shop's colours in place of the theme's, and the place for its photo.

    Raises UnknownTheme, ThemeMistake.
    """
    layout = _choose_layout(look, folder)
    home = load_theme(folder, HOMES[layout.name])
    base = home if look.theme == AUTO else load_theme(folder, look.theme)
    letters = base if base.layout is layout else home
    return Theme(
        name=base.name,
        layout=layout.pictured if pictures.photo is not None and layout.pictured is not None else layout,
        palette=_choose_palette(look, layout, base, pictures),
        fonts=letters.fonts,
        colours=base.colours,
    )


def _choose_layout(look: CardLook, folder: Path) -> Layout:
    if look.layout:
        return LAYOUTS[look.layout]
    if look.theme == AUTO:
        return LAYOUTS["photo" if look.photo else "sunrise"]
    return load_theme(folder, look.theme).layout


def _choose_palette(look: CardLook, layout: Layout, base: Theme, pictures: LookPictures) -> Palette:
    if look.main:
        return layout.dress(compose_scheme(_parse(look.main), _parse(look.accent) if look.accent else None))
    seen = [picture for picture in (pictures.logo, pictures.photo) if picture is not None]
    if look.theme == AUTO and seen:
        return layout.dress(pick_scheme(seen))
    return base.palette if base.layout is layout else layout.dress(compose_scheme(*base.colours))


def _parse(colour: str) -> Colour:
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return red, green, blue


def _open(sha256: str, find_picture: FindPicture) -> Image.Image | None:
    data = find_picture(sha256) if sha256 else None
    return open_picture(data) if data else None
