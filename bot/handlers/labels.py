"""Who runs the shop tells members apart by labels, and gives them codes of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telegram import Message, Update

from bot.core.labels import Labelling, parse_label
from bot.handlers.conversations import begin_at
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.labels import ask_code, ask_label, render_labels, render_list
from bot.messages.looking_up import render_found
from bot.messages.spoken import REFUSALS
from bot.messages.texts import Texts
from bot.services import labels
from bot.services.conversations import finish
from bot.services.labels import LabelsView
from bot.services.members import MemberView
from bot.updates.context import visitor_of
from bot.updates.flows import Flow, Step
from storage.conversation import Conversation
from storage.records import PersonId


async def on_label(update: Update, context: Context) -> None:
    """`/label @anna ambassador`; alone it lists what there is."""
    typed = " ".join(context.args or ())
    if not typed:
        await on_labels(update, context)
        return
    shop = context.deps.shop
    view = await context.write(labels.label_typed, visitor=visitor_of(update), text=typed, addresses=shop.addresses)
    if isinstance(view, LabelsView):
        await _show(update, context, view)
    else:
        await show(update, context, render_found(Texts(view.member.language), shop, view))


async def on_labels(update: Update, context: Context) -> None:
    """All labels."""
    await on_labelled(update, context, "")


async def on_labelled(update: Update, context: Context, label: str) -> None:
    """The members of one."""
    view = await context.read(labels.list_labels, visitor=visitor_of(update), label=label)
    await show(update, context, render_list(Texts(view.member.language), context.deps.shop, view))


async def on_labels_of(update: Update, context: Context, person_id: int) -> None:
    """What a member is called."""
    await _show(update, context, await _view(update, context, person_id))


async def on_set_label(update: Update, context: Context, person_id: int, given: int, label: str) -> None:
    """One more, or one less."""
    visitor = visitor_of(update)
    view = await context.write(
        labels.set_label, visitor=visitor, person_id=PersonId(person_id), label=label, given=bool(given)
    )
    await _show(update, context, view)


async def on_new_label(update: Update, context: Context, person_id: int) -> None:
    """Ask for one that nobody has."""
    await _begin(update, context, NAMING, person_id)


async def on_own_code(update: Update, context: Context, person_id: int) -> None:
    """Ask for a code."""
    await _begin(update, context, CODING, person_id)


async def on_named(update: Update, context: Context, data: Mapping[str, Any]) -> None:
    """Give it, once."""
    view = await context.write(finish, labels.label_asked, visitor=visitor_of(update), flow=NAMING.name, data=data)
    if view is not None:
        await _show(update, context, view)


async def on_coded(update: Update, context: Context, asked: Conversation) -> None:
    """Give the code, or ask for another and say why."""
    message, shop = update.effective_message, context.deps.shop
    assert message is not None
    view = await context.bot_data.store.write(  # the update goes on where another is asked for
        labels.give_code,
        visitor=visitor_of(update),
        person_id=PersonId(asked.data["person"]),
        text=message.text or "",
        shop_names=[*shop.campaign.brand.values(), shop.bot_username],
    )
    if view.refused is None:
        await _show(update, context, view)
    else:
        await begin_at(update, context, CODING, "code", {**asked.data, "refused": REFUSALS[view.refused]})


def read_label(message: Message) -> str | None:
    """A word for machines."""
    return parse_label(message.text or "")


async def _begin(update: Update, context: Context, flow: Flow, person_id: int) -> None:
    view = await _view(update, context, person_id)
    if view.outcome is Labelling.NOBODY or (flow is CODING and not view.own):
        await _show(update, context, view)
    else:
        await begin_at(update, context, flow, flow.steps[0].name, {"person": person_id, "name": view.name})


async def _view(update: Update, context: Context, person_id: int) -> LabelsView:
    return await context.read(labels.view_labels, visitor=visitor_of(update), person_id=PersonId(person_id))


async def _show(update: Update, context: Context, view: LabelsView) -> None:
    member: MemberView = view.member
    await show(update, context, render_labels(Texts(member.language), context.deps.shop, view))


NAMING = Flow(name=labels.NAMING, steps=[Step(name="label", ask=ask_label, read=read_label)], on_done=on_named)
CODING = Flow(name=labels.CODING, steps=[Step(name="code", ask=ask_code, on_answer=on_coded)])
