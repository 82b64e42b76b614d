"""What members read of their tiers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.campaigns.tiers import Tier
from bot.messages.honours import say_badge, say_honour, say_privileges
from bot.messages.notices import render_notices
from bot.messages.standing import render_top
from bot.messages.texts import LANGUAGES, Texts
from bot.services.honours.honours import HonourView
from bot.services.honours.notices import TierLost, TierReached
from bot.services.notices import Notice, Owed
from bot.services.standing import TopView
from storage.records import NoticeId, PersonId, RankLine
from tests.messages.samples import MARCH, RENDERERS, make_member, make_reader, make_shop
from tests.messages.telegram_html import read_html

FRIEND = Tier(
    key="friend",
    friends=5,
    name={"en": "Friend <of> the house", "id": "Sahabat toko", "zh": "老朋友"},
    badge="🌟",
    privileges={"en": "Coffee & cake", "id": "Kopi & kue", "zh": "咖啡和蛋糕"},
)
STAR = Tier(key="star", friends=12, name={"en": "Star"}, period_days=90)
SHOP = make_shop()
SHOP = replace(SHOP, campaign=replace(SHOP.campaign, tiers=(FRIEND, STAR)))


def tell(language: str, notice: Notice) -> str:
    """What a member reads, which Telegram can read as well."""
    (rendered,) = render_notices(make_reader(Texts(language), SHOP), [Owed(id=NoticeId(1), notice=notice)], RENDERERS)
    (message,) = rendered.messages
    assert read_html(message.text).utf16 < 1024
    return message.text


def test_a_member_reads_what_they_are_and_what_comes_next() -> None:
    """One line each; nothing where there are no tiers, and nothing of one that is no more."""
    texts = Texts("en")
    assert say_honour(texts, SHOP, HonourView()) == []
    assert say_honour(texts, SHOP, HonourView(next="friend", missing=1)) == [
        "<b>1 more friend</b> until 🌟 Friend &lt;of&gt; the house."
    ]
    own = HonourView(tier="star", until_at=MARCH, next="friend", missing=2)
    assert say_honour(texts, SHOP, own) == [
        "You are <b>Star</b> until 12 Mar 2026; new friends keep it up.",
        "<b>2 more friends</b> until 🌟 Friend &lt;of&gt; the house.",
    ]
    assert say_honour(texts, SHOP, HonourView(tier="gone", next="gone")) == []
    assert say_privileges(texts, SHOP, HonourView(tier="friend")) == ["What it brings you: Coffee &amp; cake"]
    assert say_privileges(texts, SHOP, HonourView(tier="star")) == []


def test_a_badge_stands_beside_the_name() -> None:
    """The name of the tier, where it has no badge."""
    texts, lines = Texts("en"), [("friend", "Anna"), ("star", "Budi"), ("gone", "Cleo"), ("", "Dewi")]
    ranked = [
        RankLine(rank=place, person_id=PersonId(place), name=name, score=9, tier=tier)
        for place, (tier, name) in enumerate(lines, start=1)
    ]
    view = TopView(member=make_member("Anna"), lines=ranked, my_rank=None, my_score=0, anonymous=False)
    said = render_top(texts, SHOP, view).text
    assert "🥇 Anna 🌟 · 9\n🥈 Budi Star · 9\n🥉 Cleo · 9\n4. Dewi · 9" in said
    assert [say_badge(texts, SHOP, tier) for tier, _ in lines] == ["🌟", "Star", "", ""]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_told_names_the_tier_in_the_readers_language(language: str) -> None:
    """On reaching one, on losing one to either cause; and of one that the owner has taken out since, too."""
    name = FRIEND.name[language].replace("<", "&lt;").replace(">", "&gt;")
    for notice in (
        TierReached(tier="friend"),
        TierLost(tier="friend", missing=1),
        TierLost(tier="friend", now="star", lapsed=True, missing=2),
    ):
        assert f"🌟 {name}" in tell(language, notice)
    for notice in (TierReached(tier="gone"), TierLost(tier="gone")):
        assert "gone" not in tell(language, notice)
