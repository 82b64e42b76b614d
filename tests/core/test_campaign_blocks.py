"""Each block of a campaign file by itself: what it says, and what is told of every line that cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.core.campaigns.announcing import AnnounceRules, take_announce
from bot.core.campaigns.catalogue import CATALOGUE_LIMIT, CatalogueItem, take_catalogue
from bot.core.campaigns.contests import CONTESTS_LIMIT, PRIZES_LIMIT, Contest, ContestBy, Prize, take_contests
from bot.core.campaigns.fairness import AtDeadline, Fairness, take_fairness
from bot.core.campaigns.file import CampaignFile
from bot.core.campaigns.mistakes import CampaignMistake
from bot.core.campaigns.news import NewsRules, take_news
from bot.core.campaigns.pulse import AskRules, PulseRules, take_asks, take_pulse
from bot.core.campaigns.reward_blocks import RULES_LIMIT, take_rewards
from bot.core.campaigns.rewards import Condition, Give, Limit, Rule
from bot.core.campaigns.rules import Rules, take_rules
from bot.core.campaigns.tiers import TIERS_LIMIT, Tier, take_tiers
from bot.core.campaigns.waitlist import Waitlist, take_waitlist
from storage.facts import GrantKind
from storage.records import Side

REFUSED = (Path(__file__).parent / "refused_blocks.txt").read_text("utf-8").strip().split("\n\n")
"""Files of one block: below each line, behind `#:`, stands what is told of it."""

TAKE: Mapping[str, Callable[[CampaignFile], Any]] = {
    "announce": take_announce,
    "asks": take_asks,
    "catalogue": partial(take_catalogue, languages=("en",), find_picture="digest of {}".format),
    "contests": partial(take_contests, languages=("en",)),
    "fairness": take_fairness,
    "news": take_news,
    "pulse": take_pulse,
    "rewards": partial(take_rewards, languages=("en",)),
    "rules": take_rules,
    "tiers": partial(take_tiers, languages=("en",)),
    "waitlist": partial(take_waitlist, languages=("en",)),
}
POINTS = Give(kind=GrantKind.POINTS, amount=5)


def read(name: str, text: str) -> Any:
    """What a block of this name says; without one, what goes without saying."""
    file = CampaignFile(text)
    value = TAKE[name](file)
    file.check()
    return value


def list_told(name: str, text: str) -> list[str]:
    """Everything that is told of a file that cannot be."""
    with pytest.raises(CampaignMistake) as caught:
        read(name, text)
    return [str(each) for each in caught.value.all]


@pytest.mark.parametrize("name", TAKE)
def test_every_line_that_cannot_be_is_told(name: str) -> None:
    """By its number and field, what is wrong with it and what would be right; and nothing is told of any other."""
    tried = [text for text in REFUSED if re.match(rf"\[*{name}\b", text)]
    assert tried
    for text in tried:
        told, number = [], 0
        for place, line in enumerate(text.split("\n"), 1):
            if line.startswith("#: "):
                told.append(f"line {number}, {line[3:]}")
            else:
                number = place
        assert list_told(name, text) == told, text


def test_what_a_file_does_not_say_is_as_usual() -> None:
    """A block may be left out, and be empty where it has no field that is needed."""
    usual = {
        "announce": AnnounceRules(),
        "asks": AskRules(),
        "catalogue": (),
        "contests": (),
        "fairness": Fairness(),
        "news": NewsRules(),
        "pulse": None,
        "rewards": (),
        "rules": Rules(),
        "tiers": (),
        "waitlist": None,
    }
    assert {name: read(name, "") for name in TAKE} == usual
    empty = {name: read(name, f"[{name}]") for name in ("announce", "asks", "fairness", "news", "pulse", "rules")}
    assert empty == {name: usual[name] for name in empty} | {"pulse": PulseRules()}


def test_blocks_say_what_they_say() -> None:
    """From the least to the most that can be; a threshold of 0 is never, and hours and words are the file's own."""
    assert read("announce", '[announce]\ndigest = "day"') == AnnounceRules(digest="day")
    assert read("asks", "[asks]\nevery_days = 1") == AskRules(every_days=1)
    assert read("pulse", "[pulse]\nafter_days = 1\nrest_days = 365") == PulseRules(after_days=1, rest_days=365)
    assert read("pulse", "[pulse]\nevery_days = 365") == PulseRules(every_days=365)
    assert read("news", '[news]\nquiet = "21-9"\nper_week = 50') == NewsRules(quiet="21-9", per_week=50)
    assert read("news", "[news]\nper_week = 1") == NewsRules(per_week=1)
    never = "[fairness]\nhold_at = 1\nrefuse_at = 0\ncaptcha_at = 0\nwatch = false\ncheck_days = 1\n"
    assert read("fairness", f'{never}at_deadline = "void"') == Fairness(
        watch=False, hold_at=1, refuse_at=0, captcha_at=0, check_days=1, at_deadline=AtDeadline.VOID
    )
    most = "[fairness]\nhold_at = 1000\nrefuse_at = 1000\ncaptcha_at = 1000\ncheck_days = 365"
    assert read("fairness", most) == Fairness(hold_at=1000, refuse_at=1000, captcha_at=1000, check_days=365)
    days = "[rules]\nhold_days = 1\nclaim_days = 2\npause_days = 3\ngrace_days = 4\ncredit_days = 5\n"
    assert read("rules", f'{days}hold_out_percent = 50\nwording = "get"\njoin_community = true') == Rules(
        hold_days=1,
        claim_days=2,
        pause_days=3,
        grace_days=4,
        credit_days=5,
        hold_out_percent=50,
        wording="get",
        join_community=True,
    )
    assert read("rules", "[rules]\ncommunity = -100123") == Rules(community=-100123)
    assert read("rules", '[rules]\ncommunity = "@my_group"') == Rules(community="@my_group")


