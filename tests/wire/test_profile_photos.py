"""A member's profile photo is fetched once, in the size that cards show, and never at the cost of an answer."""

from __future__ import annotations

from typing import Any, cast

import pytest
from telegram import PhotoSize, UserProfilePhotos
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.core.pictures import MOST_PICTURE_BYTES
from bot.wire.errors import NotSent
from bot.wire.pictures import Pictures
from bot.wire.profile_photos import ProfilePhoto, fetch_profile_photo
from tests.wire.asked import Asked

MEMBER = 77


def make_size(side: int, size: int | None = None) -> PhotoSize:
    """A photo, so wide and half as high again."""
    return PhotoSize(f"file{side}", f"photo{side}", width=side, height=side * 3 // 2, file_size=size)


class File:
    """What Telegram has of it."""

    def __init__(self, size: int | None = None) -> None:
        self.file_size = size

    async def download_as_bytearray(self) -> bytearray:
        """All of it."""
        return bytearray(b"JPEG")


class Faces:
    """Reads what is a picture."""

    def __init__(self, face: object = b"face") -> None:
        self.face = face
        self.read: list[bytes] = []

    async def read_face(self, data: bytes) -> object:
        """What is kept, or why it is not taken."""
        self.read.append(data)
        return self.face


async def fetch(telegram: Asked, faces: Faces | None = None, known: tuple[str, ...] = ()) -> ProfilePhoto | None:
    """What somebody shows as their photo."""
    return await fetch_profile_photo(telegram.bot, cast("Pictures", faces or Faces()), MEMBER, known)


def show(*sizes: PhotoSize) -> UserProfilePhotos:
    """Somebody's one photo."""
    return UserProfilePhotos(1, [sizes] if sizes else [])


async def test_the_smallest_that_suffices_is_fetched() -> None:
    """By its shorter side; one photo is asked for, and what was fetched is read as a picture."""
    telegram, faces = Asked(show(make_size(160), make_size(320), make_size(640)), File()), Faces()
    assert await fetch(telegram, faces) == ProfilePhoto(photo_id="photo320", content=b"face")
    assert telegram.calls == [
        ("get_user_profile_photos", (MEMBER,), {"limit": 1}),
        ("get_file", ("file320",), {}),
    ]
    assert faces.read == [b"JPEG"]


async def test_a_photo_that_is_known_is_not_fetched_again() -> None:
    """Known is its name, which changes with the photo."""
    telegram = Asked(show(make_size(320)))
    assert await fetch(telegram, known=("other", "photo320")) == ProfilePhoto(photo_id="photo320")
    assert [method for method, *_ in telegram.calls] == ["get_user_profile_photos"]


@pytest.mark.parametrize(
    ("told", "found", "taken"),
    [
        (MOST_PICTURE_BYTES, MOST_PICTURE_BYTES, True),
        (MOST_PICTURE_BYTES + 1, None, False),
        (None, MOST_PICTURE_BYTES + 1, False),
    ],
)
async def test_what_is_too_large_is_not_taken(told: int | None, found: int | None, taken: bool) -> None:
    """Whichever of Telegram's two words says so; its name is kept, so that it is not asked for again and again."""
    telegram, faces = Asked(show(make_size(320, told)), File(found)), Faces()
    assert await fetch(telegram, faces) == ProfilePhoto(photo_id="photo320", content=b"face" if taken else None)
    assert bool(faces.read) is taken


async def test_what_is_no_picture_is_not_taken() -> None:
    """Its name is kept likewise."""
    photo = await fetch(Asked(show(make_size(320)), File()), Faces(face="broken"))
    assert photo == ProfilePhoto(photo_id="photo320", content=None)


@pytest.mark.parametrize("answers", [[show()], [BadRequest("user not found")], [Forbidden("bot was blocked")]], ids=str)
async def test_who_has_no_photo_or_hides_it_has_none(answers: list[Any]) -> None:
    """That is no failure."""
    assert await fetch(Asked(*answers)) is None


@pytest.mark.parametrize("before", [[], [show(make_size(320))]], ids=["photos", "file"])
async def test_a_telegram_that_is_away_is_no_missing_photo(before: list[Any]) -> None:
    """Whoever asked is told, and keeps what there was."""
    error: TelegramError = NotSent("no connection")
    with pytest.raises(NotSent):
        await fetch(Asked(*before, error))
