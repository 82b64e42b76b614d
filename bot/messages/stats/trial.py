"""Stories or wordings on trial: what is known of each, what can be said of it, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from bot.core.trials import LEAST_SHOWN, Arm, Standing, Verdict, compare
from bot.messages.keyboards import Row, make_button
from bot.messages.shop import Shop
from bot.messages.stats.asking import EACH
from bot.messages.stats.buttons import TRY
from bot.messages.texts import Html, Texts, show_plain_name
from bot.services.stats import PageView
from bot.services.trials import TrialView

BEGIN, BEGIN_3, BEGIN_4, WORDS, END, ADOPT = "begin", "begin-3", "begin-4", "words", "end", "adopt"

_STORY_LIMIT = 48

_VERDICTS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.BROKEN: "stats.trial.broken",
        Verdict.EARLY: "stats.trial.early",
        Verdict.OPEN: "stats.trial.open",
        Verdict.WON: "stats.trial.won",
        Verdict.OVER: "stats.trial.over",
    }
)
_WORDINGS = {"give": "stats.trial.give", "get": "stats.trial.get"}


def say_trial(texts: Texts, shop: Shop, view: PageView) -> list[Html]:
    """Each variant with its share and interval, then the verdict and what it changes; without a trial what one is."""
    trial = view.trial
    if trial is None or trial.standing is None:
        return _say_none(texts, trial or TrialView())
    standing = trial.standing
    name = _name_wording if trial.of_wordings else partial(_name_story, shop=shop)
    winner = name(texts, key=standing.winner) if standing.winner else ""
    verdict = texts.say(_VERDICTS[standing.verdict], least=LEAST_SHOWN, story=winner)
    told = standing.verdict is not Verdict.BROKEN
    arms = [_say_arm(texts, name(texts, key=arm.key), arm, told=told) for arm in standing.arms]
    changes = [_say_change(texts, standing)] if standing.winner else []
    return [texts.say("stats.trial.days", count=trial.days), *arms, verdict, *changes]


def _say_none(texts: Texts, trial: TrialView) -> list[Html]:
    said = [texts.say("stats.trial.none")]
    if trial.wording:
        said.append(texts.say("stats.trial.adopted", wording=_name_wording(texts, key=trial.wording)))
    elif trial.wordings:
        said.append(texts.say("stats.trial.wordings", **{key: texts.plain(name) for key, name in _WORDINGS.items()}))
    return said


def _say_change(texts: Texts, standing: Standing) -> Html:
    """Of a thousand members, how many more bring a friend by the winner than by the best of the others."""
    lift = compare(standing)
    low, more, high = (round(EACH * share) for share in (lift.low, lift.difference, lift.high))
    return texts.say("stats.trial.change", each=EACH, more=more, low=max(0, low), high=high)


def list_trial_taps(texts: Texts, view: PageView) -> list[Row]:
    """Begin one, or end it; where a variant has won, let it stand first."""
    trial = view.trial or TrialView()
    if trial.standing is None:
        rows = [[BEGIN, BEGIN_3, BEGIN_4][: max(0, trial.stories - 1)], [WORDS] * trial.wordings]
    else:
        rows = [[*([ADOPT] if trial.standing.verdict is Verdict.WON else []), END]]
    return [[make_button(texts, TRY, step, label=texts.plain(_LABELS[step])) for step in row] for row in rows if row]


_LABELS = {
    BEGIN: "stats.trial.begin",
    BEGIN_3: "stats.trial.begin_3",
    BEGIN_4: "stats.trial.begin_4",
    WORDS: "stats.trial.words",
    END: "stats.trial.end",
    ADOPT: "stats.trial.adopt",
}


def _say_arm(texts: Texts, name: str, arm: Arm, *, told: bool) -> Html:
    if not told or arm.shown < LEAST_SHOWN:
        return texts.say("stats.trial.arm_few", story=name, brought=arm.brought, members=arm.shown)
    return texts.say(
        "stats.trial.arm",
        story=name,
        brought=arm.brought,
        members=arm.shown,
        low=texts.number(100 * arm.low, digits=1),
        high=texts.number(100 * arm.high, digits=1),
        best=texts.number(100 * arm.best),
    )


def _name_story(texts: Texts, *, shop: Shop, key: str) -> str:
    told = shop.story(texts.language, key).headline if shop.tells(key) else key
    return show_plain_name(texts, told, limit=_STORY_LIMIT)


def _name_wording(texts: Texts, *, key: str) -> str:
    return texts.plain(_WORDINGS[key])
