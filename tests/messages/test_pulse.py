from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.pulse import PulseFigures
from bot.core.sprout import Part, Share, Sprout
from bot.messages.pulse.trend import compose_pulse_trend, list_pulse_taps
from bot.messages.stats.screens import render_page
from bot.messages.texts import LANGUAGES, Texts
from bot.services.pulse.measuring import PulseView
from bot.services.stats import Page, PageView
from storage.pulse import Pulse, PulseCause, PulseId
from storage.records import PersonId
from tests.messages.samples import make_figures, make_member, make_shop

FULL = PulseFigures(asked=80, by_answer={1: 2, 2: 3, 3: 5, 4: 20, 5: 30})
FEW = PulseFigures(asked=9, by_answer={5: 4})
LINE = Pulse(id=PulseId(1), person_id=PersonId(1), cause=PulseCause.JOINED, asked_at=0, answer=5, words="<b>Warm</b>")


def show(language: str, page: Page, *, pulse: PulseView | None = None, sprout: Sprout | None = None) -> str:
    """What a page says."""
    view = PageView(member=make_member(), page=page, figures=make_figures(), pulse=pulse, sprout=sprout)
    return render_page(Texts(language), make_shop(), view).text


def view(whole: PulseFigures) -> PulseView:
    """What the last weeks have brought."""
    weeks = {20_000: PulseFigures(), 20_007: FEW, 20_014: whole}
    return PulseView(asks=True, whole=whole, weeks=weeks, sources={"": FEW, "qr": whole}, said=[LINE])


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_it_was_is_told_with_its_interval(language: str) -> None:
    """In all, by week, by the way; words of members stand there as they were written."""
    said = show(language, Page.PULSE, pulse=view(FULL))
    texts = Texts(language)
    assert texts.number(FULL.average, digits=1) in said
    assert "&lt;b&gt;Warm&lt;/b&gt;" in said
    assert texts.plain("stats.pulse.early", least=20) not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_few_answers_say_nothing(language: str) -> None:
    """But how many there are; and where nobody is asked, how to begin."""
    texts = Texts(language)
    assert texts.plain("stats.pulse.early", least=20) in show(language, Page.PULSE, pulse=view(FEW))
    off = replace(view(FEW), asks=False, whole=PulseFigures())
    assert "[pulse]" in show(language, Page.PULSE, pulse=off)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sprout_says_what_it_rests_on(language: str) -> None:
    """Each part with its weight, and what would raise it most; or that too little is known."""
    texts, shares = Texts(language), {part: Share(part=30, whole=60) for part in Part}
    said = show(language, Page.SPROUT, sprout=Sprout(shares=shares))
    assert "<b>50</b>" in said
    assert texts.plain("sprout.raise.achievement") in said
    none = show(language, Page.SPROUT, sprout=Sprout(shares=shares | {Part.SATISFACTION: Share(part=3, whole=4)}))
    assert texts.plain("sprout.unknown", least=20, count=4) in none


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_shows_weeks_that_say_something(language: str) -> None:
    """Four weeks against the four before; a week of few answers has no bar, and without one of many nothing is offered."""
    texts, member = Texts(language), make_member()
    weeks = {20_000 + 7 * n: FULL if n in {2, 6, 7, 11} else FEW for n in range(12)}
    told = compose_pulse_trend(texts, make_shop(), replace(view(FULL), weeks=weeks))
    assert [place for place, (height, _, _) in enumerate(told.bars) if height] == [2, 6, 7, 11]
    assert [period for _, _, period in told.bars] == [2] * 4 + [1] * 4 + [0] * 4
    assert [figure[1] for figure in told.figures][2:] == ["72", "107"]
    assert [figure[2] for figure in told.figures][2:] == [
        texts.plain("stats.chart.before", number=number) for number in ("128", "178")
    ]
    for whole, count in ((FULL, 1), (FEW, 0)):
        page = PageView(member=member, page=Page.PULSE, figures=make_figures(), pulse=view(whole))
        assert len(list_pulse_taps(texts, page)) == count