def test_a_queue_lets_in_by_itself_or_not() -> None:
    """So many on a day, which may stand between quotes; and may give something under a name."""
    assert read("waitlist", "[waitlist]\njump = 1") == Waitlist(jump=1)
    text = '[waitlist]\njump = 1000\nlet_in = 10000\non = {day}\ngive = {{ points = 5 }}\nname = "In"'
    full = Waitlist(jump=1000, let_in=10_000, on="2026-12-24", give=POINTS, name={"en": "In"})
    assert read("waitlist", text.format(day="2026-12-24")) == read("waitlist", text.format(day='"2026-12-24"')) == full
    assert full.rule == Rule(key="waitlist", when="let_in", who=Side.INVITER, give=POINTS, name={"en": "In"})
    assert Waitlist(jump=1).rule is None


def test_tiers_are_read_in_their_order() -> None:
    """The least that one says, and the most; so many there can be."""
    least = '[[tiers]]\nkey = "a"\nfriends = 1\nname = "A"\n'
    most = f'[[tiers]]\nkey = "b"\nfriends = 10000\nname = "{"x" * 24}"\nbadge = "🌟"\ncolour = "#AABBCC"\n'
    assert read("tiers", f'{least}{most}privileges = "{"y" * 160}"\nperiod_days = 365') == (
        Tier(key="a", friends=1, name={"en": "A"}),
        Tier(
            key="b",
            friends=10_000,
            name={"en": "x" * 24},
            badge="🌟",
            colour="#aabbcc",
            privileges={"en": "y" * 160},
            period_days=365,
        ),
    )
    many = [f'[[tiers]]\nkey = "a{number}"\nfriends = {number + 1}\nname = "A"' for number in range(TIERS_LIMIT + 1)]
    assert len(read("tiers", "\n".join(many[:-1]))) == TIERS_LIMIT
    assert list_told("tiers", "\n".join(many)) == ["line 1, tiers: there are 9 tiers. Write at most 8."]


