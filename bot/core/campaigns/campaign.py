"""A campaign: brand, stories and points of a promotion, read from one file that a shop owner edits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field
from enum import StrEnum
from itertools import product

from bot.core.campaigns.announcing import AnnounceRules, take_announce
from bot.core.campaigns.catalogue import FOR_ITEM, CatalogueItem, take_catalogue
from bot.core.campaigns.contests import Contest, take_contests
from bot.core.campaigns.fairness import Fairness, take_fairness
from bot.core.campaigns.file import CampaignFile, Path
from bot.core.campaigns.look import compose_look, take_focus, take_look
from bot.core.campaigns.mistakes import CampaignMistake
from bot.core.campaigns.news import NewsRules, take_news
from bot.core.campaigns.pictures import FindPicture, refuse_pictures, take_picture
from bot.core.campaigns.pulse import AskRules, PulseRules, take_asks, take_pulse
from bot.core.campaigns.reward_blocks import check_stories, take_rewards
from bot.core.campaigns.rewards import Rule
from bot.core.campaigns.rules import LATER, Rules, take_rules
from bot.core.campaigns.tiers import Tier, take_tiers
from bot.core.campaigns.waitlist import Waitlist, take_waitlist
from bot.core.campaigns.words import (
    PLACEHOLDER,
    place_text,
    take_channel_language,
    take_languages,
    take_phrases,
    take_unit,
    take_words,
)
from bot.core.languages import find_language, get_conventions
from bot.core.liability import take_limit, take_worth
from bot.core.looks import CardLook
from bot.core.trials import choose_first
from storage.frozen import frozen

__all__ = [
    "Campaign",
    "CampaignMistake",
    "CampaignTexts",
    "Rules",
    "Story",
    "StoryKind",
    "StoryTexts",
    "parse_campaign",
]

POINTS_LIMIT = 1_000_000
STORIES_LIMIT = 10
BRAND_LIMIT, HEADLINE_LIMIT, TEXT_LIMIT, OFFER_LIMIT = 32, 60, 300, 120
"""Code points. Together with a name of 64 and the link they stay under the 1,024 of a caption and fit on the card."""

_FIELDS = (
    *("slug", "theme", "layout", "focus", "colours", "languages", "channel_language", "logo", "photo", "brand"),
    *("points", "limits", "rules", "stories", "catalogue", "rewards", "tiers", "contests", "waitlist", "fairness"),
    *("news", "announce", "pulse", "asks"),
)


class StoryKind(StrEnum):
    """Why people would tell it on."""

    OCCASION = "occasion"
    INTEREST = "interest"
    NOVELTY = "novelty"
    CONTROVERSY = "controversy"
    INSIDE_STORY = "inside story"


@frozen
class Story:
    """What is worth passing on; texts by language."""

    key: str
    kind: StoryKind
    headline: dict[str, str]
    text: dict[str, str]
    offer: dict[str, str]
    picture: str = field(default="", metadata=LATER)
    """SHA-256 of its own picture; empty for none."""
    campaign: int | None = field(default=None, metadata=LATER)
    """The number of the campaign it is told for, where that is not the one it stands in."""
    focus: str = field(default="", metadata=LATER)
    """What of its tall picture shows; empty for what the campaign says."""
    mark: str = field(default="", metadata=LATER)
    """What links say of it, where a rule of its campaign asks by which story a friend came; never kept."""
    look: CardLook | None = field(default=None, metadata=LATER)
    """How its card looks, where that is not as in the campaign it stands in; never kept."""


@frozen
class StoryTexts:
    """A story in one language, with the points filled in."""

    key: str
    kind: StoryKind
    headline: str
    text: str
    offer: str
    look: CardLook
    """How its card looks, its picture included."""


@frozen
class CampaignTexts:
    """What a campaign says in one language."""

    brand: str
    unit: Mapping[str, str]
    """What points are called, by plural form."""
    stories: tuple[StoryTexts, ...]
    inviter_points: str
    """What a member gets for a friend, as `50 points`."""
    invitee_points: str
    """What the friend gets."""


@frozen
class Campaign:
    """Rules and words of a promotion, in the languages of the shop."""

    slug: str
    theme: str
    channel_language: str
    """The language of posts in the announce chat."""
    brand: dict[str, str]
    unit: dict[str, dict[str, str]]
    """By language, then by plural form; a form that is missing is said like the last one given."""
    stories: tuple[Story, ...]
    inviter_points: int
    invitee_points: int
    rules: Rules = field(default_factory=Rules)
    fairness: Fairness = field(default_factory=Fairness, metadata=LATER)
    """How friends who come are looked at."""
    news: NewsRules = field(default_factory=NewsRules, metadata=LATER)
    """How often and when members are written to."""
    announce: AnnounceRules = field(default_factory=AnnounceRules, metadata=LATER)
    """How often the announce chat is."""
    pulse: PulseRules | None = field(default=None, metadata=LATER)
    """When members are asked how it was; None for never."""
    asks: AskRules = field(default_factory=AskRules, metadata=LATER)
    """How often they are asked to share."""
    logo: str = field(default="", metadata=LATER)
    """SHA-256 of the shop's logo; empty for none."""
    photo: str = field(default="", metadata=LATER)
    """SHA-256 of the picture of every story that has none of its own."""
    layout: str = field(default="", metadata=LATER)
    """The composition of the cards; empty for the theme's own."""
    main_colour: str = field(default="", metadata=LATER)
    """`#rrggbb`; empty for the theme's, or for one that is taken from logo or photo."""
    accent_colour: str = field(default="", metadata=LATER)
    focus: str = field(default="", metadata=LATER)
    """What of a tall photo shows: top, middle, bottom; empty for whatever seems to matter."""
    catalogue: tuple[CatalogueItem, ...] = field(default=(), metadata=LATER)
    """What members can have for their points."""
    rewards: tuple[Rule, ...] = field(default=(), metadata=LATER)
    """What is given besides the points for a friend."""
    tiers: tuple[Tier, ...] = field(default=(), metadata=LATER)
    """What members can become by the friends they bring."""
    contests: tuple[Contest, ...] = field(default=(), metadata=LATER)
    """What they can win by them."""
    waitlist: Waitlist | None = field(default=None, metadata=LATER)
    """The queue that they stand in; None for none."""
    worth_amount: int = field(default=0, metadata=LATER)
    """Minor units that one point is worth to the shop; 0 where it has not said."""
    worth_currency: str = field(default="", metadata=LATER)
    """Three capital letters, as of ISO 4217."""
    liability_limit: int = field(default=0, metadata=LATER)
    """Minor units: what members may be promised in points, all together; 0 for no bound."""

    @property
    def asks_labels(self) -> bool:
        """Whether any rule asks what somebody is called."""
        return any(rule.condition.label for rule in self.rewards)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the shop, in the file's order."""
        return tuple(self.brand)

    def find_language(self, wanted: str) -> str:
        """In which language the shop speaks to a reader of `wanted`; its first, where it does not know that one."""
        return wanted if wanted in self.brand else find_language(wanted, self.languages) or self.languages[0]

    @property
    def most_promised(self) -> int:
        """The points that members may be promised, all together; 0 for no bound."""
        return self.liability_limit // self.worth_amount if self.worth_amount else 0

    def find_item(self, key: str) -> CatalogueItem | None:
        """What can be had under this key; None for what is not on offer any more."""
        return next((item for item in self.catalogue if item.key == key), None)

    def choose_first_story(self, member_id: int) -> str:
        """The key of the story that a member is handed first."""
        return choose_first([story.key for story in self.stories], self.rules.try_stories, member_id)

    def find_rule(self, key: str) -> Rule | None:
        """The rule of this key, be it that of a prize or of an item; None where there is none any more."""
        if key.startswith(FOR_ITEM):
            item = self.find_item(key.removeprefix(FOR_ITEM))
            return None if item is None else item.rule
        prizes = (contest.find_prize(prize.place) for contest in self.contests for prize in contest.prizes)
        turn = self.waitlist.rule if self.waitlist is not None else None
        return next((rule for rule in (*self.rewards, *prizes, turn) if rule is not None and rule.key == key), None)

    def find_tier(self, key: str) -> Tier | None:
        """The tier of this key; None for what is no honour any more."""
        return next((tier for tier in self.tiers if tier.key == key), None)

    def find_contest(self, key: str) -> Contest | None:
        """The contest of this key; None for what is none any more."""
        return next((contest for contest in self.contests if contest.key == key), None)

    def say_points(self, points: int, language: str) -> str:
        """`1,500 beans`: a number of points in the shop's own words."""
        spoken = self.find_language(language)
        conventions, forms = get_conventions(spoken), self.unit[spoken]
        form = conventions.choose_plural(points) if conventions.plurals or abs(points) != 1 else "one"
        return f"{conventions.format_number(points)} {forms.get(form) or [*forms.values()][-1]}"

    def texts_for(self, language: str) -> CampaignTexts:
        """Everything the campaign says to a reader of `language`; screens have what `Shop.told` keeps of it."""
        language = self.find_language(language)
        return CampaignTexts(
            brand=self.brand[language],
            unit=self.unit[language],
            stories=tuple(self._story_for(story, language) for story in self.stories),
            inviter_points=self.say_points(self.inviter_points, language),
            invitee_points=self.say_points(self.invitee_points, language),
        )

    def _story_for(self, story: Story, language: str) -> StoryTexts:
        return StoryTexts(
            key=story.key,
            kind=story.kind,
            headline=self._fill(story.headline[language], language),
            text=self._fill(story.text[language], language),
            offer=self._fill(story.offer[language], language),
            look=story.look or compose_look(self, story.picture or self.photo, story.focus),
        )

    def _fill(self, text: str, language: str) -> str:
        return PLACEHOLDER.sub(lambda match: self.say_points(getattr(self, match[1]), language), text)


