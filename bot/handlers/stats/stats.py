"""The figures of word of mouth: a picture with five lines, and pages for whoever wants to know more."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import partial

from telegram import Update

from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.handlers.stats.charts import draw_aside
from bot.messages.outgoing import Photo
from bot.messages.pulse.trend import compose_pulse_trend
from bot.messages.stats.asking import BEGIN as HOLDS
from bot.messages.stats.asking import END as ASKS
from bot.messages.stats.asking import HELD_PERCENT
from bot.messages.stats.screens import render_page, render_stats
from bot.messages.stats.trend import TrendTexts, compose_trend
from bot.messages.stats.trial import ADOPT, BEGIN, BEGIN_3, BEGIN_4, END, WORDS
from bot.messages.texts import Texts
from bot.services.reminding.asking import set_hold_out
from bot.services.stats import Page, count, look
from bot.services.trials import adopt_winner, begin_trial, begin_wordings, end_trial
from bot.updates.context import visitor_of


async def on_stats(update: Update, context: Context) -> None:
    """Count, draw, send; where no picture can be drawn the figures go as text."""
    view = await context.read(count, visitor=visitor_of(update))
    texts, shop = Texts(view.member.language), context.deps.shop
    screen = render_stats(texts, shop, view)
    png = await _draw_trend(context, compose_trend(texts, shop, view))
    if png is None:
        await show(update, context, screen)
        return
    await context.deliver(replace(screen, photo=Photo(image=png, name="figures.png")))


async def on_page(update: Update, context: Context, page: str) -> None:
    """One page of figures below the picture; a tap on a page shows another in its place."""
    shown = Page(page) if page in set(Page) else Page.GROWTH
    view = await context.read(look, visitor=visitor_of(update), page=shown)
    await show(update, context, render_page(Texts(view.member.language), context.deps.shop, view))


async def on_pulse_trend(update: Update, context: Context) -> None:
    """How it was by week, as a picture below the page; the page alone where there is none."""
    view = await context.read(look, visitor=visitor_of(update), page=Page.PULSE)
    texts, shop, png = Texts(view.member.language), context.deps.shop, None
    if view.pulse is not None and view.pulse.whole.enough:
        png = await _draw_trend(context, compose_pulse_trend(texts, shop, view.pulse))
    screen = render_page(texts, shop, view)
    if png is None:
        await show(update, context, screen)
        return
    title = texts.plain("stats.page.pulse")
    await context.deliver(replace(screen, text=title, photo=Photo(image=png, name="how-it-was.png")))


async def _draw_trend(context: Context, trend: TrendTexts) -> bytes | None:
    """With the shop's logo; None where it cannot be had."""
    logo = await context.deps.pictures.draw_chart_logo()
    return await draw_aside("bot.cards.trend", asdict(trend) | {"logo": b64encode(logo).decode()})


async def on_try(update: Update, context: Context, step: str) -> None:
    """Begin or end a trial, or let its winner stand first; then how it stands."""
    if step in _STEPS:
        await context.write(_STEPS[step], visitor=visitor_of(update))
    await on_page(update, context, Page.TRIAL)


_STEPS: Mapping[str, Callable[..., None]] = {
    BEGIN: begin_trial,
    BEGIN_3: partial(begin_trial, stories=3),
    BEGIN_4: partial(begin_trial, stories=4),
    WORDS: begin_wordings,
    END: end_trial,
    ADOPT: adopt_winner,
}


async def on_hold_out(update: Update, context: Context, step: str) -> None:
    """Never ask some members, or ask everybody again; then what is known of it."""
    if step in {HOLDS, ASKS}:
        percent = HELD_PERCENT if step == HOLDS else 0
        await context.write(set_hold_out, visitor=visitor_of(update), percent=percent)
    await on_page(update, context, Page.ASKING)