def test_contests_are_read_with_their_days_and_prizes() -> None:
    """A day, or a day with a time, between quotes or not; it may be over on the day on which it begins."""
    head = f'[[contests]]\nkey = "a"\nname = "{"x" * 48}"\n'
    prizes = f'[{{ place = 1, give = {{ points = 5 }} }}, {{ place = 20, give = {{ gift = "12345" }}, name = "{"y" * 48}" }}]'
    contest = Contest(
        key="a",
        name={"en": "x" * 48},
        begins="2026-12-01",
        ends="2026-12-24T18:00",
        by=ContestBy.DRAW,
        prizes=(
            Prize(place=1, give=POINTS),
            Prize(place=20, give=Give(kind=GrantKind.GIFT, what="12345"), name={"en": "y" * 48}),
        ),
    )
    for begins in ("2026-12-01", '"2026-12-01"'):
        for ends in ("2026-12-24T18:00:00", '"2026-12-24 18:00"', '"2026-12-24T18:00"', "2026-12-24 18:00:00"):
            text = f'{head}from = {begins}\nuntil = {ends}\nby = "draw"\nprizes = {prizes}'
            assert read("contests", text) == (contest,), text
    one_day = f"{head}from = 2026-12-01\nuntil = 2026-12-01\nprizes = {prizes}"
    assert read("contests", one_day) == (replace(contest, ends="2026-12-01", by=ContestBy.FRIENDS),)
    no_time = f"{head}from = 2026-12-01T10:00:00\nuntil = 2026-12-01T10:00:00\nprizes = {prizes}"
    assert list_told("contests", no_time) == [
        "line 5, contests.until: this is before it begins. Write a later day.",
    ]


def test_there_are_only_so_many_contests_and_prizes() -> None:
    """As many as can be shown."""
    day = 'name = "A"\nfrom = 2026-12-01\nuntil = 2026-12-01\n'
    won = "prizes = [{ place = 1, give = { points = 5 } }]"
    many = [f'[[contests]]\nkey = "a{number}"\n{day}{won}' for number in range(CONTESTS_LIMIT + 1)]
    assert len(read("contests", "\n".join(many[:-1]))) == CONTESTS_LIMIT
    assert list_told("contests", "\n".join(many)) == ["line 1, contests: there are 9 contests. Write at most 8."]
    places = [f"{{ place = {place}, give = {{ points = 1 }} }}" for place in range(1, PRIZES_LIMIT + 2)]
    head = f'[[contests]]\nkey = "a"\n{day}prizes = '
    (full,) = read("contests", f"{head}[{', '.join(places[:-1])}]")
    assert [prize.place for prize in full.prizes] == [*range(1, PRIZES_LIMIT + 1)]
    assert list_told("contests", f"{head}[{', '.join(places)}]") == [
        "line 6, contests.prizes: there are 21 prizes. Write from 1 to 20."
    ]


def test_items_are_read_with_their_bounds() -> None:
    """As many as are wanted where nothing is said; a picture is known by what is in it."""
    least = '[[catalogue]]\nkey = "a"\nprice = 1\nname = "A"\n'
    most = f'[[catalogue]]\nkey = "b"\nprice = 1000000\nname = "{"x" * 32}"\nstock = 1000000\nper_member = 1000000\n'
    more = 'valid_days = 365\ngive = { coupon = "x" }\npicture = "p.jpg"'
    assert read("catalogue", f"{least}{most}{more}") == (
        CatalogueItem(key="a", price=1, name={"en": "A"}),
        CatalogueItem(
            key="b",
            price=1_000_000,
            name={"en": "x" * 32},
            stock=1_000_000,
            per_member=1_000_000,
            valid_days=365,
            give=Give(kind=GrantKind.COUPON, what="x"),
            picture="digest of p.jpg",
        ),
    )
    many = [f'[[catalogue]]\nkey = "a{number}"\nprice = 1\nname = "A"' for number in range(CATALOGUE_LIMIT + 1)]
    assert len(read("catalogue", "\n".join(many[:-1]))) == CATALOGUE_LIMIT
    assert list_told("catalogue", "\n".join(many)) == ["line 1, catalogue: there are 13 items. Write at most 12."]


