"""Draws what is the same on everybody's card, and the code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PIL import Image

from bot.cards.colours import BLACK, mix
from bot.cards.layout import CARD_SIZE, Block, Pair, PhotoPlace
from bot.cards.photos import choose_chip, cut_photo, fit_logo, shade
from bot.cards.qr import MOST_MODULES, compose_code
from bot.cards.shapes import Bounds, Point, Sheet, draw_shape, draw_text
from bot.cards.theme_fonts import ThemeFonts
from bot.cards.typesetting import Setting, TextStyle
from bot.core.sharing import CardText
from storage.frozen import frozen

MODULE_PIXELS = 8
_STATIC_OVERSAMPLE = 4
_FIRST_SHARES = (0.6, 0.54, 0.48, 0.42)
_COMFORTABLE = 0.92
_SECOND_ANCHOR = 0.3
_VEIL_ROOM = 26
_SEEN_ABOVE_WORDS = 0.72
_LOGO_WIDTH, _LOGO_SHARE, _WIDEST_LOGO = 2.6, 0.42, 5.2
_LOGO_GAP, _CHIP_PAD, _PILL_PAD = 20, 8, 14


@frozen(kw_only=False)
class Piece:
    """A text that was set, and where its top left goes."""

    setting: Setting
    place: Point
    style: TextStyle
    width: float

    def list_lines(self) -> list[Bounds]:
        """What each of its lines covers."""
        x, y = self.place
        return [
            (x + left, y + top, x + right, y + bottom)
            for left, top, right, bottom in self.setting.place_lines(self.width, self.style.align)
        ]


def draw_card_base(text: CardText, theme_fonts: ThemeFonts) -> Image.Image:
    """The card without name and code."""
    words, pictures = set_words(text, theme_fonts), theme_fonts.open_pictures()
    image = draw_ground(words, pictures.photo, theme_fonts)
    draw_words(image, text, words, pictures.logo, theme_fonts)
    return image


def draw_words(
    image: Image.Image, text: CardText, words: Sequence[Piece], logo: Image.Image | None, theme_fonts: ThemeFonts
) -> None:
    """Everything that is said on the card, on a ground that is ready for it."""
    layout = theme_fonts.theme.layout
    draw_brand(image, text.brand, logo, theme_fonts)
    for piece in words:
        _draw_piece(image, piece, theme_fonts)
    draw_block(image, text.offer, layout.offer, theme_fonts)
    draw_block(image, text.scan_hint, layout.hint, theme_fonts)


def draw_ground(words: Sequence[Piece], photo: Image.Image | None, theme_fonts: ThemeFonts) -> Image.Image:
    """All that is not text, ready for these words to stand on it."""
    layout, image = theme_fonts.theme.layout, Image.new("RGB", CARD_SIZE)
    layout.paint_backdrop(image, theme_fonts.theme.palette)
    if layout.photo is not None and photo is not None:
        _paint_photo(image, layout.photo, photo, words, theme_fonts)
    return image


def _paint_photo(
    image: Image.Image, place: PhotoPlace, photo: Image.Image, words: Sequence[Piece], theme_fonts: ThemeFonts
) -> None:
    """The photo, veiled under words that stand on it."""
    left, top, right, bottom = place.bounds
    palette = theme_fonts.theme.palette
    size = (round(right - left), round(bottom - top))
    seen = _SEEN_ABOVE_WORDS if place.under_words else 1.0
    place.paint(image, palette, cut_photo(photo, size, theme_fonts.look.focus, seen=seen))
    if not place.under_words:
        return
    headline = words[0]
    under = (0, headline.place[1] - _VEIL_ROOM, right, bottom)
    shade(image, under, headline.list_lines(), mix(palette["deep"], BLACK, 0.4), palette[headline.style.colour])


def set_words(text: CardText, theme_fonts: ThemeFonts) -> list[Piece]:
    """Headline and story; a member's own words stand large in the place of the headline, and that below them."""
    pair = theme_fonts.theme.layout.words
    if not text.quoted:
        return place_pair((text.headline, text.story), pair, theme_fonts)
    quote = replace(pair.first, size=min(pair.first.size, 92), floor=40, lines=6, leading=max(pair.first.leading, 1.06))
    return place_pair((text.story, text.headline), replace(pair, first=quote), theme_fonts)


