"""How a campaign's cards look, chosen tap by tap."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from telegram import Update

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.drafting import fill_gaps, set_look, set_story_focus
from bot.handlers.campaigns.screens import change, find_view, show_editor, show_story
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.campaign_look import NONE, render_colours, render_layouts, render_look, render_palette, render_themes
from bot.messages.campaign_preview import compose_preview_shop, render_card_preview
from bot.messages.texts import Html, Texts
from bot.services.campaigns.editing import EditorView

_LISTS = {"theme": render_themes, "layout": render_layouts, "colours": render_colours}
_COLOURS = ("main", "accent")


async def on_look(update: Update, context: Context, number: int, theme: str) -> None:
    """Another theme, or colours that come from a picture."""
    await _set(update, context, number, "theme", theme)


async def on_list(update: Update, context: Context, number: int, field: str) -> None:
    """What can be chosen."""
    view = await find_view(update, context, number)
    if view is None:
        await show_editor(update, context, None)
    elif field in _COLOURS:
        await show(update, context, render_palette(Texts(view.member.language), view, field))
    else:
        await show(update, context, _LISTS.get(field, render_look)(Texts(view.member.language), view))


async def on_set(update: Update, context: Context, number: int, field: str, said: str) -> None:
    """Take it."""
    await _set(update, context, number, field, "" if said == NONE else said)


async def on_story_focus(update: Update, context: Context, number: int, key: str, said: str) -> None:
    """What of a story's tall picture shows."""
    focus = "" if said == NONE else said
    view = await change(update, context, number, lambda draft: set_story_focus(draft, key, focus))
    await show_story(update, context, view, key)


async def show_card(context: Context, view: EditorView) -> None:
    """The first card as it looks by now, with dots for words that are missing; then what can be changed of it."""
    texts = Texts(view.member.language)
    shop = compose_preview_shop(context.deps.shop, replace(view, draft=fill_gaps(view.draft)))
    member = replace(view.member, own_words="")
    story = shop.story_key(0)
    image = await context.deps.pictures.of_shop(shop).draw_card(member, story)
    await context.deliver(render_card_preview(texts, shop, member, story, image))
    await context.deliver(render_look(texts, view))


async def _set(update: Update, context: Context, number: int, field: str, value: str) -> None:
    view = await find_view(update, context, number)
    if view is None:
        await show_editor(update, context, None)
        return
    texts = Texts(view.member.language)
    if set_look(view.draft, field, value) is None:
        refused: Html | None = texts.say("look.no_picture") if field == "theme" else None
        await show(update, context, render_colours(texts, view, refused))
        return
    changed = await change(update, context, number, partial(_take, field=field, value=value))
    if changed is not None:
        render = render_colours if field in _COLOURS else render_look
        await show(update, context, render(texts, changed))


def _take(draft: Campaign, *, field: str, value: str) -> Campaign:
    return set_look(draft, field, value) or draft