def parse_campaign(
    text: str | bytes, *, themes: Collection[str], find_picture: FindPicture = refuse_pictures
) -> Campaign:
    """Read a campaign file; `themes` are the looks there are, `find_picture` says what is in the pictures beside it.

    Raises:
        CampaignMistake: the first thing that cannot be, with its line, its field and what would be right; `all` has the others.
    """
    attempt = (file := CampaignFile(text)).attempt
    file.take_table((), _FIELDS)
    slug, look = attempt("", file.take_slug, ("slug",)), take_look(file, themes)
    languages = attempt((), take_languages, file)
    brand = attempt({}, take_words, file, ("brand",), BRAND_LIMIT, languages)
    inviter, invitee, unit = _take_points(file, languages)
    worth = attempt((0, ""), take_worth, file, ("points", "worth"))
    campaign = Campaign(
        slug=slug,
        **look,
        channel_language=attempt("", take_channel_language, file, languages) if languages else "",
        brand=brand,
        inviter_points=inviter,
        invitee_points=invitee,
        unit=unit,
        worth_amount=worth[0],
        worth_currency=worth[1],
        liability_limit=attempt(0, take_limit, file, ("limits",), worth[0]),
        rules=attempt(Rules(), take_rules, file),
        fairness=attempt(Fairness(), take_fairness, file),
        news=attempt(NewsRules(), take_news, file),
        announce=attempt(AnnounceRules(), take_announce, file),
        pulse=attempt(None, take_pulse, file),
        asks=attempt(AskRules(), take_asks, file),
        stories=attempt((), _take_stories, file, languages, find_picture),
        logo=attempt("", take_picture, file, ("logo",), find_picture),
        photo=attempt("", take_picture, file, ("photo",), find_picture),
        catalogue=attempt((), take_catalogue, file, languages, find_picture),
        rewards=attempt((), take_rewards, file, languages),
        tiers=attempt((), take_tiers, file, languages),
        contests=attempt((), take_contests, file, languages),
        waitlist=attempt(None, take_waitlist, file, languages),
    )
    file.check()
    _check_filled(file, campaign)
    check_stories(file, campaign.rewards, [story.key for story in campaign.stories])
    file.check()
    return campaign


