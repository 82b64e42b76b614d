"""What asking members to share brings, and whether some are never asked."""

from __future__ import annotations

from bot.core.trials import LEAST_SHOWN, Lift
from bot.messages.keyboards import Row, make_button
from bot.messages.shop import Shop
from bot.messages.stats.buttons import HOLD_OUT
from bot.messages.texts import Html, Texts
from bot.services.stats import PageView

BEGIN, END = "begin", "end"

HELD_PERCENT = 10
"""What the button begins with; a campaign's file can say otherwise."""

EACH = 1_000
"""Members of whom a difference is said."""


def say_asking(texts: Texts, _shop: Shop, view: PageView) -> list[Html]:
    """How many brought a friend, of those who may be asked and of those who never are, and what that comes to."""
    lift = view.asking
    if lift is None:
        return [texts.say("stats.asking.off", percent=HELD_PERCENT)]
    lines = [
        texts.say("stats.asking.held", percent=view.held_percent),
        texts.say("stats.asking.asked", brought=lift.asked_brought, members=lift.asked),
        texts.say("stats.asking.unasked", brought=lift.held_brought, members=lift.held),
    ]
    return [Html("\n".join(lines)), _say_lift(texts, lift)]


def _say_lift(texts: Texts, lift: Lift) -> Html:
    """The difference for each thousand members, its interval, and whether it is one."""
    if not lift.tells:
        return texts.say("stats.asking.early", least=LEAST_SHOWN)
    low, difference, high = (round(EACH * share) for share in (lift.low, lift.difference, lift.high))
    if lift.low > 0:
        return texts.say("stats.asking.works", each=EACH, more=difference, low=low, high=high)
    if lift.high < 0:
        return texts.say("stats.asking.harms", each=EACH, fewer=-difference, low=-high, high=-low)
    return texts.say("stats.asking.open", each=EACH, fewer=-low, more=high)


def say_effect(texts: Texts, lift: Lift) -> str:
    """The difference with its interval, in short; empty for too few to tell."""
    if not lift.tells:
        return ""
    low, difference, high = (texts.number(round(EACH * share)) for share in (lift.low, lift.difference, lift.high))
    return texts.plain("stats.asking.effect", more=difference, low=low, high=high)


def list_asking_taps(texts: Texts, view: PageView) -> list[Row]:
    """Leave some out, or ask everybody again."""
    step, label = (BEGIN, "stats.asking.begin") if view.asking is None else (END, "stats.asking.end")
    return [[make_button(texts, HOLD_OUT, step, label=texts.plain(label, percent=HELD_PERCENT))]]
