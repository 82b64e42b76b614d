"""The few colours of a theme that compositions beside the card need."""

from __future__ import annotations

from bot.cards.layout import Palette
from bot.cards.shapes import Colour
from storage.frozen import frozen


@frozen
class Inks:
    """A strong field with something bright on it, and dark on white."""

    field: Colour
    on_field: Colour
    accent: Colour
    on_accent: Colour
    ink: Colour
    soft: Colour
    code: Colour


_INKS = (
    ("coupon", "coupon_text", "ring_2", "brand", "brand"),
    ("night_glow", "headline", "gold_light", "seal_text", "code"),
    ("field_1", "headline", "sticker", "sticker_text", "phrase"),
    ("main", "on_main", "accent", "on_accent", "ink"),
)
"""By layout: field, what stands on it, accent, what stands on that, dark on white."""


def choose_inks(palette: Palette) -> Inks:
    """Those of a theme, whatever its layout calls them."""
    field, on_field, accent, on_accent, ink = next(names for names in _INKS if all(name in palette for name in names))
    return Inks(
        field=palette[field],
        on_field=palette[on_field],
        accent=palette[accent],
        on_accent=palette[on_accent],
        ink=palette[ink],
        soft=palette["hint"],
        code=palette["code"],
    )
