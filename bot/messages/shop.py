"""What every screen needs to know of the bot it stands in."""

from __future__ import annotations

from dataclasses import field
from datetime import UTC, tzinfo
from enum import StrEnum
from urllib.parse import urlsplit

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.core.campaigns.campaign import Campaign, CampaignTexts, StoryTexts
from bot.core.languages import choose_language
from bot.core.links import Addresses, compose_link, compose_placement_payload
from bot.core.sharing import CardFormat
from bot.core.visiting import SHOPS_CARD
from bot.messages.outgoing import PRIMARY
from storage.frozen import frozen

LANGUAGES_KEPT = 64
"""Far more than anybody here reads."""


class Source(StrEnum):
    """By which way a link travels; at most 16 of `[a-z0-9]`, recorded on the referral."""

    FORWARDED = "fwd"
    QR = "qr"
    COPIED = "copy"
    SHARED = "share"
    INLINE = "inline"
    PAGE = "page"
    """From the share page; networks on it may say which they are."""
    PRINT = "print"
    """On paper, where the member names no place of their own."""
    GUEST = "guest"
    NAME = "name"
    """No link at all: the newcomer said who had recommended the shop."""
    COMMUNITY = "chat"
    """A personal invite link to the community chat."""
    WEB = "web"
    """A short link of the web side that says nothing of the way it travelled."""
    PLAIN = ""
    """Shown to its owner as text: the shortest there is."""


@frozen
class Shop:
    """The bot's name, whether @BotFather has switched inline mode on, the campaign, and the address of the web side."""

    bot_username: str
    inline_mode: bool
    campaign: Campaign
    public_url: str = ""
    """Without a slash at the end, perhaps with a path; empty where there is no web side."""
    community: bool = False
    """Whether there is a chat that friends are invited to."""
    zone: tzinfo = UTC
    """Where the shop is: days shown to its members begin and end there."""
    _told: dict[str, CampaignTexts] = field(default_factory=dict, init=False, compare=False, repr=False)
    """By language of a reader, once asked for; another shop, or the same with something changed, begins anew."""

    def choose_language(self, telegram_language: str) -> str:
        """The language of somebody of whom nothing is known but what Telegram says."""
        return choose_language(None, telegram_language, self.campaign.languages)

    def told(self, language: str) -> CampaignTexts:
        """Everything the campaign says to a reader of `language`: the same for all of them, and prepared once."""
        told = self._told.get(language)
        if told is None:
            if len(self._told) >= LANGUAGES_KEPT:
                self._told.clear()
            told = self._told[language] = self.campaign.texts_for(language)
        return told

    def brand(self, language: str) -> str:
        """The shop's name."""
        return self.told(language).brand

    def points(self, points: int, language: str) -> str:
        """A number of points in the shop's own words."""
        return self.campaign.say_points(points, language)

    def story(self, language: str, key: str | None = None) -> StoryTexts:
        """The story called `key`, else the first."""
        stories = self.told(language).stories
        return next((story for story in stories if story.key == key), stories[0])

    def choose_first_story(self, member_id: int) -> str:
        """The key of the story that a member is handed first; as a rule none is on trial."""
        campaign = self.campaign
        return campaign.choose_first_story(member_id) if campaign.rules.try_stories else campaign.stories[0].key

    def tells(self, key: str) -> bool:
        """Whether there is a story called so; an old button may name one that is told no more."""
        return any(story.key == key for story in self.campaign.stories)

    def story_key(self, place: int) -> str:
        """The key of the story at a place; counting goes round, so that an old button never leads nowhere."""
        stories = self.campaign.stories
        return stories[place % len(stories)].key

    def story_place(self, key: str) -> int:
        """The place of the story called `key`, else of the first."""
        return next((place for place, story in enumerate(self.campaign.stories) if story.key == key), 0)

    @property
    def addresses(self) -> Addresses:
        """By which a link that comes back is known for one of the shop's own."""
        return Addresses(self.bot_username, self.public_url)

    def link(self, code: str, source: str, story: str = "") -> str:
        """A member's link, marked with the way it travels, a `Source` or a place of the member's own, its story's campaign, and the story where a rule asks.

        Without a code it is nobody's, and simply opens the bot.
        """
        if not code:
            return self.address
        told = next((each for each in self.campaign.stories if each.key == story), None) if story else None
        if told is None:
            return compose_link(self.bot_username, code, source, None, self.campaign.stories[0].mark)
        return compose_link(self.bot_username, code, source, told.campaign, told.mark)

    def campaign_link(self, code: str, source: str, campaign: int | None, story: str = "") -> str:
        """A member's link for a campaign; None is the main one. `story` is the mark of one, empty for none."""
        return compose_link(self.bot_username, code, source, campaign, story) if code else self.address

    def own_link(self, code: str) -> str:
        """A member's link with the code that they have chosen or were given, in small letters."""
        return f"{self.address}?start={code}"

    def placement_link(self, placement: str) -> str:
        """A link of nobody's that says where it hung."""
        return compose_link(self.bot_username, compose_placement_payload(placement))

    def short_link(self, code: str, source: str) -> str:
        """A member's link that unfolds into the card wherever it is pasted; the plain one without a web side."""
        if not self.has_web:
            return self.link(code, source)
        if not code:
            return f"{self.public_url}/"
        return f"{self.public_url}/r/{code}-{source}" if source else f"{self.public_url}/r/{code}"

    def card_address(self, code: str, story: str = "", wanted: CardFormat = CardFormat.CARD) -> str:
        """Where the web side shows a member's card, or without a code the shop's; empty without a web side.

        With the first story of the campaign, or with the one of this key.
        """
        if not self.has_web:
            return ""
        told = f"-{story}" if code and story else ""
        cut = "" if wanted is CardFormat.CARD else f".{wanted.value}"
        return f"{self.public_url}/c/{code or SHOPS_CARD}{told}{cut}.jpg"

    @property
    def logo_path(self) -> str:
        """Where the web side has the shop's logo; another address whenever it is another; empty where there is none."""
        return f"{self.web_path}/logo.png?{self.campaign.logo[:12]}" if self.campaign.logo else ""

    def page_address(self, code: str) -> str:
        """The share page of a member; empty without a web side."""
        return f"{self.public_url}/s/{code}" if self.has_web else ""

    @property
    def has_web(self) -> bool:
        """Whether there is a web side."""
        return bool(self.public_url)

    @property
    def web_path(self) -> str:
        """What stands before every path of the web side, without a slash at its end; empty where it has its host to itself."""
        return urlsplit(self.public_url).path

    @property
    def has_public_web(self) -> bool:
        """Whether Telegram would open the web side: it wants https and a host with a dot, and refuses any other button."""
        parts = urlsplit(self.public_url)
        return parts.scheme == "https" and "." in (parts.hostname or "")

    @property
    def address(self) -> str:
        """The bot's own address, of no member."""
        return f"https://t.me/{self.bot_username}"


def compose_join_keyboard(label: str, address: str) -> InlineKeyboardMarkup:
    """One button that opens the bot; works in channels and in messages sent inline."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, url=address, style=PRIMARY)]])
