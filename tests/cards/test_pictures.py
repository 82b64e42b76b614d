"""Pictures from outside: taken as something new, or refused by a limit that is named."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.cards.pictures import read_picture
from bot.core.pictures import Picture, PictureMistake, PictureProblem
from tests.cards.pictures import (
    compose_planes,
    compose_png,
    compose_scans,
    draw_noise,
    draw_photo,
    list_unkind_pictures,
    save,
    turn_by_exif,
)
from tests.thinning import thin_pairs

MOST_MORE_BYTES = 80_000_000

READ_ALL = """
import sys
from pathlib import Path
from tests.cards.pictures import draw_photo, save
from bot.cards.pictures import read_picture
for kind in ("PNG", "JPEG", "WEBP"):
    read_picture(save(draw_photo(300, 300), kind))
def look(field):
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith(field))) * 1024
for line in sys.stdin.read().splitlines():
    path, name = line.split(" ", 1)
    data = Path(path).read_bytes()
    Path("/proc/self/clear_refs").write_text("5")
    before = look("VmRSS")
    read_picture(data)
    print(look("VmHWM") - before, name)
"""


def take(data: bytes) -> Picture:
    """A picture that must be taken."""
    taken = read_picture(data)
    assert isinstance(taken, Picture), taken
    return taken


def refuse(data: bytes) -> PictureMistake:
    """A picture that must not be taken."""
    refused = read_picture(data)
    assert isinstance(refused, PictureMistake)
    return refused


def open_taken(data: bytes) -> Image.Image:
    """What was kept of a picture."""
    return Image.open(BytesIO(take(data).data))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_the_three_kinds_are_taken(kind: str) -> None:
    """A photo of any of the three kinds is kept as a JPEG of its own size, the same at every reading."""
    data = save(draw_photo(), kind)
    taken = take(data)
    assert (taken.width, taken.height, taken.media_type) == (640, 480, "image/jpeg")
    assert taken == take(data)
    assert taken.sha256 == take(data).sha256
    red, _, blue = open_taken(data).getpixel((100, 300))  # type: ignore[misc]
    assert red > 180
    assert blue < 60


def test_nothing_of_the_file_but_the_picture_is_kept() -> None:
    """Where a photo was taken, by which phone, and what was written into it, is gone."""
    exif = Image.Exif()
    exif[0x010F] = "Secret Phone"
    for kind in ("JPEG", "PNG", "WEBP"):
        data = save(draw_photo(), kind, exif=exif, icc_profile=b"Secret Phone")
        assert b"Secret Phone" in data
        assert b"Secret Phone" not in take(data).data
        assert not dict(open_taken(data).getexif())
        assert "icc_profile" not in open_taken(data).info


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_lying_on_its_side_is_set_upright(orientation: int) -> None:
    """Whatever EXIF says of how the phone was held, the kept picture looks as it did to whoever took it."""
    lying = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    upright = draw_photo()
    turned = upright if lying is None else upright.transpose(Image.Transpose(lying))
    kept = open_taken(turn_by_exif(turned, orientation))
    assert kept.size == (640, 480)
    assert kept.getpixel((320, 10))[1] > 200  # type: ignore[index]
    assert kept.getpixel((40, 400))[0] > 150  # type: ignore[index]


def test_transparency_is_kept_where_there_is_some() -> None:
    """A logo keeps what is see-through; an opaque picture with an unused alpha channel becomes a plain one."""
    logo = Image.new("RGBA", (300, 200), (0, 90, 0, 0))
    logo.paste((0, 90, 0, 255), (50, 50, 250, 150))
    for data in (save(logo), save(logo, "WEBP"), save(logo.convert("P"))):
        taken = take(data)
        assert (taken.transparent, taken.media_type) == (True, "image/png")
        kept = Image.open(BytesIO(taken.data))
        assert kept.getpixel((10, 10))[3] == 0  # type: ignore[index]
        assert kept.getpixel((150, 100))[3] == 255  # type: ignore[index]
    assert not take(save(draw_photo(mode="RGBA"))).transparent


def test_deep_and_printed_colours_look_as_they_did() -> None:
    """16 bits of grey become 8, and the four inks of a print become three lights."""
    deep = Image.new("I;16", (64, 64), 257 * 100)
    assert open_taken(save(deep)).convert("L").getpixel((30, 30)) == pytest.approx(100, abs=2)
    red, _, blue = open_taken(save(draw_photo(mode="CMYK"), "JPEG")).getpixel((100, 300))  # type: ignore[misc]
    assert red > 150
    assert blue < 100


SIZES = [(4_096, 1_366), (3_000, 1_500), (2_000, 1_600), (900, 900)]


@pytest.mark.parametrize(("kind", "sizes"), thin_pairs(["JPEG", "PNG"], SIZES, step=2))
def test_a_large_picture_is_kept_smaller(kind: str, sizes: tuple[int, int]) -> None:
    """Of a large picture no more is kept than a card or an A5 sheet can show, with its shape."""
    side, kept = sizes
    taken = take(save(draw_photo(side, side // 2), kind))
    assert max(taken.width, taken.height) == pytest.approx(kept, abs=340 if kind == "JPEG" else 1)
    assert taken.width == pytest.approx(2 * taken.height, abs=2)


@pytest.mark.parametrize(
    ("data", "mistake"),
    [
        (b"", PictureMistake(PictureProblem.EMPTY)),
        (b"hello", PictureMistake(PictureProblem.WRONG_KIND)),
        (save(draw_photo(40, 40), "GIF"), PictureMistake(PictureProblem.WRONG_KIND)),
        (save(draw_photo())[:900], PictureMistake(PictureProblem.BROKEN)),
        (compose_png(4_097, 64), PictureMistake(PictureProblem.TOO_LARGE, 4_096, 4_097)),
        (compose_png(64, 20_000), PictureMistake(PictureProblem.TOO_LARGE, 4_096, 20_000)),
        (compose_png(50_000, 50_000), PictureMistake(PictureProblem.TOO_LARGE, 4_096, 0)),
        (save(draw_photo(31, 400)), PictureMistake(PictureProblem.TOO_SMALL, 32, 31)),
        (b"x" * 5_000_001, PictureMistake(PictureProblem.TOO_HEAVY, 5_000_000, 5_000_001)),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_refusal_names_the_limit(data: bytes, mistake: PictureMistake) -> None:
    """A picture that is not taken comes back as the limit it breaks and what it has instead."""
    assert refuse(data) == mistake


def test_the_limits_themselves_are_taken() -> None:
    """What just keeps every limit is taken."""
    take(save(draw_photo(4_096, 32)))
    take(save(draw_photo(32, 32), "JPEG"))
    noise = save(draw_noise(1_280, 1_280))
    take(noise + b"\0" * (5_000_000 - len(noise)))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_moving_pictures_are_refused(kind: str) -> None:
    """A card stands still."""
    moving = save(draw_photo(80, 60), kind, save_all=True, append_images=[draw_photo(80, 60).rotate(40)])
    assert refuse(moving) == PictureMistake(PictureProblem.ANIMATED)


def test_what_would_take_too_much_memory_says_how_large_it_may_be() -> None:
    """Kinds that are decoded several times over may have fewer pixels, and one of that size is then taken."""
    for kind, side, options in (("WEBP", 2_000, {"method": 0}), ("JPEG", 3_300, {"progressive": True})):
        refused = refuse(save(draw_photo(side, side), kind, **options))
        assert refused.problem is PictureProblem.TOO_LARGE
        take(save(draw_photo(refused.limit, refused.limit), kind, **options))


def test_a_jpeg_is_gone_through_as_often_as_programs_write_it() -> None:
    """Each scan may touch every pixel again: a film behind the picture is no scan, thousands of them are no picture."""
    take(compose_scans(200, 20))
    take(save(draw_photo(), "JPEG", progressive=True) + b"\xff\xda\0\x08" * 1_000)
    assert refuse(compose_scans(200, 100)) == PictureMistake(PictureProblem.BROKEN)
    spoiled = compose_scans(200, 100).replace(b"\xff\xda", b"\1\xff\xff\xda")
    assert refuse(spoiled) == PictureMistake(PictureProblem.BROKEN)


def test_colours_told_one_after_the_other_are_kept_whole_meanwhile() -> None:
    """Such a JPEG may have as many pixels as a progressive one."""
    assert refuse(compose_planes(4_096)).problem is PictureProblem.TOO_LARGE
    kept = open_taken(compose_planes(2_600))
    assert kept.getpixel((5, 5)) == (128, 128, 128)


@pytest.mark.long
def test_two_hundred_unkind_pictures() -> None:
    """Each of two hundred is taken or refused, and what is taken is a light, plain picture."""
    pictures = list_unkind_pictures()
    assert len(pictures) >= 200
    for name, data in pictures:
        outcome = read_picture(data)
        if isinstance(outcome, Picture):
            kept = Image.open(BytesIO(outcome.data))
            kept.load()
            assert kept.mode in {"RGB", "RGBA"}, name
            assert len(outcome.data) <= 5_000_000, name


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="asks Linux for the most memory there was")
def test_reading_takes_little_memory(tmp_path: Path) -> None:
    """No unkind picture takes more than 80 MB, measured in a process of its own."""
    lines = []
    for n, (name, data) in enumerate(list_unkind_pictures()):
        (tmp_path / str(n)).write_bytes(data)
        lines.append(f"{tmp_path / str(n)} {name}")
    told = subprocess.run(
        [sys.executable, "-c", READ_ALL], input="\n".join(lines), capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert len(told) == len(lines)
    assert [line for line in told if int(line.split()[0]) > MOST_MORE_BYTES][:1] == []
