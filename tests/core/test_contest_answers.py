"""What a contest is asked for in the chat: moments, prizes a line each, and all of it as answers again."""

from __future__ import annotations

import pytest

from bot.core.campaigns.contest_answers import (
    compose_contest,
    list_contest_answers,
    read_moment,
    read_prizes,
    write_prizes,
)
from bot.core.campaigns.contests import Contest, ContestBy, Prize
from bot.core.campaigns.rewards import Give
from storage.facts import GrantKind

GIFT, COUPON, POINTS = (
    Give(kind=GrantKind.GIFT, what="5170233102089322756"),
    Give(kind=GrantKind.COUPON, what="coffee"),
    Give(kind=GrantKind.POINTS, amount=500),
)


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("2026-12-01", "2026-12-01"),
        ("2026/12/1", "2026-12-01"),
        ("2026年12月1日", "2026-12-01"),
        ("1.12.2026 18:00", "2026-12-01T18:00"),
        (" 2026-12-01  9:05 ", "2026-12-01T09:05"),
        ("2026-12-01T18:00", "2026-12-01T18:00"),
        ("2026-12-01 24:00", None),
        ("03/04/2027", None),
        ("2026-02-30", None),
        ("soon", None),
    ],
)
def test_a_moment_is_read_as_people_write_it(said: str, moment: str | None) -> None:
    """A day, or a day with a time; what could be two days is none."""
    assert read_moment(said) == moment


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("500", "500"),
        ("+500 points\n100 poin\n50积分", "500\n100\n50"),
        ("A dinner for two\n\n500", "A dinner for two\n500"),
        ("Coupon Coffee\n-\nA mug", "coupon coffee\n-\nA mug"),
        ("percent 10 %\ncode HELLO\nprivilege A table", "percent 10\ncode HELLO\nprivilege A table"),
        ("coupon", "coupon"),
        ("gift many", None),
        ("percent 120", None),
        ("0", None),
        ("A mug\n-", None),
        ("\n".join(["1"] * 21), None),
        ("x" * 60, None),
        (" ", None),
    ],
)
def test_a_line_is_a_prize(said: str, written: str | None) -> None:
    """Points, something of a kind that is named first, else what somebody hands out; read again it is the same."""
    assert read_prizes(said) == written
    if written is not None:
        assert read_prizes(written) == written


def test_a_contest_is_what_its_answers_say() -> None:
    """Whatever it was: places between that win nothing, and what prizes are called."""
    prizes = (
        Prize(place=1, give=GIFT),
        Prize(place=2, give=POINTS, name={"en": "A heap"}),
        Prize(place=4, give=COUPON),
        Prize(place=5, give=Give(kind=GrantKind.BY_HAND, what="500")),
        Prize(place=6, give=Give(kind=GrantKind.BY_HAND, what="coupon for a friend")),
    )
    name = {"en": "Race", "id": "Lomba"}
    contest = Contest(
        key="race", name=name, begins="2026-12-01", ends="2026-12-24T18:00", by=ContestBy.DRAW, prizes=prizes
    )
    said = {"spoken": ["id", "en"], "languages": ["en", "id"], **list_contest_answers(contest, ["id", "en"])}
    assert compose_contest(said, contest) == contest
    changed = compose_contest({**said, "prizes": "A mug\n600"}, contest)
    assert [(each.place, each.give.kind, each.name) for each in changed.prizes] == [
        (1, GrantKind.BY_HAND, {}),
        (2, GrantKind.POINTS, {}),
    ]
    assert write_prizes(changed.prizes) == "A mug\n600"
