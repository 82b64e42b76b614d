"""Members' profile photos, fetched from Telegram once each."""

from __future__ import annotations

from collections.abc import Collection

from telegram import PhotoSize
from telegram.error import BadRequest, Forbidden

from bot.core.face import choose_size
from bot.core.pictures import MOST_PICTURE_BYTES
from bot.wire.pictures import Pictures
from bot.wire.telegram_bot import PassalongBot
from storage.frozen import frozen


@frozen
class ProfilePhoto:
    """What somebody shows as their photo."""

    photo_id: str
    """Telegram's `file_unique_id`."""
    content: bytes | None = None
    """A JPEG as cards show it; None where it was known already, or cannot be read."""


async def fetch_profile_photo(
    bot: PassalongBot, pictures: Pictures, telegram_id: int, known: Collection[str]
) -> ProfilePhoto | None:
    """Somebody's photo; None where there is none, or their privacy settings hide it from the bot.

    Raises:
        TelegramError: Telegram is away, or wants to be left alone.
    """
    try:
        photos = await bot.get_user_profile_photos(telegram_id, limit=1)
        if not photos.photos:
            return None
        sizes = photos.photos[0]
        size = sizes[choose_size([min(each.width, each.height) for each in sizes])]
        if size.file_unique_id in known:
            return ProfilePhoto(photo_id=size.file_unique_id)
        return ProfilePhoto(photo_id=size.file_unique_id, content=await _fetch(bot, pictures, size))
    except (BadRequest, Forbidden):
        return None


async def _fetch(bot: PassalongBot, pictures: Pictures, size: PhotoSize) -> bytes | None:
    file = await bot.get_file(size.file_id)
    if max(size.file_size or 0, file.file_size or 0) > MOST_PICTURE_BYTES:
        return None
    face = await pictures.read_face(bytes(await file.download_as_bytearray()))
    return face if isinstance(face, bytes) else None