def _take_points(file: CampaignFile, languages: tuple[str, ...]) -> tuple[int, int, dict[str, dict[str, str]]]:
    """What either side is given, and what it is called."""
    path = ("points",)
    if not file.attempt({}, file.take_table, path, ("inviter", "invitee", "unit", "worth")):
        return 0, 0, {}
    inviter, invitee = (
        file.attempt(0, file.take_whole_number, (*path, side), POINTS_LIMIT) for side in ("inviter", "invitee")
    )
    return inviter, invitee, file.attempt({}, take_unit, file, (*path, "unit"), languages)


def _take_stories(file: CampaignFile, languages: tuple[str, ...], find_picture: FindPicture) -> tuple[Story, ...]:
    path = ("stories",)
    value = file.take(path, "a block that begins with [[stories]]")
    if not isinstance(value, list) or not all(isinstance(story, dict) for story in value):
        raise file.mistake(path, "a story is a block that begins with [[stories]], in double brackets.")
    if not 1 <= len(value) <= STORIES_LIMIT:
        raise file.mistake(path, f"there are {len(value)} stories. Write from 1 to {STORIES_LIMIT}.")
    stories = tuple(_take_story(file, (*path, place), languages, find_picture) for place in range(len(value)))
    for place, story in enumerate(stories):
        if story.key and any(story.key == earlier.key for earlier in stories[:place]):
            file.note((*path, place, "key"), f'"{story.key}" names an earlier story. Choose another key.')
    return stories


def _take_story(file: CampaignFile, path: Path, languages: tuple[str, ...], find_picture: FindPicture) -> Story:
    file.take_table(path, ("key", "kind", "headline", "text", "offer", "picture", "focus"))
    return Story(
        key=file.attempt("", file.take_slug, (*path, "key")),
        kind=StoryKind(file.attempt(StoryKind.OCCASION, file.take_choice, (*path, "kind"), StoryKind)),
        headline=file.attempt({}, take_phrases, file, (*path, "headline"), HEADLINE_LIMIT, languages),
        text=file.attempt({}, take_phrases, file, (*path, "text"), TEXT_LIMIT, languages),
        offer=file.attempt({}, take_phrases, file, (*path, "offer"), OFFER_LIMIT, languages),
        picture=file.attempt("", take_picture, file, (*path, "picture"), find_picture),
        focus=take_focus(file, (*path, "focus")),
    )


def _check_filled(file: CampaignFile, campaign: Campaign) -> None:
    """A text must still fit once the points are written into it."""
    limits = {"headline": HEADLINE_LIMIT, "text": TEXT_LIMIT, "offer": OFFER_LIMIT}
    for language in campaign.languages:
        told = enumerate(campaign.texts_for(language).stories)
        for part, (place, story) in product(limits, told):
            if (length := len(getattr(story, part))) > limits[part]:
                file.note(
                    place_text(file, ("stories", place, part), language),
                    f"with the points written out it has {length} characters; {limits[part]} fit. Make it shorter.",
                )
