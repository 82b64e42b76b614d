"""The pictures a campaign file names: files beside it, known from then on by what is in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from bot.core.campaigns.file import CampaignFile, Path

if TYPE_CHECKING:
    from bot.core.campaigns.campaign import Campaign

PATH_LIMIT = 200

FindPicture = Callable[[str], str]
"""Is given a path relative to the file, and returns the SHA-256 of the picture there; raises PictureRefused."""


class PictureRefused(Exception):
    """A picture cannot be used; the text says why and what would do, in a sentence."""


def refuse_pictures(_path: str) -> str:
    """For a campaign that comes as text alone, with nothing beside it.

    Raises:
        PictureRefused: always.
    """
    raise PictureRefused("there is nothing beside this text. Send the picture itself.")


def take_picture(file: CampaignFile, path: Path, find_picture: FindPicture) -> str:
    """The SHA-256 of the picture that a field names; empty where the field is left out.

    Raises:
        CampaignMistake: it cannot be used.
    """
    if not file.holds(path):
        return ""
    named = file.take_text(path, PATH_LIMIT, f'"{path[-1]}.jpg"')
    if PurePosixPath(named).is_absolute() or PureWindowsPath(named).drive or named.startswith("\\"):
        raise file.mistake(path, f'write where the picture is as seen from this file, like "{path[-1]}.jpg"')
    try:
        return find_picture(named)
    except PictureRefused as refusal:
        raise file.mistake(path, f'"{named}": {refusal}') from None


def list_pictures(campaign: Campaign) -> list[str]:
    """The SHA-256 of each picture that a campaign shows."""
    items = filter(None, (item.picture for item in campaign.catalogue))
    return list(dict.fromkeys([*list_card_pictures(campaign), *items]))


def list_card_pictures(campaign: Campaign) -> list[str]:
    """Of each that its cards show."""
    named = (campaign.logo, campaign.photo, *(story.picture for story in campaign.stories))
    return list(dict.fromkeys(filter(None, named)))
