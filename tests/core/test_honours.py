"""Levels of honour in a campaign file, and who has which."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.campaigns.campaign import Campaign, CampaignMistake, parse_campaign
from bot.core.campaigns.composing import compose_file
from bot.core.campaigns.content import compose_content, parse_content
from bot.core.campaigns.tiers import Tier, is_emoji
from bot.core.durations import DAY
from bot.core.honours import (
    Honour,
    compute_tag,
    compute_tiers_digest,
    compute_told,
    decide_honour,
    decide_matters,
    decide_rises,
    find_next,
)
from tests.core.test_campaign_words import PLAIN

TIER = '[[tiers]]\nkey = "friend-of-the-house"\nfriends = 5\nname = "Friend of the house"\n'
RICH = (
    '[[tiers]]\nkey = "star"\nfriends = 12\nbadge = "🌟"\ncolour = "#B8860B"\nperiod_days = 90\n'
    'name = "Star"\nprivileges = "The table at the window"\n'
)
FRIEND, STAR = (
    Tier(key="friend", friends=2, name={"en": "Friend"}),
    Tier(key="star", friends=3, name={"en": "Star"}, period_days=10),
)
NOW = 100 * DAY


def read(text: str) -> Campaign:
    """What a file says, once it was kept and read again."""
    campaign = parse_campaign(text, themes=["sunrise", "lagoon"], find_picture=lambda path: path)
    assert parse_content(compose_content(campaign)) == campaign
    return campaign


def test_a_file_names_its_tiers() -> None:
    """What is left out is as usual; a file without any is kept as before there were tiers."""
    assert read(PLAIN).tiers == ()
    assert "tiers" not in compose_content(read(PLAIN))
    plain, rich = read(PLAIN + TIER + RICH).tiers
    assert (plain.key, plain.friends, plain.badge, plain.colour, plain.period_days) == (
        *("friend-of-the-house", 5, "", "", None),
    )
    assert plain.say("en") == plain.say("xx") == "Friend of the house"
    assert plain.say_privileges("en") == ""
    assert (rich.badge, rich.colour, rich.period_days, rich.say_privileges("id")) == (
        *("🌟", "#b8860b", 90, "The table at the window"),
    )


def test_tiers_are_written_as_they_were_read() -> None:
    """In the file's order and spelling; what is changed is changed alone, and a tier more has a block of its own."""
    text = PLAIN + "\n" + RICH + "\n" + TIER
    campaign = read(text)
    assert compose_file(campaign, former=text, name_picture=lambda known: known) == text
    first, second = campaign.tiers
    for tiers in ((replace(first, friends=13, badge=""), second), (second,), (), (second, first)):
        changed = replace(campaign, tiers=tiers)
        assert read(compose_file(changed, former=text, name_picture=lambda known: known)) == changed
        assert read(compose_file(changed, name_picture=lambda known: known)) == changed


@pytest.mark.parametrize(
    ("block", "field"),
    [
        (TIER.replace("5", "0"), "tiers.friends"),
        (TIER.replace("5", '"5"'), "tiers.friends"),
        (TIER.replace("5", "10001"), "tiers.friends"),
        (TIER.replace("friends = 5\n", ""), "tiers.friends"),
        (TIER.replace("friend-of", "Friend of"), "tiers.key"),
        (TIER.replace("Friend of the house", "x" * 25), "tiers.name"),
        (TIER.replace('name = "Friend of the house"', ""), "tiers.name"),
        (TIER + 'badge = "VIP"\n', "tiers.badge"),
        (TIER + 'badge = ""\n', "tiers.badge"),
        (TIER + 'badge = "🌟🌟"\n', "tiers.badge"),
        (TIER + "badge = 1\n", "tiers.badge"),
        (TIER + 'colour = "gold"\n', "tiers.colour"),
        (TIER + 'colour = "#12345"\n', "tiers.colour"),
        (TIER + "period_days = 0\n", "tiers.period_days"),
        (TIER + "period_days = 366\n", "tiers.period_days"),
        (TIER + f'privileges = "{"x" * 161}"\n', "tiers.privileges"),
        (TIER + "frends = 3\n", "tiers.frends"),
        (TIER + TIER.replace("5", "6"), "tiers.key"),
        (TIER + TIER.replace("friend-of", "fan-of"), "tiers.friends"),
        ("".join(TIER.replace("friend-", f"friend-{n}-").replace("5", str(n + 9)) for n in range(9)), "tiers"),
        ("[tiers]\nkey = 1\n", "tiers"),
    ],
)
def test_what_is_no_tier_is_named(block: str, field: str) -> None:
    """By field, as everywhere in the file."""
    with pytest.raises(CampaignMistake) as caught:
        read(PLAIN + block)
    assert caught.value.field == field


