from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.messages.notices import Part, render_notices
from bot.messages.texts import LANGUAGES, Texts
from storage.records import NoticeKind
from tests.messages.samples import HOSTILE, make_notice, make_shop, render_crowd, render_owed
from tests.messages.telegram_html import read_html

EN = Texts("en")
JOINED, ANNOUNCED = NoticeKind.FRIEND_JOINED, NoticeKind.JOIN_ANNOUNCED


def show(parts: list[Part]) -> list[str]:
    """What people read."""
    return [read_html(part.text).text for part in parts]


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_names_break_no_notice(language: str, name: str) -> None:
    """Alone or a thousand together: valid HTML, under the limit in any way of counting, nothing turned around."""
    texts, shop = Texts(language), make_shop()
    some = [part for parts in render_owed(texts, shop, name).values() for part in parts]
    for part in some + render_crowd(texts, shop, name):
        shown = read_html(part.text)
        assert shown.text.strip()
        assert shown.utf16 <= 4000
        assert shown.entities <= 100
        assert not set(shown.text) & set("\x00\u202d\u202e\u2066\u2067\ue000")


@pytest.mark.parametrize("kind", [*NoticeKind])
def test_every_notice_is_settled_once(kind: NoticeKind) -> None:
    """However they are merged and split, each notice belongs to exactly one message."""
    views = [make_notice(kind, n, friend=f"Friend {n}", inviter=f"Inviter {n % 7}") for n in range(1000)]
    settled = [notice_id for part in render_notices(EN, make_shop(), views) for notice_id in part.notice_ids]
    assert sorted(settled) == list(range(1000))


def test_one_friend_is_told_in_one_breath() -> None:
    """Who came and what it brought."""
    (text,) = show(render_notices(EN, make_shop(), [replace(make_notice(JOINED), balance=150)]))
    assert text == "Budi joined through you 🎉\n+50 points, balance 150."


def test_some_friends_are_told_together() -> None:
    """All are named, what they brought is summed, and the balance is the one that holds now."""
    views = [make_notice(JOINED, n, friend=name) for n, name in enumerate(["Budi", "", "Siti"])]
    (text,) = show(render_notices(EN, make_shop(), views))
    assert text == "3 friends joined through you 🎉\nBudi, a friend and Siti\n+150 points, balance 1,500."


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_thousand_friends_are_all_named(language: str) -> None:
    """Few messages, every name in them, the sums adding up."""
    names = [f"Friend{n:04}" for n in range(1000)]
    parts = render_notices(
        Texts(language), make_shop(), [make_notice(JOINED, n, friend=name) for n, name in enumerate(names)]
    )
    texts = show(parts)
    assert len(parts) <= 5
    assert re.findall(r"Friend\d{4}", "".join(texts)) == names
    sums = [int(re.sub("[.,]", "", match)) for text in texts for match in re.findall(r"\+([\d.,]+) ", text)]
    assert sums == [50 * len(part.notice_ids) for part in parts]


def test_the_channel_reads_who_came_through_whom() -> None:
    """One join, one sentence; an inviter who hides is a friend."""
    named, hidden = (make_notice(ANNOUNCED, inviter=inviter) for inviter in ("Sari", ""))
    assert show(render_notices(EN, make_shop(), [named])) == ["Budi joined Little Oven, invited by Sari 🎉"]
    assert show(render_notices(EN, make_shop(), [hidden])) == ["Budi joined Little Oven, invited by a friend 🎉"]


def test_the_channel_gets_a_digest_of_many() -> None:
    """Inviter by inviter in the order of their first friend."""
    rows = [("Budi", "Sari"), ("Made", "Agus"), ("Siti", "Sari"), ("Tono", ""), ("", "Agus")]
    views = [make_notice(ANNOUNCED, n, friend=friend, inviter=inviter) for n, (friend, inviter) in enumerate(rows)]
    (part,) = render_notices(EN, make_shop(), views)
    assert show([part])[0].split("\n") == [
        "5 friends joined Little Oven 🎉",
        "",
        "Sari invited Budi and Siti",
        "Agus invited Made and a friend",
        "Through a friend: Tono",
    ]
    assert sorted(part.notice_ids) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("inviters", [1, 300, 1000])
