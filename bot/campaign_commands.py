"""`passalong campaign …` and `passalong shop …`: campaigns as files, also while the bot runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from html import unescape
from pathlib import Path

from bot.campaign_file import CampaignMistake, check_cards, load_campaign, load_shop
from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.composing import compose_file, compose_shop
from bot.core.languages import PROGRAM_LANGUAGE
from bot.core.setting import mask_secrets
from bot.messages.rewards import say_rule
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.campaigns.listing import CampaignLine, Export, export_campaign, export_shop, list_lines
from bot.services.campaigns.opening import take_campaign
from bot.services.campaigns.profile import take_profile
from storage import RowMissing
from storage.beside import run_once
from storage.tables.pictures import StoredPicture, list_known

SUFFIXES = ((b"\x89PNG", "png"), (b"\xff\xd8", "jpg"), (b"RIFF", "webp"))
"""How image files begin."""


def check(path: Path) -> int:
    """Say whether a file can be used: the rules it sets as sentences, or a line for each thing that is wrong in it."""
    sentences: list[str] = []

    def read() -> None:
        source = load_campaign(path)
        check_cards(source)
        sentences.extend(list_sentences(source.campaign))

    problems = list_problems(path, read)
    for line in problems or sentences:
        _say(line)
    return 1 if problems else 0


def list_sentences(campaign: Campaign) -> list[str]:
    """What the owner's rules say, in the program's language."""
    shop = Shop(bot_username="", inline_mode=False, campaign=campaign)
    return [unescape(say_rule(Texts(PROGRAM_LANGUAGE), shop, rule)) for rule in campaign.rewards]


def list_problems(path: Path, read: Callable[[], object]) -> list[str]:
    """All that is wrong with a file, as `FILE:LINE: FIELD: sentence`."""
    try:
        read()
    except CampaignMistake as mistake:
        return [f"{path}:{each.line}: {each.field or 'file'}: {each.problem}" for each in mistake.all]
    except OSError as error:
        return [f"{path}:1: file: it cannot be read: {error.strerror}."]
    return []


def apply(url: str, path: Path, *, main: bool) -> int:
    """Let a file hold from now on."""
    if check(path):
        return 1
    source = load_campaign(path, run_once(url, list_known))
    news = run_once(url, take_campaign, source, main=main)
    _say(f"{source.campaign.slug} holds from now on." if news else f"{source.campaign.slug} says what it said before.")
    return 0


def show_all(url: str) -> int:
    """A line for each campaign: id, state, name."""
    for line in run_once(url, list_lines):
        _say(compose_line(line))
    return 0


def compose_line(line: CampaignLine) -> str:
    """One campaign."""
    return "  ".join(filter(None, (line.slug, line.state, line.name, "(main)" if line.main else "")))


def export(url: str, slug: str, to: Path | None) -> int:
    """Write a campaign as a file: to standard output or to a place, its pictures beside it."""
    try:
        found = run_once(url, export_campaign, slug)
    except RowMissing as missing:
        return _complain(str(missing))
    text = compose_file(found.campaign, former=found.former, name_picture=_name_by(found.pictures))
    return _write(text, found.pictures, to)


def export_profile(url: str, to: Path | None) -> int:
    """Write what the shop says of itself as a file."""
    try:
        found: Export = run_once(url, export_shop)
    except RowMissing as missing:
        return _complain(str(missing))
    return _write(compose_shop(found.campaign, name_picture=_name_by(found.pictures)), found.pictures, to)


def apply_profile(url: str, path: Path) -> int:
    """Let what a file says of the shop hold from now on, in all campaigns that are not over."""
    news = False

    def take() -> None:
        nonlocal news
        news = run_once(url, take_profile, load_shop(path, run_once(url, list_known)))

    problems = list_problems(path, take)
    for problem in problems:
        _say(problem)
    if problems:
        return 1
    _say("The shop is shown like this from now on." if news else "The shop says what it said before.")
    return 0


def _write(text: str, pictures: Iterable[StoredPicture], to: Path | None) -> int:
    folder = Path() if to is None else to.parent
    try:
        for picture in pictures:
            place = folder / name_picture(picture)
            if not place.exists():
                place.write_bytes(picture.content)
                sys.stderr.write(f"Its picture was written to {place}\n")
        if to is None:
            sys.stdout.write(text)
        else:
            to.write_text(text, encoding="utf-8")
    except OSError as error:
        return _complain(f"{error.filename} cannot be written: {error.strerror}.")
    return 0


def _name_by(pictures: Iterable[StoredPicture]) -> Callable[[str], str]:
    names = {picture.sha256: name_picture(picture) for picture in pictures}
    return names.__getitem__


def name_picture(picture: StoredPicture) -> str:
    """The file that a picture is exported to: the same for the same content."""
    kind = next((suffix for start, suffix in SUFFIXES if picture.content.startswith(start)), "jpg")
    return f"{picture.sha256[:12]}.{kind}"


def _say(line: str) -> None:
    sys.stdout.write(mask_secrets(line) + "\n")


def _complain(line: str) -> int:
    sys.stderr.write(f"passalong: {line}\n")
    return 1
