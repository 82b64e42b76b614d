"""A campaign that is being written: begun from a template, changed field by field, and what it still lacks.

A draft is a `Campaign` whose texts may be missing; nobody is promised anything by it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, replace
from enum import StrEnum
from itertools import count

from bot.core.campaigns.campaign import (
    BRAND_LIMIT,
    HEADLINE_LIMIT,
    OFFER_LIMIT,
    POINTS_LIMIT,
    STORIES_LIMIT,
    TEXT_LIMIT,
    Campaign,
    Story,
    StoryKind,
)
from bot.core.campaigns.look import parse_colour
from bot.core.campaigns.pictures import list_pictures
from bot.core.campaigns.words import FILLABLE, PLACEHOLDER, UNIT_LIMIT
from bot.core.looks import AUTO, FOCUSES, LAYOUTS, list_themes
from bot.core.names import clean_text
from bot.core.numbers import parse_whole_number
from storage.frozen import frozen

STORY_FIELDS = ("headline", "text", "offer")
LIMITS = {"brand": BRAND_LIMIT, "headline": HEADLINE_LIMIT, "text": TEXT_LIMIT, "offer": OFFER_LIMIT}


class TextFault(StrEnum):
    """Why a text is not taken."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    PLACEHOLDER = "placeholder"
    """It has something in braces that stands for nothing."""


@frozen
class TextMistake:
    """A text that is not taken; `over` says by how many characters it is too long."""

    fault: TextFault
    over: int = 0


@frozen
class Gap:
    """What a draft lacks; `story` counts from 1, and is 0 for the campaign itself."""

    field: str
    story: int = 0
    language: str = ""


@frozen
class Difference:
    """A field that a draft says otherwise."""

    field: str
    before: str
    after: str


def check_text(field: str, said: str) -> str | TextMistake:
    """A text as it is kept, cleaned; or why it is not taken. Nothing is ever cut."""
    clean = clean_text(said, limit=len(said))
    if not clean:
        return TextMistake(fault=TextFault.EMPTY)
    if len(clean) > LIMITS[field]:
        return TextMistake(fault=TextFault.TOO_LONG, over=len(clean) - LIMITS[field])
    if field in STORY_FIELDS and any(name not in FILLABLE for name in PLACEHOLDER.findall(clean)):
        return TextMistake(fault=TextFault.PLACEHOLDER)
    return clean


def parse_points(said: str) -> int | None:
    """A number of points; None for what is none that can be given."""
    return parse_whole_number(said, POINTS_LIMIT)


def set_story_text(campaign: Campaign, key: str, field: str, language: str, text: str) -> Campaign:
    """The draft with a text of a story in one language."""
    return _change_story(campaign, key, lambda story: _say(story, field, language, text))


def set_story_kind(campaign: Campaign, key: str, kind: StoryKind) -> Campaign:
    """The draft with a story of another kind."""
    return _change_story(campaign, key, lambda story: replace(story, kind=kind))


def set_story_picture(campaign: Campaign, key: str, sha256: str) -> Campaign:
    """The draft with a story's own picture; empty for none."""
    return _change_story(campaign, key, lambda story: replace(story, picture=sha256))


def set_story_focus(campaign: Campaign, key: str, focus: str) -> Campaign:
    """The draft with what shows of a story's tall picture; empty for whatever seems to matter."""
    return _change_story(campaign, key, lambda story: replace(story, focus=focus))


def set_look(campaign: Campaign, field: str, value: str) -> Campaign | None:
    """The draft with another `theme`, `layout`, `focus`, `main` or `accent` colour; None for what cannot be.

    Empty takes back to the theme's own. Colours that come from a picture need one; a second colour stands beside a first.
    """
    if field == "theme":
        if value == AUTO:
            pictured = list_pictures(campaign)
            return replace(campaign, theme=AUTO, main_colour="", accent_colour="") if pictured else None
        return replace(campaign, theme=value) if value in list_themes() else None
    if field in {"layout", "focus"}:
        known = LAYOUTS if field == "layout" else FOCUSES
        return replace(campaign, **{field: value}) if value in ("", *known) else None  # type: ignore[arg-type]
    colour = parse_colour(value)
    if bool(colour) != bool(value) or (field == "accent" and not campaign.main_colour):
        return None
    if field == "accent":
        return replace(campaign, accent_colour=colour)
    return replace(campaign, main_colour=colour, accent_colour=campaign.accent_colour if colour else "")


