"""How it was, and what word of mouth is like, as pages of figures."""

from __future__ import annotations

from datetime import UTC

from bot.core.durations import DAY
from bot.core.pulse import ENOUGH, FACES, PulseFigures
from bot.core.sprout import LEAST, TOGETHER, WEIGHTS, Part, Sprout
from bot.messages.sharing.ways import name_source
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, show_plain_name
from bot.services.pulse.measuring import PulseView
from bot.services.stats import PageView

_LINE_LIMIT = 120
_SOURCES = 5

PARTS = {
    Part.SATISFACTION: ("sprout.satisfaction", "sprout.raise.satisfaction"),
    Part.ACHIEVEMENT: ("sprout.achievement", "sprout.raise.achievement"),
    Part.VOICE: ("sprout.voice", "sprout.raise.voice"),
    Part.LOYALTY: ("sprout.loyalty", "sprout.raise.loyalty"),
}
"""What a part is called, and what would raise it."""


def say_pulse(texts: Texts, _shop: Shop, view: PageView) -> list[Html]:
    """In all, by week, by the way members came, and the latest lines; before enough have answered how many there are."""
    pulse = view.pulse
    if pulse is None or (not pulse.asks and not pulse.whole.asked):
        return [texts.say("stats.pulse.off")]
    return [
        *_say_whole(texts, pulse.whole),
        *_say_weeks(texts, pulse),
        *_say_sources(texts, pulse),
        *_say_words(texts, pulse),
    ]


def say_sprout(texts: Texts, _shop: Shop, view: PageView) -> list[Html]:
    """The score, its parts with their weights, what it rests on, and what would raise it most."""
    sprout = view.sprout
    if sprout is None:
        return []
    parts = Html("\n".join(_say_part(texts, sprout, part) for part in Part))
    if not sprout.tells:
        return [texts.say("sprout.unknown", least=LEAST, count=sprout.shares[Part.SATISFACTION].whole), parts]
    low, high = sprout.interval
    return [
        texts.say("sprout.score", score=sprout.score, low=low, high=high),
        parts,
        texts.say("sprout.formula", together=TOGETHER),
        texts.say("sprout.most", what=texts.plain(PARTS[sprout.most][1])),
    ]


def _say_part(texts: Texts, sprout: Sprout, part: Part) -> Html:
    share, name = sprout.shares[part], texts.plain(PARTS[part][0])
    if not share.enough:
        return texts.say("sprout.part_unknown", name=name, weight=WEIGHTS[part], count=share.whole, least=LEAST)
    ends = share.interval
    return texts.say(
        "sprout.part",
        name=name,
        weight=WEIGHTS[part],
        share=texts.number(100 * share.value),
        low=texts.number(100 * ends.low),
        high=texts.number(100 * ends.high),
        part=share.part,
        whole=share.whole,
    )


def _say_whole(texts: Texts, whole: PulseFigures) -> list[Html]:
    answered = texts.say("stats.pulse.answered", asked=whole.asked, answered=whole.answered)
    if not whole.enough:
        return [Html(f"{answered}\n{texts.say('stats.pulse.early', least=ENOUGH)}")]
    faces = " · ".join(f"{face} {texts.number(whole.by_answer.get(said, 0))}" for said, face in FACES.items())
    nps, average = whole.nps_interval, whole.average_interval
    lines = [
        answered,
        Html(faces),
        texts.say(
            "stats.pulse.average",
            value=texts.number(whole.average, digits=1),
            low=texts.number(average.low, digits=1),
            high=texts.number(average.high, digits=1),
        ),
        texts.say(
            "stats.pulse.nps", value=texts.number(whole.nps), low=texts.number(nps.low), high=texts.number(nps.high)
        ),
    ]
    return [Html("\n".join(lines))]


def _say_weeks(texts: Texts, pulse: PulseView) -> list[Html]:
    told = [(day, week) for day, week in pulse.weeks.items() if week.answered]
    lines = [_say_group(texts, texts.date(day * DAY, UTC), week) for day, week in reversed(told)]
    return [Html("\n".join([texts.say("stats.pulse.weeks"), *lines]))] if lines else []


def _say_sources(texts: Texts, pulse: PulseView) -> list[Html]:
    ranked = sorted(pulse.sources.items(), key=lambda item: (-item[1].answered, item[0]))
    lines = [
        _say_group(texts, name_source(texts, source) if source else texts.plain("stats.pulse.alone"), figures)
        for source, figures in ranked[:_SOURCES]
        if figures.answered
    ]
    return [Html("\n".join([texts.say("stats.pulse.sources"), *lines]))] if lines else []


def _say_group(texts: Texts, name: str, figures: PulseFigures) -> Html:
    if not figures.enough:
        return texts.say("stats.pulse.group_early", name=name, answered=figures.answered)
    ends = figures.nps_interval
    return texts.say(
        "stats.pulse.group",
        name=name,
        average=texts.number(figures.average, digits=1),
        nps=texts.number(figures.nps),
        low=texts.number(ends.low),
        high=texts.number(ends.high),
        answered=figures.answered,
    )


def _say_words(texts: Texts, pulse: PulseView) -> list[Html]:
    lines = [
        texts.say(
            "stats.pulse.line",
            face=FACES[each.answer or 3],
            words=show_plain_name(texts, each.words, limit=_LINE_LIMIT),
        )
        for each in pulse.said
    ]
    return [Html("\n".join([texts.say("stats.pulse.words"), *lines]))] if lines else []
