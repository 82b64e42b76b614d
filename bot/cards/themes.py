"""Themes: a composition with colours and typefaces, one TOML file each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import ImageColor

from bot.cards.layout import Layout, Palette
from bot.cards.layouts import LAYOUTS
from bot.cards.schemes import compose_scheme
from bot.cards.shapes import Colour
from storage.frozen import frozen

ROLES = ("display", "name", "text", "label")
_FALLBACKS = ("noto-sans-bold", "noto-sans-sc-bold", "noto-emoji-bold")


class UnknownTheme(LookupError):
    """A theme that no file in assets/themes gives."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"no theme {name!r}; there are {', '.join(known)}")
        self.name = name
        self.known = known


class ThemeMistake(ValueError):
    """A theme file with something missing or wrong in it."""


@frozen
class Theme:
    """What a theme file says."""

    name: str
    layout: Layout
    palette: Palette
    fonts: Mapping[str, tuple[str, ...]]
    """Names of files in assets/fonts by role, in order of preference, fallbacks included."""
    colours: tuple[Colour, Colour]
    """Main and accent: what other layouts make a palette of."""


def list_theme_names(folder: Path) -> list[str]:
    """Names of the themes in the folder, sorted."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def load_theme(folder: Path, name: str) -> Theme:
    """The theme of this name. Raises UnknownTheme, ThemeMistake."""
    known = list_theme_names(folder)
    if name not in known:
        raise UnknownTheme(name, known)
    return parse_theme(name, (folder / f"{name}.toml").read_bytes())


def parse_theme(name: str, source: bytes) -> Theme:
    """The theme of a TOML text. Raises ThemeMistake."""
    try:
        table = tomllib.loads(source.decode())
    except ValueError as mistake:
        raise ThemeMistake(f"theme {name}: {mistake}") from mistake
    layout = LAYOUTS.get(table.get("layout", ""))
    if layout is None:
        raise ThemeMistake(f"theme {name}: layout must be one of {', '.join(LAYOUTS)}")
    main, accent = (_parse_colour(name, key, table.get(key, "")) for key in ("main", "accent"))
    given = table.get("colours")
    return Theme(
        name=name,
        layout=layout,
        palette=_parse_palette(name, given, layout.colours) if given else layout.dress(compose_scheme(main, accent)),
        fonts=_parse_fonts(name, table.get("fonts", {})),
        colours=(main, accent),
    )


def _parse_palette(name: str, table: dict[str, Any], wanted: frozenset[str]) -> dict[str, Colour]:
    if missing := sorted(wanted - table.keys()):
        raise ThemeMistake(f"theme {name}: colours.{missing[0]} is missing")
    return {key: _parse_colour(name, f"colours.{key}", table[key]) for key in sorted(wanted)}


def _parse_colour(name: str, key: str, value: object) -> Colour:
    try:
        red, green, blue = ImageColor.getrgb(str(value))[:3]
    except ValueError as mistake:
        raise ThemeMistake(f"theme {name}: {key} must be a colour like #1a2b3c, not {value!r}") from mistake
    return red, green, blue


def _parse_fonts(name: str, table: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    if missing := [role for role in ROLES if not isinstance(table.get(role), list)]:
        raise ThemeMistake(f"theme {name}: fonts.{missing[0]} must be a list of names of files in assets/fonts")
    return {role: tuple(dict.fromkeys([*map(str, table[role]), *_FALLBACKS])) for role in ROLES}
