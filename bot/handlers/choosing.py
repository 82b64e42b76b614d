"""The shop asks, members choose with a tap, and hear what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from telegram import Message, Update

from bot.core.choosing import LANGUAGES_LIMIT, clean_outcome, pick_words
from bot.core.durations import HOUR_SECONDS
from bot.handlers.conversations import begin_at
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.choosing import (
    ask_outcome,
    ask_sure,
    ask_words,
    list_answers,
    list_counts,
    read_words,
    refuse_words,
    render_asked,
    render_choosing,
    render_ended,
)
from bot.messages.texts import Texts
from bot.services.choosing import choosing
from bot.services.choosing.choosing import ChoosingView
from bot.services.conversations import finish
from bot.updates.context import visitor_of
from bot.updates.flows import Flow, Step
from storage.poll import PollId

Data = Mapping[str, Any]

WORDS, SURE = "words", "sure"


async def on_choose(update: Update, context: Context, page: int = 0) -> None:
    """What can be chosen now."""
    view = await context.read(choosing.view_choosing, visitor=visitor_of(update), page=page)
    await _show(update, context, view)


async def on_vote(update: Update, context: Context, poll: int, choice: int) -> None:
    """One of the options."""
    vote = partial(choosing.choose, poll_id=PollId(poll), choice=choice)
    await _show(update, context, await context.write(vote, visitor=visitor_of(update)))


async def on_ask(update: Update, context: Context) -> None:
    """What shall be asked, language by language?"""
    languages = list(context.deps.shop.campaign.languages[:LANGUAGES_LIMIT])
    await begin_at(update, context, ASKING, f"{WORDS}0", {"languages": languages, "said": []})


async def on_sure(update: Update, context: Context, data: Data) -> None:
    """Ask it, once."""
    view = await context.write(finish, choosing.ask, visitor=visitor_of(update), flow=ASKING.name, data=data)
    if view is not None:
        await show(update, context, render_asked(Texts(view.member.language), context.deps.shop, view))


async def on_end(update: Update, context: Context, poll: int) -> None:
    """What comes of it?"""
    member, found = await context.read(choosing.find_open, visitor=visitor_of(update), poll_id=PollId(poll))
    texts = Texts(member.language)
    if found is None:
        await show(update, context, render_ended(texts, closed=False))
        return
    question = pick_words(found.row.question, texts.language)
    data = {"poll": poll, "question": question, "counts": list_counts(texts, found)}
    await begin_at(update, context, ENDING, WORDS, data)


async def on_ended(update: Update, context: Context, data: Data) -> None:
    """Say so, once."""
    done = await context.write(finish, choosing.end_asked, visitor=visitor_of(update), flow=ENDING.name, data=data)
    if done is not None:
        await show(update, context, render_ended(Texts(done[0].language), closed=done[1]))


def take_words(data: Data, name: str, value: Any) -> Data:
    """The words of a language behind those of the languages before; what is left out stays empty."""
    if name == SURE:
        return data
    place = int(name.removeprefix(WORDS))
    said = None if value is None else [data["languages"][place], value]
    return {**data, "said": [*data["said"][:place], said]}


def order_steps(data: Data) -> Sequence[str]:
    """The shop's languages, one after the other, and the question whether it is right."""
    return [*(f"{WORDS}{place}" for place in range(len(data["languages"]))), SURE]


def read_outcome(message: Message) -> str | None:
    """A line."""
    return clean_outcome(message.text or "") or None


async def _show(update: Update, context: Context, view: ChoosingView) -> None:
    await show(update, context, render_choosing(Texts(view.member.language), context.deps.shop, view))


ASKING = Flow(
    name="poll",
    steps=[
        *(
            Step(
                name=f"{WORDS}{place}",
                ask=partial(ask_words, place=place),
                read=read_words,
                refuse=partial(refuse_words, place=place),
                optional=place > 0,
            )
            for place in range(LANGUAGES_LIMIT)
        ),
        Step(name=SURE, ask=ask_sure, takes=frozenset(), choices=list_answers),
    ],
    wait_seconds=HOUR_SECONDS,
    order=order_steps,
    take=take_words,
    on_done=on_sure,
)
ENDING = Flow(
    name="poll_end",
    steps=[Step(name=WORDS, ask=ask_outcome, read=read_outcome)],
    wait_seconds=HOUR_SECONDS,
    on_done=on_ended,
)
