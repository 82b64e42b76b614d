"""How was it: one tap on one of five faces, and a line of words for whoever likes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telegram import Message, Update

from bot.core.pulse import WORDS_LIMIT
from bot.handlers.conversations import begin
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.pulse.screens import (
    compose_words_data,
    render_asked,
    render_thanks,
    render_words_kept,
    render_words_question,
)
from bot.messages.texts import Html, Texts
from bot.services.conversations import finish
from bot.services.pulse import answering
from bot.updates.context import visitor_of
from bot.updates.flows import Flow, Step
from storage.pulse import PulseId


async def on_answer(update: Update, context: Context, pulse: int, said: int) -> None:
    """Thanks at once; the card of whoever is pleased comes behind, and a person hears of whoever is not."""
    visitor = visitor_of(update)
    view = await context.write(answering.answer, visitor=visitor, pulse_id=PulseId(pulse), said=said)
    if view.pulse is not None and view.free and not view.pulse.words:
        await begin(update, context, WORDS, compose_words_data(view))
    else:
        await show(update, context, render_thanks(Texts(view.member.language), view))


async def on_words(update: Update, context: Context, data: Mapping[str, Any]) -> None:
    """Keep the line, or none."""
    visitor = visitor_of(update)
    view = await context.write(finish, answering.add_words, visitor=visitor, flow=WORDS.name, data=data)
    if view is not None:
        await show(update, context, render_words_kept(Texts(view.member.language), view))


async def on_asked(update: Update, context: Context, wanted: int) -> None:
    """Be asked (1), or not any more (0)."""
    member = await context.write(answering.set_asked, visitor=visitor_of(update), wanted=bool(wanted))
    await show(update, context, render_asked(Texts(member.language), wanted=bool(wanted)))


def _refuse(texts: Texts, _data: Mapping[str, Any], message: Message) -> Html | None:
    length = len((message.text or "").strip())
    return texts.say("pulse.too_long", limit=WORDS_LIMIT) if length > WORDS_LIMIT else None


WORDS = Flow(
    name=answering.FLOW,
    steps=[Step(name="words", ask=render_words_question, optional=True, refuse=_refuse)],
    on_done=on_words,
)
