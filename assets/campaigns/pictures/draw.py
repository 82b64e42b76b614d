"""Draws the pictures of the shipped stories: `python assets/campaigns/pictures/draw.py`, from the root, with numpy.

Loaves, jars and light are computed, not photographed: what lies here belongs to the repository and to nobody else.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FOLDER = Path(__file__).parent
WIDTH, HEIGHT = 1200, 1000
Field = NDArray[np.float64]
"""Height x width, or height x width x 3 for colours from 0 to 1."""

ROWS, COLUMNS = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
LIGHT = np.array([-0.45, -0.62, 0.64])
CRUST = ((0.36, 0.17, 0.06), (0.66, 0.36, 0.13), (0.88, 0.62, 0.30), (0.97, 0.84, 0.60))


def make_noise(seed: int, *cells: int, stretch: float = 1.0) -> Field:
    """Soft unevenness from 0 to 1: several sizes of cells over each other, perhaps drawn out sideways."""
    chance, total = np.random.default_rng(seed), np.zeros((HEIGHT, WIDTH))
    for octave, size in enumerate(cells):
        small = chance.random((HEIGHT // size + 2, int(WIDTH / size / stretch) + 2)) * 255
        grid = Image.fromarray(small.astype(np.uint8)).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
        total += np.asarray(grid, np.float64) / 255 / 2**octave
    return (total - total.min()) / np.ptp(total)


def step(edge: float, softness: float, values: Field) -> Field:
    """0 below the edge, 1 above it, smoothly between."""
    share = np.clip((values - edge) / softness + 0.5, 0, 1)
    return share * share * (3 - 2 * share)


def blend(under: Field, over: Field | tuple[float, ...], mask: Field) -> Field:
    """Lay one over the other."""
    return under + (np.asarray(over) - under) * mask[..., None]


def ramp(values: Field, colours: tuple[tuple[float, float, float], ...]) -> Field:
    """Colours by value."""
    stops = np.linspace(0, 1, len(colours))
    return np.stack([np.interp(values, stops, [colour[n] for colour in colours]) for n in range(3)], axis=-1)


def soften(mask: Field, radius: float) -> Field:
    """Blurred."""
    image = Image.fromarray((np.clip(mask, 0, 1) * 255).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), np.float64) / 255


def trace(paint: Callable[[ImageDraw.ImageDraw], object]) -> Field:
    """What a pencil draws on a mask, twice as large and reduced."""
    mask = Image.new("L", (WIDTH * 2, HEIGHT * 2))
    paint(ImageDraw.Draw(mask))
    return np.asarray(mask.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS), np.float64) / 255


def scale(*points: float) -> list[float]:
    """For the pencil, which draws twice as large."""
    return [2 * point for point in points]


def make_room(wall: tuple[float, float, float], table: tuple[float, float, float], edge: int) -> Field:
    """A wall in morning light, and a wooden table from `edge` down."""
    light = np.exp(-(((COLUMNS - 260) / 760) ** 2) - ((ROWS - 120) / 620) ** 2)
    room = np.asarray(wall) * (0.72 + 0.42 * light[..., None])
    grain = make_noise(3, 26, 9, 4, stretch=9)
    wood = np.asarray(table) * (0.78 + 0.34 * grain[..., None]) * (1.08 - 0.3 * (ROWS - edge) / HEIGHT)[..., None]
    return blend(room, wood, step(edge, 3, ROWS))


def shade(height: Field, albedo: Field, *, gloss: float = 0.12) -> Field:
    """The colours of a surface of this height in the light from the upper left."""
    down, across = np.gradient(height)
    length = np.sqrt(down**2 + across**2 + 1)
    normal = np.stack([-across / length, -down / length, 1 / length], axis=-1)
    lit = np.clip(normal @ (LIGHT / np.linalg.norm(LIGHT)), 0, 1)
    shine = gloss * np.clip(lit, 0, 1) ** 18
    return albedo * (0.34 + 0.82 * lit)[..., None] + shine[..., None]


def make_dome(x: float, y: float, wide: float, high: float) -> tuple[Field, Field]:
    """How far a loaf stands up, in pixels, and its outline."""
    inside = 1 - np.abs((COLUMNS - x) / wide) ** 2.3 - np.abs((ROWS - y) / high) ** 2.3
    return np.sqrt(np.clip(inside, 0, 1)) * high * 0.9, step(0, 0.02, inside)


def bake(
    under: Field,
    dome: tuple[Field, Field],
    cuts: Field,
    *,
    brown: float = 0.5,
    seed: int = 5,
) -> Field:
    """A loaf: a crust that is darker at its edges, flour on it, and cuts that show what is inside."""
    height, outline = dome
    crumbs = make_noise(seed, 40, 16, 7, 3)
    top = height / max(1.0, float(height.max()))
    tone = np.clip(0.18 + brown * top + 0.3 * (crumbs - 0.5), 0, 1)
    flour = step(0.62, 0.3, make_noise(seed + 1, 60, 20, 5)) * top * 0.55
    albedo = blend(ramp(tone, CRUST), (0.98, 0.95, 0.88), flour)
    opened = soften(cuts, 2.2)
    albedo = blend(albedo, (0.99, 0.90, 0.72), opened * (0.75 + 0.25 * crumbs))
    relief = height + 5 * crumbs - 9 * soften(cuts, 4)
    shadow = np.roll(soften(outline, 34), (36, 30), axis=(0, 1))
    grounded = under * (1 - 0.55 * shadow * (1 - outline))[..., None]
    return blend(grounded, shade(relief, albedo), outline)


def finish(picture: Field, name: str) -> None:
    """A little grain, darker corners, and a file."""
    around = ((COLUMNS - WIDTH / 2) / WIDTH) ** 2 + ((ROWS - HEIGHT / 2) / HEIGHT) ** 2
    grain = (make_noise(9, 2) - 0.5) * 0.03
    dark = np.clip(picture * (1.04 - 0.5 * around)[..., None] + grain[..., None], 0, 1)
    Image.fromarray((dark * 255).astype(np.uint8)).save(FOLDER / f"{name}.jpg", quality=88, optimize=True)


def make_crumb(left: int, right: int, bottom: int) -> Field:
    """Dough seen through glass: bubbles of all sizes between two sides, down to the bottom."""
    bubbles, chance = np.zeros((HEIGHT, WIDTH)), np.random.default_rng(4)
    for _ in range(190):
        x, y, radius = chance.uniform(left, right), chance.uniform(320, bottom), 4 + 26 * chance.random() ** 2.5
        away = np.hypot(COLUMNS - x, (ROWS - y) * 1.15) / radius
        hollow = np.clip(1 - away, 0, 1) ** 0.6 * (
            0.75 + 0.5 * (COLUMNS - x) / (radius * 3) + 0.5 * (ROWS - y) / (radius * 3)
        )
        bubbles = np.maximum(bubbles, hollow * 0.75)
    return ramp(
        np.clip(0.62 - 0.5 * bubbles + 0.2 * make_noise(8, 30, 9), 0, 1), ((0.80, 0.66, 0.44), (0.99, 0.94, 0.82))
    )


def cover_jar(picture: Field) -> Field:
    """A cloth over the jar's mouth, and the cord that holds it."""
    cloth = trace(
        lambda pencil: pencil.polygon(
            scale(
                372,
                232,
                420,
                150,
                500,
                116,
                600,
                106,
                700,
                116,
                780,
                150,
                828,
                232,
                760,
                214,
                690,
                240,
                600,
                218,
                510,
                242,
                440,
                214,
            ),
            fill=255,
        )
    )
    folds = (
        0.9 + 0.07 * np.sin((COLUMNS - 600) / 21 + (ROWS - 100) / 60) + 0.05 * np.sin(COLUMNS / 4) * np.sin(ROWS / 4)
    )
    picture = picture * (1 - 0.35 * np.roll(soften(cloth, 12), 14, axis=0) * (1 - cloth))[..., None]
    picture = blend(picture, np.array([0.98, 0.93, 0.84]) * folds[..., None], cloth)
    cord = trace(lambda pencil: pencil.line(scale(392, 226, 600, 214, 808, 226), fill=255, width=16))
    return blend(picture, (0.62, 0.30, 0.16), cord)


