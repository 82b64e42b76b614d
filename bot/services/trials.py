"""Stories, or wordings, tried against each other: who is handed which, what came of it, and what is made of that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.rules import WORDINGS
from bot.core.durations import DAY
from bot.core.roles import MANAGERS
from bot.core.trials import MOST_VARIANTS, Standing, Verdict, choose_arm, decide
from bot.services.campaigns import find_since, get_terms
from bot.services.campaigns.opening import change_main
from bot.services.members import demand, enter
from storage.frozen import frozen
from storage.records import Profile
from storage.tables import directory
from storage.tx import Tx

MOST = 200_000
"""Members that are counted, the latest."""

LEAST = 2
"""Stories in a trial; the first ones are tried, at most `MOST_VARIANTS`."""


@frozen
class TrialView:
    """The trial of the main campaign, if there is one."""

    stories: int = 0
    """So many could be tried, with no trial under way; 0 for none."""
    wordings: bool = False
    """Whether wordings could be: a friend gets something to speak of."""
    wording: str = ""
    """What was adopted of them."""
    of_wordings: bool = False
    """Whether the trial is one of wordings, not of stories."""
    standing: Standing | None = None
    days: int = 0


def find_first_card(tx: Tx, *, visitor: Profile) -> str:
    """The key of the story that the visitor is handed first."""
    return get_terms(tx).campaign.choose_first_story(enter(tx, visitor).id)


def measure_trial(tx: Tx) -> TrialView:
    """How the trial stands: of the members who took a card since it began, how many brought a friend since."""
    campaign = get_terms(tx).campaign
    keys = list_tried(campaign)
    if not keys:
        tellable = min(len(campaign.stories), MOST_VARIANTS)
        return TrialView(
            stories=tellable if tellable >= LEAST else 0,
            wordings=campaign.invitee_points > 0,
            wording=campaign.rules.wording,
        )
    begun_at = find_since(tx, lambda each: list_tried(each) == keys)
    trial, shown, brought = " ".join(keys), Counter[str](), Counter[str]()
    for number, came in directory.list_sharers(tx, since=begun_at, limit=MOST):
        arm = choose_arm(trial, number, keys)
        shown[arm] += 1
        brought[arm] += came
    days = (tx.now - begun_at) // DAY
    standing = decide(keys, [shown[key] for key in keys], [brought[key] for key in keys], days=days)
    return TrialView(of_wordings=campaign.rules.try_wordings, standing=standing, days=days)


def begin_trial(tx: Tx, *, visitor: Profile, stories: int = LEAST) -> None:
    """Try the first stories against each other, where there are so many and nothing is tried."""
    demand(tx, visitor, MANAGERS)
    campaign = get_terms(tx).campaign
    if not list_tried(campaign) and LEAST <= stories <= min(len(campaign.stories), MOST_VARIANTS):
        change_main(tx, visitor, replace(campaign, rules=replace(campaign.rules, try_stories=stories)))


def begin_wordings(tx: Tx, *, visitor: Profile) -> None:
    """Try "give" against "get", where a friend gets something and nothing is tried."""
    demand(tx, visitor, MANAGERS)
    campaign = get_terms(tx).campaign
    if not list_tried(campaign) and campaign.invitee_points:
        change_main(tx, visitor, replace(campaign, rules=replace(campaign.rules, try_wordings=True)))


def end_trial(tx: Tx, *, visitor: Profile) -> None:
    """Let everything be as it was before the trial."""
    demand(tx, visitor, MANAGERS)
    campaign = get_terms(tx).campaign
    if list_tried(campaign):
        change_main(tx, visitor, _end(campaign))


def adopt_winner(tx: Tx, *, visitor: Profile) -> None:
    """End the trial, and let its winner stand for all; without a winner nothing changes."""
    demand(tx, visitor, MANAGERS)
    view, campaign = measure_trial(tx), get_terms(tx).campaign
    standing = view.standing
    if standing is None or standing.verdict is not Verdict.WON:
        return
    ended = _end(campaign)
    if view.of_wordings:
        adopted = replace(ended, rules=replace(ended.rules, wording=standing.winner))
    else:
        adopted = replace(ended, stories=tuple(sorted(ended.stories, key=lambda story: story.key != standing.winner)))
    change_main(tx, visitor, adopted)


def list_tried(campaign: Campaign) -> Sequence[str]:
    """What takes turns: the wordings, or the keys of stories; nothing where there is no trial."""
    if campaign.rules.try_wordings:
        return WORDINGS if campaign.invitee_points else ()
    keys = [story.key for story in campaign.stories[: campaign.rules.try_stories]]
    return keys if len(keys) >= LEAST else []


def _end(campaign: Campaign) -> Campaign:
    return replace(campaign, rules=replace(campaign.rules, try_stories=0, try_wordings=False))
