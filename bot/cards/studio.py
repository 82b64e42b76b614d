"""Where cards are made: fonts and the latest templates are kept, a card costs a name and a code."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import astuple, dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path

from PIL import Image

from bot.cards.face import CardFace
from bot.cards.invitation import Invitation, prepare_invitation
from bot.cards.jpeg import BEST_QUALITY, choose_quality, render_bounded_jpeg
from bot.cards.outfit import Outfit, load_outfit, load_typefaces
from bot.cards.poster import draw_code, draw_poster
from bot.cards.qrpage import draw_qr_page
from bot.cards.themes import list_theme_names, load_theme
from bot.cards.typefaces import Typeface

LAYOUT_VERSION = 1
"""Raise it when cards change their look without a change of a theme or of words: kept file ids are then not used again."""

_TRIAL_NAME = "Maximiliane Wjörgenstein"
_TRIAL_LINK = "https://t.me/the_longest_name_of_32_letters_b?start=Zq8Kx0Wm3P-longestsource123"


@dataclass(frozen=True, slots=True)
class Template:
    """A card without name and code, and what all cards made from it share."""

    picture: Image.Image
    invitation: Invitation
    outfit: Outfit

    def draw_card(self, name: str, link: str) -> Image.Image:
        """A person's card. Raises LinkTooLong."""
        picture = self.picture.copy()
        self.invitation.draw(picture, name)
        draw_code(picture, link, self.outfit)
        return picture


class CardStudio:
    """Renders cards. Safe to use from several threads."""

    def __init__(self, assets: Path, *, templates_kept: int = 6) -> None:
        self._assets = assets
        self._templates_kept = templates_kept
        self._templates: OrderedDict[CardFace, tuple[Template, int]] = OrderedDict()
        self._outfits: dict[str, Outfit] = {}
        self._pen = threading.RLock()  # fonts are shared, and FreeType draws with one face at a time

    def render_card(self, face: CardFace, *, name: str, link: str) -> bytes:
        """A JPEG of 1024 x 1280 pixels, at most 98,000 bytes. Raises UnknownTheme, ThemeMistake, LinkTooLong."""
        with self._pen:
            template, quality = self._get_template(face)
            picture = template.draw_card(name, link)
        return render_bounded_jpeg(picture, quality)

    def render_qr(self, link: str, *, theme: str, caption: str = "") -> bytes:
        """The QR code alone, large, on a JPEG of 1024 x 1152 pixels. Raises UnknownTheme, ThemeMistake, LinkTooLong."""
        with self._pen:
            picture = draw_qr_page(link, self._get_outfit(theme), caption)
        return render_bounded_jpeg(picture, BEST_QUALITY)

    def compute_version(self, face: CardFace, *, name: str, link: str) -> str:
        """A short hash of everything that shows on the card."""
        with self._pen:
            outfit = self._get_outfit(face.theme)
            return _hash("card", outfit.theme.digest, *astuple(face), outfit.clean_name(name), link)

    def compute_qr_version(self, link: str, *, theme: str, caption: str = "") -> str:
        """A short hash of everything that shows where the QR code stands alone."""
        with self._pen:
            return _hash("qr", self._get_outfit(theme).theme.digest, caption, link)

    def list_themes(self) -> list[str]:
        """Names of the themes, sorted."""
        return list_theme_names(self._assets / "themes")

    def check_theme(self, name: str) -> None:
        """Raise UnknownTheme or ThemeMistake unless cards can be made in this theme."""
        load_theme(self._assets / "themes", name)

    @property
    def templates_held(self) -> int:
        """How many templates are in memory."""
        return len(self._templates)

    def _get_template(self, face: CardFace) -> tuple[Template, int]:
        """The template and the quality at which its heaviest card stays within the size."""
        kept = self._templates.pop(face, None)
        if kept is None:
            template = _draw_template(face, self._get_outfit(face.theme))
            kept = template, choose_quality(template.draw_card(_TRIAL_NAME, _TRIAL_LINK))
        self._templates[face] = kept
        while len(self._templates) > self._templates_kept:
            self._templates.popitem(last=False)
        return kept

    def _get_outfit(self, name: str) -> Outfit:
        if name not in self._outfits:
            self._outfits[name] = load_outfit(name, self._assets, self._typefaces)
        return self._outfits[name]

    @cached_property
    def _typefaces(self) -> dict[str, Typeface]:
        return load_typefaces(self._assets)


def render_card_from_scratch(face: CardFace, name: str, link: str, assets: Path) -> bytes:
    """The same card as a PNG with nothing prepared: what `make bench` compares with."""
    template = _draw_template(face, load_outfit(face.theme, assets, load_typefaces(assets)))
    buffer = BytesIO()
    template.draw_card(name, link).save(buffer, "PNG")
    return buffer.getvalue()


def _hash(*shown: str) -> str:
    return hashlib.sha256(repr((LAYOUT_VERSION, *shown)).encode()).hexdigest()[:16]


def _draw_template(face: CardFace, outfit: Outfit) -> Template:
    return Template(draw_poster(face, outfit), prepare_invitation(face, outfit), outfit)
