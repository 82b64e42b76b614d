"""What members and the team read of contests."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.campaigns.contests import Contest, ContestBy, Prize
from bot.core.campaigns.rewards import Give
from bot.messages.contests import (
    compose_results,
    render_contests,
    render_review,
    render_strike,
    render_sure,
)
from bot.messages.notices import render_notices
from bot.messages.texts import LANGUAGES, Texts
from bot.services.contests.contests import ContestsView, ContestView, ReviewView
from bot.services.contests.notices import ContestReleased
from bot.services.notices import Owed
from storage.contest import Contestant, ContestId, ContestRow, ContestState, Placing
from storage.facts import GrantKind
from storage.records import CampaignId, NoticeId, PersonId, VersionId
from tests.messages.samples import HOSTILE, MARCH, RENDERERS, make_member, make_reader, make_shop
from tests.messages.telegram_html import read_html
from tests.thinning import thin_pairs

CONTEST = Contest(
    key="race",
    name={"en": "The <race>", "id": "Lomba", "zh": "比赛"},
    begins="2026-03-01",
    ends="2026-03-12",
    prizes=(
        Prize(place=2, give=Give(kind=GrantKind.BY_HAND, what="a <cake>")),
        Prize(place=1, give=Give(kind=GrantKind.POINTS, amount=500)),
    ),
)
ROW = ContestRow(
    id=ContestId(2**40),
    campaign_id=CampaignId(1),
    key="race",
    version_id=VersionId(1),
    board_id=9,
    state=ContestState.RUNNING,
    starts_at=MARCH - 10**12,
    ends_at=MARCH,
    seed=b"\0" * 32,
    released_at=None,
)


def make_contestants(name: str, count: int = 10) -> list[Contestant]:
    """People of this name, the second of whom appears without it."""
    return [
        Contestant(person_id=PersonId(2**40 + n), name=name, anonymous=n == 1, score=50 - n, reached_at=MARCH)
        for n in range(count)
    ]


def make_view(name: str, state: ContestState = ContestState.RUNNING, by: ContestBy = ContestBy.FRIENDS) -> ContestView:
    """A contest among people of this name."""
    people = make_contestants(name)
    placings = [
        Placing(
            place=place,
            person_id=each.person_id,
            name=each.name,
            anonymous=each.anonymous,
            score=each.score,
            reached_at=MARCH,
        )
        for place, each in enumerate(people[:2], start=1)
    ]
    return ContestView(
        row=replace(ROW, state=state),
        contest=replace(CONTEST, by=by),
        leading=people if by is ContestBy.FRIENDS else (),
        placings=placings if state is ContestState.RELEASED else (),
        rank=3,
        score=48,
        number=1204,
    )


@pytest.mark.parametrize(("language", "called"), thin_pairs(LANGUAGES, HOSTILE))
def test_hostile_names_break_no_screen(language: str, called: str) -> None:
    """Whoever takes part, in every state, for members and for the team."""
    texts, shop, member, name = Texts(language), make_shop(), make_member("Rina"), HOSTILE[called]
    for state in ContestState:
        for by in ContestBy:
            view = make_view(name, state, by)
            screens = [
                render_contests(texts, shop, ContestsView(member=member, contests=[view, view])),
                render_review(
                    texts, shop, ReviewView(member=member, view=view, contestants=make_contestants(name, 20))
                ),
                render_sure(texts, ReviewView(member=member, view=view)),
                render_strike(
                    texts,
                    ReviewView(member=member, view=view, contestants=make_contestants(name)),
                    PersonId(2**40),
                ),
            ]
            for screen in screens:
                assert 0 < read_html(screen.text).utf16 <= 4096
            assert compose_results(texts, shop, view).title


def test_a_member_reads_what_there_is_to_win_and_who_leads() -> None:
    """By place; who appears without a name has none here either; a draw tells tickets and seal, and nobody's place."""
    texts, shop, member = Texts("en"), make_shop(), make_member("Rina")
    said = render_contests(texts, shop, ContestsView(member=member, contests=[make_view("Budi")])).text
    assert "<b>The &lt;race&gt;</b>" in said
    assert f"To win: 🥇 {shop.points(500, 'en')} · 🥈 a &lt;cake&gt;" in said
    assert "🥇 Budi · 50\n🥈 A friend · 49" in said
    assert "Your place: <b>3</b>, with 48 friends." in said
    drawn = make_view("Budi", by=ContestBy.DRAW)
    said = render_contests(texts, shop, ContestsView(member=member, contests=[drawn])).text
    assert "<b>48 tickets</b>" in said
    assert drawn.commitment in said
    assert "Budi" not in said
    assert "nothing to win" in render_contests(texts, shop, ContestsView(member=member)).text


def test_the_team_sees_everybody_and_strikes_off_with_a_reason() -> None:
    """Whoever was struck off has no button any more; results are let out where the contest is over, and only there."""
    texts, shop, member = Texts("en"), make_shop(), make_member("Rina")
    people = [replace(each, reason="team" if n == 0 else "") for n, each in enumerate(make_contestants("Budi", 3))]
    for state, offered in ((ContestState.RUNNING, False), (ContestState.REVIEW, True), (ContestState.RELEASED, False)):
        screen = render_review(
            texts, shop, ReviewView(member=member, view=make_view("Budi", state), contestants=people)
        )
        assert screen.keyboard is not None
        data = [str(button.callback_data) for row in screen.keyboard.inline_keyboard for button in row]
        assert any(each.startswith("contest_release") for each in data) is offered
        assert sum(each.startswith("strike") for each in data) == (0 if state is ContestState.RELEASED else 2)
    assert "<s>1. Budi · 50</s> · belongs to the team\n2. Budi · 49" in screen.text


def test_the_channel_reads_the_winners_as_each_allows() -> None:
    """An empty name is somebody who wants none; no winners are said to be none."""
    reader = make_reader(Texts("en"), make_shop())
    for winners, said in (("Budi\n\nSari", "🥇 Budi\n🥈 A friend\n🥉 Sari"), ("", "Nobody stands here.")):
        notice = ContestReleased(name="Race", winners=winners)
        (rendered,) = render_notices(reader, [Owed(id=NoticeId(1), notice=notice)], RENDERERS)
        assert rendered.messages[0].text.endswith(said)
