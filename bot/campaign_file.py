"""Campaign files on the disk: a text, and the pictures beside it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path as FilePath
from types import MappingProxyType

from bot.assets import ASSETS
from bot.core.campaigns.campaign import Campaign, CampaignMistake, parse_campaign
from bot.core.campaigns.checking import Fault, Finding, list_misnamed
from bot.core.campaigns.file import CampaignFile, Path
from bot.core.campaigns.pictures import PictureRefused
from bot.core.campaigns.profile import parse_profile
from bot.core.campaigns.words import place_text
from bot.core.languages import PROGRAM_LANGUAGE
from bot.core.looks import list_themes
from bot.core.pictures import MOST_PICTURE_BYTES, PictureMistake
from bot.messages.pictures import say_picture_mistake
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.campaigns.opening import Opening, Source
from bot.services.campaigns.profile import ShopSource
from bot.settings import Settings
from bot.wire.checking import check_card, compose_longest_link, list_cards
from storage.tables.pictures import StoredPicture

logger = logging.getLogger(__name__)

SHIPPED = ASSETS / "campaigns" / "welcome.toml"
"""Holds until a shop has said something of its own."""

LONGEST_USERNAME = 32
"""Telegram's own limit of a bot's name; a file does not know whose it will be."""

__all__ = [
    "SHIPPED",
    "CampaignMistake",
    "check_cards",
    "choose_community",
    "load_campaign",
    "load_picture",
    "load_shop",
    "log_opening",
]


def load_campaign(path: FilePath, known: Mapping[str, str] = MappingProxyType({})) -> Source:
    """Read a campaign file and its pictures; those that are `known`, as the store lists them, are not decoded again.

    Raises:
        CampaignMistake: with line and field.
        OSError: the file cannot be read; a picture that cannot is a mistake in the file.
    """
    pictures: dict[str, StoredPicture] = {}
    data = path.read_bytes()
    find_picture = partial(_find, path.parent, pictures, known)
    campaign = parse_campaign(data, themes=list_themes(), find_picture=find_picture)
    return Source(campaign=campaign, text=data.decode(), pictures=tuple(pictures.values()))


def check_cards(source: Source) -> None:
    """Draw every card of a campaign and look at it: whether its texts fit and stand out, and its code is read back.

    Raises:
        CampaignMistake: with line and field, and what would be right; `all` has the others.
    """
    from bot.cards.studio import CardStudio  # noqa: PLC0415 -- a start leaves the pixels out

    content, file = {picture.sha256: picture.content for picture in source.pictures}, CampaignFile(source.text)
    campaign, studio = source.campaign, CardStudio(ASSETS, find_picture=content.get)
    shop = Shop(bot_username="x" * LONGEST_USERNAME, inline_mode=False, campaign=campaign)
    found, link = list(list_misnamed(campaign)), compose_longest_link(shop.bot_username)
    for place, text in list_cards(shop):
        found += check_card(text, place, link, studio)
    for each in found:
        file.note(_find_path(file, each), say_finding(campaign, each))
    file.check()


def _find_path(file: CampaignFile, finding: Finding) -> Path:
    if not finding.field:
        return ("stories", finding.place)
    path: Path = ("brand",) if finding.field == "brand" else ("stories", finding.place, finding.field)
    return place_text(file, path, finding.language)


def say_finding(campaign: Campaign, finding: Finding) -> str:
    """What is not as it should be, and what would be right."""
    count, cure = finding.count, "Choose another picture, layout or colour."
    if finding.fault is Fault.TOO_LONG:
        over = f"{count} character{'s' * (count > 1)}"
        return f"on a card of this layout it is {over} too long. Make it shorter, or choose another layout."
    if finding.fault is Fault.POINTS:
        given = f"{campaign.inviter_points} and {campaign.invitee_points} are given"
        return f"it names {count} points, but {given}. Write {{inviter_points}} or {{invitee_points}} instead."
    if finding.fault is Fault.FAINT:
        return f"on its card this does not stand out from what is behind it. {cure}"
    return f"the QR code on its card in {finding.language} cannot be read by every phone. {cure}"


def load_shop(path: FilePath, known: Mapping[str, str] = MappingProxyType({})) -> ShopSource:
    """Read a shop's file and its logo; one that is `known` is not decoded again.

    Raises:
        CampaignMistake: with line and field.
        OSError: the file cannot be read.
    """
    pictures: dict[str, StoredPicture] = {}
    profile = parse_profile(path.read_bytes(), find_picture=partial(_find, path.parent, pictures, known))
    return ShopSource(profile=profile, pictures=tuple(pictures.values()))


def load_picture(path: FilePath) -> StoredPicture:
    """Read a picture as it is kept.

    Raises:
        PictureRefused: it cannot be used.
    """
    return _draw_anew(_read(path))


def _read(path: FilePath) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_PICTURE_BYTES + 1)
    except OSError as error:
        raise PictureRefused(f"it cannot be read: {error.strerror}.") from None


def _draw_anew(data: bytes) -> StoredPicture:
    from bot.cards.pictures import read_picture  # noqa: PLC0415 -- most files name no picture

    picture = read_picture(data)
    if isinstance(picture, PictureMistake):
        raise PictureRefused(say_picture_mistake(Texts(PROGRAM_LANGUAGE), picture))
    return StoredPicture(
        sha256=picture.sha256,
        content=picture.data,
        width=picture.width,
        height=picture.height,
        read_from=sha256(data).hexdigest(),
    )


def _find(folder: FilePath, pictures: dict[str, StoredPicture], known: Mapping[str, str], named: str) -> str:
    """Read a picture that lies beside the file, or beside the shipped one, of which it may be a copy."""
    beside, shipped = folder / named, SHIPPED.parent / named
    ours = shipped.is_file() and (beside == shipped or not beside.is_file())
    data = b"" if ours else _read(beside)
    kept = None if ours else known.get(sha256(data).hexdigest())
    if kept is not None:
        return kept
    picture = _take_shipped(shipped) if ours else _draw_anew(data)
    pictures[picture.sha256] = picture
    return picture.sha256


def _take_shipped(path: FilePath) -> StoredPicture:
    """A picture of the program's own, as it is: nobody needs to be protected from it, and a start has no time to draw."""
    content = path.read_bytes()
    height, width = _find_jpeg_size(content)
    return StoredPicture(sha256=sha256(content).hexdigest(), content=content, width=width, height=height)


