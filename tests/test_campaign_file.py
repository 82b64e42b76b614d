from __future__ import annotations

from pathlib import Path

from bot.campaign_file import SHIPPED, load_campaign, load_picture
from tests.shipped import change_shipped


def test_the_shipped_pictures_are_taken_as_they_are() -> None:
    """A start reads them without drawing anything; their sizes are the ones that whoever draws them finds."""
    taken = load_campaign(SHIPPED).pictures
    files = {path.read_bytes(): load_picture(path) for path in (SHIPPED.parent / "pictures").glob("*.jpg")}
    assert len(taken) == len(files)
    for picture in taken:
        drawn = files[picture.content]
        assert (picture.width, picture.height) == (drawn.width, drawn.height)


def test_a_picture_of_ones_own_is_drawn_anew(tmp_path: Path) -> None:
    """Also where it is called like a shipped one."""
    path = change_shipped(tmp_path / "mine.toml")
    own = tmp_path / "pictures" / "mina.jpg"
    own.parent.mkdir()
    own.write_bytes((SHIPPED.parent / "pictures" / own.name).read_bytes() + b"what a camera wrote into it")
    assert not any(picture.content == own.read_bytes() for picture in load_campaign(path).pictures)
