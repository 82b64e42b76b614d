"""A campaign that says all that one can say: as its file, as it is kept, and as it was spelled."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.campaigns.announcing import AnnounceRules
from bot.core.campaigns.campaign import Campaign, Rules, Story, StoryKind, parse_campaign
from bot.core.campaigns.catalogue import CatalogueItem
from bot.core.campaigns.composing import compose_file
from bot.core.campaigns.content import compose_content, compute_digest, parse_content
from bot.core.campaigns.contests import Contest, ContestBy, Prize
from bot.core.campaigns.fairness import Fairness
from bot.core.campaigns.look import compose_look
from bot.core.campaigns.news import NewsRules
from bot.core.campaigns.pulse import AskRules, PulseRules
from bot.core.campaigns.rewards import Condition, Give, Limit, Rule
from bot.core.campaigns.tiers import Tier
from bot.core.campaigns.waitlist import Waitlist
from bot.core.looks import CardLook
from storage.facts import GrantKind
from storage.records import Side

FILE = (Path(__file__).parent / "full_campaign.toml").read_text("utf-8")
SAID = {"en": "Cup", "id": "Cangkir"}
POINTS = Give(kind=GrantKind.POINTS, amount=5)
FULL = Campaign(
    slug="full",
    theme="sunrise",
    layout="festive",
    focus="top",
    main_colour="#112233",
    accent_colour="#445566",
    logo="logo.png",
    photo="pictures/bar.jpg",
    channel_language="id",
    brand={"en": "Oven", "id": "Tungku"},
    unit={"en": {"one": "point", "other": "points"}, "id": {"other": "poin"}},
    inviter_points=10,
    invitee_points=5,
    worth_amount=5,
    worth_currency="EUR",
    liability_limit=500,
    rules=Rules(hold_days=3, community="@my_group", join_community=True, credit_days=9),
    fairness=Fairness(hold_at=50),
    news=NewsRules(quiet="21-9", per_week=2),
    announce=AnnounceRules(digest="day"),
    pulse=PulseRules(after_days=1),
    asks=AskRules(every_days=9),
    waitlist=Waitlist(jump=5, let_in=3, on="2026-12-24", give=POINTS, name=SAID),
    stories=(
        Story(
            key="first",
            kind=StoryKind.OCCASION,
            headline=SAID,
            text=SAID,
            offer=SAID,
            picture="pictures/cup.jpg",
            focus="bottom",
        ),
        Story(key="second", kind=StoryKind.NOVELTY, headline=SAID, text=SAID, offer=SAID),
    ),
    catalogue=(
        CatalogueItem(key="a", price=5, name=SAID),
        CatalogueItem(
            key="b",
            price=6,
            name=SAID,
            stock=3,
            per_member=1,
            valid_days=5,
            give=Give(kind=GrantKind.PERCENT, amount=10),
            picture="p.jpg",
        ),
    ),
    rewards=(
        Rule(key="joined-inviter-points", when="joined", who=Side.INVITER, give=POINTS),
        Rule(
            key="mine",
            when="purchased",
            number=500,
            who=Side.INVITEE,
            give=Give(kind=GrantKind.COUPON, what="pool"),
            condition=Condition(source=("qr", "print"), since="2026-12-01"),
            limit=Limit(per_member=1),
            hold_days=2,
            at_limit="queue",
            name=SAID,
        ),
        Rule(
            key="custom-news-inviter-code",
            when="custom",
            event="news",
            who=Side.INVITER,
            give=Give(kind=GrantKind.CODE, what="X"),
        ),
    ),
    tiers=(
        Tier(key="a", friends=1, name=SAID),
        Tier(key="b", friends=5, name=SAID, badge="🌟", colour="#aabbcc", privileges=SAID, period_days=90),
    ),
    contests=(
        Contest(
            key="a",
            name=SAID,
            begins="2026-12-01",
            ends="2026-12-24T18:00",
            prizes=(
                Prize(place=1, give=Give(kind=GrantKind.POINTS, amount=500)),
                Prize(place=2, give=Give(kind=GrantKind.GIFT, what="12345"), name=SAID),
            ),
        ),
        Contest(
            key="b",
            name=SAID,
            begins="2026-12-01",
            ends="2026-12-24",
            by=ContestBy.DRAW,
            prizes=(Prize(place=1, give=POINTS),),
        ),
    ),
)
"""What full_campaign.toml says."""


def read(text: str) -> Campaign:
    """Read a file; a picture is known by its path."""
    return parse_campaign(text, themes=["sunrise", "lagoon"], find_picture=lambda path: path)


def write(campaign: Campaign, former: str = "") -> str:
    """Write a file; a picture lies where it is known by."""
    return compose_file(campaign, former=former, name_picture=lambda known: known)


def test_all_that_a_campaign_says_stands_in_its_file() -> None:
    """Written from nothing it is this file, and read from it this campaign; written over it nothing changes."""
    assert write(FULL) == FILE
    assert read(FILE) == FULL
    assert write(FULL, FILE) == FILE
    assert compose_file(FULL).count('logo = "logo.png.jpg"') == 1


def test_a_card_looks_as_its_campaign_says() -> None:
    """What of a picture shows is the picture's own, else the campaign's; without a picture nothing does."""
    plain = CardLook(theme="sunrise", layout="festive", main="#112233", accent="#445566", logo="logo.png")
    assert compose_look(FULL) == plain
    assert compose_look(FULL, "p.jpg") == replace(plain, photo="p.jpg", focus="top")
    assert compose_look(FULL, "p.jpg", "bottom") == replace(plain, photo="p.jpg", focus="bottom")
    assert compose_look(FULL, "", "bottom") == plain


SPELLED = {
    'slug = "full"': 'slug = "full"  # its name\nlanguages = ["en", "id"]',
    'channel_language = "id"\n': 'channel_language = "id"\n\n# pictures\n',
    'en = "Oven"': 'en = "  Oven "',
    'main = "#112233"': 'main = "#112233"   # dark',
    'accent = "#445566"': 'accent = "#445566"',
    'id = "poin"': 'id = { other = "poin" }',
    'en = ["point", "points"]': 'en = { one = "point", other = "points" }',
    'on = "2026-12-24"': "on = 2026-12-24",
    "hold_at = 50": "hold_at = 50\nrefuse_at = 120",
    "per_week = 2": "per_week = 2  # at most",
    'key = "a"\nprice = 5': 'key = "a"\nprice = 5\nvalid_days = 30',
    'when = "joined"\n': 'key = "joined-inviter-points"\nwhen = "joined"\n',
    'if = {source = ["qr", "print"], from = "2026-12-01"}': 'if = { from = 2026-12-01, source = ["qr", "print"] }',
    'colour = "#aabbcc"': 'colour = "#AABBCC"',
    'until = "2026-12-24T18:00"': "until = 2026-12-24 18:00:00",
    'until = "2026-12-24"\n': "until = 2026-12-24\n",
    'by = "draw"': 'by = "draw"  # by lot',
    '[stories.headline]\nen = "Cup"': '[stories.headline]\nen = " Cup  "',
    '[waitlist.name]\nen = "Cup"': '[waitlist.name]\nen = " Cup  "',
    '[catalogue.name]\nen = "Cup"': '[catalogue.name]\nen = " Cup  "',
    '[rewards.name]\nen = "Cup"': '[rewards.name]\nen = " Cup  "',
    '[tiers.name]\nen = "Cup"': '[tiers.name]\nen = " Cup  "',
    '[tiers.privileges]\nen = "Cup"': '[tiers.privileges]\nen = " Cup  "',
    '[contests.name]\nen = "Cup"': '[contests.name]\nen = " Cup  "',
    'from = "2026-12-01"\nuntil = "2026-12-24T18:00"': 'from = 2026-12-01\nuntil = "2026-12-24 18:00"\nby = "friends"',
    "[[contests.prizes]]\nplace = 1\n\n[contests.prizes.give]\npoints = 5\n": "prizes = [{ place = 1, give = { points = 5 } }]\n",
}


@pytest.mark.parametrize("old", SPELLED)
def test_what_says_the_same_is_left_as_it_was_spelled(old: str) -> None:
    """To the last blank, whatever else changes beside it."""
    assert FILE.count(old) >= 1, old
    text = FILE.replace(old, SPELLED[old], 1)
    assert read(text) == FULL
    assert write(FULL, text) == text
    changed = write(replace(FULL, inviter_points=99), text)
    assert changed == text.replace("inviter = 10", "inviter = 99")


def test_what_is_said_no_more_is_taken_out() -> None:
    """A whole block, or a line of one; and of a rule what the next one does not say."""
    bare = replace(
        FULL,
        layout="",
        focus="",
        main_colour="",
        accent_colour="",
        logo="",
        photo="",
        worth_amount=0,
        worth_currency="",
        liability_limit=0,
        pulse=None,
        waitlist=None,
        catalogue=(),
        rewards=(),
        tiers=(),
        contests=(),
    )
    written = write(bare, FILE)
    assert read(written) == bare
    for gone in ("layout", "focus =", "logo", "photo", "worth", "limits", "pulse", "waitlist", "catalogue", "rewards"):
        assert gone not in written.replace('focus = "bottom"', ""), gone
    assert "colours" not in written
    plain = replace(FULL.rewards[1], limit=Limit(), condition=Condition(), hold_days=0, at_limit="stop", name={})
    told = write(replace(FULL, rewards=(plain,)), FILE)
    start = told.index("[[rewards]]")
    assert told[start : told.index("[[tiers]]")] == (
        '[[rewards]]\nkey = "mine"\nwhen = "purchased"\namount = 500\nwho = "friend"\ngive = {coupon = "pool"}\n\n'
    )


def test_a_shop_of_one_language_says_its_words_plainly() -> None:
    """Wherever a word stands, without a block for it; posts are in that language without saying so."""
    said = {"id": "Cangkir"}

    def tell(story: Story) -> Story:
        return replace(story, headline=said, text=said, offer=said)

    one = replace(
        FULL,
        brand={"id": "Tungku"},
        unit={"id": {"one": "poin", "other": "poin-poin"}},
        stories=tuple(map(tell, FULL.stories)),
        waitlist=Waitlist(jump=5, name=said),
        catalogue=(replace(FULL.catalogue[0], name=said),),
        rewards=(replace(FULL.rewards[1], name=said),),
        tiers=(replace(FULL.tiers[1], name=said, privileges=said),),
        contests=(replace(FULL.contests[0], name=said, prizes=FULL.contests[0].prizes[:1]),),
    )
    written = write(one)
    assert read(written) == one
    for line in ('languages = ["id"]', 'brand = "Tungku"', 'unit = ["poin", "poin-poin"]', 'privileges = "Cangkir"'):
        assert line in written.split("\n"), line
    assert "channel_language" not in written
    assert written.count('name = "Cangkir"') == 5
    assert "[stories." not in written
    assert write(one, written) == written
    apart = write(replace(one, channel_language="id"), 'channel_language = "id"\n')
    assert 'channel_language = "id"' in apart


def test_blocks_keep_their_places() -> None:
    """Those that stay keep what was written beside their lines, a new one comes behind, and the order is the campaign's."""
    text = FILE.replace('key = "second"', 'key = "second"  # since May')
    turned = replace(FULL, stories=(*FULL.stories[::-1], replace(FULL.stories[0], key="third")))
    written = write(turned, text)
    assert read(written) == turned
    assert 'key = "second"  # since May' in written
    assert written.index('key = "second"') < written.index('key = "first"') < written.index('key = "third"')
    text = FILE.replace('when = "joined"', 'when = "joined"  # a friend')
    rules = write(replace(FULL, rewards=FULL.rewards[::-1]), text)
    assert 'when = "joined"  # a friend' in rules
    assert [rule.key for rule in read(rules).rewards] == [rule.key for rule in FULL.rewards[::-1]]


