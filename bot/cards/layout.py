"""Where everything stands on a card of 1024 x 1280 pixels."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PIL import Image

from bot.cards.schemes import Scheme
from bot.cards.shapes import Bounds, Colour, Fill, Point
from bot.cards.typesetting import TextStyle
from storage.frozen import frozen

CARD_SIZE = (1024, 1280)
"""Telegram shrinks anything larger to this."""

Palette = Mapping[str, Colour]


@frozen
class Block:
    """A text and its place."""

    bounds: Bounds
    style: TextStyle
    anchor: float = 0.5
    """Where it stands in spare height: 0 top, 0.5 middle, 1 bottom."""
    turn_degrees: float = 0.0
    """Counterclockwise."""


@frozen
class Pair:
    """Two texts, one under the other, that share a place."""

    bounds: Bounds
    first: TextStyle
    second: TextStyle
    gap: int
    anchor: float = 0.5
    second_width: float | None = None
    """Where the second text must stay narrower than the place."""
    second_bounds: Bounds | None = None
    """Where the second text has a place of its own, below a photo that the first stands beside."""


@frozen
class Monogram:
    """The brand's first character in a disc, in the place of which a logo stands."""

    centre: Point
    radius: float
    disc: str
    letter: TextStyle


@frozen
class PhotoPlace:
    """Where a photo goes."""

    bounds: Bounds
    paint: Callable[[Image.Image, Palette, Image.Image], None]
    """Is given card, colours, and the photo cut to the size of the bounds."""
    under_words: bool = False
    """Whether texts stand on it, so that it must be darkened until they can be read."""


@frozen
class Layout:
    """One composition. Themes give it colours and typefaces."""

    name: str
    colours: frozenset[str]
    """What a theme must name."""
    dress: Callable[[Scheme], dict[str, Colour]]
    """Gives the same from the colours of a shop."""
    paint_backdrop: Callable[[Image.Image, Palette], None]
    """Draws everything that is not text."""
    monogram: Monogram
    brand: Block
    brand_pill: str | None = None
    """The colour of what lies under name and logo, where they stand on a photo."""
    words: Pair
    """Headline and story."""
    offer: Block
    hint: Block
    invitation: Pair
    """The inviter's name and the phrase around it."""
    nameless: TextStyle
    """The phrase alone, where there is no name."""
    name_fill: Callable[[Palette], Fill]
    code_centre: tuple[int, int]
    """Where the middle of the QR code is; both are 4 more than a multiple of 8. With its quiet zone it takes up to 392 pixels."""
    photo: PhotoPlace | None = None
    pictured: Layout | None = None
    """The same composition around a photo."""
