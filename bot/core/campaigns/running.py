"""Several campaigns at once: which of them runs, what a link of one brings, and all of their stories in one row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from bot.core.campaigns.campaign import Campaign, CampaignTexts, Story
from bot.core.durations import DAY
from bot.core.links import compute_story_mark
from storage.campaign import CampaignState
from storage.frozen import frozen
from storage.records import CampaignId


@frozen
class Standing:
    """How a campaign stands, by what was said of it; times in microseconds."""

    state: CampaignState
    starts_at: int | None
    ends_at: int | None
    ended_at: int | None


class Change(StrEnum):
    """What can be said of a campaign."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"
    MAKE_MAIN = "main"


class ChangeRefusal(StrEnum):
    """Why that cannot be."""

    UNWRITTEN = "unwritten"
    """It has promised nothing yet, so there is nothing to hand out."""
    MAIN = "main"
    """A shop always has a main campaign, and it runs: first another one becomes that."""
    NOT_RUNNING = "not_running"
    """Only what runs, and goes on running, can be the main one, or rest."""
    NOT_PAUSED = "not_paused"
    ENDED = "ended"


def decide_change(standing: Standing, change: Change, *, main: bool, written: bool, now: int) -> ChangeRefusal | None:
    """Why a campaign cannot be changed like this; None where it can."""
    if not written:
        return ChangeRefusal.UNWRITTEN
    if main and change in {Change.PAUSE, Change.END}:
        return ChangeRefusal.MAIN
    if change is Change.END and standing.state is CampaignState.ENDED:
        return ChangeRefusal.ENDED
    if change is Change.RESUME and standing.state is not CampaignState.PAUSED:
        return ChangeRefusal.NOT_PAUSED
    runs = decide_running(standing, now)
    needs_running = change is Change.PAUSE or change is Change.MAKE_MAIN
    lasts = change is not Change.MAKE_MAIN or standing.ends_at is None
    return ChangeRefusal.NOT_RUNNING if needs_running and not (runs and lasts) else None


def decide_running(standing: Standing, now: int) -> bool:
    """Whether a campaign is handed out now."""
    began = standing.starts_at is None or standing.starts_at <= now
    return standing.state is CampaignState.RUNNING and began and not _is_past(standing.ends_at, now)


def decide_holds(standing: Standing, grace_days: int, now: int) -> bool:
    """Whether a link of a campaign brings what it promised: while it runs or rests, and some days after its end."""
    if standing.state is CampaignState.DRAFT or (standing.starts_at is not None and standing.starts_at > now):
        return False
    ended_at = standing.ended_at if standing.state is CampaignState.ENDED else standing.ends_at
    if standing.state is CampaignState.ENDED and ended_at is None:
        return False
    return not _is_past(ended_at, now - grace_days * DAY)


def compose_chapters(main: Campaign, others: Mapping[CampaignId, Campaign]) -> Campaign:
    """The main campaign with the stories of the others behind its own, to be leafed through as one.

    Another campaign's story has its number before its key, says its own points in its own words, and looks as it looks there.
    """
    chapters = list[Story]()
    for number, campaign in others.items():
        said = {language: campaign.texts_for(language) for language in main.languages}
        chapters += [_retell(story, campaign, number, said) for story in mark_stories(campaign)]
    stories = mark_stories(main)
    return replace(main, stories=(*stories, *chapters)) if chapters or stories != main.stories else main


def mark_stories(campaign: Campaign) -> tuple[Story, ...]:
    """The stories of a campaign; those that a rule asks for are to be told by links."""
    asked = {key for rule in campaign.rewards for key in rule.condition.story}
    return tuple(
        replace(story, mark=compute_story_mark(story.key)) if story.key in asked else story
        for story in campaign.stories
    )


def _retell(story: Story, campaign: Campaign, number: CampaignId, said: Mapping[str, CampaignTexts]) -> Story:
    told = {language: next(each for each in texts.stories if each.key == story.key) for language, texts in said.items()}
    return replace(
        story,
        key=f"{number}-{story.key}",
        headline={language: texts.headline for language, texts in told.items()},
        text={language: texts.text for language, texts in told.items()},
        offer={language: texts.offer for language, texts in told.items()},
        picture=story.picture or campaign.photo,
        campaign=number,
        look=next(texts.look for texts in told.values()),
    )


def _is_past(moment: int | None, now: int) -> bool:
    return moment is not None and moment <= now
