"""Colours as people see them: lightness, colourfulness and hue (OKLCH), and how well one stands out from another."""

from __future__ import annotations

from math import atan2, cos, degrees, hypot, radians, sin
from typing import NamedTuple

from bot.cards.shapes import Colour

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
SMALL_TEXT_CONTRAST = 4.5
LARGE_TEXT_CONTRAST = 3.0
"""WCAG 2.2, success criterion 1.4.3, level AA."""

_STEP = 0.01


class Tone(NamedTuple):
    """A colour in OKLCH (Björn Ottosson, 2020)."""

    lightness: float
    """0 black, 1 white."""
    chroma: float
    """0 grey; hardly any colour of a screen has more than 0.3."""
    hue: float
    """Degrees: 30 red, 85 yellow, 145 green, 260 blue."""

    def distance_of_hue(self, other: Tone) -> float:
        """Between 0 and 180 degrees."""
        apart = abs(self.hue - other.hue) % 360
        return min(apart, 360 - apart)


def to_tone(colour: Colour) -> Tone:
    """A colour of the screen by lightness, chroma and hue."""
    lightness, a, b = to_lab(colour)
    return Tone(lightness, hypot(a, b), degrees(atan2(b, a)) % 360)


def to_lab(colour: Colour) -> tuple[float, float, float]:
    """A colour of the screen in OKLab."""
    red, green, blue = (_linearise(value) for value in colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def from_tone(tone: Tone) -> Colour:
    """The colour of the screen; one that no screen shows loses chroma until it does."""
    lightness, chroma = min(1.0, max(0.0, tone.lightness)), tone.chroma
    while chroma > 0:
        shares = _to_shares(Tone(lightness, chroma, tone.hue))
        if all(-0.001 <= share <= 1.001 for share in shares):
            break
        chroma -= _STEP / 2
    red, green, blue = (
        round(255 * _companding(share)) for share in _to_shares(Tone(lightness, max(0.0, chroma), tone.hue))
    )
    return red, green, blue


def compute_luminance(colour: Colour) -> float:
    """Relative luminance of WCAG 2.2, 0 to 1."""
    red, green, blue = (_linearise(value) for value in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def compute_contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of WCAG 2.2, 1 to 21."""
    dark, light = sorted((compute_luminance(one), compute_luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """So much of the other in the one, through OKLab, so that nothing between two strong colours turns grey-brown."""
    labs = zip(to_lab(one), to_lab(other), strict=True)
    lightness, a, b = (first + (second - first) * share for first, second in labs)
    return from_tone(Tone(lightness, hypot(a, b), degrees(atan2(b, a)) % 360))


def set_off(colour: Colour, *grounds: Colour, contrast: float = SMALL_TEXT_CONTRAST) -> Colour:
    """The colour made lighter or darker until it stands out from all these grounds; black or white where it never does."""
    tone = to_tone(colour)
    darker = sum(map(compute_luminance, grounds)) / len(grounds) > 0.18  # where white and black stand out alike
    step = -_STEP if darker else _STEP
    while 0 < tone.lightness < 1:
        if is_legible(colour, grounds, contrast):
            return colour
        tone = tone._replace(lightness=tone.lightness + step)
        colour = from_tone(tone)
    return max((BLACK, WHITE), key=lambda ink: min(compute_contrast(ink, ground) for ground in grounds))


def is_legible(ink: Colour, grounds: tuple[Colour, ...], contrast: float) -> bool:
    """Whether the ink stands out from every ground."""
    return all(compute_contrast(ink, ground) >= contrast for ground in grounds)


def choose_ink(ground: Colour, light: Colour = WHITE, dark: Colour = BLACK) -> Colour:
    """Of two inks the one that can be read better on the ground, driven further apart where neither can."""
    best = max((light, dark), key=lambda ink: compute_contrast(ink, ground))
    return set_off(best, ground)


def _linearise(value: float) -> float:
    share = value / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _companding(share: float) -> float:
    share = min(1.0, max(0.0, share))
    return share * 12.92 if share <= 0.0031308 else float(1.055 * share ** (1 / 2.4) - 0.055)


def _to_shares(tone: Tone) -> tuple[float, float, float]:
    a, b = tone.chroma * cos(radians(tone.hue)), tone.chroma * sin(radians(tone.hue))
    long = (tone.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (tone.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (tone.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
