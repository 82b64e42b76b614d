"""Contests in a campaign file, and lots drawn in the open."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import chain, repeat
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.campaigns.campaign import Campaign, CampaignMistake, parse_campaign
from bot.core.campaigns.composing import compose_file
from bot.core.campaigns.content import compose_content, parse_content
from bot.core.campaigns.contests import ContestBy
from bot.core.drawing import Entry, compute_commitment, draw_place, draw_winners
from bot.core.durations import HOUR
from tests.core.test_campaign_words import PLAIN

CONTEST = (
    '[[contests]]\nkey = "december"\nname = "December"\nfrom = "2026-12-01"\nuntil = "2026-12-24"\n'
    "prizes = [{ place = 1, give = { points = 500 } }]\n"
)
UTC = ZoneInfo("UTC")
VECTORS = [[42], [42, 7, 100], [42, 7, 100, 5, 11]]
SEED = bytes(range(32))
ENTRIES = [Entry(number=number, tickets=tickets) for number, tickets in ((7, 3), (11, 1), (42, 5), (5, 1), (100, 10))]


def read(text: str) -> Campaign:
    """What a file says, once it was kept and read again."""
    campaign = parse_campaign(text, themes=["sunrise", "lagoon"], find_picture=lambda path: path)
    assert parse_content(compose_content(campaign)) == campaign
    return campaign


def test_a_file_names_its_contests() -> None:
    """Days count as wholes where the shop is; a time counts to the minute; quoted or as TOML's own."""
    (contest,) = read(PLAIN + CONTEST).contests
    assert (contest.key, contest.say("xx"), contest.by, contest.prizes[0].give.amount) == (
        *("december", "December", ContestBy.FRIENDS, 500),
    )
    starts, ends = contest.find_span(UTC)
    assert ends - starts == 24 * 24 * HOUR
    assert contest.find_span(ZoneInfo("Asia/Jakarta")) == (starts - 7 * HOUR, ends - 7 * HOUR)
    assert read(PLAIN).contests == ()
    assert "contests" not in compose_content(read(PLAIN))
    for begins, until in (
        ("2026-12-01", "2026-12-24"),
        ('"2026-12-01 00:00"', '"2026-12-25T00:00"'),
        ("2026-12-01T00:00:00", "2026-12-25T00:00:00"),
    ):
        text = CONTEST.replace('"2026-12-01"', begins).replace('"2026-12-24"', until)
        (other,) = read(PLAIN + text + 'by = "draw"\n').contests
        assert other.find_span(UTC) == (starts, ends)
        assert other.by is ContestBy.DRAW


@pytest.mark.parametrize(
    ("block", "field"),
    [
        (CONTEST.replace('"2026-12-01"', '"tomorrow"'), "contests.from"),
        (CONTEST.replace('"2026-12-01"', '"2026-13-01"'), "contests.from"),
        (CONTEST.replace('"2026-12-01"', '"2026-12-01T10:00+07:00"'), "contests.from"),
        (CONTEST.replace('"2026-12-01"', "2026-12-01T10:00:00+07:00"), "contests.from"),
        (CONTEST.replace('"2026-12-01"', "5"), "contests.from"),
        (CONTEST.replace('from = "2026-12-01"\n', ""), "contests.from"),
        (CONTEST.replace('"2026-12-24"', '"2026-11-30"'), "contests.until"),
        (CONTEST.replace('"2026-12-24"', '"2026-12-01 00:00"'), "contests.until"),
        (CONTEST.replace("december", "December", 1), "contests.key"),
        (CONTEST.replace('"December"', f'"{"x" * 49}"'), "contests.name"),
        (CONTEST.replace("500", "0"), "contests.prizes.give.points"),
        (CONTEST.replace("points = 500", "percent = 5"), "contests.prizes.give"),
        (CONTEST.replace("place = 1", "place = 0"), "contests.prizes.place"),
        (CONTEST.replace("[{ place = 1, give = { points = 500 } }]", "[]"), "contests.prizes"),
        (CONTEST.replace("[{ place = 1, give = { points = 500 } }]", "500"), "contests.prizes"),
        (CONTEST.replace("}]", "}, { place = 1, give = { points = 5 } }]"), "contests.prizes.place"),
        (CONTEST + 'by = "luck"\n', "contests.by"),
        (CONTEST + "unitl = 3\n", "contests.unitl"),
        (CONTEST + CONTEST, "contests.key"),
        ("".join(CONTEST.replace('"december"', f'"december-{number}"') for number in range(9)), "contests"),
        ("[contests]\nkey = 1\n", "contests"),
    ],
)
def test_what_is_no_contest_is_named(block: str, field: str) -> None:
    """By field, as everywhere in the file."""
    with pytest.raises(CampaignMistake) as caught:
        read(PLAIN + block)
    assert caught.value.field == field


def test_contests_are_written_as_they_were_read() -> None:
    """In the file's spelling; what is changed is changed alone, and a contest more has a block of its own."""
    text = (
        PLAIN + "\n" + CONTEST + "\n" + CONTEST.replace('"december"', '"other"').replace('"2026-12-01"', "2026-12-01")
    )
    campaign = read(text)
    assert compose_file(campaign, former=text, name_picture=lambda known: known) == text
    first, second = campaign.contests
    for contests in ((replace(first, ends="2026-12-31", by=ContestBy.DRAW), second), (second,), (), (second, first)):
        changed = replace(campaign, contests=contests)
        assert read(compose_file(changed, former=text, name_picture=lambda known: known)) == changed
        assert read(compose_file(changed, name_picture=lambda known: known)) == changed


def test_a_draw_comes_out_as_published() -> None:
    """The vectors of docs/draws.md: whoever draws by the page finds these."""
    assert compute_commitment(SEED) == "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd"
    assert draw_winners(SEED, ENTRIES, 3) == draw_winners(SEED, ENTRIES[::-1], 3)
    assert [draw_winners(SEED, ENTRIES, prizes) for prizes in (1, 3, 9)] == VECTORS
    assert draw_winners(SEED, [], 3) == []
    assert draw_winners(SEED, [Entry(number=1, tickets=0), Entry(number=2, tickets=1)], 3) == [2]


def test_a_number_beyond_the_largest_multiple_is_passed_over() -> None:
    """So that no ticket is likelier than another, however many there are."""
    beyond = 2**256 - 1  # 2**256 leaves 1 by 3: its last number would favour the first place
    assert draw_place(chain([beyond], repeat(4)), 3) == 1
    assert draw_place(repeat(beyond - 1), 3) == 2


@given(st.binary(min_size=32, max_size=32), st.lists(st.integers(0, 50), min_size=1, max_size=30), st.integers(1, 40))
def test_nobody_wins_twice_and_nobody_without_a_ticket(seed: bytes, tickets: list[int], prizes: int) -> None:
    """As many win as there are prizes, or people with a ticket."""
    entries = [Entry(number=number, tickets=count) for number, count in enumerate(tickets)]
    winners = draw_winners(seed, entries, prizes)
    assert len(set(winners)) == len(winners) == min(prizes, sum(count > 0 for count in tickets))
    assert all(tickets[winner] for winner in winners)


def test_every_ticket_is_as_likely() -> None:
    """Of many draws each wins about as often as they have tickets."""
    entries = [Entry(number=0, tickets=1), Entry(number=1, tickets=3)]
    won = Counter(draw_winners(seed.to_bytes(32, "big"), entries, 1)[0] for seed in range(4000))
    assert 2850 < won[1] < 3150
