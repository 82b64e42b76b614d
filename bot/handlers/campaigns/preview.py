"""A campaign as members will see it, before anybody does."""

from __future__ import annotations

from dataclasses import replace

from telegram import Update

from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.campaign_editor import render_editor
from bot.messages.campaign_preview import compose_preview_shop, render_card_preview, render_word_previews
from bot.messages.texts import Texts
from bot.services.campaigns.editing import EditorView


async def show_preview(update: Update, context: Context, view: EditorView) -> None:
    """Every card in every language with its caption, and what all sides read; where something is missing, what."""
    texts = Texts(view.member.language)
    if view.gaps:
        await show(update, context, render_editor(texts, context.deps.shop, view))
        return
    shop = compose_preview_shop(context.deps.shop, view)
    pictures = context.deps.pictures.of_shop(shop)
    for language in view.draft.languages:
        member = replace(view.member, language=language, own_words="")
        for story in view.draft.stories:
            image = await pictures.draw_card(member, story.key)
            await context.deliver(render_card_preview(texts, shop, member, story.key, image))
        for message in render_word_previews(texts, context.deps.shop, view, language):
            await context.deliver(message)
    await context.deliver(render_editor(texts, context.deps.shop, view))


async def on_preview(update: Update, context: Context) -> None:
    """A button of a preview: its toast has said all there is to say."""