def draw_mina() -> None:
    """A jar of starter that has risen over its ribbon."""
    room = make_room((0.98, 0.86, 0.66), (0.62, 0.38, 0.20), 690)
    left, right, top, bottom = 400, 800, 170, 830
    jar = trace(lambda pencil: pencil.rounded_rectangle(scale(left, top, right, bottom), 110, fill=255))
    round_share = (COLUMNS - 600) / 200
    shadow = np.roll(soften(jar, 40), (30, 60), axis=(0, 1))
    room = room * (1 - 0.5 * shadow * (1 - jar))[..., None]
    surface = 300 + 16 * np.sin(COLUMNS / 46) + 26 * round_share**2
    dough = jar * step(0, 6, ROWS - surface)
    body = make_crumb(left, right, bottom)
    roundness = (1.08 - 0.5 * np.abs(round_share) ** 2.4)[..., None]
    picture = blend(room, room * np.array([0.93, 0.97, 0.96]) + 0.03, jar)
    picture = blend(picture, body * roundness, dough)
    band = trace(lambda pencil: pencil.rectangle(scale(left, 560, right, 622), fill=255)) * jar
    picture = blend(picture, np.array([0.80, 0.26, 0.13]) * roundness, band)
    glass = trace(
        lambda pencil: pencil.rounded_rectangle(scale(left + 46, top + 70, left + 74, bottom - 120), 28, fill=255)
    )
    picture = blend(picture, (1.0, 1.0, 1.0), soften(glass, 7) * 0.55)
    rim = soften(jar, 5) * (
        1 - trace(lambda p: p.rounded_rectangle(scale(left + 9, top + 9, right - 9, bottom - 9), 102, fill=255))
    )
    picture = blend(picture, (1.0, 1.0, 0.98), rim * jar * 0.5)
    finish(cover_jar(picture), "mina")