def test_rules_are_read_with_all_they_can_say() -> None:
    """A rule without a key is known by what it is; one word may stand in the place of a list."""
    told = """
[[rewards]]
when = "custom"
event = "newsletter"
who = "inviter"
give = { label = "regular" }
if = { source = "qr", language = ["en", "id"], tier = "gold", label = ["vip", "staff"], story = "a", nth = 2, from = 2026-12-01, until = "2026-12-01" }
limit = { per_member = 1, per_week = 2, budget = 3, first = 1000000000000 }
hold_days = 1
valid_days = 365
at_limit = "queue"
on_expiry = "tell"
name = "N"
"""
    assert read("rewards", told) == (
        Rule(
            key="custom-newsletter-inviter-label",
            when="custom",
            event="newsletter",
            who=Side.INVITER,
            give=Give(kind=GrantKind.LABEL, what="regular"),
            condition=Condition(
                source=("qr",),
                language=("en", "id"),
                tier=("gold",),
                label=("vip", "staff"),
                story=("a",),
                nth=2,
                since="2026-12-01",
                until="2026-12-01",
            ),
            limit=Limit(per_member=1, per_week=2, budget=3, first=10**12),
            hold_days=1,
            valid_days=365,
            at_limit="queue",
            on_expiry="tell",
            name={"en": "N"},
        ),
    )


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        (
            'when = "purchased"\nwho = "friend"\ngive = { percent = 100 }',
            Rule(key="purchased-friend-percent", when="purchased", who=Side.INVITEE, give=Give(kind=GrantKind.PERCENT, amount=100)),
        ),
        (
            'when = "purchased"\namount = 1000000000000\nwho = "friend"\ngive = { code = "X" }',
            Rule(key="purchased-1000000000000-friend-code", when="purchased", number=10**12, who=Side.INVITEE, give=Give(kind=GrantKind.CODE, what="X")),
        ),
        (
            'when = "cards_given"\nwho = "inviter"\ngive = { points = 1000000 }',
            Rule(key="cards-given-1-inviter-points", when="cards_given", number=1, who=Side.INVITER, give=Give(kind=GrantKind.POINTS, amount=1_000_000)),
        ),
        (
            'when = "milestone"\nfriends = 5\nwho = "inviter"\ngive = { gift = "5170233102089322756" }\nhead_start = 4',
            Rule(key="milestone-5-inviter-gift", when="milestone", number=5, who=Side.INVITER, give=Give(kind=GrantKind.GIFT, what="5170233102089322756"), head_start=4),
        ),
        (
            f'key = "{"k" * 42}"\nwhen = "joined"\nwho = "friend"\ngive = {{ points = 5 }}\ninstead_of = "join"',
            Rule(key="k" * 42, when="joined", who=Side.INVITEE, give=POINTS, instead_of="join"),
        ),
        (
            f'when = "active"\ndays = 1\nwho = "friend"\ngive = {{ privilege = "{"x" * 64}" }}',
            Rule(key="active-1-friend-privilege", when="active", number=1, who=Side.INVITEE, give=Give(kind=GrantKind.PRIVILEGE, what="x" * 64)),
        ),
    ],
)  # fmt: skip
def test_a_rule_is_what_its_lines_say(said: str, rule: Rule) -> None:
    """Its key follows from them where it has none."""
    assert read("rewards", f"[[rewards]]\n{said}") == (rule,)


def test_a_rule_stands_in_the_place_of_another() -> None:
    """Of one with the same cause, for the same side; and there are only so many."""
    rule = '[[rewards]]\nkey = "{}"\nwhen = "joined"\nwho = "inviter"\ngive = {{ points = 5 }}\n'
    first, second = read("rewards", f'{rule.format("a")}instead_of = "b"\n{rule.format("b")}')
    assert (first.instead_of, second.instead_of) == ("b", "")
    many = [rule.format(f"a{number}") for number in range(RULES_LIMIT + 1)]
    assert len(read("rewards", "".join(many[:-1]))) == RULES_LIMIT
    assert list_told("rewards", "".join(many)) == ["line 1, rewards: there are 21 rules. Write at most 20."]
