"""A campaign: brand, stories and points of a promotion, read from one file that a shop owner edits."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product

from bot.core.campaigns.file import CampaignFile, Path
from bot.core.campaigns.mistakes import CampaignMistake
from bot.core.campaigns.rules import Rules, take_rules
from bot.core.conventions import PLURAL_FORMS, get_conventions
from bot.core.languages import find_language, parse_tag

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
BRAND_LIMIT, UNIT_LIMIT, HEADLINE_LIMIT, TEXT_LIMIT, OFFER_LIMIT = 32, 16, 60, 300, 120
"""Code points. Together with a name of 64 and the link they stay under the 1,024 of a caption and fit on the card."""

_FILLABLE = ("inviter_points", "invitee_points")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class StoryKind(StrEnum):
    """Why people would tell it on."""

    OCCASION = "occasion"
    INTEREST = "interest"
    NOVELTY = "novelty"
    CONTROVERSY = "controversy"
    INSIDE_STORY = "inside story"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is worth passing on; texts by language."""

    key: str
    kind: StoryKind
    headline: dict[str, str]
    text: dict[str, str]
    offer: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryTexts:
    """A story in one language, with the points filled in."""

    key: str
    kind: StoryKind
    headline: str
    text: str
    offer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignTexts:
    """What a campaign says in one language."""

    brand: str
    unit: Mapping[str, str]
    """What points are called, by plural form."""
    stories: tuple[StoryTexts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
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
    _texts: dict[str, CampaignTexts] = field(default_factory=dict, init=False, compare=False, repr=False)
    """By language, once asked for: every screen and every answer asks."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the shop, in the file's order."""
        return tuple(self.brand)

    def find_language(self, wanted: str) -> str:
        """In which language the shop speaks to a reader of `wanted`; its first, where it does not know that one."""
        return find_language(wanted, self.languages) or self.languages[0]

    def say_points(self, points: int, language: str) -> str:
        """`1,500 beans`: a number of points in the shop's own words."""
        spoken = self.find_language(language)
        conventions, forms = get_conventions(spoken), self.unit[spoken]
        form = conventions.choose_plural(points) if conventions.plurals or abs(points) != 1 else "one"
        return f"{conventions.format_number(points)} {forms.get(form) or [*forms.values()][-1]}"

    def texts_for(self, language: str) -> CampaignTexts:
        """Everything the campaign says to a reader of `language`."""
        language = self.find_language(language)
        texts = self._texts.get(language)
        if texts is None:
            texts = self._texts[language] = CampaignTexts(
                brand=self.brand[language],
                unit=self.unit[language],
                stories=tuple(self._story_for(story, language) for story in self.stories),
            )
        return texts

    def _story_for(self, story: Story, language: str) -> StoryTexts:
        return StoryTexts(
            key=story.key,
            kind=story.kind,
            headline=self._fill(story.headline[language], language),
            text=self._fill(story.text[language], language),
            offer=self._fill(story.offer[language], language),
        )

    def _fill(self, text: str, language: str) -> str:
        return _PLACEHOLDER.sub(lambda match: self.say_points(getattr(self, match[1]), language), text)


def parse_campaign(text: str | bytes, *, themes: Collection[str]) -> Campaign:
    """Read a campaign file; `themes` are the looks there are.

    Raises:
        CampaignMistake: at the first thing that cannot be, with its line, its field and what would be right.
    """
    file = CampaignFile(text)
    file.take_table((), ("slug", "theme", "channel_language", "brand", "points", "rules", "stories"))
    slug, theme = file.take_slug(("slug",)), file.take_choice(("theme",), sorted(themes))
    languages = _take_languages(file, ("brand",))
    brand = _take_words(file, ("brand",), BRAND_LIMIT, languages)
    file.take_table(("points",), ("inviter", "invitee", "unit"))
    campaign = Campaign(
        slug=slug,
        theme=theme,
        channel_language=_take_channel_language(file, languages),
        brand=brand,
        inviter_points=file.take_whole_number(("points", "inviter"), POINTS_LIMIT),
        invitee_points=file.take_whole_number(("points", "invitee"), POINTS_LIMIT),
        unit=_take_unit(file, ("points", "unit"), languages),
        rules=take_rules(file),
        stories=_take_stories(file, ("stories",), languages),
    )
    _check_filled(file, campaign)
    return campaign


def _take_languages(file: CampaignFile, path: Path) -> tuple[str, ...]:
    """The languages of the shop: those in which it says its name."""
    value = file.take(path, "a block that begins with [brand]")
    if not isinstance(value, dict) or not value:
        raise file.mistake(path, 'this must be a block with the shop\'s name in each of its languages, like en = "…"')
    for name in value:
        if name != parse_tag(name):
            raise file.mistake(
                (*path, name), "this is no language. Write its code of two or three letters, like en or id."
            )
    return tuple(value)


def _take_channel_language(file: CampaignFile, languages: tuple[str, ...]) -> str:
    """The shop's first one where the file does not say."""
    path = ("channel_language",)
    return file.take_choice(path, languages) if file.holds(path) else languages[0]


def _take_words(file: CampaignFile, path: Path, limit: int, languages: tuple[str, ...]) -> dict[str, str]:
    """A block with one text for each language."""
    file.take_table(path, languages)
    return {language: file.take_text((*path, language), limit) for language in languages}


def _take_unit(file: CampaignFile, path: Path, languages: tuple[str, ...]) -> dict[str, dict[str, str]]:
    file.take_table(path, languages)
    return {language: _take_forms(file, (*path, language)) for language in languages}


def _take_forms(file: CampaignFile, path: Path) -> dict[str, str]:
    """A word for points; or two, for one and for many; or a block with one for each plural form of the language."""
    example = '"points", or for one and many ["point", "points"]'
    value = file.take(path, f"{path[-1]} = {example}")
    if isinstance(value, dict) and value:
        file.take_table(path, PLURAL_FORMS)
        return {form: file.take_text((*path, form), UNIT_LIMIT) for form in PLURAL_FORMS if form in value}
    if not isinstance(value, list):
        return {"other": file.take_text(path, UNIT_LIMIT, example)}
    if len(value) != len(("one", "many")):
        raise file.mistake(path, f"this must be one word, or two in a list, like {example}")
    return {"one": file.take_text((*path, 0), UNIT_LIMIT), "other": file.take_text((*path, 1), UNIT_LIMIT)}


def _take_stories(file: CampaignFile, path: Path, languages: tuple[str, ...]) -> tuple[Story, ...]:
    value = file.take(path, "a block that begins with [[stories]]")
    if not isinstance(value, list) or not all(isinstance(story, dict) for story in value):
        raise file.mistake(path, "a story is a block that begins with [[stories]], in double brackets.")
    if not 1 <= len(value) <= STORIES_LIMIT:
        raise file.mistake(path, f"there are {len(value)} stories. Write from 1 to {STORIES_LIMIT}.")
    stories = tuple(_take_story(file, (*path, place), languages) for place in range(len(value)))
    for place, story in enumerate(stories):
        if any(story.key == earlier.key for earlier in stories[:place]):
            raise file.mistake((*path, place, "key"), f'"{story.key}" names an earlier story. Choose another key.')
    return stories


def _take_story(file: CampaignFile, path: Path, languages: tuple[str, ...]) -> Story:
    file.take_table(path, ("key", "kind", "headline", "text", "offer"))
    return Story(
        key=file.take_slug((*path, "key")),
        kind=StoryKind(file.take_choice((*path, "kind"), StoryKind)),
        headline=_take_phrases(file, (*path, "headline"), HEADLINE_LIMIT, languages),
        text=_take_phrases(file, (*path, "text"), TEXT_LIMIT, languages),
        offer=_take_phrases(file, (*path, "offer"), OFFER_LIMIT, languages),
    )


def _take_phrases(file: CampaignFile, path: Path, limit: int, languages: tuple[str, ...]) -> dict[str, str]:
    """Texts in which placeholders may stand for the points."""
    phrases = _take_words(file, path, limit, languages)
    for language, phrase in phrases.items():
        for name in _PLACEHOLDER.findall(phrase):
            if name not in _FILLABLE:
                known = " and ".join(f"{{{fillable}}}" for fillable in _FILLABLE)
                raise file.mistake((*path, language), f"{{{name}}} stands for nothing. There are {known}.")
    return phrases


def _check_filled(file: CampaignFile, campaign: Campaign) -> None:
    """A text must still fit once the points are written into it."""
    limits = {"headline": HEADLINE_LIMIT, "text": TEXT_LIMIT, "offer": OFFER_LIMIT}
    for language, part in product(campaign.languages, limits):
        for place, story in enumerate(campaign.texts_for(language).stories):
            if (length := len(getattr(story, part))) > limits[part]:
                raise file.mistake(
                    ("stories", place, part, language),
                    f"with the points written out it has {length} characters; {limits[part]} fit. Make it shorter.",
                )