def draw_named() -> None:
    """A loaf with a name in its crust."""
    room = make_room((0.60, 0.30, 0.22), (0.36, 0.20, 0.13), 0)
    linen = make_noise(21, 3, 2) * 0.05 + 0.04 * np.sin(COLUMNS / 3) * np.sin(ROWS / 3)
    cloth = np.array([0.93, 0.88, 0.80]) * (0.9 + linen + 0.14 * make_noise(22, 160, 60))[..., None]
    spread = trace(lambda pencil: pencil.polygon(scale(120, 210, 1010, 60, 1120, 800, 210, 960), fill=255))
    ground = blend(room * (1 - 0.4 * np.roll(soften(spread, 24), (14, 12), axis=(0, 1)))[..., None], cloth, spread)
    font = ImageFont.truetype(str(FOLDER.parents[1] / "fonts" / "fraunces-italic.ttf"), 440)
    name = trace(lambda pencil: pencil.text((1200, 1010), "Maya", 255, font, anchor="mm"))
    leaves = np.zeros((HEIGHT, WIDTH))
    for n in range(28):
        angle = n / 28 * 2 * np.pi
        x, y = 600 + 366 * np.cos(angle), 500 + 300 * np.sin(angle)
        ahead, aside = np.cos(angle + 1.9), np.sin(angle + 1.9)
        along, across = (COLUMNS - x) * ahead + (ROWS - y) * aside, (ROWS - y) * ahead - (COLUMNS - x) * aside
        leaves = np.maximum(leaves, step(0, 0.3, 1 - (along / 36) ** 2 - (across / 9) ** 2))
    loaf = bake(ground, make_dome(600, 500, 440, 372), np.maximum(name, leaves * 0.85), brown=0.42, seed=31)
    finish(loaf, "named")


def draw_singing() -> None:
    """A loaf fresh from the oven, and the sound it makes."""
    room = make_room((0.17, 0.33, 0.40), (0.30, 0.20, 0.15), 700)
    for n in range(5):
        away = np.hypot(COLUMNS - 600, (ROWS - 620) * 1.1) - (330 + 76 * n)
        arc = np.exp(-((away / 7) ** 2)) * step(600, 200, 1200 - ROWS) * np.exp(-(((COLUMNS - 600) / 420) ** 2))
        room = blend(room, (0.98, 0.74, 0.36), arc * (0.75 - 0.12 * n) * (ROWS < 560))
    cuts = np.zeros((HEIGHT, WIDTH))
    for n in range(4):
        bend = COLUMNS - (390 + n * 135) - 0.35 * (620 - ROWS) - 22 * np.sin((ROWS - 500) / 70)
        cuts = np.maximum(cuts, np.exp(-((bend / 12) ** 2)) * step(0, 40, 150 - np.abs(ROWS - 610)))
    loaf = bake(room, make_dome(600, 640, 400, 220), cuts, brown=0.5, seed=41)
    crackle = make_noise(45, 34, 17)
    lines = np.exp(-(((crackle - 0.5) / 0.012) ** 2)) * make_dome(600, 640, 380, 204)[1]
    finish(blend(loaf, (0.99, 0.88, 0.66), lines * 0.14), "singing")


