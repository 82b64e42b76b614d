"""Several campaigns at once: what can be said of one, whether it runs, and all of their stories in one row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.campaigns.campaign import Campaign, Story, parse_campaign
from bot.core.campaigns.mistakes import CampaignMistake, explain_syntax, gather_mistakes
from bot.core.campaigns.rewards import Condition, Give, Rule
from bot.core.campaigns.running import (
    Change,
    ChangeRefusal,
    Standing,
    compose_chapters,
    decide_change,
    decide_holds,
    decide_running,
    mark_stories,
)
from bot.core.durations import DAY
from bot.core.links import compute_story_mark
from storage.campaign import CampaignState
from storage.facts import GrantKind
from storage.records import CampaignId, Side
from tests.core.test_campaign_words import PLAIN

NOW = 100 * DAY
RUNS = Standing(state=CampaignState.RUNNING, starts_at=None, ends_at=None, ended_at=None)
PAUSED, ENDED, DRAFT = (
    replace(RUNS, state=state) for state in (CampaignState.PAUSED, CampaignState.ENDED, CampaignState.DRAFT)
)


def decide(standing: Standing, change: Change, *, main: bool = False, written: bool = True) -> ChangeRefusal | None:
    """Why this cannot be said of it now."""
    return decide_change(standing, change, main=main, written=written, now=NOW)


def test_a_campaign_runs_from_its_beginning_to_its_end() -> None:
    """The first moment is within it, the last is not; what rests, is over or is being written does not run."""
    for starts_at, ends_at, runs in (
        (None, None, True),
        (NOW, NOW + 1, True),
        (NOW + 1, None, False),
        (None, NOW, False),
    ):
        assert decide_running(replace(RUNS, starts_at=starts_at, ends_at=ends_at), NOW) is runs
    assert not any(decide_running(standing, NOW) for standing in (PAUSED, ENDED, DRAFT))


def test_what_was_promised_holds_while_it_rests_and_some_days_after_its_end() -> None:
    """By the moment at which it ended, or is to end; not before it begins, and never of what has promised nothing."""
    assert decide_holds(RUNS, 7, NOW)
    assert decide_holds(PAUSED, 7, NOW)
    assert not decide_holds(DRAFT, 7, NOW)
    for starts_at, holds in ((NOW, True), (NOW + 1, False)):
        assert decide_holds(replace(RUNS, starts_at=starts_at), 7, NOW) is holds
    for ended_at, holds in ((NOW - 7 * DAY + 1, True), (NOW - 7 * DAY, False)):
        assert decide_holds(replace(ENDED, ended_at=ended_at), 7, NOW) is holds
        assert decide_holds(replace(RUNS, ends_at=ended_at), 7, NOW) is holds
        assert decide_holds(replace(ENDED, ended_at=ended_at, ends_at=NOW), 7, NOW) is holds
    assert not decide_holds(ENDED, 7, NOW)


@pytest.mark.parametrize(
    ("standing", "change", "refusal"),
    [
        (RUNS, Change.PAUSE, None),
        (PAUSED, Change.PAUSE, ChangeRefusal.NOT_RUNNING),
        (RUNS, Change.RESUME, ChangeRefusal.NOT_PAUSED),
        (PAUSED, Change.RESUME, None),
        (RUNS, Change.END, None),
        (ENDED, Change.END, ChangeRefusal.ENDED),
        (RUNS, Change.MAKE_MAIN, None),
        (PAUSED, Change.MAKE_MAIN, ChangeRefusal.NOT_RUNNING),
        (replace(RUNS, ends_at=NOW + DAY), Change.MAKE_MAIN, ChangeRefusal.NOT_RUNNING),
        (replace(RUNS, ends_at=NOW + DAY), Change.PAUSE, None),
        (replace(RUNS, starts_at=NOW + DAY), Change.PAUSE, ChangeRefusal.NOT_RUNNING),
        (DRAFT, Change.START, None),
        (ENDED, Change.START, None),
    ],
)
def test_what_can_be_said_of_a_campaign(standing: Standing, change: Change, refusal: ChangeRefusal | None) -> None:
    """Of one that has promised something; the main one goes on, whatever else."""
    assert decide(standing, change) is refusal
    assert decide(standing, change, written=False) is ChangeRefusal.UNWRITTEN
    kept = ChangeRefusal.MAIN if change in {Change.PAUSE, Change.END} else refusal
    assert decide(standing, change, main=True) is kept


def read() -> Campaign:
    """A campaign of two stories."""
    return parse_campaign(PLAIN, themes=["sunrise"], find_picture=lambda path: path)


def test_stories_of_others_come_behind_the_main_ones() -> None:
    """Each with its number, its own points in its own words, its own picture and look, in the languages of the main one."""
    main = read()
    other = replace(
        read(),
        slug="other",
        theme="night",
        unit={"id": {"other": "bintang"}},
        invitee_points=7,
        stories=(replace(read().stories[0], key="third", picture=""), read().stories[1]),
    )
    chapters = compose_chapters(main, {CampaignId(7): other})
    assert chapters.stories[:2] == main.stories
    third, second = chapters.stories[2:]
    assert (third.key, third.campaign, third.picture) == ("7-third", 7, "pictures/bar.jpg")
    assert third.offer == {"id": "Mulai dengan 7 bintang."}
    assert (third.headline, third.text) == ({"id": "Kopi sore"}, {"id": "Setiap sore ada yang baru."})
    assert third.look is not None
    assert (third.look.theme, third.look.photo) == ("night", "pictures/bar.jpg")
    assert (second.key, second.campaign) == ("7-second", 7)
    assert replace(chapters, stories=main.stories) == main
    assert compose_chapters(main, {}) is main


def test_stories_that_a_rule_asks_for_are_told_by_links() -> None:
    """Those alone carry a mark."""
    asks = Rule(
        key="a",
        when="joined",
        who=Side.INVITER,
        give=Give(kind=GrantKind.POINTS, amount=5),
        condition=Condition(story=("second",)),
    )
    campaign = replace(read(), rewards=(asks,))

    def list_marks(stories: tuple[Story, ...]) -> list[str]:
        return [story.mark for story in stories]

    assert list_marks(mark_stories(campaign)) == ["", compute_story_mark("second")]
    assert list_marks(mark_stories(read())) == ["", ""]
    assert list_marks(compose_chapters(campaign, {}).stories) == ["", compute_story_mark("second")]


def test_mistakes_are_told_once_and_in_the_order_of_lines() -> None:
    """By the first that was found, which knows the others."""
    first, second, again = (CampaignMistake(line, "a", problem) for line, problem in ((5, "x"), (2, "y"), (5, "x")))
    gathered = gather_mistakes([first, second, again])
    assert gathered is first
    assert [(each.line, each.problem) for each in gathered.all] == [(2, "y"), (5, "x")]


SYNTAX = {
    "Illegal character": 'a text that begins with " must end with " on the same line.',
    "Unterminated string": "a text that was begun is never closed: a quote is missing.",
    "Cannot overwrite": "this stands twice in its block. Keep one of them.",
    "Cannot declare": "this block stands twice. Keep one of them.",
    "Expected '=' after a key": "a field is written as: name = value. The = is missing, or the [ ] around a block's name.",
    "Expected ']'": "a ] is missing.",
    "Invalid statement": "a line begins with a field's name, with [ for a block, or with # for a remark.",
    "Invalid value": 'the value cannot be read. A text stands between straight quotes, like "this"; a number without.',
    "Unescaped '\\'": "a \\ inside a text must be written twice: \\\\",
    "Expected newline": 'something follows the end of the value. A quote inside a text must be written as \\".',
    "Something new": "Something new (at line 3, column 1).",
}


@pytest.mark.parametrize("message", SYNTAX)
def test_what_the_parser_says_is_told_in_plain_words(message: str) -> None:
    """By the line it means and the field on it, under the last block's name."""
    mistake = explain_syntax("[old]\n  [[ new.block ]]\n  field = x\nother = 5\n", f"{message} (at line 3, column 1)")
    assert (mistake.line, mistake.problem) == (3, SYNTAX[message])
    named = explain_syntax("[old]\n[[new.block]]\n  field = x\n", f"{message} (at line 3, column 1)")
    assert named.field == "new.block.field"
    at_end = explain_syntax("[old]\nfield = x\n\n\n", f"{message} (at end of document)")
    assert (at_end.line, at_end.field) == (2, "old.field")
