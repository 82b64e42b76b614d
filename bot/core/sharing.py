"""What is passed on: which stories somebody means, what a card says, and the version of its picture.

Versions are computed from what is stored, never by asking a font.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import astuple, field
from enum import Enum

from bot.core.looks import CardLook
from storage.frozen import frozen


class CardFormat(Enum):
    """What a card is cut to; the value stands in addresses."""

    CARD = "card"
    """For chats: Telegram shrinks anything larger."""
    TALL = "tall"
    """9:16, for what apps call a story or a status."""
    SQUARE = "square"
    """To be saved and posted anywhere."""
    WIDE = "wide"
    """What a link unfolds into: most messengers crop anything else."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return _SIZES[self]


_SIZES = {
    CardFormat.CARD: (1024, 1280),
    CardFormat.TALL: (1080, 1920),
    CardFormat.SQUARE: (1080, 1080),
    CardFormat.WIDE: (1200, 630),
}


@frozen
class CardText:
    """The words and the look that are the same for all members: one template is kept for each."""

    brand: str
    headline: str
    story: str
    """One to three sentences."""
    offer: str
    """What the friend gets, in a few words."""
    invited_by: str
    """The phrase around the inviter's name, with `{name}` in it."""
    invited_without_name: str
    """The phrase for an inviter without a name, or whose script no font of the card covers."""
    scan_hint: str
    language: str
    look: CardLook
    quoted: bool = False
    """Whether the story is a member's own words."""

    def split_invitation(self) -> tuple[str, str]:
        """The words before and after the name."""
        before, _, after = self.invited_by.partition("{name}")
        return before.strip(), after.strip()


@frozen
class Mark:
    """What a member's tier shows on their card."""

    text: str
    """Badge and name, in the card's language."""
    colour: str = ""
    """`#rrggbb`; empty for the theme's own."""


@frozen
class Signature:
    """What of a member shows on their pictures."""

    name: str
    own_words: str
    code: str
    face: str = ""
    """Which photo of theirs; empty for none."""
    tier: str = ""
    """The key of their tier; empty for none."""


@frozen(kw_only=False)
class CardVersions:
    """Names pictures by everything that shows on them: a changed name, story, theme or layout makes another version."""

    texts: Mapping[str, Mapping[str, str]]
    """A digest of what each card says to everybody, by language and story key; the campaign's first story comes first."""
    captions: Mapping[str, str]
    """A digest of what stands around a QR code alone, by language."""
    fallback: str
    """The language of a reader of any other."""
    marks: Mapping[str, str] = field(default_factory=dict)
    """A digest of what each tier shows, by its key."""

    def of_card(self, signature: Signature, language: str, story: str = "") -> str:
        """The version of a card with the story of this key, else with the first."""
        stories = self.texts.get(language) or self.texts[self.fallback]
        told = stories.get(story) or next(iter(stories.values()))
        return self._digest_card(told, signature)

    def of_format(self, version: str, wanted: CardFormat) -> str:
        """The version of a card of this version in another format."""
        return version if wanted is CardFormat.CARD else digest(wanted.value, version)

    def of_step(self, version: str, friends: int) -> str:
        """The version of a card of this version with the word that so many friends have come."""
        return digest("step", version, friends)

    def of_qr(self, signature: Signature, language: str) -> str:
        """The version of the QR code alone; no name is on it, and no story."""
        return digest("qr", self.captions.get(language) or self.captions[self.fallback], signature.code)

    def list_current(self, signature: Signature) -> frozenset[str]:
        """Every version that a picture of theirs may have now: in any language, with any story, and the QR code alone."""
        told = {each for stories in self.texts.values() for each in stories.values()}
        cards = {self._digest_card(each, signature) for each in told}
        return frozenset(cards | {digest("qr", each, signature.code) for each in self.captions.values()})

    def _digest_card(self, told: str, signature: Signature) -> str:
        *signed, tier = astuple(signature)
        mark = self.marks.get(tier)
        return digest("card", told, *signed, *([mark] if mark else []))


def digest(*shown: object) -> str:
    """A short hash of texts, or of tuples of them: 16 hexadecimal digits."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def filter_stories(said: Mapping[str, str], typed: str) -> list[str]:
    """Keys of the stories in which every typed word occurs, in their order; all where nothing is typed.

    Args:
        said: What each story says, by key.
        typed: Words in any order and case. A story's own key means that story alone.
    """
    words = typed.casefold().split()
    if len(words) == 1 and words[0] in said:
        return words
    return [key for key, text in said.items() if all(word in text.casefold() for word in words)]
