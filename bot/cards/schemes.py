"""Two colours of a shop become everything a card needs: papers, inks and grounds that can be read on each other."""

from __future__ import annotations

from collections.abc import Iterable

from PIL import Image

from bot.cards.colours import (
    BLACK,
    WHITE,
    Tone,
    choose_ink,
    from_tone,
    set_off,
    to_lab,
    to_tone,
)
from bot.cards.shapes import Colour
from storage.frozen import frozen

GREY_CHROMA = 0.035
"""What has less has no hue that anybody would name."""
_GOLD, _CORAL = Tone(0.82, 0.14, 84), Tone(0.68, 0.17, 32)
_INK_CONTRAST = 12
"""QR readers want the code nearly black."""
_SAMPLE_PIXELS = 72
_CLUSTERS = 14
_LEAST_SHARE = 0.006
_LEAST_HUE_APART = 38


@frozen(kw_only=False)
class Scheme:
    """The roles of colour on a card, each checked against those it meets."""

    paper: Colour
    """Nearly white, a breath of the main colour."""
    soft: Colour
    """Light: tints, rings and rules on paper."""
    main: Colour
    """The shop's own."""
    on_main: Colour
    main_ink: Colour
    """The main colour as far as it must be darkened to be read on paper."""
    accent: Colour
    """Beside the main colour: badges, confetti, what should be seen first."""
    on_accent: Colour
    deep: Colour
    """A dark ground of the main colour's hue."""
    ink: Colour
    """Nearly black: running text, and the code."""


def compose_scheme(main: Colour, accent: Colour | None = None) -> Scheme:
    """The scheme of one or two colours; a grey one gets company, and no ground is a grey of middle lightness."""
    tone = to_tone(main)
    second = to_tone(accent) if accent else _choose_company(tone)
    hue = tone.hue if tone.chroma >= GREY_CHROMA else second.hue
    tint = min(1.0, tone.chroma / 0.1)
    paper = from_tone(Tone(0.982, 0.010, hue))
    body = from_tone(_enliven(tone))
    badge = from_tone(_enliven(second))
    return Scheme(
        paper=paper,
        soft=from_tone(Tone(0.925, 0.018 + 0.03 * tint, hue)),
        main=body,
        on_main=choose_ink(body, paper, from_tone(Tone(0.2, 0.03, hue))),
        main_ink=set_off(body, paper, WHITE),
        accent=badge,
        on_accent=choose_ink(badge, paper, from_tone(Tone(0.22, 0.04, second.hue))),
        deep=from_tone(Tone(0.265, 0.02 + 0.055 * tint, hue)),
        ink=set_off(from_tone(Tone(0.22, 0.012 + 0.03 * tint, hue)), paper, contrast=_INK_CONTRAST),
    )


def pick_scheme(pictures: Iterable[Image.Image]) -> Scheme:
    """The scheme of pictures, the first of which weighs most: a logo, a photo, or both."""
    picked = [tone for picture in pictures for tone in rank_tones(picture)]
    if not picked:
        return compose_scheme(BLACK)
    main = next((tone for tone in picked if tone.chroma >= GREY_CHROMA), picked[0])
    others = (tone for tone in picked if tone.chroma >= GREY_CHROMA and tone.distance_of_hue(main) >= _LEAST_HUE_APART)
    accent = next(others, None)
    return compose_scheme(from_tone(main), from_tone(accent) if accent else None)


def rank_tones(picture: Image.Image) -> list[Tone]:
    """The tones of a picture, those first that somebody would name who is asked for its colours.

    Pillow's quantiser works on OKLab in place of RGB, so that a cluster is what looks alike.
    """
    sample = picture.convert("RGBA")
    sample.thumbnail((_SAMPLE_PIXELS, _SAMPLE_PIXELS), Image.Resampling.BOX)
    raw = sample.tobytes()
    solid = [(raw[at], raw[at + 1], raw[at + 2]) for at in range(0, len(raw), 4) if raw[at + 3] > 127]
    if not solid:
        return []
    clusters = _quantise(solid)
    least = max(2.0, len(solid) * _LEAST_SHARE)
    tones = [(to_tone(colour), count) for count, colour in clusters if count >= least]
    return [tone for tone, count in sorted(tones, key=lambda found: -_weigh(found[0], found[1] / len(solid)))]


def _quantise(colours: list[Colour]) -> list[tuple[int, Colour]]:
    """How many of these colours look alike, and their middle."""
    labs = {colour: tuple(round(value) for value in _spread(colour)) for colour in set(colours)}
    field = Image.new("RGB", (len(colours), 1))
    field.putdata([labs[colour] for colour in colours])
    numbers = field.quantize(_CLUSTERS, kmeans=2).tobytes()
    members: dict[int, list[Colour]] = {}
    for number, colour in zip(numbers, colours, strict=True):
        members.setdefault(number, []).append(colour)
    return [(len(found), _average(found)) for found in members.values()]


def _spread(colour: Colour) -> tuple[float, float, float]:
    """OKLab with each of its axes laid over a byte."""
    lightness, a, b = to_lab(colour)
    return 255 * lightness, 127 + 310 * a, 127 + 310 * b


def _average(colours: list[Colour]) -> Colour:
    red, green, blue = (round(sum(channel) / len(colours)) for channel in zip(*colours, strict=True))
    return red, green, blue


def _weigh(tone: Tone, share: float) -> float:
    """Colourful beats frequent, and what is neither nearly black nor nearly white beats what is."""
    lively = tone.chroma * max(0.15, 1 - abs(tone.lightness - 0.6) * 1.6)
    return float(share**0.45 * (0.004 + lively))


def _choose_company(tone: Tone) -> Tone:
    """Gold goes with everything but itself."""
    return _GOLD if tone.chroma < GREY_CHROMA or tone.distance_of_hue(_GOLD) >= _LEAST_HUE_APART else _CORAL


def _enliven(tone: Tone) -> Tone:
    """As it is, unless it would be a muddy ground: greys become dark, dull ones get colour, glaring ones get body."""
    if tone.chroma < GREY_CHROMA:
        return (
            tone._replace(lightness=min(tone.lightness, 0.27)) if tone.lightness < 0.9 else Tone(0.27, 0.01, tone.hue)
        )
    chroma = max(tone.chroma, 0.085 if 0.4 <= tone.lightness <= 0.8 else 0.05)
    return Tone(min(0.88, max(0.3, tone.lightness)), chroma, tone.hue)
