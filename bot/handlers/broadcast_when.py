"""An author chooses when a broadcast goes out, what it is about, and whether it is paid for to go faster."""

from __future__ import annotations

from functools import partial

from telegram import Update

from bot.core.broadcasts.timing import NOW, Timing, When, parse_clock, parse_days
from bot.core.scheduling import parse_moment
from bot.handlers.broadcasts.fare import can_pay, show_fare
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.broadcasts.screens import render_gone
from bot.messages.broadcasts.when import render_days, render_left, render_question, render_when
from bot.messages.texts import Texts
from bot.services.broadcasts import scheduling
from bot.services.broadcasts.authoring import BroadcastView
from bot.services.broadcasts.planning import Plan
from bot.updates.context import visitor_of
from bot.updates.flows import Flow, Step
from storage.broadcast import News
from storage.conversation import Conversation
from storage.records import BroadcastId

_ASKED = {When.AT: "at", When.DRIP: "drip"}


async def on_when(update: Update, context: Context, broadcast: int) -> None:
    """What can be chosen."""
    open_choices = partial(scheduling.open_choices, broadcast_id=BroadcastId(broadcast))
    await _show(update, context, await context.write(open_choices, visitor=visitor_of(update)))


async def on_at(update: Update, context: Context, broadcast: int, when: str) -> None:
    """One of the ways: chosen at once, or with a question."""
    visitor, of = visitor_of(update), BroadcastId(broadcast)
    if when in {When.NOW, When.MORNING}:
        timing = NOW if when == When.NOW else Timing(when=When.MORNING)
        await _show(
            update, context, await context.write(scheduling.choose, visitor=visitor, broadcast_id=of, timing=timing)
        )
    elif when == When.WEEKLY:
        view = await context.read(scheduling.view_when, visitor=visitor, broadcast_id=of)
        if view is None:
            await _show(update, context, view)
        else:
            await show(update, context, render_days(Texts(view.member.language), view))
    elif when in _ASKED:
        await _ask(update, context, of, _ASKED[When(when)])


async def on_day(update: Update, context: Context, broadcast: int, weekday: int) -> None:
    """Every week on this day: at which time?"""
    await _ask(update, context, BroadcastId(broadcast), "week", weekday=weekday)


async def on_news(update: Update, context: Context, broadcast: int, news: str) -> None:
    """What it is about."""
    if news in set(News):
        change = partial(scheduling.choose, broadcast_id=BroadcastId(broadcast), news=News(news))
        await _show(update, context, await context.write(change, visitor=visitor_of(update)))


async def on_fast(update: Update, context: Context, broadcast: int) -> None:
    """What it costs to send it faster, and what the bot has."""
    view = await context.read(scheduling.view_when, visitor=visitor_of(update), broadcast_id=BroadcastId(broadcast))
    if view is None:
        await _show(update, context, view)
    else:
        await show_fare(update, context, view)


async def on_pay(update: Update, context: Context, broadcast: int, on: int) -> None:
    """Faster, where the bot can pay for it, or free of charge after all."""
    visitor, of = visitor_of(update), BroadcastId(broadcast)
    view = await context.read(scheduling.view_when, visitor=visitor, broadcast_id=of)
    if view is not None and on and not await can_pay(update, context, view):
        return
    await _show(
        update, context, await context.write(scheduling.choose, visitor=visitor, broadcast_id=of, paid=bool(on))
    )


async def on_answer(update: Update, context: Context, asked: Conversation) -> None:
    """A time that was typed."""
    message, visitor = update.effective_message, visitor_of(update)
    of = BroadcastId(asked.data["broadcast_id"])
    view = await context.read(scheduling.view_when, visitor=visitor, broadcast_id=of)
    now = await context.read(lambda tx: tx.now)
    plan = view.plan if view is not None else None
    timing = None if plan is None else read_answer(asked, (message and message.text) or "", plan, now)
    if view is not None and timing is None:
        screen = render_question(Texts(view.member.language), view, asked.step, is_wrong=True)
        await show(update, context, screen)
        return
    taken = partial(scheduling.answer, asked=asked, timing=timing or NOW)
    await _show(update, context, await context.write(taken, visitor=visitor))


def read_answer(asked: Conversation, said: str, plan: Plan, now: int) -> Timing | None:
    """The time that is meant; None where that cannot be said."""
    if asked.step == "at":
        at = parse_moment(said, plan.zone, now)
        return None if at is None else Timing(when=When.AT, at=at)
    if asked.step == "week":
        minute = parse_clock(said)
        weekday = int(asked.data.get("weekday", 0))
        return None if minute is None else Timing(when=When.WEEKLY, weekday=weekday, minute=minute)
    days = parse_days(said)
    return None if days is None else Timing(when=When.DRIP, days=days)


async def on_cancel(update: Update, context: Context) -> None:
    """No time after all: the draft waits as it was."""
    member = await context.write(scheduling.stop, visitor=visitor_of(update))
    await show(update, context, render_left(Texts(member.language)))


async def _ask(update: Update, context: Context, of: BroadcastId, step: str, *, weekday: int = 0) -> None:
    ask = partial(scheduling.ask, broadcast_id=of, step=step, weekday=weekday)
    view = await context.write(ask, visitor=visitor_of(update))
    if view is None:
        await _show(update, context, view)
    else:
        await show(update, context, render_question(Texts(view.member.language), view, step))


async def _show(update: Update, context: Context, view: BroadcastView | None) -> None:
    if view is None:
        language = context.deps.shop.choose_language(visitor_of(update).telegram_language)
        await show(update, context, render_gone(Texts(language)))
    else:
        await show(update, context, render_when(Texts(view.member.language), view))


FLOW = Flow(
    name=scheduling.BROADCAST_WHEN,
    steps=[Step(name=name, on_answer=on_answer) for name in ("at", "week", "drip")],
    on_cancel=on_cancel,
)