def test_what_is_said_though_it_goes_without_saying_stays() -> None:
    """An owner may write down what is usual."""
    usual = replace(FULL, announce=AnnounceRules(), asks=AskRules(), rules=Rules(), fairness=Fairness())
    text = FILE.replace('digest = "day"', 'digest = "each"').replace(
        "[asks]\nevery_days = 9", "[asks]\nevery_days = 30"
    )
    text = text.replace("hold_at = 50", "watch = true")
    start, end = text.index("[rules]"), text.index("[waitlist]")
    text = f"{text[:start]}[rules]\nhold_days = 7\n\n{text[end:]}"
    assert read(text) == usual
    assert write(usual, text) == text
    bare = write(usual, text.replace("[rules]\nhold_days = 7\n\n", ""))
    assert "[rules]" not in bare


def test_a_file_of_another_system_is_read_and_written() -> None:
    """With the mark some editors put in front, and with their ends of lines."""
    assert write(FULL, "\ufeff" + FILE.replace("\n", "\r\n")) == FILE


def test_all_of_a_campaign_is_kept_and_read_again() -> None:
    """What is as usual is not written down, nor is what a screen adds; languages stay in their order."""
    content = compose_content(FULL)
    assert parse_content(content) == FULL
    told = json.loads(content)
    assert [*told["brand"]] == ["en", "id"]
    assert told["rules"] == {
        "hold_days": 3,
        "claim_days": 7,
        "pause_days": 14,
        "credit_days": 9,
        "community": "@my_group",
        "join_community": True,
    }
    assert (told["fairness"], told["news"]) == ({"hold_at": 50}, {"quiet": "21-9", "per_week": 2})
    assert (told["announce"], told["pulse"], told["asks"]) == ({"digest": "day"}, {"after_days": 1}, {"every_days": 9})
    assert told["waitlist"] == {
        "jump": 5,
        "let_in": 3,
        "on": "2026-12-24",
        "name": SAID,
        "give": {"kind": "points", "amount": 5, "what": ""},
    }
    assert told["catalogue"][0] == {"key": "a", "price": 5, "name": SAID}
    assert told["tiers"][0] == {"key": "a", "friends": 1, "name": SAID}
    assert told["stories"][1] == {"key": "second", "kind": "novelty", "headline": SAID, "text": SAID, "offer": SAID}
    assert told["contests"][1]["by"] == "draw"
    assert "by" not in told["contests"][0]
    assert told["rewards"][0] == {
        "key": "joined-inviter-points",
        "when": "joined",
        "who": "inviter",
        "give": {"kind": "points", "amount": 5},
    }
    assert " " not in content.replace("2026-12-24T18:00", "")
    assert "🌟" in content


