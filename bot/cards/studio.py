"""Where cards are made: fonts and the latest templates are kept, a card costs a name and a code."""

from __future__ import annotations

import threading
from collections import OrderedDict
from copy import copy
from dataclasses import replace
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from bot.cards.dressing import FindPicture
from bot.cards.formats import MOST_FORMAT_BYTES, draw_format
from bot.cards.jpeg import render_bounded_jpeg
from bot.cards.photos import open_picture
from bot.cards.posters import draw_poster
from bot.cards.qr import compose_code
from bot.cards.qrpage import draw_qr_page
from bot.cards.template import Template, build_template, draw_draft
from bot.cards.theme_fonts import ThemeFonts, load_theme_fonts, load_typefaces
from bot.cards.themes import list_theme_names, load_theme
from bot.cards.typefaces import Typeface
from bot.core.looks import CardLook
from bot.core.posters import Poster
from bot.core.sharing import CardFormat, CardText, Mark
from storage.heap import give_back_memory

if TYPE_CHECKING:
    from bot.cards.checking import Look

_LOOKS_KEPT = 24  # a look without its pictures is small
_CARDS_BETWEEN = 200  # then what lies about free is given back


class CardStudio:
    """Renders cards. Safe to use from several threads."""

    def __init__(self, assets: Path, *, templates_kept: int = 6, find_picture: FindPicture = lambda _: None) -> None:
        self._assets = assets
        self._find_picture = find_picture
        self._templates_kept = templates_kept
        self._templates: OrderedDict[CardText, Template] = OrderedDict()
        self._theme_fonts: OrderedDict[CardLook, ThemeFonts] = OrderedDict()
        self._drawn = 0
        self._loading = threading.Lock()
        self._drawing = threading.Lock()  # fonts are shared, and FreeType draws with one typeface at a time

    @property
    def templates_held(self) -> int:
        """How many templates are kept at this moment, for all shops that the studio serves."""
        return len(self._templates)

    def serve(self, find_picture: FindPicture) -> CardStudio:
        """The same studio for another shop, whose pictures lie elsewhere: fonts, looks and templates are shared, and bounded as before.

        What two shops have alike is the same to the last picture, which a look names by its content.
        """
        self._typefaces  # noqa: B018 -- read once for all
        other = copy(self)
        other._find_picture = find_picture  # noqa: SLF001 -- a copy of our own
        return other

    def render_card(
        self, text: CardText, *, name: str, link: str, face: bytes | None = None, mark: Mark | None = None
    ) -> bytes:
        """A JPEG of 1024 x 1280 pixels, at most 98,000 bytes; `face` is a picture as `faces.read_face` gives it.

        Raises UnknownTheme, ThemeMistake, LinkTooLong.
        """
        theme_fonts, shown = self.get_fonts_for(text), _open_face(face)
        with self._drawing:
            encode = self._get_template(text, theme_fonts).render_card(name, link, shown, mark)
        return encode()

    def render_card_once(
        self, text: CardText, *, name: str, link: str, face: bytes | None = None, mark: Mark | None = None
    ) -> bytes:
        """The same card for a text that is one person's own: nothing of it is kept, so that no template has to go."""
        theme_fonts, shown = self.get_fonts_for(text), _open_face(face)
        with self._drawing:
            card = draw_draft(text, theme_fonts).draw_card(name, link, shown, mark)
        return render_bounded_jpeg(card)

    def render_format(
        self,
        text: CardText,
        wanted: CardFormat,
        *,
        name: str,
        link: str,
        face: bytes | None = None,
        mark: Mark | None = None,
        kept: bool = True,
    ) -> bytes:
        """The card in another format, a JPEG of at most 200,000 bytes; `kept` is whether many members share the text."""
        theme_fonts, shown = self.get_fonts_for(text), _open_face(face)
        with self._drawing:
            shared = self._get_template(text, theme_fonts) if kept else draw_draft(text, theme_fonts)
            card = shared.draw_card(name, link, shown, mark)
            picture = draw_format(card, compose_code(link), text, theme_fonts, wanted)
        return render_bounded_jpeg(picture, most_bytes=MOST_FORMAT_BYTES)

    def look_at(self, text: CardText, *, name: str, link: str) -> Look:
        """Draw a card and look at it: whether its words stand out, and its code is read back. Raises LinkTooLong."""
        from bot.cards.checking import look_at_card  # noqa: PLC0415 -- seldom needed

        theme_fonts = self.get_fonts(text.look)
        with self._drawing:
            return look_at_card(text, theme_fonts, name=name, link=link)

    def can_tell(self, story: str, look: CardLook) -> bool:
        """Whether the typefaces of a look can draw every letter of a story."""
        return self.get_fonts(look).can_tell(story)

    def render_print_sheets(self, text: CardText, *, name: str, link: str, way_in: str = "") -> tuple[bytes, bytes]:
        """Two PDFs: an A4 sheet of business cards, an A5 poster. Raises UnknownTheme, ThemeMistake, LinkTooLong."""
        from bot.cards.print_sheets import lay_out_sheets, render_business_cards, render_poster  # noqa: PLC0415 -- half a second, seldom needed

        theme_fonts = self.get_fonts_for(text)
        with self._drawing:
            sheets = lay_out_sheets(text, theme_fonts, name=name, link=link, way_in=way_in)
        return render_business_cards(sheets), render_poster(sheets)

    def render_shop_sheets(self, text: CardText, *, link: str, way_in: str) -> tuple[bytes, bytes]:
        """Two PDFs without a name: an A5 poster, an A4 table tent. Raises UnknownTheme, ThemeMistake, LinkTooLong."""
        from bot.cards.print_sheets import lay_out_sheets, render_poster, render_tent  # noqa: PLC0415 -- as above

        theme_fonts = self.get_fonts_for(text)
        with self._drawing:
            sheets = lay_out_sheets(text, theme_fonts, name="", link=link, way_in=way_in)
        return render_poster(sheets), render_tent(sheets)

    def render_qr(self, link: str, look: CardLook, *, caption: str = "") -> bytes:
        """The QR code alone, large, on a JPEG of 1024 x 1152 pixels. Raises UnknownTheme, ThemeMistake, LinkTooLong."""
        theme_fonts = self.get_fonts(look)
        with self._drawing:
            picture = draw_qr_page(link, theme_fonts, caption)
        return render_bounded_jpeg(picture)

    def render_poster(self, poster: Poster, look: CardLook) -> bytes:
        """A post's picture, a JPEG of 1280 x 960 pixels. Raises UnknownTheme, ThemeMistake."""
        theme_fonts = replace(self.get_fonts(look), terms=(poster.brand,))
        with self._drawing:
            picture = draw_poster(poster, theme_fonts)
        return render_bounded_jpeg(picture, most_bytes=MOST_FORMAT_BYTES)

    def list_themes(self) -> list[str]:
        """Names of the themes, sorted."""
        return list_theme_names(self._assets / "themes")

    def check_theme(self, name: str) -> None:
        """Raise UnknownTheme or ThemeMistake unless cards can be made in this theme."""
        load_theme(self._assets / "themes", name)

    def _get_template(self, text: CardText, theme_fonts: ThemeFonts) -> Template:
        template = self._templates.pop(text, None)
        self._drawn += 1
        if template is None or self._drawn % _CARDS_BETWEEN == 0:
            template = template or build_template(text, theme_fonts)
            give_back_memory()
        self._templates[text] = template
        while len(self._templates) > self._templates_kept:
            self._templates.popitem(last=False)
        return template

    def get_fonts(self, look: CardLook) -> ThemeFonts:
        """What a look is drawn with. Raises UnknownTheme, ThemeMistake."""
        with self._loading:
            found = self._theme_fonts.pop(look, None)
            found = found or load_theme_fonts(look, self._assets, self._typefaces, self._find_picture)
            self._theme_fonts[look] = found
            while len(self._theme_fonts) > _LOOKS_KEPT:
                self._theme_fonts.popitem(last=False)
            return found

    def get_fonts_for(self, text: CardText) -> ThemeFonts:
        """What a card's texts are drawn with, which keeps the shop's name on one line. Raises as get_fonts."""
        return replace(self.get_fonts(text.look), terms=(text.brand,))

    @cached_property
    def _typefaces(self) -> dict[str, Typeface]:
        return load_typefaces(self._assets)


def _open_face(face: bytes | None) -> Image.Image | None:
    return None if face is None else open_picture(face)


def render_card_from_scratch(text: CardText, name: str, link: str, assets: Path) -> bytes:
    """The same card as a PNG with nothing prepared: what `make bench` compares with."""
    draft = draw_draft(text, load_theme_fonts(text.look, assets, load_typefaces(assets)))
    buffer = BytesIO()
    draft.draw_card(name, link).save(buffer, "PNG")
    return buffer.getvalue()