@pytest.mark.parametrize("text", ["🌟", "❤️", "👑", "👩‍🍳", "👍🏽", "🇮🇩", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "⭐"])
def test_one_emoji_is_a_badge(text: str) -> None:
    """With its tones, joined parts and flags."""
    assert is_emoji(text)


@pytest.mark.parametrize("text", ["", "A", "1", "🌟 ", "🌟A", "👑🌟", "🇮🇩🇮🇩", "<", "👩‍🍳" * 4])
def test_anything_else_is_none(text: str) -> None:
    """Letters, digits, blanks, and more than one."""
    assert not is_emoji(text)


def test_the_highest_tier_counts_whose_friends_are_there() -> None:
    """One for ever needs the number alone; one of a period needs them lately, and ends when too few of them are recent."""
    came = [NOW - 1 * DAY, NOW - 4 * DAY, NOW - 9 * DAY]

    def find_nth(place: int) -> int | None:
        return came[place - 1] if place <= len(came) else None

    tiers = (STAR, FRIEND)
    assert decide_honour(tiers, 1, find_nth, NOW) == Honour()
    assert decide_honour(tiers, 2, find_nth, NOW) == Honour(tier="friend")
    assert decide_honour(tiers, 3, find_nth, NOW) == Honour(tier="star", until_at=NOW + 1 * DAY)
    assert decide_honour(tiers, 3, find_nth, NOW + 1 * DAY - 1).tier == "star"
    assert decide_honour(tiers, 3, find_nth, NOW + 1 * DAY) == Honour(tier="friend")
    assert decide_honour((), 99, find_nth, NOW) == Honour()


def test_only_a_friend_who_matters_is_looked_at() -> None:
    """The one with whom a tier for ever comes or goes; with a period, everyone."""
    assert [score for score in range(6) if decide_matters((FRIEND,), score)] == [1, 2]
    assert all(decide_matters((FRIEND, STAR), score) for score in range(6))
    assert not decide_matters((), 2)


def test_the_next_step_is_the_lowest_tier_above() -> None:
    """And a tier is a step up or down by its friends; one that is no more counts for none."""
    tiers = (STAR, FRIEND)
    assert [find_next(tiers, tier) for tier in ("", "friend", "star", "gone")] == [FRIEND, STAR, None, FRIEND]
    assert decide_rises(tiers, "", "friend")
    assert decide_rises(tiers, "friend", "star")
    assert decide_rises(tiers, "gone", "friend")
    assert not decide_rises(tiers, "star", "friend")
    assert not decide_rises(tiers, "friend", "")
    assert not decide_rises(tiers, "friend", "friend")
    assert not decide_rises(tiers, "", "gone")
    assert not decide_rises(tiers, "gone", "")
    first = Tier(key="first", friends=1, name={"en": "First"})
    assert find_next((first, FRIEND), "") == first
    assert decide_rises((first,), "", "first")


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("Friend of the house", "Friend of the ho"),
        ("🌟 Star ❤", "Star"),
        ("Ambassador  of it", "Ambassador of it"),
        ("老朋友", "老朋友"),
        ("A name that end s there", "A name that end"),
        ("👑", ""),
        ("Star\ue000\u200b!", "Star!"),
        ("St\U0001f3fbar\ud800s\u0378", "Stars"),
    ],
)
def test_a_tag_is_what_telegram_takes(name: str, tag: str) -> None:
    """At most sixteen characters, and no emoji."""
    assert compute_tag(name) == tag


def test_who_has_which_tier_is_decided_anew_when_their_terms_change() -> None:
    """A name, a badge or the order decides nothing."""
    digest = compute_tiers_digest((FRIEND, STAR), "en")
    assert digest == compute_tiers_digest((STAR, replace(FRIEND, name={"en": "Mate"}, badge="🌟")), "en")
    assert digest != compute_tiers_digest((FRIEND, replace(STAR, period_days=None)), "en")
    assert digest != compute_tiers_digest((FRIEND, replace(STAR, friends=4)), "en")
    assert compute_tiers_digest((), "en") == ""
    assert len(digest) == 16
    assert compute_told(FRIEND, "en", -100) == "-100:Friend"
    assert compute_told(None, "en", -100) == "-100:"
    assert compute_told(FRIEND, "en", None) == compute_told(None, "en", None) == ""
    tagged = compute_tiers_digest((FRIEND, STAR), "en", -100)
    assert tagged != compute_tiers_digest((FRIEND, STAR), "en", -101)
    assert tagged != compute_tiers_digest((STAR, replace(FRIEND, name={"en": "Mate"})), "en", -100)
    assert tagged == compute_tiers_digest((STAR, replace(FRIEND, badge="🌟")), "en", -100)
