"""The palette of layouts that take a shop's colours as they are."""

from __future__ import annotations

from bot.cards.colours import mix, set_off
from bot.cards.schemes import Scheme
from bot.cards.shapes import Colour

ROLES = frozenset(
    {"paper", "soft", "main", "on_main", "main_ink", "accent", "on_accent", "deep", "ink", "panel", "hint", "code"}
    | {"shadow", "story"}
)


def dress(scheme: Scheme) -> dict[str, Colour]:
    """The roles of the scheme by name, and what follows from them."""
    return {
        "paper": scheme.paper,
        "soft": scheme.soft,
        "main": scheme.main,
        "on_main": scheme.on_main,
        "main_ink": scheme.main_ink,
        "accent": scheme.accent,
        "on_accent": scheme.on_accent,
        "deep": scheme.deep,
        "ink": scheme.ink,
        "panel": (255, 255, 255),
        "hint": set_off(mix(scheme.ink, scheme.main, 0.3), scheme.paper),
        "code": scheme.ink,
        "shadow": scheme.deep,
        "story": set_off(mix(scheme.ink, scheme.main, 0.15), scheme.paper),
    }
