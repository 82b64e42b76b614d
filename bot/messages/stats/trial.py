"""Two stories on trial: what is known of each, what can be said of it, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.core.trials import LEAST_SHOWN, Arm, Verdict
from bot.messages.buttons import KEY, Button
from bot.messages.keyboards import Row, make_button
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, show_plain_name
from bot.services.stats import PageView

TRY = Button("try", step=KEY)

BEGIN, END, ADOPT = "begin", "end", "adopt"

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


def say_trial(texts: Texts, shop: Shop, view: PageView) -> list[Html]:
    """Each story with its share and interval, then the verdict; without a trial what one is."""
    trial = view.trial
    if trial is None or trial.standing is None:
        return [texts.say("stats.trial.none")]
    standing = trial.standing
    winner = _name(texts, shop, standing.winner) if standing.winner else ""
    verdict = texts.say(_VERDICTS[standing.verdict], least=LEAST_SHOWN, story=winner)
    arms = [_say_arm(texts, shop, arm, told=standing.verdict is not Verdict.BROKEN) for arm in standing.arms]
    return [texts.say("stats.trial.days", count=trial.days), *arms, verdict]


def list_trial_taps(texts: Texts, view: PageView) -> Row:
    """Begin one, or end it; where a story has won, let it stand first."""
    trial = view.trial
    if trial is None or trial.standing is None:
        steps = [BEGIN] if trial is not None and trial.can_begin else []
    else:
        steps = [*([ADOPT] if trial.standing.verdict is Verdict.WON else []), END]
    return [make_button(texts, TRY, step, label=texts.plain(_LABELS[step])) for step in steps]


_LABELS = {BEGIN: "stats.trial.begin", END: "stats.trial.end", ADOPT: "stats.trial.adopt"}


def _say_arm(texts: Texts, shop: Shop, arm: Arm, *, told: bool) -> Html:
    name = _name(texts, shop, arm.key)
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


def _name(texts: Texts, shop: Shop, key: str) -> str:
    told = shop.story(texts.language, key).headline if shop.tells(key) else key
    return show_plain_name(texts, told, limit=_STORY_LIMIT)
