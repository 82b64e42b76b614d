"""How a shop's cards look: composition, colours and pictures, by name. Nothing here knows a pixel."""

from __future__ import annotations

from bot.assets import ASSETS
from storage.frozen import frozen

AUTO = "auto"
"""The theme that takes its colours from the shop's logo or photo."""
LAYOUTS = ("bubble", "festive", "minimal", "photo", "salon", "sunrise")
"""The compositions there are."""
FOCUSES = ("top", "middle", "bottom")
"""What of a tall photo is shown, where its owner says so."""


@frozen(kw_only=False)
class CardLook:
    """Everything that is not words: with the same look and the same words two cards are the same picture."""

    theme: str
    """The name of a file in assets/themes without its ending, or `auto`."""
    layout: str = ""
    """One of LAYOUTS; empty for the theme's own."""
    main: str = ""
    """The shop's colour, `#rrggbb`; empty for the theme's."""
    accent: str = ""
    """Its second colour; empty for one that goes with the first."""
    logo: str = ""
    """SHA-256 of the logo; empty for the brand's first letter."""
    photo: str = ""
    """SHA-256 of the photo; empty for none."""
    focus: str = ""
    """One of FOCUSES; empty to look for what matters."""

    @property
    def pictures(self) -> tuple[str, ...]:
        """What has to be at hand to draw it."""
        return tuple(sha256 for sha256 in (self.logo, self.photo) if sha256)


def list_themes() -> list[str]:
    """The shipped themes, by name."""
    return sorted(theme.stem for theme in (ASSETS / "themes").glob("*.toml"))
