"""A card without name and code, kept so that a person's card costs only these two."""

from __future__ import annotations

import random
from collections.abc import Callable
from io import BytesIO

from PIL import Image

from bot.cards.card_drawing import draw_card_base, draw_code, measure_code_reach
from bot.cards.invitation import Invitation, prepare_invitation
from bot.cards.jpeg import MOST_BYTES, ROW_PIXELS, Frame, choose_quality, encode_frame, render_bounded_jpeg
from bot.cards.layout import CARD_SIZE, Layout
from bot.cards.theme_fonts import ThemeFonts
from bot.core.face import KEPT_PIXELS
from bot.core.sharing import CardText, Mark
from storage.frozen import frozen

_TRIAL_NAME = "Putri Maharani"
_TRIAL_LINK = "https://t.me/a_bot_name_of_usual_length_bot?start=Zq8Kx0Wm3P-qr"
_TRIAL_SPOTS = 24
_LETTERS_REACH = 64  # how far above and below its place a name with marks may reach


@frozen(kw_only=False)
class Draft:
    """What is the same on everybody's card."""

    picture: Image.Image
    invitation: Invitation
    theme_fonts: ThemeFonts

    def draw_card(self, name: str, link: str, face: Image.Image | None = None, mark: Mark | None = None) -> Image.Image:
        """A person's card. Raises LinkTooLong."""
        picture = self.picture.copy()
        self.invitation.draw(picture, name, face, mark)
        draw_code(picture, link, self.theme_fonts)
        return picture


@frozen(kw_only=False)
class Template:
    """A draft's JPEG and its pixels where name and code go: two megabytes, of which a card exchanges rows."""

    band: bytes
    """The rows that a card exchanges, red, green and blue in turn."""
    invitation: Invitation
    """As it lies on these rows."""
    theme_fonts: ThemeFonts
    quality: int
    frame: Frame
    first_row: int
    last_row: int

    def render_card(
        self, name: str, link: str, face: Image.Image | None = None, mark: Mark | None = None
    ) -> Callable[[], bytes]:
        """Draw a person's card, and return what encodes it, for which no font is needed any more. Raises LinkTooLong."""
        band = self._draw(name, link, face, mark)
        return lambda: self._encode(band)

    def draw_card(self, name: str, link: str, face: Image.Image | None = None, mark: Mark | None = None) -> Image.Image:
        """The whole card, as it was encoded where it is the same for everybody. Raises LinkTooLong."""
        return self._complete(self._draw(name, link, face, mark))

    def _draw(self, name: str, link: str, face: Image.Image | None, mark: Mark | None) -> Image.Image:
        """The rows that a card exchanges: a whole card would take twice the memory."""
        band = Image.frombytes("RGB", (CARD_SIZE[0], self._height), self.band)
        self.invitation.draw(band, name, face, mark)
        draw_code(band, link, self.theme_fonts, above=self._top)
        return band

    def _encode(self, band: Image.Image) -> bytes:
        """A JPEG of at most 98,000 bytes.

        The quality suits names of usual length; the rare card that is heavier is encoded as a whole, a little coarser.
        """
        jpeg = self.frame.replace_rows(self.first_row, encode_frame(band, self.quality).rows).join()
        return jpeg if len(jpeg) <= MOST_BYTES else render_bounded_jpeg(self._complete(band), self.quality)

    def _complete(self, band: Image.Image) -> Image.Image:
        whole = Image.open(BytesIO(self.frame.join())).convert("RGB")
        whole.paste(band, (0, self._top))
        return whole

    @property
    def _top(self) -> int:
        return self.first_row * ROW_PIXELS

    @property
    def _height(self) -> int:
        return (self.last_row - self.first_row) * ROW_PIXELS


def draw_draft(text: CardText, theme_fonts: ThemeFonts) -> Draft:
    """Draw what is the same on everybody's card."""
    return Draft(draw_card_base(text, theme_fonts), prepare_invitation(text, theme_fonts), theme_fonts)


def build_template(text: CardText, theme_fonts: ThemeFonts) -> Template:
    """Draw and encode what is static, at the quality at which nearly every card stays within the size."""
    draft = draw_draft(text, theme_fonts)
    quality = choose_quality(draft.draw_card(_TRIAL_NAME, _TRIAL_LINK, _draw_trial_face()))
    first_row, last_row = find_touched_rows(theme_fonts.theme.layout)
    band = draft.picture.crop((0, first_row * ROW_PIXELS, draft.picture.width, last_row * ROW_PIXELS)).tobytes()
    frame, invitation = encode_frame(draft.picture, quality), draft.invitation.move_up(first_row * ROW_PIXELS)
    return Template(band, invitation, theme_fonts, quality, frame, first_row, last_row)


def _draw_trial_face() -> Image.Image:
    """As restless as a photo in the shade: most faces weigh less."""
    spots = random.Random(3).randbytes(3 * _TRIAL_SPOTS**2)  # noqa: S311 - a texture
    small = Image.frombytes("RGB", (_TRIAL_SPOTS, _TRIAL_SPOTS), spots)
    return small.resize((KEPT_PIXELS, KEPT_PIXELS), Image.Resampling.BICUBIC)


def find_touched_rows(layout: Layout) -> tuple[int, int]:
    """The first row of blocks that name or code may touch, and the one after the last."""
    _, top, _, bottom = layout.invitation.bounds
    reach = measure_code_reach()
    first = min(top - _LETTERS_REACH, layout.code_centre[1] - reach)
    last = max(bottom + _LETTERS_REACH, layout.code_centre[1] + reach)
    return int(first // ROW_PIXELS), min(CARD_SIZE[1] // ROW_PIXELS, int(-(-last // ROW_PIXELS)))