def add_story(campaign: Campaign) -> Campaign:
    """The draft with one story more, of which nothing is written; unchanged where there are enough."""
    if len(campaign.stories) >= STORIES_LIMIT:
        return campaign
    taken = {story.key for story in campaign.stories}
    key = next(key for key in map("story-{}".format, count(1)) if key not in taken)
    story = Story(key=key, kind=StoryKind.INTEREST, headline={}, text={}, offer={})
    return replace(campaign, stories=(*campaign.stories, story))


def drop_story(campaign: Campaign, key: str) -> Campaign:
    """The draft without a story; the last one stays."""
    left = tuple(story for story in campaign.stories if story.key != key)
    return replace(campaign, stories=left) if left else campaign


def compose_draft(template: Campaign, shop: Campaign, slug: str) -> Campaign:
    """A campaign from a template or another one, as one of this shop: what the shop says of itself is the shop's."""
    languages = shop.languages
    return replace(
        template,
        slug=slug,
        theme=shop.theme,
        layout=shop.layout,
        focus=shop.focus,
        main_colour=shop.main_colour,
        accent_colour=shop.accent_colour,
        logo=shop.logo,
        channel_language=shop.channel_language,
        brand=shop.brand,
        unit=shop.unit,
        stories=tuple(_keep_languages(story, languages) for story in template.stories),
    )


def choose_slug(wished: str, taken: Collection[str]) -> str:
    """A name that no campaign has yet."""
    numbered = (wished if number == 1 else f"{wished[:28]}-{number}" for number in count(1))
    return next(slug for slug in numbered if slug not in taken)


def list_gaps(campaign: Campaign) -> list[Gap]:
    """Everything that is missing before a campaign can begin."""
    gaps = [] if campaign.stories else [Gap(field="story")]
    for place, story in enumerate(campaign.stories, start=1):
        gaps += [
            Gap(field=field, story=place, language=language)
            for field in STORY_FIELDS
            for language in campaign.languages
            if not getattr(story, field).get(language)
        ]
    return gaps


def fill_gaps(campaign: Campaign) -> Campaign:
    """The draft with dots for what is missing, to be looked at before it is whole."""
    dots = Story(key="story-1", kind=StoryKind.INTEREST, headline={}, text={}, offer={})
    stories = tuple(
        replace(
            story,
            headline=_fill(story.headline, campaign.languages),
            text=_fill(story.text, campaign.languages),
            offer=_fill(story.offer, campaign.languages),
        )
        for story in campaign.stories or (dots,)
    )
    return replace(campaign, stories=stories)


def _fill(said: Mapping[str, str], languages: Iterable[str]) -> dict[str, str]:
    return {language: said.get(language) or "\u2026" for language in languages}


def list_differences(before: Campaign, after: Campaign) -> list[Difference]:
    """What a draft says otherwise than what holds, field by field; what it gives, offers and honours is `list_part_changes`'."""
    old, new = _flatten(before), _flatten(after)
    return [
        Difference(field=field, before=old.get(field, ""), after=new.get(field, ""))
        for field in dict.fromkeys((*old, *new))
        if old.get(field) != new.get(field)
    ]


