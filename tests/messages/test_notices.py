from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.messages.notices import Rendered, render_notices
from bot.messages.texts import LANGUAGES, Texts
from bot.services.joining.notices import (
    FriendJoined,
    FriendWaiting,
    JoinAnnounced,
    MonthAnnounced,
    Qualified,
    StepAnnounced,
    Welcome,
    WelcomeInvited,
    WelcomeWaiting,
)
from bot.services.notices import Notice, Owed, Sorry
from storage.records import NoticeId
from tests.messages.samples import (
    HOSTILE,
    RENDERERS,
    list_messages,
    make_member,
    make_notice,
    make_reader,
    make_shop,
    render_crowd,
    render_kind,
    render_owed,
)
from tests.messages.telegram_html import read_html
from tests.thinning import thin, thin_pairs

EN = Texts("en")


def show(rendered: list[Rendered]) -> list[str]:
    """What people read."""
    return [read_html(message.text).text for message in list_messages(rendered)]


@pytest.mark.parametrize(("language", "called"), thin_pairs(LANGUAGES, HOSTILE))
def test_hostile_names_break_no_notice(language: str, called: str) -> None:
    """Alone or a thousand together: valid HTML, under the limit in any way of counting, nothing turned around."""
    texts, shop, name = Texts(language), make_shop(), HOSTILE[called]
    some = [each for rendered in render_owed(texts, shop, name).values() for each in rendered]
    spoken = [each for each in list_messages(some + render_crowd(texts, shop, name)) if not each.method]
    for message in spoken:
        shown = read_html(message.text)
        assert shown.text.strip()
        assert shown.utf16 <= 4000
        assert shown.entities <= 100
        assert not set(shown.text) & set("\x00\u202d\u202e\u2066\u2067\ue000")


@pytest.mark.parametrize("kind", thin(RENDERERS))
def test_every_notice_is_settled_once(kind: type[Notice]) -> None:
    """However they are merged and split, each notice belongs to exactly one message."""
    rows = [(f"Friend {n}", f"Inviter {n % 7}") for n in range(1000)]
    settled = [one.id for each in render_kind(EN, make_shop(), kind, rows) for one in each.owed]
    assert sorted(settled) == list(range(1000))


def test_one_friend_is_told_in_one_breath() -> None:
    """Who came and what it brought."""
    (text,) = show(render_kind(EN, make_shop(), FriendJoined, member=make_member(balance=150), place=0))
    assert text == "Budi joined through you 🎉\n+50 points, balance 150."


def test_some_friends_are_told_together() -> None:
    """All are named, what they brought is summed, and the balance is the one that holds now."""
    (text,) = show(render_kind(EN, make_shop(), FriendJoined, [(name, "") for name in ("Budi", "", "Siti")], place=0))
    assert text == "3 friends joined through you 🎉\nBudi, a friend and Siti\n+150 points, balance 1,500."


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_thousand_friends_are_all_named(language: str) -> None:
    """Few messages, every name in them, the sums adding up."""
    names = [f"Friend{n:04}" for n in range(1000)]
    parts = render_kind(Texts(language), make_shop(), FriendJoined, [(name, "") for name in names])
    texts = show(parts)
    assert len(parts) <= 5
    assert re.findall(r"Friend\d{4}", "".join(texts)) == names
    sums = [int(re.sub("[.,]", "", match)) for text in texts for match in re.findall(r"\+([\d.,]+) ", text)]
    assert sums == [50 * len(part.owed) for part in parts]


def test_the_channel_reads_who_came_through_whom() -> None:
    """One join, one sentence; an inviter who hides is a friend."""
    named, hidden = (render_kind(EN, make_shop(), JoinAnnounced, [("Budi", inviter)]) for inviter in ("Sari", ""))
    assert show(named) == ["Budi joined Little Oven, invited by Sari 🎉"]
    assert show(hidden) == ["Budi joined Little Oven, invited by a friend 🎉"]


def test_the_channel_gets_a_digest_of_many() -> None:
    """Inviter by inviter in the order of their first friend."""
    rows = [("Budi", "Sari"), ("Made", "Agus"), ("Siti", "Sari"), ("Tono", ""), ("", "Agus")]
    (part,) = render_kind(EN, make_shop(), JoinAnnounced, rows)
    assert show([part])[0].split("\n") == [
        "5 friends joined Little Oven 🎉",
        "",
        "Sari invited Budi and Siti",
        "Agus invited Made and a friend",
        "Through a friend: Tono",
    ]
    assert sorted(one.id for one in part.owed) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("inviters", [1, 300, 1000])
