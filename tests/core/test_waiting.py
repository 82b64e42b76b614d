"""Keys of a line, and the block of a campaign's file that makes it one."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.campaigns.campaign import CampaignMistake
from bot.core.campaigns.composing import compose_file
from bot.core.campaigns.rewards import Give
from bot.core.campaigns.waitlist import RULE, Waitlist
from bot.core.waiting import GAP, LEAST_GAP, decide_key, spread
from storage.facts import GrantKind
from tests.core.test_campaign_words import PLAIN
from tests.core.test_contests import read

QUEUE = '[waitlist]\njump = 5\nlet_in = 50\non = 2026-12-24\ngive = { by_hand = "Kursi di lokakarya" }\n'


@given(st.integers(-(2**40), 2**40), st.integers(1, 2**40))
def test_a_key_lies_between_two_others_or_says_that_none_does(near: int, apart: int) -> None:
    """In either direction; at the end of the line there is always room."""
    for ahead in (True, False):
        far = near - apart if ahead else near + apart
        key = decide_key(near, far, ahead=ahead)
        assert key is None if apart == 1 else min(near, far) < key < max(near, far)  # type: ignore[operator]
        assert decide_key(near, None, ahead=ahead) == (near - GAP if ahead else near + GAP)


@given(st.sets(st.integers(0, 2**30), min_size=3, max_size=200), st.booleans(), st.booleans())
def test_those_who_make_room_keep_their_order(keys: set[int], front: bool, end: bool) -> None:
    """And leave room between any two, without going where others stand."""
    fresh = spread(sorted(keys), front=front, end=end)
    if fresh is None:
        assert not front
        assert not end
        return
    assert len(fresh) == len(keys)
    assert all(later - earlier >= LEAST_GAP for earlier, later in pairwise(fresh))
    assert front or fresh[0] >= min(keys)
    assert end or fresh[-1] <= max(keys) or not front


def test_a_file_says_its_queue() -> None:
    """Written out again it says the same, letter for letter; what being let in gives is a rule of its own."""
    campaign = read(PLAIN + QUEUE)
    give = Give(kind=GrantKind.BY_HAND, what="Kursi di lokakarya")
    assert campaign.waitlist == Waitlist(jump=5, let_in=50, on="2026-12-24", give=give)
    assert compose_file(campaign, former=PLAIN + QUEUE, name_picture=str) == PLAIN + QUEUE
    assert read(compose_file(campaign, name_picture=str)) == campaign
    rule = campaign.find_rule(RULE)
    assert rule is not None
    assert rule.give == give
    plain = read(PLAIN + "[waitlist]\njump = 1\n")
    assert plain.waitlist == Waitlist(jump=1)
    assert plain.find_rule(RULE) is None


@pytest.mark.parametrize(
    ("block", "field"),
    [
        (QUEUE.replace("jump = 5\n", ""), "waitlist.jump"),
        (QUEUE.replace("5\n", "0\n"), "waitlist.jump"),
        (QUEUE.replace("on = 2026-12-24\n", ""), "waitlist.on"),
        (QUEUE.replace("let_in = 50\n", ""), "waitlist.let_in"),
        (QUEUE.replace("2026-12-24", '"Christmas"'), "waitlist.on"),
        (QUEUE + "length = 3\n", "waitlist.length"),
        (QUEUE.replace("by_hand", "hand"), "waitlist.give.hand"),
    ],
)
def test_what_cannot_be_is_named(block: str, field: str) -> None:
    """By line and field, as everywhere in the file."""
    with pytest.raises(CampaignMistake) as caught:
        read(PLAIN + block)
    assert field in {mistake.field for mistake in caught.value.all}