def test_a_long_digest_names_everybody(inviters: int) -> None:
    """One busy inviter or a thousand: every friend once, in few messages."""
    views = [make_notice(ANNOUNCED, n, friend=f"F{n:04}", inviter=f"I{n % inviters:04}") for n in range(1000)]
    texts = show(render_notices(EN, make_shop(), views))
    assert len(texts) <= 20
    assert sorted(re.findall(r"F\d{4}", "".join(texts))) == [f"F{n:04}" for n in range(1000)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_channel_posts_carry_an_address_and_nothing_else(language: str) -> None:
    """Telegram refuses inline-mode buttons in channels, and data buttons would speak to nobody."""
    for count in (1, 3):
        views = [make_notice(ANNOUNCED, n) for n in range(count)]
        (part,) = render_notices(Texts(language), make_shop(), views)
        assert part.keyboard is not None
        assert [[button.url for button in row] for row in part.keyboard.inline_keyboard] == [
            ["https://t.me/little_oven_bot"]
        ]


@pytest.mark.parametrize("kind", [NoticeKind.WELCOME, NoticeKind.WELCOME_INVITED, NoticeKind.SORRY])
def test_greetings_and_apologies_stand_alone(kind: NoticeKind) -> None:
    """They are never merged."""
    parts = render_notices(EN, make_shop(), [make_notice(kind, n) for n in range(3)])
    assert [part.notice_ids for part in parts] == [(0,), (1,), (2,)]


def test_kinds_keep_their_order() -> None:
    """A welcome comes before the friends, whatever piled up."""
    views = [make_notice(NoticeKind.WELCOME, 1), make_notice(JOINED, 2), make_notice(JOINED, 3)]
    parts = render_notices(EN, make_shop(), [*views, make_notice(NoticeKind.SORRY, 4)])
    assert [part.notice_ids for part in parts] == [(1,), (2, 3), (4,)]


def test_a_welcome_knows_how_one_came() -> None:
    """The inviter's name and the gift, or a kind word about the lost link."""
    invited = replace(make_notice(NoticeKind.WELCOME_INVITED, friend="Budi"), name="Rina", points=25)
    lost = replace(make_notice(NoticeKind.WELCOME), unknown_code=True)
    assert "Hi Rina" in show(render_notices(EN, make_shop(), [invited]))[0]
    assert (
        "Budi invited you, so you start with a gift: 25 points." in show(render_notices(EN, make_shop(), [invited]))[0]
    )
    assert "who sent you that link" in show(render_notices(EN, make_shop(), [lost]))[0]


def test_nothing_owed_is_nothing_said() -> None:
    """No views, no messages."""
    assert render_notices(EN, make_shop(), []) == []


def test_a_friend_who_is_not_counted_yet_is_told_with_what_is_missing() -> None:
    """Neither side is shown points as theirs before they are."""
    kind = NoticeKind.FRIEND_WAITING
    (one,) = show(render_notices(EN, make_shop(), [make_notice(kind)]))
    assert one == "Budi came through you 🎉\nYou get 50 points as soon as Budi has joined our community."
    (two,) = show(render_notices(EN, make_shop(), [make_notice(kind, n) for n in range(2)]))
    assert two.endswith("Budi and Budi\nYou get 100 points as soon as they have joined our community.")
    (friend,) = show(render_notices(EN, make_shop(), [make_notice(NoticeKind.WELCOME_WAITING)]))
    assert "a gift waits: 50 points" in friend
    assert "/community" in friend


def test_who_was_waiting_is_told_when_it_counts() -> None:
    """What it brought, and that the inviter has something of it, too."""
    (text,) = show(render_notices(EN, make_shop(), [make_notice(NoticeKind.QUALIFIED)]))
    assert text == "You are in, so it counts: +50 points, balance 1,500. Budi is rewarded too."