def test_what_older_and_newer_programs_kept_is_read() -> None:
    """A field that nobody knows is left out, and one that was not known yet is as usual, in every part."""
    told = json.loads(compose_content(FULL))
    newer = json.loads(compose_content(FULL))
    parts = [newer, newer["rules"], newer["fairness"], newer["news"], newer["announce"], newer["pulse"], newer["asks"]]
    parts += [newer["waitlist"], *newer["stories"], *newer["catalogue"], *newer["tiers"], *newer["contests"]]
    parts += [*newer["rewards"], newer["rewards"][1]["give"], newer["rewards"][1]["limit"]]
    parts += [newer["contests"][0]["prizes"][0]]
    for part in parts:
        part["of_tomorrow"] = 1
    assert parse_content(json.dumps(newer)) == FULL
    late = ("fairness", "news", "announce", "pulse", "asks", "waitlist", "catalogue", "rewards", "tiers", "contests")
    for name in late:
        del told[name]
    usual = Campaign(
        **{name: getattr(FULL, name) for name in ("slug", "theme", "channel_language", "brand", "unit")},
        stories=(),
        inviter_points=1,
        invitee_points=1,
    )
    older = parse_content(json.dumps(told))
    assert older == replace(FULL, **{name: getattr(usual, name) for name in late})
    assert compose_content(older).count('"fairness"') == 0
    assert compute_digest("Cup") == "1fb9305ec9b158d14739b417ce47da7bb82e7273793b12d0ab4aaeb795561ea8"
