"""When the announce chat is posted to and how often members are written to: looked at, changed one by one, kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telegram import Update

from bot.core.campaigns.part_answers import KEEP
from bot.core.campaigns.posting_answers import list_posting_answers, take_posting
from bot.core.campaigns.terms_answers import order_terms
from bot.handlers import conversations
from bot.handlers.campaigns.screens import find_view, show_editor
from bot.handlers.campaigns.steps import make_step
from bot.handlers.deps import Context
from bot.messages.campaign_posting import QUESTIONS, list_posting_changes, render_posting
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.campaigns.editing import EditorView
from bot.services.campaigns.terms import keep_posting
from bot.services.conversations import find_conversation, finish, leave
from bot.updates.context import visitor_of
from bot.updates.flows import Flow, Step

POSTING = "posting"


async def ask_posting(update: Update, context: Context, view: EditorView) -> None:
    """Show how it is, to be changed."""
    data = {"campaign": int(view.entry.id), **list_posting_answers(view.draft)}
    await conversations.begin_at(update, context, FLOW, KEEP, data)


async def on_kept(update: Update, context: Context, data: Mapping[str, Any]) -> None:
    """Into the draft, like everything else about a campaign."""
    await context.write(finish, keep_posting, visitor=visitor_of(update), flow=POSTING, data=data)
    await show_editor(update, context, await find_view(update, context, data["campaign"]))


async def on_dropped(update: Update, context: Context) -> None:
    """Nothing was kept."""
    visitor = visitor_of(update)
    place = await context.read(find_conversation, visitor=visitor)
    await context.write(leave, visitor=visitor, flow=POSTING)
    number = place.data["campaign"] if place is not None and place.flow == POSTING else 0
    await show_editor(update, context, await find_view(update, context, number))


def _list_choices(texts: Texts, _shop: Shop, data: Mapping[str, Any]) -> Mapping[str, str]:
    return {KEEP: texts.plain("part.keep"), **list_posting_changes(texts, data)}


FLOW = Flow(
    name=POSTING,
    steps=[
        *(make_step(name, question) for name, question in QUESTIONS.items()),
        Step(name=KEEP, ask=render_posting, takes=frozenset(), choices=_list_choices),
    ],
    wait_seconds=3600,
    on_done=on_kept,
    on_cancel=on_dropped,
    order=order_terms,
    take=take_posting,
)
