from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cache

import pytest

from bot.core.campaigns.rewards import Condition
from bot.core.languages import LANGUAGES
from bot.messages.joining.notices import NOTICES as JOINING
from bot.messages.notices import Reader, render_notices
from bot.messages.outgoing import OutgoingMessage
from bot.messages.rewards import say_rule
from bot.messages.texts import Texts
from bot.services.joining.notices import FriendJoined
from bot.services.notices import NoticesView, Owed
from storage.facts import GrantKind, GrantState
from storage.records import NoticeId, PersonId, Side
from tests.messages.reward_samples import COFFEE, list_rules, render_news, say_rules
from tests.messages.samples import HOSTILE, make_member, make_shop
from tests.messages.telegram_html import read_html
from tests.messages.why_samples import HAPPENED, render_whys
from tests.thinning import thin, thin_pairs


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_is_one_sentence_of_its_own(language: str) -> None:
    """Each ends like a sentence, has no hole in it, and says something else than all others."""
    rules, said = list(list_rules()), say_rules(Texts(language), make_shop())
    assert all(read_html(each).text[-1] in ".。" for each in said)
    assert not [each for each in said if "{" in each or "  " in each or "( " in each]
    assert len(set(said)) == len(rules)


@cache
def render_news_in(language: str) -> dict[str, OutgoingMessage]:
    """All that somebody of this language can hear of rules."""
    view = NoticesView(member=make_member(language=language))
    return render_news(Reader(texts=Texts(language), shop=make_shop(), view=view))


@pytest.mark.parametrize("language", thin(LANGUAGES))
def test_every_piece_of_news_can_be_read(language: str) -> None:
    """Whatever was given, in whatever state: good HTML, short, with a way to pass the card on."""
    news = render_news_in(language)
    for name, message in news.items():
        shown = read_html(message.text)
        assert 0 < shown.utf16 <= 700, name
        assert message.keyboard is not None
    assert not [name for name, message in news.items() if "{" in message.text]


def test_confetti_is_for_what_is_had() -> None:
    """Not for what waits, is declined, or is taken back."""
    news = render_news_in("en")
    had = (GrantState.AVAILABLE, GrantState.REDEEMED, GrantState.USED)
    for name, message in news.items():
        wanted = "taken_back" not in name and any(f" {state} " in f"{name} " for state in had)
        assert bool(message.effect_id) == wanted, name


@pytest.mark.parametrize(("language", "called"), thin_pairs(LANGUAGES, ["Rina", *HOSTILE]))
def test_every_why_is_answered(language: str, called: str) -> None:
    """For every state, kind and cause together of one friend, and for each of them whatever a friend is called: short, whole, and with a way back."""
    name = HOSTILE.get(called, called)
    screens = render_whys(Texts(language), make_shop(), make_member(name, language=language), some=name != "Rina")
    for title, message in screens.items():
        assert 0 < read_html(message.text).utf16 <= 1200, title
        assert "{" not in message.text.replace(name, "") or "{" in name, title
        assert message.keyboard is not None
    assert not [
        each for each in (*GrantState, *GrantKind, *HAPPENED) if not any(f" {each} " in title for title in screens)
    ]


def test_a_rule_reads_as_people_speak() -> None:
    """In each language, with all that can stand in it."""
    said = {language: read_html(say_rule(Texts(language), make_shop(), COFFEE)).text for language in LANGUAGES}
    assert said["en"] == (
        "When a member has brought 3 friends, they get A free coffee (by way of qr and fwd, for readers of Bahasa"
        " Indonesia and tlh, for gold, from 1 Dec 2026 on, until 24 Dec 2026, once per member, at most 2 times a week"
        " per member, for the first 100, 500 in all, to be used 7 days later)."
    )
    assert all(str(COFFEE.number) in each for each in said.values())
    assert COFFEE.who is Side.INVITER


def test_a_friend_who_comes_says_how_far_the_next_step_is() -> None:
    """Until when it can be reached, too; nothing where no rule is ahead, or it is over."""
    campaign = make_shop().campaign
    step = replace(COFFEE, number=14, condition=Condition(until="2026-12-24"))
    for rules, day, expected in (
        ((step,), "2026-12-24", "2 more friends until: A free coffee (it ends 25 Dec 2026, 00:00)"),
        ((step,), "2026-12-25", None),
        ((replace(step, number=12),), "2026-12-24", None),
        ((), "2026-12-24", None),
    ):
        shop = replace(make_shop(), campaign=replace(campaign, rewards=rules))
        names = {PersonId(1000): "Budi"}
        reader = Reader(texts=Texts("en"), shop=shop, view=NoticesView(member=make_member(), names=names))
        noon = int(datetime.fromisoformat(f"{day}T12:00:00+00:00").timestamp()) * 1_000_000
        owed = [Owed(id=NoticeId(1), notice=FriendJoined(friend=PersonId(1000), points=50), owed_at=noon)]
        (rendered,) = render_notices(reader, owed, JOINING)
        (message,) = rendered.messages
        last = read_html(message.text).text.split("\n\n")[-1]
        assert (last == expected) if expected else "until:" not in last
