"""Two stories tried against each other: who is handed which first, what came of it, and what is made of that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.content import compose_content, compute_digest
from bot.core.durations import DAY
from bot.core.roles import MANAGERS
from bot.core.trials import Standing, Verdict, choose_arm, decide
from bot.services.campaigns import get_terms
from bot.services.campaigns.opening import note_written
from bot.services.members import demand, enter
from storage.records import Profile
from storage.tables import campaigns, directory, shops
from storage.tx import Tx

MOST = 200_000
"""Members that are counted, the latest."""

TRIED = 2
"""Stories in a trial that is begun in the chat: the first two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialView:
    """The trial of the main campaign's stories, if there is one."""

    can_begin: bool
    standing: Standing | None = None
    days: int = 0


def find_first_card(tx: Tx, *, visitor: Profile) -> str:
    """The key of the story that the visitor is handed first."""
    return get_terms(tx).campaign.choose_first_story(enter(tx, visitor).id)


def measure_trial(tx: Tx) -> TrialView:
    """How the trial stands: of the members who took a card since it began, how many brought a friend since."""
    campaign = get_terms(tx).campaign
    keys = _list_tried(campaign)
    if not keys:
        return TrialView(can_begin=len(campaign.stories) >= TRIED)
    begun_at = _find_begin(tx, keys)
    trial, shown, brought = " ".join(keys), Counter[str](), Counter[str]()
    for number, came in directory.list_sharers(tx, since=begun_at, limit=MOST):
        arm = choose_arm(trial, number, keys)
        shown[arm] += 1
        brought[arm] += came
    days = (tx.now - begun_at) // DAY
    standing = decide(keys, [shown[key] for key in keys], [brought[key] for key in keys], days=days)
    return TrialView(can_begin=False, standing=standing, days=days)


def begin_trial(tx: Tx, *, visitor: Profile) -> None:
    """Try the first two stories against each other, where there are two and none are tried."""
    demand(tx, visitor, MANAGERS)
    campaign = get_terms(tx).campaign
    if not _list_tried(campaign) and len(campaign.stories) >= TRIED:
        _write(tx, visitor, replace(campaign, rules=replace(campaign.rules, try_stories=TRIED)))


def end_trial(tx: Tx, *, visitor: Profile) -> None:
    """Hand everybody the first story first again."""
    demand(tx, visitor, MANAGERS)
    campaign = get_terms(tx).campaign
    if _list_tried(campaign):
        _write(tx, visitor, replace(campaign, rules=replace(campaign.rules, try_stories=0)))


def adopt_winner(tx: Tx, *, visitor: Profile) -> None:
    """End the trial, and let its winner stand first; without a winner nothing changes."""
    demand(tx, visitor, MANAGERS)
    standing, campaign = measure_trial(tx).standing, get_terms(tx).campaign
    if standing is None or standing.verdict is not Verdict.WON:
        return
    stories = sorted(campaign.stories, key=lambda story: story.key != standing.winner)
    _write(tx, visitor, replace(campaign, stories=tuple(stories), rules=replace(campaign.rules, try_stories=0)))


def _list_tried(campaign: Campaign) -> Sequence[str]:
    keys = [story.key for story in campaign.stories[: campaign.rules.try_stories]]
    return keys if len(keys) >= TRIED else []


def _find_begin(tx: Tx, keys: Sequence[str]) -> int:
    """Since when just these are tried without a break."""
    versions = campaigns.list_versions(tx, shops.get(tx).campaign_id)
    same = takewhile(lambda version: _list_tried(get_terms(tx, version[0]).campaign) == keys, versions)
    return min((created_at for *_, created_at in same), default=tx.now)


def _write(tx: Tx, visitor: Profile, campaign: Campaign) -> None:
    """Let it hold from now on."""
    content, row = compose_content(campaign), campaigns.get(tx, shops.get(tx).campaign_id)
    version_id = campaigns.add_version(tx, slug=row.slug, content=content, digest=compute_digest(content))
    note_written(tx, enter(tx, visitor).id, row.slug, row.version_id, version_id)
