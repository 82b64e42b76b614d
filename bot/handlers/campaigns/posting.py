"""When the announce chat is posted to and how often members are written to: looked at, changed one by one, kept."""

from __future__ import annotations

from telegram import Update

from bot.core.campaigns.part_answers import KEEP
from bot.core.campaigns.posting_answers import list_posting_answers, take_posting
from bot.handlers import conversations
from bot.handlers.campaigns.screens import find_view, show_editor
from bot.handlers.campaigns.terms_flow import make_terms_flow
from bot.handlers.deps import Context
from bot.messages.campaign_posting import QUESTIONS, list_posting_changes, render_posting
from bot.services.campaigns.editing import EditorView
from bot.services.campaigns.terms import keep_posting

POSTING = "posting"


async def ask_posting(update: Update, context: Context, view: EditorView) -> None:
    """Show how it is, to be changed."""
    data = {"campaign": int(view.entry.id), **list_posting_answers(view.draft)}
    await conversations.begin_at(update, context, FLOW, KEEP, data)


async def _show(update: Update, context: Context, number: int) -> None:
    """Like everything else about a campaign."""
    await show_editor(update, context, await find_view(update, context, number))


FLOW = make_terms_flow(
    POSTING,
    questions=QUESTIONS,
    render=render_posting,
    list_changes=list_posting_changes,
    take=take_posting,
    keep=keep_posting,
    show=_show,
)