def draw_brand(image: Image.Image, brand: str, logo: Image.Image | None, theme_fonts: ThemeFonts) -> None:
    """The shop's name, and before it the logo; without one its first letter in a disc, where the name stands left."""
    layout = theme_fonts.theme.layout
    block, (x, y), radius = layout.brand, layout.monogram.centre, layout.monogram.radius
    left, top, right, bottom = block.bounds
    room = right - (left if block.style.align == "centre" else x - radius)
    widest = max(_LOGO_WIDTH * 2 * radius, min(_WIDEST_LOGO * 2 * radius, _LOGO_SHARE * room))
    small = None if logo is None else fit_logo(logo, round(2 * radius), round(widest))
    if small is not None:
        taken = small.width + _LOGO_GAP
        name = theme_fonts.fit(brand, block.style, right - (x - radius) - taken, bottom - top)
        start = (left + right - name.width - taken) / 2 if block.style.align == "centre" else x - radius
        block = replace(block, bounds=(start + taken, top, right, bottom), style=replace(block.style, align="left"))
        left = start
    if layout.brand_pill is not None:
        _draw_pill(image, brand, block, x - radius, theme_fonts)
    if small is not None:
        _draw_logo(image, small, (round(left), round(y - small.height / 2)))
    elif block.style.align == "left":
        _draw_monogram(image, brand, theme_fonts)
    draw_block(image, brand, block, theme_fonts)


def _draw_pill(image: Image.Image, brand: str, block: Block, start: float, theme_fonts: ThemeFonts) -> None:
    """Something plain under logo and name, as wide as they are."""
    layout, (left, top, right, bottom) = theme_fonts.theme.layout, block.bounds
    name = theme_fonts.fit(brand, block.style, right - left, bottom - top)
    bounds = (start - _PILL_PAD, top - 2, left + name.width + 2 * _PILL_PAD, bottom + 2)
    fill = theme_fonts.theme.palette[layout.brand_pill or "panel"]
    draw_shape(image, bounds, fill, lambda pencil: pencil.block(bounds, radius=(bottom - top + 4) / 2))


def _draw_logo(image: Image.Image, logo: Image.Image, place: tuple[int, int]) -> None:
    """The logo, on a chip where it would sink into what is behind it."""
    x, y = place
    around = (x - _CHIP_PAD, y - _CHIP_PAD, x + logo.width + _CHIP_PAD, y + logo.height + _CHIP_PAD)
    chip = choose_chip(logo, image.crop(around))
    if chip is not None:
        draw_shape(image, around, chip, lambda pencil: pencil.block(around, radius=16))
    if logo.mode == "RGBA":
        image.paste(logo.convert("RGB"), place, logo.getchannel("A"))
    else:
        bounds = (x, y, x + logo.width, y + logo.height)
        draw_shape(image, bounds, Sheet(logo, x, y), lambda pencil: pencil.block(bounds, radius=14))