def _find_jpeg_size(content: bytes) -> tuple[int, int]:
    """Height and width in pixels, from the frame's header (ITU-T T.81, B.2.2)."""
    place = 2
    while content[place + 1] not in _FRAMES:
        place += 2 + int.from_bytes(content[place + 2 : place + 4])
    return int.from_bytes(content[place + 5 : place + 7]), int.from_bytes(content[place + 7 : place + 9])


_FRAMES = (0xC0, 0xC1, 0xC2)


def choose_community(settings: Settings, campaign: Campaign, *, known: bool = False) -> int | str | None:
    """The community chat as the settings name it, else the campaign; None where neither does. `known`: the shop has one.

    Raises:
        CampaignMistake: friends are to count in a chat that nobody names.
    """
    named = settings.community_chat or campaign.rules.community
    if named is None and campaign.rules.join_community and not known:
        lines = enumerate(settings.campaign.read_text(encoding="utf-8").splitlines(), start=1)
        raise CampaignMistake(
            next((number for number, line in lines if "join_community" in line), 1),
            "rules.join_community",
            'friends count only in the community chat, but none is named. Write community = "@name" beside it.',
        )
    return named


def log_opening(opening: Opening, path: FilePath) -> None:
    """Say in the log what came of the file at a start."""
    if opening.taken:
        logger.info("The campaign file %s says something new, and holds from now on", path)
    elif opening.kept:
        logger.info("The campaign file %s says what it said; what was changed since by other ways holds", path)
