"""What a card is looked at for before members get it: whether its words stand out, and its code is read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO

from PIL import Image

from bot.cards.card_drawing import Piece, draw_code, draw_ground, draw_words, set_words
from bot.cards.colours import LARGE_TEXT_CONTRAST, compute_contrast, compute_luminance
from bot.cards.invitation import prepare_invitation
from bot.cards.jpeg import choose_quality, render_jpeg
from bot.cards.photos import list_colours
from bot.cards.shapes import Bounds, Colour, Point
from bot.cards.theme_fonts import ThemeFonts
from bot.cards.typesetting import Setting, TextStyle
from bot.core.sharing import CardText
from storage.frozen import frozen

PHONE_SIZE = (410, 512)
"""A card as a phone's screen shows it in a chat."""
PHONE_QUALITY = 50
"""As coarse as networks make pictures that are sent on."""
COARSER_BY = 4
"""How much of its quality a card may lose to the member's face."""
_SAMPLES = (64, 32)
_WORST_SHARE = 0.05


def can_be_read(jpeg: bytes, link: str) -> bool:
    """Whether a reader finds this link, and nothing else, both on the card as it is sent and on what a phone makes of it."""
    with Image.open(BytesIO(jpeg)) as sent:
        shown = BytesIO()
        sent.resize(PHONE_SIZE, Image.Resampling.BILINEAR).save(shown, "JPEG", quality=PHONE_QUALITY)
        return all(_read(picture) == [link] for picture in (sent, Image.open(shown)))


@frozen(kw_only=False)
class Look:
    """What was seen on a card."""

    contrasts: Mapping[str, float]
    """How well each of its words stands out, 1 to 21, by field of CardText: where the ground is most like it, but for a twentieth."""
    is_read: bool
    """Whether its code is read back."""
    quality: int
    """JPEG's, at which it was."""

    @property
    def faint(self) -> list[str]:
        """Words that do not stand out as WCAG asks of large ones."""
        return [field for field, contrast in self.contrasts.items() if contrast < LARGE_TEXT_CONTRAST]


def look_at_card(text: CardText, theme_fonts: ThemeFonts, *, name: str, link: str) -> Look:
    """Draw a card and look at it, as coarse as a card may become. Raises LinkTooLong."""
    words, pictures = set_words(text, theme_fonts), theme_fonts.open_pictures()
    card = draw_ground(words, pictures.photo, theme_fonts)
    contrasts = _measure_contrasts(card, text, words, theme_fonts)
    draw_words(card, text, words, pictures.logo, theme_fonts)
    prepare_invitation(text, theme_fonts).draw(card, name)
    draw_code(card, link, theme_fonts)
    quality = choose_quality(card) - COARSER_BY
    return Look(contrasts, can_be_read(render_jpeg(card, quality), link), quality)


def _measure_contrasts(
    ground: Image.Image, text: CardText, words: Sequence[Piece], theme_fonts: ThemeFonts
) -> dict[str, float]:
    palette, offer = theme_fonts.theme.palette, theme_fonts.theme.layout.offer
    fields = ("story", "headline") if text.quoted else ("headline", "story")
    places = {
        field: (piece.style, _bound(piece.setting, piece.style, piece.place, piece.width))
        for field, piece in zip(fields, words, strict=True)
    }
    left, top, right, bottom = offer.bounds
    setting = theme_fonts.fit(text.offer, offer.style, right - left, bottom - top)
    place = (left, top + (bottom - top - setting.height) * offer.anchor)
    places["offer"] = (offer.style, _bound(setting, offer.style, place, right - left))
    return {field: _find_contrast(ground, bounds, palette[style.colour]) for field, (style, bounds) in places.items()}


def _bound(setting: Setting, style: TextStyle, place: Point, width: float) -> Bounds:
    """What a text that was set covers."""
    x, y = place
    spare = {"left": 0.0, "centre": 0.5, "right": 1.0}[setting.turn(style.align)] * (width - setting.width)
    return x + spare, y, x + spare + setting.width, y + setting.height


def _find_contrast(ground: Image.Image, bounds: Bounds, ink: Colour) -> float:
    left, top, right, bottom = (round(edge) for edge in bounds)
    sample = ground.crop((left, top, max(right, left + 1), max(bottom, top + 1)))
    colours = sorted(list_colours(sample.resize(_SAMPLES, Image.Resampling.NEAREST)), key=compute_luminance)
    out = int(len(colours) * _WORST_SHARE)
    return min(compute_contrast(ink, edge) for edge in (colours[out], colours[-1 - out]))


def _read(picture: Image.Image) -> list[str]:
    import zxingcpp  # noqa: PLC0415 -- most cards are never looked at

    return [
        code.text
        for code in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]))
    ]