def draw_code(image: Image.Image, link: str, theme_fonts: ThemeFonts, *, above: int = 0) -> None:
    """The QR code, dark on the panel, around its centre; the image lacks so many rows of the card. Raises LinkTooLong.

    Modules of 8 pixels that lie on JPEG's own grid of 8 x 8 cost the fewest bytes and stay sharp.
    """
    x, y = theme_fonts.theme.layout.code_centre
    mask = compose_code(link).render_robust_mask(MODULE_PIXELS)
    place = (x - mask.width // 2, y - above - mask.height // 2)
    image.paste(theme_fonts.theme.palette["code"], place, mask)


def measure_code_reach() -> int:
    """How far the largest code reaches from its centre."""
    return MOST_MODULES * MODULE_PIXELS // 2


def draw_block(image: Image.Image, text: str, block: Block, theme_fonts: ThemeFonts) -> None:
    """One text in its place."""
    left, top, right, bottom = block.bounds
    setting = theme_fonts.fit(text, block.style, right - left, bottom - top)
    y = top + (bottom - top - setting.height) * block.anchor
    _draw_static(
        image,
        setting,
        (left, y),
        style=block.style,
        theme_fonts=theme_fonts,
        width=right - left,
        turn_degrees=block.turn_degrees,
    )


def place_pair(texts: tuple[str, str], pair: Pair, theme_fonts: ThemeFonts) -> list[Piece]:
    """Two texts, one under the other or each in its own place, set and placed."""
    left, top, right, bottom = pair.bounds
    first, second = fit_pair(texts, pair, theme_fonts)
    heading, running = (
        replace(style, align=setting.turn(style.align))
        for setting, style in ((first, pair.first), (second, pair.second))
    )
    if pair.second_bounds is not None:
        y = top + (bottom - top - first.height) * pair.anchor
        left_2, top_2, right_2, bottom_2 = pair.second_bounds
        y_2 = top_2 + (bottom_2 - top_2 - second.height) * _SECOND_ANCHOR
        return [
            Piece(first, (left, y), heading, right - left),
            Piece(second, (left_2, y_2), running, right_2 - left_2),
        ]
    narrow = pair.second_width or right - left
    y = top + (bottom - top - first.height - pair.gap - second.height) * pair.anchor
    x = left + (right - left - narrow) / 2 if pair.second.align == "centre" else left
    return [
        Piece(first, (left, y), heading, right - left),
        Piece(second, (x, y + first.height + pair.gap), running, narrow),
    ]


def fit_pair(texts: tuple[str, str], pair: Pair, theme_fonts: ThemeFonts) -> tuple[Setting, Setting]:
    """The first text as large as the second, in what is left of the height, remains comfortable to read."""
    left, top, right, bottom = pair.bounds
    height = bottom - top
    if pair.second_bounds is not None:
        left_2, top_2, right_2, bottom_2 = pair.second_bounds
        return (
            theme_fonts.fit(texts[0], pair.first, right - left, height),
            theme_fonts.fit(texts[1], pair.second, right_2 - left_2, bottom_2 - top_2),
        )
    for share in _FIRST_SHARES:
        first = theme_fonts.fit(texts[0], pair.first, right - left, height * share)
        rest = height - first.height - pair.gap
        second = theme_fonts.fit(texts[1], pair.second, pair.second_width or right - left, rest)
        if second.size >= _COMFORTABLE * pair.second.size:
            break
    return first, second


def _draw_piece(image: Image.Image, piece: Piece, theme_fonts: ThemeFonts) -> None:
    _draw_static(image, piece.setting, piece.place, style=piece.style, theme_fonts=theme_fonts, width=piece.width)


def _draw_static(
    image: Image.Image,
    setting: Setting,
    place: Point,
    *,
    style: TextStyle,
    theme_fonts: ThemeFonts,
    width: float,
    turn_degrees: float = 0.0,
) -> None:
    draw_text(
        image,
        setting,
        place,
        theme_fonts.theme.palette[style.colour],
        width=width,
        align=style.align,
        oversample=_STATIC_OVERSAMPLE,
        turn_degrees=turn_degrees,
    )


def _draw_monogram(image: Image.Image, brand: str, theme_fonts: ThemeFonts) -> None:
    monogram = theme_fonts.theme.layout.monogram
    (x, y), radius = monogram.centre, monogram.radius
    bounds = (x - radius, y - radius, x + radius, y + radius)
    draw_shape(
        image, bounds, theme_fonts.theme.palette[monogram.disc], lambda pencil: pencil.disc(monogram.centre, radius)
    )
    letter = next((character for character in brand if character.isalnum()), "")
    setting = theme_fonts.fit(letter.upper(), monogram.letter, 2 * radius, 2 * radius)
    place = (x - radius, y - setting.ascent / 2)
    _draw_static(image, setting, place, style=monogram.letter, theme_fonts=theme_fonts, width=2 * radius)
