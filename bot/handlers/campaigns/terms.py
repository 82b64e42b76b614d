"""Until when something counts in a campaign, and what points are worth: looked at, changed one by one, kept."""

from __future__ import annotations

from telegram import Update

from bot.core.campaigns.part_answers import KEEP
from bot.core.campaigns.parts import Part
from bot.core.campaigns.terms_answers import list_terms_answers, take_terms
from bot.handlers import conversations
from bot.handlers.campaigns.parts import on_list
from bot.handlers.campaigns.terms_flow import make_terms_flow
from bot.handlers.deps import Context
from bot.messages.campaign_terms import QUESTIONS, list_term_changes, render_terms
from bot.services.campaigns.editing import EditorView
from bot.services.campaigns.terms import keep_terms

TERMS = "terms"


async def ask_terms(update: Update, context: Context, view: EditorView) -> None:
    """Show what holds in a campaign, to be changed."""
    data = {"campaign": int(view.entry.id), **list_terms_answers(view.draft)}
    await conversations.begin_at(update, context, FLOW, KEEP, data)


async def _show(update: Update, context: Context, number: int) -> None:
    """The rewards show what has changed."""
    await on_list(update, context, number, Part.REWARD, 0)


FLOW = make_terms_flow(
    TERMS,
    questions=QUESTIONS,
    render=render_terms,
    list_changes=list_term_changes,
    take=take_terms,
    keep=keep_terms,
    show=_show,
)
