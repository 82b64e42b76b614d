"""A member puts the card into their own words."""

from __future__ import annotations

from dataclasses import replace

from telegram import Update

from bot.handlers.deps import Context
from bot.handlers.guide import show_over
from bot.handlers.reply import show
from bot.handlers.sharing.share import CARD, find_upload, send_picture
from bot.handlers.sharing.stories import turn_card
from bot.messages.own_words import (
    render_words_preview,
    render_words_prompt,
    render_words_refusal,
    render_words_stopped,
)
from bot.messages.texts import Texts
from bot.services import own_words
from bot.services.own_words import Proposal
from bot.updates.context import visitor_of
from bot.updates.flows import Flow, Step
from storage.conversation import Conversation

PREVIEW = replace(CARD, render=render_words_preview)


async def on_words(update: Update, context: Context, story: str) -> None:
    """Ask for a line, to be seen on the card with this story."""
    member = await context.write(own_words.ask, visitor=visitor_of(update), story=story)
    await show(update, context, render_words_prompt(Texts(member.language), member, story))


async def on_words_typed(update: Update, context: Context, asked: Conversation) -> None:
    """The line that was asked for: shown on the card, or refused with the reason."""
    message, story = update.effective_message, str(asked.data.get("story", ""))
    assert message is not None
    proposal = await context.read(
        own_words.weigh,
        visitor=visitor_of(update),
        text=message.text or "",
        marked=tuple(str(entity.type) for entity in message.entities),
        versions=context.deps.pictures.versions,
        story=story,
    )
    if proposal.fault is not None:
        screen = render_words_refusal(Texts(proposal.member.language), proposal.fault, proposal.length)
        await show(update, context, screen)
    else:
        await _preview(context, proposal, story)


async def on_words_keep(update: Update, context: Context, story: str) -> None:
    """The card says it from now on."""
    member = await context.write(own_words.keep, visitor=visitor_of(update))
    if member is None:
        await show_over(update, context)
    else:
        await turn_card(update, context, story)


async def on_words_drop(update: Update, context: Context, story: str) -> None:
    """The card stays as it was."""
    await context.write(own_words.drop, visitor=visitor_of(update))
    await turn_card(update, context, story)


async def on_words_remove(update: Update, context: Context, story: str) -> None:
    """The story speaks for itself again."""
    await context.write(own_words.remove, visitor=visitor_of(update))
    await turn_card(update, context, story)


async def on_words_stop(update: Update, context: Context) -> None:
    """No line after all."""
    member = await context.write(own_words.stop_asking, visitor=visitor_of(update))
    await show(update, context, render_words_stopped(Texts(member.language)))


async def _preview(context: Context, proposal: Proposal, story: str) -> None:
    card = proposal.card
    assert card is not None
    file_id = await send_picture(context, PREVIEW, card, story)
    await context.write(
        own_words.draft,
        person_id=card.member.id,
        words=card.member.own_words,
        version=card.version,
        file_id=find_upload(file_id, card),
    )


FLOW = Flow(
    name=own_words.WORDS,
    steps=[Step(name="line", on_answer=on_words_typed), Step(name="keep", takes=frozenset())],
    on_cancel=on_words_stop,
)
