"""The one machine behind every dialogue: who is asked what, what an answer is, and the ways back, on and out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from telegram import Message, Update

from bot.core.roles import EVERYBODY, Roles
from bot.handlers.conversions.payments import take_payment
from bot.handlers.deps import Context
from bot.handlers.guide import on_anything_else
from bot.handlers.reply import show
from bot.handlers.tickets.replies import follow_edit, take_reply
from bot.messages.conversations import (
    compose_question,
    render_cancelled,
    render_not_yours,
    render_nothing,
    render_over,
)
from bot.messages.joining.refusals import render_missing
from bot.messages.outgoing import OutgoingMessage
from bot.messages.texts import Html, Texts
from bot.services.conversations import find_conversation, leave, move
from bot.services.members import NotAllowed, open_home
from bot.updates.capability import Registry
from bot.updates.context import visitor_of
from bot.updates.flows import Answer, Flow, Step, read_kind
from bot.updates.routing import TextRouter, begins_with_command, is_allowed
from storage.conversation import Conversation
from storage.errors import RowMissing
from storage.frozen import frozen

logger = logging.getLogger(__name__)

SKIPPED = None
"""The answer to a question that was skipped."""


@frozen(kw_only=False)
class Place:
    """Where somebody stands, as declared and as kept."""

    flow: Flow
    step: Step
    conversation: Conversation
    roles: Roles


async def on_text(update: Update, context: Context) -> None:
    """A message that is no command: an answer to what was asked, else something to point the way for."""
    if await take_payment(update, context) or await take_reply(update, context):
        return
    if not await take_document(update, context) and not await answer(update, context):
        await on_anything_else(update, context)


async def take_document(update: Update, context: Context) -> bool:
    """Whether this is a file that something here takes, from somebody who may send it and was not asked for another."""
    message = update.effective_message
    document = message.document if message is not None else None
    suffix = PurePath(document.file_name or "").suffix.lower() if document is not None else ""
    bound = context.deps.registry.documents.get(suffix)
    if bound is None or not await is_allowed(context, visitor_of(update).telegram_id, bound.roles):
        return False
    place = await find_place(update, context)
    if place is not None and Answer.DOCUMENT in place.step.takes and place.roles != EVERYBODY:
        return False
    await bound.handler(update, context)
    return True


async def on_edited(update: Update, context: Context) -> None:
    """A message in its new form: an answer where the question takes them, else nothing to speak of."""
    if await follow_edit(update, context):
        return
    place = await find_place(update, context)
    if place is not None and place.step.takes_edits:
        await answer(update, context)


async def on_passed(update: Update, context: Context) -> None:
    """One of our own cards: an answer where the question takes them, else nothing to speak of."""
    place = await find_place(update, context)
    if place is not None and place.step.takes_passed:
        await answer(update, context)


async def wants_command(update: Update, context: Context) -> bool:
    """Whether a sentence that begins with a command is what was asked for."""
    place = await find_place(update, context)
    return place is not None and place.step.takes_commands


async def find_place(update: Update, context: Context) -> Place | None:
    """Where this person stands; None in no dialogue, in one that is no more, or that their role is not open to."""
    visitor = visitor_of(update)
    found = await context.read(find_conversation, visitor=visitor)
    bound = context.deps.registry.flows.get(found.flow) if found is not None else None
    step = bound.declared.find(found.step) if bound is not None and found is not None else None
    if found is None or bound is None or step is None:
        return None
    may = await is_allowed(context, visitor.telegram_id, bound.roles)
    return Place(bound.declared, step, found, bound.roles) if may else None


async def begin(update: Update, context: Context, flow: Flow, data: Mapping[str, Any] | None = None) -> None:
    """Ask the first question; whoever is in this flow already is asked again where they are."""
    place = await find_place(update, context)
    if place is not None and place.flow is flow:
        await _ask(update, context, flow, place.step, place.conversation.data)
    else:
        await _put(update, context, flow, flow.steps[0], data or {})


async def begin_at(update: Update, context: Context, flow: Flow, name: str, data: Mapping[str, Any]) -> None:
    """Ask the question called so, where those before it are answered; whatever somebody is in ends."""
    step = flow.find(name)
    assert step is not None
    await _put(update, context, flow, step, data)


async def go_on(update: Update, context: Context, value: object) -> None:
    """What somebody was asked is answered by this, which was read outside of the machine."""
    place = await find_place(update, context)
    if place is not None:
        await _go_on(update, context, place, value)


async def ask_again(update: Update, context: Context, said: Html) -> None:
    """Ask once more, and say why above the question."""
    place = await find_place(update, context)
    if place is not None:
        await _ask_again(update, context, place, said)


async def answer(update: Update, context: Context) -> bool:
    """Whether this message was asked for, and so is answered now."""
    message, place = update.effective_message, await find_place(update, context)
    assert message is not None
    if place is None:
        return False
    step = place.step
    if not _is_followed(message, place):
        if begins_with_command(message) and not step.takes_commands:
            return False
        if read_kind(message) not in step.takes:
            return await _ask_again(update, context, place)
    try:
        if step.on_answer is not None:
            await step.on_answer(update, context, place.conversation)
            return True
        value = step.read(message)
        if value is None or step.refuse is not None:
            said = await _refuse(update, context, place, message)
            if value is None or said is not None:
                return await _ask_again(update, context, place, said)
        await _go_on(update, context, place, value)
    except NotAllowed:
        await _shut(update, context, place.flow, render_not_yours)
    except RowMissing as missing:
        await _part(update, context, place.flow, missing)
    return True


async def _part(update: Update, context: Context, flow: Flow, missing: RowMissing) -> None:
    """What a dialogue is about has gone meanwhile."""
    logger.warning("The dialogue %s is about what is not there any more: %s", flow.name, missing)
    await _shut(update, context, flow, render_missing)


async def _shut(update: Update, context: Context, flow: Flow, render: Callable[[Texts], OutgoingMessage]) -> None:
    """A dialogue cannot go on, as when a role has ended in its middle: nothing was done, and nothing more is asked."""
    member, _ = await context.write(leave, visitor=visitor_of(update), flow=flow.name)
    await context.deliver(render(Texts(member.language)))


def _is_followed(message: Message, place: Place) -> bool:
    """Whether this is the message that was the answer: edited since, or looked at once more after a failure."""
    return place.step.takes_edits and str(message.message_id) in place.conversation.data.get("message_ids", ())


async def _refuse(update: Update, context: Context, place: Place, message: Message) -> Html | None:
    """Why this is no answer, where its step says so."""
    if place.step.refuse is None:
        return None
    member = await context.read(open_home, visitor=visitor_of(update))
    return place.step.refuse(Texts(member.language), place.conversation.data, message)


async def _ask_again(update: Update, context: Context, place: Place, said: Html | None = None) -> bool:
    if place.step.ask is None:
        return False
    await _ask(update, context, place.flow, place.step, place.conversation.data, said=said)
    return True


async def _go_on(update: Update, context: Context, place: Place, value: object) -> None:
    flow, data = place.flow, place.flow.add(place.conversation.data, place.step.name, value)
    following = flow.find_after(place.step.name, data)
    if following is not None:
        await _put(update, context, flow, following, data)
    elif flow.on_done is not None:
        try:
            await flow.on_done(update, context, data)
        except RowMissing as missing:
            await _part(update, context, flow, missing)


async def _put(update: Update, context: Context, flow: Flow, step: Step, data: Mapping[str, Any]) -> None:
    """Ask, then write it down: after a death in between the question comes twice, and never unseen."""
    await _ask(update, context, flow, step, data)
    await context.write(
        move, visitor=visitor_of(update), flow=flow.name, step=step.name, data=data, wait_seconds=flow.wait_seconds
    )


async def _ask(
    update: Update, context: Context, flow: Flow, step: Step, data: Mapping[str, Any], *, said: Html | None = None
) -> None:
    """Ask; `said` stands above the question."""
    assert step.ask is not None
    member = await context.read(open_home, visitor=visitor_of(update))
    texts, shop = Texts(member.language), context.deps.shop
    question = step.ask(texts, shop, data)
    if said is not None:
        question = replace(question, text=Html(f"{said}\n\n{question.text}"))
    choices = step.choices(texts, shop, data) if step.choices is not None else {}
    first = flow.find_before(step.name, data) is None
    await show(
        update,
        context,
        compose_question(
            texts, question, flow.name, step.name, choices=choices, can_go_back=not first, can_skip=step.optional
        ),
    )


async def on_cancel(update: Update, context: Context) -> None:
    """/cancel leaves whatever somebody is in."""
    found = await context.read(find_conversation, visitor=visitor_of(update))
    if found is None:
        member = await context.read(open_home, visitor=visitor_of(update))
        await show(update, context, render_nothing(Texts(member.language)))
    else:
        await on_flow_cancel(update, context, found.flow)


async def on_flow_cancel(update: Update, context: Context, name: str) -> None:
    """Leave this flow, and no other."""
    bound = context.deps.registry.flows.get(name)
    if bound is not None and bound.declared.on_cancel is not None:
        await bound.declared.on_cancel(update, context)
        return
    member, was_in = await context.write(leave, visitor=visitor_of(update), flow=name)
    render = render_cancelled if was_in else render_over
    await show(update, context, render(Texts(member.language)))


async def on_flow_back(update: Update, context: Context, name: str, step: str) -> None:
    """Ask the question before."""
    place = await _find_asked(update, context, name, step)
    before = None if place is None else place.flow.find_before(step, place.conversation.data)
    if place is not None and before is not None:
        await _put(update, context, place.flow, before, place.conversation.data)


async def on_flow_skip(update: Update, context: Context, name: str, step: str) -> None:
    """Leave this question without an answer, where that may be."""
    place = await _find_asked(update, context, name, step)
    if place is not None and place.step.optional:
        await _go_on(update, context, place, SKIPPED)


async def on_flow_pick(update: Update, context: Context, name: str, step: str, choice: str) -> None:
    """An answer by tapping; one that is not offered any more is asked for again."""
    place = await _find_asked(update, context, name, step)
    if place is None:
        return
    member = await context.read(open_home, visitor=visitor_of(update))
    choices = place.step.choices
    offered = choices(Texts(member.language), context.deps.shop, place.conversation.data) if choices else {}
    if choice in offered:
        await _go_on(update, context, place, choice)
    else:
        await _ask_again(update, context, place)


async def _find_asked(update: Update, context: Context, name: str, step: str) -> Place | None:
    """Where somebody stands, if it is this question that waits; else the one that does, or a word that none does.

    That word is a message of its own: after a second tap the tapped one shows what came of the first.
    """
    place = await find_place(update, context)
    if place is not None and place.flow.name == name:
        if place.step.name == step:
            return place
        await _ask_again(update, context, place)
        return None
    member = await context.read(open_home, visitor=visitor_of(update))
    await context.deliver(render_over(Texts(member.language)))
    return None


def build_text_router(registry: Registry) -> TextRouter:
    """The router of what people write, with this machine behind it."""
    return TextRouter(registry, on_text=on_text, on_edited=on_edited, on_passed=on_passed, wants_command=wants_command)
