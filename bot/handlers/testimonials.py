"""A happy member's line becomes a story by their tap of consent, and is taken back by another."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from telegram import Update

from bot.core.durations import HOUR_SECONDS
from bot.core.own_words import decide_words
from bot.handlers.conversations import begin_at
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.testimonials import (
    ask_consent,
    ask_words,
    list_answers,
    read_words,
    refuse_words,
    render_offered,
    render_own,
    say_headline,
)
from bot.messages.texts import Texts
from bot.services.conversations import finish
from bot.services.testimonials import testimonials
from bot.services.testimonials.testimonials import OfferedView, OwnView
from bot.updates.context import visitor_of
from bot.updates.flows import Flow, Step
from storage.pulse import PulseId
from storage.records import PersonId


async def on_saying(update: Update, context: Context) -> None:
    """What one says."""
    await _show_own(update, context, await context.read(testimonials.view_own, visitor=visitor_of(update)))


async def on_new(update: Update, context: Context) -> None:
    """What do you like?"""
    view = await context.read(testimonials.view_own, visitor=visitor_of(update))
    await begin_at(update, context, SAY, "words", {"author": view.author})


async def on_line(update: Update, context: Context, pulse: int) -> None:
    """What was written already: agreed to as it is; what cannot stand on a card is asked for anew."""
    view, words = await context.read(testimonials.find_line, visitor=visitor_of(update), pulse_id=PulseId(pulse))
    ruling = decide_words(words)
    if ruling.fault is None:
        await begin_at(update, context, SAY, "agree", {"author": view.author, "words": ruling.words})
    else:
        await begin_at(update, context, SAY, "words", {"author": view.author})


async def on_agreed(update: Update, context: Context, data: Mapping[str, Any]) -> None:
    """All may read it."""
    view = await context.write(finish, testimonials.offer, visitor=visitor_of(update), flow=SAY.name, data=data)
    if view is not None:
        await _show_own(update, context, view)


async def on_back(update: Update, context: Context) -> None:
    """No new card says it."""
    await _show_own(update, context, await context.write(testimonials.withdraw, visitor=visitor_of(update)))


async def on_look(update: Update, context: Context) -> None:
    """What waits for whoever runs the shop."""
    await _show_offered(update, context, await context.read(testimonials.view_offered, visitor=visitor_of(update)))


async def on_show(update: Update, context: Context, person: int, at: int) -> None:
    """Make a story of it, with a headline in every language of the shop."""
    offered = await context.read(testimonials.view_offered, visitor=visitor_of(update))
    name = offered.said.name if offered.said is not None else ""
    headlines = {each: say_headline(Texts(each), name) for each in context.deps.shop.campaign.languages}
    tell = partial(testimonials.show, person_id=PersonId(person), made_at=at, headlines=headlines)
    await _show_offered(update, context, await context.write(tell, visitor=visitor_of(update)))


async def on_not(update: Update, context: Context, person: int, at: int) -> None:
    """Leave it untold."""
    leave = partial(testimonials.decline, person_id=PersonId(person), made_at=at)
    await _show_offered(update, context, await context.write(leave, visitor=visitor_of(update)))


async def _show_own(update: Update, context: Context, view: OwnView) -> None:
    await show(update, context, render_own(Texts(view.member.language), context.deps.shop, view))


async def _show_offered(update: Update, context: Context, view: OfferedView) -> None:
    await show(update, context, render_offered(Texts(view.member.language), context.deps.shop, view))


SAY = Flow(
    name="say",
    steps=[
        Step(name="words", ask=ask_words, read=read_words, refuse=refuse_words),
        Step(name="agree", ask=ask_consent, takes=frozenset(), choices=list_answers),
    ],
    wait_seconds=HOUR_SECONDS,
    on_done=on_agreed,
)
