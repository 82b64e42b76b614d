"""How a campaign's cards look: a theme of ours or the shop's own colours, and a composition."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, TypedDict

from bot.core.campaigns.file import CampaignFile, Path
from bot.core.looks import AUTO, FOCUSES, LAYOUTS, CardLook

if TYPE_CHECKING:
    from bot.core.campaigns.campaign import Campaign

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_BLOCK = ("colours",)


class LookFields(TypedDict):
    """What a campaign keeps of its look besides its pictures."""

    theme: str
    layout: str
    main_colour: str
    accent_colour: str
    focus: str


def take_look(file: CampaignFile, themes: Collection[str]) -> LookFields:
    """Read `theme`, `layout`, `focus` and `[colours]`; all but the theme may be left out. What cannot be is told by `check`."""
    theme = file.attempt("", file.take_choice, ("theme",), [*sorted(themes), AUTO])
    colours = file.attempt({}, file.take_table, _BLOCK, ("main", "accent")) if file.holds(_BLOCK) else {}
    if "accent" in colours and "main" not in colours:
        file.note((*_BLOCK, "main"), 'this is missing. An accent stands beside a main colour: main = "#c53f1e"')
    if theme == AUTO and not colours and not _has_picture(file):
        file.note(
            ("theme",), '"auto" takes its colours from a logo or a photo. Add one, or choose a theme by its name.'
        )
    return LookFields(
        theme=theme,
        layout=_take_optional(file, ("layout",), LAYOUTS),
        main_colour=file.attempt("", take_colour, file, (*_BLOCK, "main")) if "main" in colours else "",
        accent_colour=file.attempt("", take_colour, file, (*_BLOCK, "accent")) if "accent" in colours else "",
        focus=take_focus(file, ("focus",)),
    )


def take_focus(file: CampaignFile, path: Path) -> str:
    """What of a tall picture shows; empty where the file does not say."""
    return _take_optional(file, path, FOCUSES)


def parse_colour(said: str) -> str:
    """A colour as somebody types it, `#rrggbb` in small letters; empty for what is none."""
    colour = f"#{said.strip().removeprefix('#').lower()}"
    return colour if _COLOUR.fullmatch(colour) else ""


def take_colour(file: CampaignFile, path: Path) -> str:
    """A colour in small letters."""
    colour = file.take_text(path, 64, '"#c53f1e"').lower()
    if not _COLOUR.fullmatch(colour):
        raise file.mistake(path, f'"{colour}" is no colour. Write # and six digits of 0-9 and a-f, like "#c53f1e".')
    return colour


def _take_optional(file: CampaignFile, path: Path, choices: Collection[str]) -> str:
    return file.attempt("", file.take_choice, path, choices) if file.holds(path) else ""


def _has_picture(file: CampaignFile) -> bool:
    stories = file.find(("stories",))
    told = isinstance(stories, list) and any("picture" in story for story in stories if isinstance(story, dict))
    return told or file.holds(("logo",)) or file.holds(("photo",))


def compose_look(campaign: Campaign, picture: str = "", focus: str = "") -> CardLook:
    """How the cards of a campaign look that carry this picture, a SHA-256, of which this is to show."""
    return CardLook(
        theme=campaign.theme,
        layout=campaign.layout,
        main=campaign.main_colour,
        accent=campaign.accent_colour,
        logo=campaign.logo,
        photo=picture,
        focus=(focus or campaign.focus) if picture else "",
    )
