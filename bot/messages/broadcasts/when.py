"""When a broadcast goes out, and what it is about: one screen of choices, and the questions behind them."""

from __future__ import annotations

from collections.abc import Mapping

from telegram import InlineKeyboardButton

from bot.core.broadcasts.timing import DRIP_DAYS_LIMIT, When
from bot.messages.broadcasts.buttons import (
    BROADCAST_AT,
    BROADCAST_DAY,
    BROADCAST_FAST,
    BROADCAST_NEWS,
    BROADCAST_PANEL,
    BROADCAST_WHEN,
)
from bot.messages.broadcasts.fare import say_fare
from bot.messages.keyboards import Row, make_button, stack
from bot.messages.news import NAMES
from bot.messages.outgoing import OutgoingMessage
from bot.messages.texts import Html, Texts
from bot.services.broadcasts.authoring import BroadcastView
from bot.services.broadcasts.planning import Plan
from storage.broadcast import Skip

_CHOICES = {
    When.NOW: "broadcast_when.choose.now",
    When.MORNING: "broadcast_when.choose.morning",
    When.AT: "broadcast_when.choose.at",
    When.WEEKLY: "broadcast_when.choose.weekly",
    When.DRIP: "broadcast_when.choose.drip",
}
_SKIPS = {
    Skip.NEWS: "broadcast_when.skip_news",
    Skip.WEEKLY: "broadcast_when.skip_weekly",
    Skip.DISPLEASED: "broadcast_when.skip_displeased",
    Skip.GONE: "broadcast_when.skip_gone",
    Skip.OLD: "broadcast_when.skip_old",
}
_DAYS = (
    "broadcast_when.day.monday",
    "broadcast_when.day.tuesday",
    "broadcast_when.day.wednesday",
    "broadcast_when.day.thursday",
    "broadcast_when.day.friday",
    "broadcast_when.day.saturday",
    "broadcast_when.day.sunday",
)


def render_when(texts: Texts, view: BroadcastView) -> OutgoingMessage:
    """What is chosen, what that means for members, and what else can be chosen."""
    found = view.broadcast
    rows = [_choose(texts, view, When.NOW, When.MORNING), _choose(texts, view, When.AT, When.WEEKLY)]
    rows += [_choose(texts, view, When.DRIP), _choose_news(texts, view), [_choose_fare(texts, view)]]
    back = make_button(texts, BROADCAST_PANEL, found.id)
    lines = [texts.say("broadcast_when.title"), Html(""), *say_plan(texts, view)]
    return OutgoingMessage(text=Html("\n".join(lines)), keyboard=stack(*rows, [back]))


def say_plan(texts: Texts, view: BroadcastView) -> list[Html]:
    """When it goes out, about what, and who is left out or waits."""
    found, plan = view.broadcast, view.plan
    if plan is None:
        return []
    lines = [say_timing(texts, plan), texts.say("broadcast_when.about", news=texts.plain(NAMES[found.news]))]
    lines += say_skipped(texts, plan.skipped)
    if plan.held:
        lines.append(texts.say("broadcast_when.held", count=plan.held))
    return lines + say_fare(texts, view)


def say_skipped(texts: Texts, skipped: Mapping[Skip, int]) -> list[Html]:
    """Who is left out, and why."""
    return [texts.say(key, count=skipped[skip]) for skip, key in _SKIPS.items() if skipped.get(skip)]


def say_timing(texts: Texts, plan: Plan) -> Html:
    """When it goes out, in a sentence."""
    timing = plan.timing
    if timing.when is When.AT:
        return texts.say("broadcast_when.at", moment=texts.moment(timing.at, plan.zone))
    if timing.when is When.WEEKLY:
        clock = f"{timing.minute // 60:02}:{timing.minute % 60:02}"
        day, due = texts.plain(_DAYS[timing.weekday]), texts.moment(plan.due_at, plan.zone)
        return texts.say("broadcast_when.weekly", day=day, clock=clock, moment=due)
    if timing.when is When.DRIP:
        return texts.say("broadcast_when.drip", count=timing.days)
    return texts.say("broadcast_when.morning" if timing.when is When.MORNING else "broadcast_when.now")


def render_days(texts: Texts, view: BroadcastView) -> OutgoingMessage:
    """On which day of the week."""
    of = view.broadcast.id
    buttons = [make_button(texts, BROADCAST_DAY, of, day, label=texts.plain(key)) for day, key in enumerate(_DAYS)]
    rows = [buttons[:3], buttons[3:6], buttons[6:]]
    return OutgoingMessage(text=texts.say("broadcast_when.which_day"), keyboard=stack(*rows, _back(texts, view)))


def render_question(texts: Texts, view: BroadcastView, step: str, *, is_wrong: bool = False) -> OutgoingMessage:
    """Asks for a moment (`at`), a time of day (`week`), or days after joining (`drip`)."""
    keys = {"at": "broadcast_when.ask_at", "week": "broadcast_when.ask_week", "drip": "broadcast_when.ask_drip"}
    asked = texts.say(keys[step], limit=DRIP_DAYS_LIMIT)
    wrong = texts.say("broadcast_when.wrong") if is_wrong else Html("")
    text = Html(f"{wrong}\n\n{asked}") if is_wrong else asked
    return OutgoingMessage(text=text, keyboard=stack(_back(texts, view)))


def render_left(texts: Texts) -> OutgoingMessage:
    """No time after all."""
    return OutgoingMessage(text=texts.say("broadcast_when.left"))


def _back(texts: Texts, view: BroadcastView) -> Row:
    return [make_button(texts, BROADCAST_WHEN, view.broadcast.id, label=texts.plain("button.back"))]


def _choose(texts: Texts, view: BroadcastView, *ways: When) -> Row:
    of = view.broadcast.id
    return [
        make_button(
            texts,
            BROADCAST_AT,
            of,
            way,
            label=_mark(texts, _CHOICES[way], chosen=view.plan is not None and view.plan.timing.when is way),
        )
        for way in ways
    ]


def _choose_fare(texts: Texts, view: BroadcastView) -> InlineKeyboardButton:
    label = _mark(texts, BROADCAST_FAST.label, chosen=view.broadcast.paid)
    return make_button(texts, BROADCAST_FAST, view.broadcast.id, label=label)


def _choose_news(texts: Texts, view: BroadcastView) -> Row:
    found = view.broadcast
    return [
        make_button(texts, BROADCAST_NEWS, found.id, news, label=_mark(texts, key, chosen=found.news is news))
        for news, key in NAMES.items()
    ]


def _mark(texts: Texts, key: str, *, chosen: bool) -> str:
    return ("✓ " if chosen else "") + texts.plain(key)