def _flatten(campaign: Campaign) -> Mapping[str, str]:
    said = {
        "inviter_points": str(campaign.inviter_points),
        "invitee_points": str(campaign.invitee_points),
        "languages": ", ".join(campaign.languages),
        "theme": campaign.theme,
        "layout": campaign.layout,
        "colours": " ".join(filter(None, (campaign.main_colour, campaign.accent_colour))),
        "focus": campaign.focus,
        "photo": campaign.photo[:8],
    }
    for name in (
        "claim_days",
        "credit_days",
        "hold_days",
        "grace_days",
        "hold_out_percent",
        "try_stories",
        "wording",
        "try_wordings",
    ):
        said[name] = str(getattr(campaign.rules, name) or "")
    said["worth"] = f"{campaign.worth_amount} {campaign.worth_currency}" if campaign.worth_amount else ""
    said["announce.digest"], said["news.quiet"] = campaign.announce.digest, campaign.news.quiet
    said["news.per_week"] = str(campaign.news.per_week or "")
    pulse = {} if campaign.pulse is None else asdict(campaign.pulse)
    said |= {f"pulse.{name}": str(days) for name, days in pulse.items()}
    said["asks.every_days"] = str(campaign.asks.every_days)
    said["liability"] = str(campaign.liability_limit or "")
    for story in campaign.stories:
        said[f"{story.key}: kind"] = str(story.kind)
        said[f"{story.key}: picture"] = story.picture[:8]
        said[f"{story.key}: focus"] = story.focus
        for field in STORY_FIELDS:
            for language, text in getattr(story, field).items():
                said[f"{story.key}: {field}.{language}"] = text
    return {field: text for field, text in said.items() if text}


def _keep_languages(story: Story, languages: Iterable[str]) -> Story:
    headline, text, offer = (
        {language: said[language] for language in languages if language in said}
        for said in (story.headline, story.text, story.offer)
    )
    return replace(story, headline=headline, text=text, offer=offer, campaign=None)


def _change_story(campaign: Campaign, key: str, change: Callable[[Story], Story]) -> Campaign:
    stories = tuple(change(story) if story.key == key else story for story in campaign.stories)
    return replace(campaign, stories=stories)


def _say(story: Story, field: str, language: str, text: str) -> Story:
    said = {**getattr(story, field), language: text}
    if field == "headline":
        return replace(story, headline=said)
    return replace(story, text=said) if field == "text" else replace(story, offer=said)


def set_languages(campaign: Campaign, languages: Iterable[str]) -> Campaign:
    """The draft in other languages of its shop; name and points are called as in the first until somebody says otherwise."""
    spoken = tuple(languages)
    first = campaign.languages[0]
    return replace(
        campaign,
        channel_language=campaign.channel_language if campaign.channel_language in spoken else spoken[0],
        brand={language: campaign.brand.get(language, campaign.brand[first]) for language in spoken},
        unit={language: campaign.unit.get(language, campaign.unit[first]) for language in spoken},
        stories=tuple(_keep_languages(story, spoken) for story in campaign.stories),
    )


def parse_unit(said: str) -> dict[str, str] | TextMistake:
    """What points are called: a word, or two with a comma for one and for many."""
    words = [clean_text(word, limit=len(word)) for word in said.split(",")]
    if not all(words):
        return TextMistake(fault=TextFault.EMPTY)
    over = max(len(word) for word in words) - UNIT_LIMIT
    if over > 0 or len(words) > len(("one", "many")):
        return TextMistake(fault=TextFault.TOO_LONG, over=max(over, 1))
    return {"other": words[0]} if len(words) == 1 else {"one": words[0], "other": words[1]}


def compose_probe(campaign: Campaign, key: str, field: str, language: str, text: str) -> Campaign | None:
    """A campaign of this one story in this one language, to be measured with this text in it; None without the story."""
    told = next((story for story in campaign.stories if story.key == key), None)
    if told is None:
        return None
    said = {name: getattr(told, name).get(language) or "\u2026" for name in STORY_FIELDS} | {field: text}
    story = replace(
        told,
        headline={language: said["headline"]},
        text={language: said["text"]},
        offer={language: said["offer"]},
    )
    return replace(
        campaign,
        channel_language=language,
        brand={language: campaign.brand[language]},
        unit={language: campaign.unit[language]},
        stories=(story,),
    )
