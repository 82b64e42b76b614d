"""The screens that everything about a campaign comes back to, and the change of its draft that leads there."""

from __future__ import annotations

from telegram import Update

from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.campaign_editor import render_editor, render_gone, render_story
from bot.messages.texts import Texts
from bot.services.campaigns import editing
from bot.services.campaigns.editing import Edit, EditorView
from bot.services.members import open_home
from bot.updates.context import visitor_of
from storage.records import CampaignId


async def find_view(update: Update, context: Context, number: int) -> EditorView | None:
    """A campaign as it is being written; None where there is none."""
    return await context.read(editing.view_editor, visitor=visitor_of(update), campaign_id=CampaignId(number))


async def show_editor(update: Update, context: Context, view: EditorView | None) -> None:
    """Show a campaign; or say that there is none, with the way to those there are."""
    if view is None:
        member = await context.read(open_home, visitor=visitor_of(update))
        await show(update, context, render_gone(Texts(member.language)))
    else:
        await show(update, context, render_editor(Texts(view.member.language), context.deps.shop, view))


async def show_story(update: Update, context: Context, view: EditorView | None, key: str) -> None:
    """Show a story; where it is told no more, its campaign."""
    story = None if view is None else next((each for each in view.draft.stories if each.key == key), None)
    if view is None or story is None:
        await show_editor(update, context, view)
    else:
        await show(update, context, render_story(Texts(view.member.language), view, story))


async def change(update: Update, context: Context, number: int, edit: Edit) -> EditorView | None:
    """Change a draft; None where there is no such campaign."""
    return await context.write(
        editing.edit_campaign, visitor=visitor_of(update), campaign_id=CampaignId(number), edit=edit
    )


async def change_and_show(update: Update, context: Context, number: int, edit: Edit) -> None:
    """Change a draft and show its campaign."""
    await show_editor(update, context, await change(update, context, number, edit))