def draw_half_done() -> None:
    """An oven's window: one half of the loaf is pale still, the other golden."""
    steel = np.array([0.26, 0.28, 0.31]) * (0.9 + 0.16 * make_noise(51, 3, stretch=60))[..., None]
    frame = trace(lambda pencil: pencil.rounded_rectangle(scale(130, 150, 1070, 900), 70, fill=255))
    window = trace(lambda pencil: pencil.rounded_rectangle(scale(170, 190, 1030, 860), 48, fill=255))
    glow = np.exp(-(((COLUMNS - 600) / 520) ** 2) - ((ROWS - 800) / 420) ** 2)
    inside = ramp(np.clip(glow * 1.05, 0, 1), ((0.16, 0.05, 0.03), (0.70, 0.24, 0.06), (1.0, 0.62, 0.20)))
    picture = blend(blend(steel, (0.10, 0.10, 0.11), frame), inside, window)
    for y in (740, 764):
        bar = trace(lambda pencil, y=y: pencil.rectangle(scale(190, y, 1010, y + 7), fill=255))  # type: ignore[misc]
        picture = blend(picture, (0.85, 0.62, 0.42), bar * window * 0.8)
    cuts = np.exp(-(((ROWS - 560 + 0.12 * (COLUMNS - 600)) / 15) ** 2)) * step(0, 60, 250 - np.abs(COLUMNS - 600))
    dome = make_dome(600, 590, 340, 210)
    golden, pale = bake(picture, dome, cuts, brown=0.55, seed=52), bake(picture, dome, cuts, brown=0.55, seed=52)
    pale = blend(
        pale,
        np.mean(pale, axis=-1, keepdims=True) * np.array([1.16, 1.02, 0.78]) + np.array([0.19, 0.16, 0.10]),
        dome[1],
    )
    mixed = blend(pale, golden, step(0, 60, COLUMNS - 600 + 0.3 * (ROWS - 590)))
    handle = trace(lambda pencil: pencil.rounded_rectangle(scale(260, 64, 940, 104), 40, fill=255))
    mixed = mixed * (1 - 0.5 * np.roll(soften(handle, 10), 16, axis=0) * (1 - handle))[..., None]
    gloss = np.interp(ROWS, [64, 76, 104], [0.62, 0.95, 0.45])
    finish(blend(mixed, np.stack([gloss, gloss, gloss * 1.03], axis=-1), handle), "half-done")


def draw_unsliced() -> None:
    """Two sides, a loaf on its board between them, and a knife that has nothing to do."""
    ground = np.where((COLUMNS + 0.25 * (ROWS - 500) < 600)[..., None], (0.93, 0.71, 0.29), (0.20, 0.44, 0.42))
    ground = ground * (0.94 + 0.1 * make_noise(61, 200, 80))[..., None]
    board = trace(lambda pencil: pencil.rounded_rectangle(scale(170, 250, 1030, 830), 60, fill=255))
    hole = trace(lambda pencil: pencil.ellipse(scale(944, 500, 996, 552), fill=255))
    wood = np.array([0.74, 0.52, 0.31]) * (0.84 + 0.28 * make_noise(62, 30, 10, 4, stretch=8))[..., None]
    picture = ground * (1 - 0.45 * np.roll(soften(board, 28), (26, 20), axis=(0, 1)) * (1 - board))[..., None]
    picture = blend(picture, wood, board)
    picture = blend(picture, (0.30, 0.20, 0.12), hole)
    cuts = np.zeros((HEIGHT, WIDTH))
    for n in range(3):
        bend = (COLUMNS - 380 - 150 * n) * 0.8 + (ROWS - 480) * 0.6
        cuts = np.maximum(cuts, np.exp(-((bend / 12) ** 2)) * step(0, 30, 100 - np.abs(ROWS - 480)))
    picture = bake(picture, make_dome(550, 480, 330, 176), cuts, brown=0.46, seed=63)
    blade = trace(lambda pencil: pencil.polygon(scale(230, 716, 700, 706, 700, 770, 300, 770, 250, 750), fill=255))
    grip = trace(lambda pencil: pencil.rounded_rectangle(scale(696, 702, 930, 762), 28, fill=255))
    both = np.maximum(blade, grip)
    picture = picture * (1 - 0.5 * np.roll(soften(both, 9), (14, 8), axis=(0, 1)) * (1 - both))[..., None]
    steel = np.interp(ROWS, [704, 728, 732, 772], [0.72, 0.94, 0.80, 0.90])
    picture = blend(picture, np.stack([steel, steel, steel * 1.02], axis=-1), blade)
    dark = np.interp(ROWS, [702, 722, 762], [0.30, 0.44, 0.18])
    picture = blend(picture, np.stack([dark, dark * 0.62, dark * 0.42], axis=-1), grip)
    for x in (752, 812, 872):
        rivet = trace(lambda pencil, x=x: pencil.ellipse(scale(x, 724, x + 18, 742), fill=255))  # type: ignore[misc]
        picture = blend(picture, (0.86, 0.82, 0.74), rivet)
    finish(picture, "unsliced")


if __name__ == "__main__":
    for draw in (draw_mina, draw_named, draw_singing, draw_half_done, draw_unsliced):
        draw()
