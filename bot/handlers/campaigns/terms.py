"""Until when something counts in a campaign, and what points are worth: looked at, changed one by one, kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telegram import Update

from bot.core.campaigns.part_answers import KEEP
from bot.core.campaigns.parts import Part
from bot.core.campaigns.terms_answers import list_terms_answers, order_terms, take_terms
from bot.handlers import conversations
from bot.handlers.campaigns.parts import on_list
from bot.handlers.campaigns.steps import make_step
from bot.handlers.deps import Context
from bot.messages.campaign_terms import QUESTIONS, list_term_changes, render_terms
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.campaigns.editing import EditorView
from bot.services.campaigns.terms import keep_terms
from bot.services.conversations import find_conversation, finish, leave
from bot.updates.context import visitor_of
from bot.updates.flows import Flow, Step

TERMS = "terms"


async def ask_terms(update: Update, context: Context, view: EditorView) -> None:
    """Show what holds in a campaign, to be changed."""
    data = {"campaign": int(view.entry.id), **list_terms_answers(view.draft)}
    await conversations.begin_at(update, context, FLOW, KEEP, data)


async def on_kept(update: Update, context: Context, data: Mapping[str, Any]) -> None:
    """Into the draft; the rewards show what has changed."""
    await context.write(finish, keep_terms, visitor=visitor_of(update), flow=TERMS, data=data)
    await on_list(update, context, data["campaign"], Part.REWARD, 0)


async def on_dropped(update: Update, context: Context) -> None:
    """Nothing was kept."""
    visitor = visitor_of(update)
    place = await context.read(find_conversation, visitor=visitor)
    await context.write(leave, visitor=visitor, flow=TERMS)
    number = place.data["campaign"] if place is not None and place.flow == TERMS else 0
    await on_list(update, context, number, Part.REWARD, 0)


def _list_choices(texts: Texts, _shop: Shop, data: Mapping[str, Any]) -> Mapping[str, str]:
    return {KEEP: texts.plain("part.keep"), **list_term_changes(texts, data)}


FLOW = Flow(
    name=TERMS,
    steps=[
        *(make_step(name, question) for name, question in QUESTIONS.items()),
        Step(name=KEEP, ask=render_terms, takes=frozenset(), choices=_list_choices),
    ],
    wait_seconds=3600,
    on_done=on_kept,
    on_cancel=on_dropped,
    order=order_terms,
    take=take_terms,
)
