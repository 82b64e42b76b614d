from __future__ import annotations

import pytest

from bot.core.campaigns.campaign import Campaign, CampaignMistake
from bot.core.campaigns.composing import compose_file
from bot.core.campaigns.content import compose_content, parse_content
from bot.core.campaigns.drafting import list_differences
from bot.core.campaigns.part_answers import NONE
from bot.core.campaigns.posting_answers import compose_posting, list_posting_answers, take_posting
from bot.core.campaigns.pulse import AskRules, PulseRules
from tests.core.test_campaign import WELCOME, parse

PULSE, ASKS = "[pulse]\nafter_days = 5\nevery_days = 60\nrest_days = 20\n\n", "[asks]\nevery_days = 45\n\n"


def write(blocks: str) -> str:
    """The campaign that ships, with some blocks."""
    return WELCOME.replace("[points]", blocks + "[points]", 1)


def read(blocks: str) -> Campaign:
    """The same, read."""
    return parse(write(blocks))


def test_a_shop_says_when_it_asks() -> None:
    """What the file says is read, kept and written again as it was."""
    campaign = read(PULSE + ASKS)
    assert campaign.pulse == PulseRules(after_days=5, every_days=60, rest_days=20)
    assert campaign.asks == AskRules(every_days=45)
    assert parse_content(compose_content(campaign)) == campaign
    written = compose_file(campaign)
    assert parse(written) == campaign


@pytest.mark.parametrize("block", ["[pulse]\n\n", "[pulse]\nafter_days = 3\nevery_days = 30\nrest_days = 30\n\n"])
def test_the_bare_block_means_the_usual(block: str) -> None:
    """Three days after the start, a month between, a month of rest; and it stays a block of its own."""
    campaign = read(block)
    assert campaign.pulse == PulseRules(after_days=3, every_days=30, rest_days=30)
    assert parse_content(compose_content(campaign)) == campaign
    assert parse(compose_file(campaign, former=WELCOME)).pulse == campaign.pulse


def test_without_the_block_nobody_is_asked() -> None:
    """And nothing of it is in the content, so that a newer program makes no new version of a campaign."""
    campaign = read("")
    assert campaign.pulse is None
    assert campaign.asks == AskRules(every_days=30)
    assert not {"pulse", "asks"} & set(compose_content(campaign).split('"'))
    assert "[pulse]" not in compose_file(campaign, former=write(PULSE))


@pytest.mark.parametrize(
    "block",
    ["[pulse]\nevery_days = 0\n", '[pulse]\nrest_days = "long"\n', "[asks]\nevery_days = 366\n", "[asks]\nx = 1\n"],
)
def test_what_cannot_be_is_said(block: str) -> None:
    """With the field it stands in."""
    with pytest.raises(CampaignMistake):
        read(block + "\n")


@pytest.mark.parametrize("blocks", ["", PULSE, ASKS, PULSE + ASKS])
def test_the_chat_says_what_the_file_says(blocks: str) -> None:
    """What is looked at and kept without a change is as it was; no days after the start are no question at all."""
    campaign = read(blocks)
    answers = list_posting_answers(campaign)
    assert compose_posting(answers, campaign) == campaign
    answers = take_posting(take_posting(answers, "after_days", 9), "asks_days", "12")
    changed = compose_posting(answers, campaign)
    assert changed.pulse is not None
    assert (changed.pulse.after_days, changed.asks.every_days) == (9, 12)
    told = {each.field for each in list_differences(campaign, changed)}
    assert {"pulse.after_days", "asks.every_days"} <= told
    assert compose_posting(take_posting(answers, "after_days", NONE), campaign).pulse is None