def test_a_long_digest_names_everybody(inviters: int) -> None:
    """One busy inviter or a thousand: every friend once, in few messages."""
    rows = [(f"F{n:04}", f"I{n % inviters:04}") for n in range(1000)]
    texts = show(render_kind(EN, make_shop(), JoinAnnounced, rows))
    assert len(texts) <= 20
    assert sorted(re.findall(r"F\d{4}", "".join(texts))) == [f"F{n:04}" for n in range(1000)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_channel_posts_carry_an_address_and_nothing_else(language: str) -> None:
    """Telegram refuses inline-mode buttons in channels, and data buttons would speak to nobody."""
    for count in (1, 3):
        (part,) = list_messages(render_kind(Texts(language), make_shop(), JoinAnnounced, [("Budi", "Sari")] * count))
        assert part.keyboard is not None
        assert [[button.url for button in row] for row in part.keyboard.inline_keyboard] == [
            ["https://t.me/little_oven_bot"]
        ]


@pytest.mark.parametrize("kind", [Welcome, WelcomeInvited, Sorry])
def test_greetings_and_apologies_stand_alone(kind: type[Notice]) -> None:
    """They are never merged."""
    parts = render_kind(EN, make_shop(), kind, [("Budi", "Sari")] * 3)
    assert [tuple(one.id for one in part.owed) for part in parts] == [(0,), (1,), (2,)]


def test_kinds_keep_their_order() -> None:
    """A welcome comes before the friends, whatever piled up."""
    kinds = [Welcome, FriendJoined, FriendJoined, Sorry]
    owed = [Owed(id=NoticeId(n), notice=make_notice(kind)) for n, kind in enumerate(kinds, start=1)]
    parts = render_notices(make_reader(EN, make_shop()), owed, RENDERERS)
    assert [tuple(one.id for one in part.owed) for part in parts] == [(1,), (2, 3), (4,)]


def test_a_welcome_knows_how_one_came() -> None:
    """The inviter's name and the gift, or a kind word about the lost link."""
    (invited,) = show(render_kind(EN, make_shop(), WelcomeInvited, [("Rina", "Budi")], points=25))
    (lost,) = show(render_kind(EN, make_shop(), Welcome, unknown_code=True))
    assert "Hi Rina" in invited
    assert "Budi invited you, so you start with a gift: 25 points." in invited
    assert "who sent you that link" in lost


def test_nothing_owed_is_nothing_said() -> None:
    """No views, no messages."""
    assert render_notices(make_reader(EN, make_shop()), [], RENDERERS) == []


def test_a_friend_who_is_not_counted_yet_is_told_with_what_is_missing() -> None:
    """Neither side is shown points as theirs before they are."""
    (one,) = show(render_kind(EN, make_shop(), FriendWaiting))
    assert one == "Budi came through you 🎉\nYou get 50 points as soon as Budi has joined our community."
    (two,) = show(render_kind(EN, make_shop(), FriendWaiting, [("Budi", "")] * 2))
    assert two.endswith("Budi and Budi\nYou get 100 points as soon as they have joined our community.")
    (friend,) = show(render_kind(EN, make_shop(), WelcomeWaiting))
    assert "a gift waits: 50 points" in friend
    assert "/community" in friend


def test_who_was_waiting_is_told_when_it_counts() -> None:
    """What it brought, and that the inviter has something of it, too."""
    (text,) = show(render_kind(EN, make_shop(), Qualified, [("Rina", "Budi")]))
    assert text == "You are in, so it counts: +50 points, balance 1,500. Budi is rewarded too."


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_gathered_is_one_post(language: str) -> None:
    """As many names as there is room for, how many came, and how many more there are; everybody is settled by it."""
    rows = [(f"F{n:04}", f"I{n % 300:04}") for n in range(1000)]
    (part,) = render_kind(Texts(language), make_shop(), JoinAnnounced, rows, digest_at=5)
    (text,) = show([part])
    named = len(re.findall(r"F\d{4}", text))
    numbers = [int(each) for each in re.findall(r"(?<![FI\d])\d+", text.replace(",", "").replace("1.000", "1000"))]
    assert numbers == [1000, 1000 - named]
    assert (len(part.owed), named > 100, len(text) <= 4096) == (1000, True, True)


def test_each_digest_stands_alone() -> None:
    """Where two are late by an outage they are two posts."""
    notices = [make_notice(JoinAnnounced, 0, digest_at=at) for at in (5, 5, 9)]
    owed = [Owed(id=NoticeId(n), notice=each) for n, each in enumerate(notices)]
    assert [len(each.owed) for each in render_notices(make_reader(EN, make_shop()), owed, RENDERERS)] == [2, 1]


def test_who_hides_is_not_named_in_public() -> None:
    """Neither who came nor who invited; a name may be hidden between the joining and the digest."""
    reader = make_reader(EN, make_shop())
    hidden = replace(reader, view=replace(reader.view, public_names=dict.fromkeys(reader.view.names, "")))
    for count in (1, 2):
        owed = [Owed(id=NoticeId(n), notice=make_notice(JoinAnnounced, 0, digest_at=5)) for n in range(count)]
        assert "Budi" not in "".join(show(render_notices(hidden, owed, RENDERERS)))


def test_a_step_names_who_allows_it_in_words_and_on_its_picture() -> None:
    """In a digest one post tells of all, the most friends first."""
    (post,) = render_kind(EN, make_shop(), StepAnnounced, [("<Anna>", "x")], friends=10)
    (message,) = post.messages
    assert message.poster is not None
    assert read_html(message.text).text == "🎉 10 friends have come to Little Oven through <Anna>."
    assert (message.poster.sign, message.poster.headline) == ("10", "friends have come through <Anna>")
    reader = make_reader(EN, make_shop())
    hidden = replace(reader, view=replace(reader.view, public_names=dict.fromkeys(reader.view.names, "")))
    steps = [make_notice(StepAnnounced, 0, friends=friends, digest_at=5) for friends in (2, 5)]
    owed = [Owed(id=NoticeId(n), notice=each) for n, each in enumerate(steps)]
    (alone,) = render_notices(hidden, owed[:1], RENDERERS)
    (many,) = render_notices(hidden, owed, RENDERERS)
    assert "one single member" in alone.messages[0].text
    assert read_html(many.messages[0].text).text.splitlines()[2:] == ["Somebody: 5 friends", "Somebody: 2 friends"]
    assert len(many.owed) == 2
    assert many.messages[0].poster is not None
    assert many.messages[0].poster.sign == "2"


def test_a_month_tells_what_friends_were_given_where_that_was_something() -> None:
    """Below the figure of its picture as well."""
    for points, told in ((150, True), (0, False)):
        (post,) = render_kind(EN, make_shop(), MonthAnnounced, count=3, points=points)
        assert ("150 points" in post.messages[0].text) is told
        assert post.messages[0].poster is not None
        assert (post.messages[0].poster.below == "150 points for them together") is told
