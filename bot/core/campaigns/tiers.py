"""Levels of honour for those who bring friends: the `[[tiers]]` blocks of a campaign."""

from __future__ import annotations

import unicodedata
from dataclasses import field

from bot.core.campaigns.file import CampaignFile, Path
from bot.core.campaigns.look import take_colour
from bot.core.campaigns.rules import DAYS_LIMIT, LATER
from bot.core.campaigns.words import take_words
from storage.frozen import frozen

TIERS_LIMIT = 8
FRIENDS_LIMIT = 10_000
TIER_LIMIT, PRIVILEGES_LIMIT = 24, 160
"""Code points of a name, which stands on the card, and of what the tier brings."""
BADGE_LIMIT = 8
"""Code points of one emoji, its joined parts and tones among them."""

_BLOCK = ("tiers",)
_FIELDS = ("key", "friends", "name", "badge", "colour", "privileges", "period_days")
_EMOJI_PARTS = {"So", "Sk", "Mn", "Me", "Cf"}


@frozen
class Tier:
    """A level of honour, reached by friends who count."""

    key: str
    friends: int
    """How many it takes."""
    name: dict[str, str]
    """By language."""
    badge: str = field(default="", metadata=LATER)
    """An emoji beside the member's name; empty for none."""
    colour: str = field(default="", metadata=LATER)
    """Of the member's card: `#rrggbb`; empty for the theme's."""
    privileges: dict[str, str] = field(default_factory=dict, metadata=LATER)
    """What it brings, by language; empty for the honour alone."""
    period_days: int | None = field(default=None, metadata=LATER)
    """The friends have to have come within so many days; None for ever."""

    def say(self, language: str) -> str:
        """Its name; in the first language it has one in, where the shop has learnt this one since."""
        return self.name.get(language) or next(iter(self.name.values()))

    def say_privileges(self, language: str) -> str:
        """What it brings, likewise; empty for nothing."""
        return self.privileges.get(language) or next(iter(self.privileges.values()), "")


def take_tiers(file: CampaignFile, languages: tuple[str, ...]) -> tuple[Tier, ...]:
    """Read the tiers, in the file's order; none, where it says nothing of them.

    Raises:
        CampaignMistake: at the first thing that cannot be.
    """
    if not file.holds(_BLOCK):
        return ()
    value = file.take(_BLOCK, "a block that begins with [[tiers]]")
    if not isinstance(value, list) or not all(isinstance(tier, dict) for tier in value):
        raise file.mistake(_BLOCK, "a tier is a block that begins with [[tiers]], in double brackets.")
    if len(value) > TIERS_LIMIT:
        raise file.mistake(_BLOCK, f"there are {len(value)} tiers. Write at most {TIERS_LIMIT}.")
    tiers = tuple(_take_tier(file, (*_BLOCK, place), languages) for place in range(len(value)))
    for place, tier in enumerate(tiers):
        if tier.key and any(tier.key == earlier.key for earlier in tiers[:place]):
            file.note((*_BLOCK, place, "key"), f'"{tier.key}" names an earlier tier. Choose another key.')
        if tier.friends and any(tier.friends == earlier.friends for earlier in tiers[:place]):
            file.note((*_BLOCK, place, "friends"), f"another tier takes {tier.friends} as well. Choose another number.")
    return tiers


def _take_tier(file: CampaignFile, path: Path, languages: tuple[str, ...]) -> Tier:
    given, attempt = file.take_table(path, _FIELDS), file.attempt
    days, said = (*path, "period_days"), (*path, "privileges")
    return Tier(
        key=attempt("", file.take_slug, (*path, "key")),
        friends=attempt(0, file.take_whole_number, (*path, "friends"), FRIENDS_LIMIT),
        name=attempt({}, take_words, file, (*path, "name"), TIER_LIMIT, languages),
        badge=attempt("", _take_badge, file, (*path, "badge")) if "badge" in given else "",
        colour=attempt("", take_colour, file, (*path, "colour")) if "colour" in given else "",
        privileges=attempt({}, take_words, file, said, PRIVILEGES_LIMIT, languages) if "privileges" in given else {},
        period_days=attempt(None, file.take_whole_number, days, DAYS_LIMIT) if "period_days" in given else None,
    )


def _take_badge(file: CampaignFile, path: Path) -> str:
    value = file.take(path, 'badge = "🌟"')
    text = value.strip() if isinstance(value, str) else ""
    if not is_emoji(text):
        raise file.mistake(path, 'this must be one emoji between quotes, like badge = "🌟"')
    return text


def is_emoji(text: str) -> bool:
    """Whether a text is one sign that is no letter, digit or blank: an emoji with whatever belongs to it."""
    if not 0 < len(text) <= BADGE_LIMIT or unicodedata.category(text[0]) != "So":
        return False
    joined, flag = True, all(0x1F1E6 <= ord(sign) <= 0x1F1FF for sign in text)
    for sign in text:
        if unicodedata.category(sign) not in _EMOJI_PARTS:
            return False
        if unicodedata.category(sign) == "So" and not joined:
            return flag and len(text) == len("🇮🇩")
        joined = sign == "\u200d"
    return True
