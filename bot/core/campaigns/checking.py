"""What a campaign is looked at for before it begins, besides what is missing; and whether its words promise what its rule gives."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from enum import StrEnum

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.words import PLACEHOLDER
from storage.frozen import frozen

_NUMBER = r"(\d+(?:[.,'\u00a0\u202f\u2019 ]\d{3})*)"
_NOT_DIGITS = re.compile(r"\D")


class Fault(StrEnum):
    """What is not as it should be."""

    TOO_LONG = "too_long"
    """A text cannot be shown at a size that a phone shows well."""
    POINTS = "points"
    """An offer names points that are not given."""
    CODE = "code"
    """A card's QR code is not read back."""
    FAINT = "faint"
    """Words do not stand out from what is behind them."""


@frozen
class Finding:
    """One thing that is not as it should be, on the card of a story in a language."""

    fault: Fault
    place: int
    """Of the story, from 0."""
    language: str
    field: str = ""
    """`brand`, `headline`, `text` or `offer`; empty for the card itself."""
    count: int = 0
    """By how many characters it is too long; how many points it names."""


def compose_findings(findings: Sequence[Finding]) -> str:
    """Findings as a text that is kept with a notice."""
    return json.dumps([asdict(each) for each in findings])


def parse_findings(said: str) -> list[Finding]:
    """Read what `compose_findings` wrote."""
    return [Finding(**each | {"fault": Fault(each["fault"])}) for each in json.loads(said)]


def list_misnamed(campaign: Campaign) -> Iterator[Finding]:
    """Offers that name points which neither side is given, or that have a place for points where none are given."""
    given = {"inviter_points": campaign.inviter_points, "invitee_points": campaign.invitee_points}
    for place, story in enumerate(campaign.stories):
        for language, offer in story.offer.items():
            named = find_named_points(offer, [*campaign.unit.get(language, {}).values()])
            wrong = next((points for points in named if points not in given.values()), None)
            for name in PLACEHOLDER.findall(offer):
                wrong = 0 if given.get(name) == 0 else wrong
            if wrong is not None:
                yield Finding(fault=Fault.POINTS, place=place, language=language, field="offer", count=wrong)


def find_named_points(text: str, units: list[str]) -> list[int]:
    """The numbers in a text that stand before or after what points are called."""
    called = "|".join(sorted(map(re.escape, units), key=len, reverse=True))
    pattern = rf"{_NUMBER}\s?(?:{called})|(?:{called})\s?{_NUMBER}" if called else r"(?!)()()"
    return [
        int(_NOT_DIGITS.sub("", before or after)) for before, after in re.findall(pattern, text, flags=re.IGNORECASE)
    ]
