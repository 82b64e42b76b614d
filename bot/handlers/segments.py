"""Who runs the shop says whom among its members a message is for: typed, tapped condition by condition, or as a list."""

from __future__ import annotations

import io
from functools import partial

from telegram import Message, Update
from telegram.error import BadRequest

from bot.core.coupons.lines import FileMistake
from bot.core.labels import parse_label
from bot.core.segments.conditions import KINDS, Condition, How
from bot.core.segments.writing import SegmentMistake
from bot.handlers.broadcasts.panel import on_panel
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.segments.screens import (
    ask_name,
    render_ask_list,
    render_gone,
    render_kinds,
    render_list_mistake,
    render_listed,
    render_mistake,
    render_segment,
    render_segments,
    render_values,
)
from bot.messages.texts import Texts
from bot.services.conversations import leave, move
from bot.services.members import MemberView
from bot.services.segments import composing, offering
from bot.services.segments.composing import JOINED, WAIT_SECONDS, SegmentView
from bot.services.segments.composing import SEGMENT as FLOW_NAME
from bot.services.segments.lists import Listed, drop_list, take_list
from bot.updates.context import visitor_of
from bot.updates.flows import TEXT, Answer, Flow, Step
from storage.conversation import Conversation
from storage.steps import take_steps

MEGABYTE = 2**20
MOST_BYTES = 5 * MEGABYTE
USUAL_LIST = "list"
"""What a list without a caption is called."""


async def on_segments(update: Update, context: Context) -> None:
    """`/segments language:id and friends>=3`; alone it lists what there is."""
    typed = " ".join(context.args or ()) if update.callback_query is None else ""
    if not typed:
        await _show_list(update, context, 0)
        return
    await context.bot_data.store.write(partial(composing.begin, visitor=visitor_of(update)))
    await _take_typed(update, context, typed)


async def on_whom(update: Update, context: Context, broadcast_id: int) -> None:
    """Whom is this message for?"""
    await _show_list(update, context, broadcast_id)


async def on_segment(update: Update, context: Context, segment_id: int, broadcast_id: int) -> None:
    """One that was kept."""
    view = await context.write(
        composing.begin, visitor=visitor_of(update), segment_id=segment_id, broadcast_id=broadcast_id
    )
    await _show_or_gone(update, context, view)


async def on_new(update: Update, context: Context, broadcast_id: int) -> None:
    """Put a new one together."""
    view = await context.write(composing.begin, visitor=visitor_of(update), broadcast_id=broadcast_id)
    await _show_or_gone(update, context, view)


async def on_open(update: Update, context: Context) -> None:
    """Back to the one that is put together."""
    await _show(update, context, await context.read(composing.view_segment, visitor=visitor_of(update)))


async def on_typed(update: Update, context: Context, _asked: Conversation) -> None:
    """A whole segment, or one condition more."""
    message = update.effective_message
    assert message is not None
    await _take_typed(update, context, message.text or "")


async def on_join(update: Update, context: Context, joined: str) -> None:
    """One condition more: which?"""
    if joined in JOINED:
        member = await context.write(composing.choose_join, visitor=visitor_of(update), joined=joined)
        await show(update, context, render_kinds(Texts(member.language)))


async def on_kind(update: Update, context: Context, kind: str) -> None:
    """What stands behind it?"""
    if kind in KINDS:
        values = await context.read(offering.list_values, visitor=visitor_of(update), kind=kind)
        await show(update, context, render_values(Texts(values.member.language), values))


async def on_value(update: Update, context: Context, kind: str, how: str, value: str) -> None:
    """One condition more."""
    condition = _read_condition(kind, how, value)
    if condition is None:
        await on_open(update, context)
        return
    try:
        view = await context.write(composing.add_condition, visitor=visitor_of(update), condition=condition)
    except SegmentMistake as mistake:
        await _show_mistake(update, context, mistake)
    else:
        await _show(update, context, view)


async def on_name(update: Update, context: Context) -> None:
    """By which name?"""
    view = await context.read(composing.view_segment, visitor=visitor_of(update))
    if view.segment is not None:
        await show(update, context, ask_name(Texts(view.member.language), context.deps.shop, {}))
        await _wait(update, context, view, "name")


async def on_named(update: Update, context: Context, _asked: Conversation) -> None:
    """Keep it."""
    message = update.effective_message
    assert message is not None
    name = parse_label(message.text or "")
    view = await context.read(composing.view_segment, visitor=visitor_of(update))
    if name is None or view.segment is None:
        await context.deliver(ask_name(Texts(view.member.language), context.deps.shop, {}))
        return
    await _show(update, context, await context.write(composing.rename, visitor=visitor_of(update), name=name))


async def on_rewrite(update: Update, context: Context) -> None:
    """Keep what was changed, by the name it has."""
    await _show(update, context, await context.write(composing.rewrite, visitor=visitor_of(update)))


async def on_delete(update: Update, context: Context, segment_id: int) -> None:
    """Keep it no longer."""
    view = await context.write(composing.remove, visitor=visitor_of(update), segment_id=segment_id)
    await show(update, context, render_segments(Texts(view.member.language), view))


async def on_choose(update: Update, context: Context, broadcast_id: int) -> None:
    """Write to those."""
    await _choose(update, context, broadcast_id, everybody=False)


async def on_everybody(update: Update, context: Context, broadcast_id: int) -> None:
    """Write to everybody after all."""
    await _choose(update, context, broadcast_id, everybody=True)


async def on_list(update: Update, context: Context) -> None:
    """A list of people: ask for it."""
    view = await context.write(composing.begin, visitor=visitor_of(update))
    assert view is not None
    await show(update, context, render_ask_list(Texts(view.member.language)))
    await _wait(update, context, view, "list")


async def on_listed(update: Update, context: Context, _asked: Conversation) -> None:
    """Take it in, a document or lines typed; after a death in between it begins anew."""
    message, visitor = update.effective_message, visitor_of(update)
    assert message is not None
    view = await context.read(composing.view_segment, visitor=visitor)
    texts, listed = Texts(view.member.language), Listed(name=_name_list(message))
    try:
        content = await _fetch(context, message)
        steps = take_list(content, listed, by=visitor, addresses=context.deps.shop.addresses)
        await take_steps(steps, context.bot_data.store.write)
        screen = render_listed(texts, listed)
    except FileMistake:
        screen = render_list_mistake(texts, "segments.no_text")
    except BadRequest:
        screen = render_list_mistake(texts, "segments.too_large")
    await context.deliver(screen)
    await context.write(leave, visitor=visitor, flow=FLOW_NAME)


async def on_no_list(update: Update, context: Context, name: str) -> None:
    """Keep a list no longer."""
    await context.bot_data.store.write(partial(drop_list, visitor=visitor_of(update), name=name))
    await _show_list(update, context, 0)


async def _take_typed(update: Update, context: Context, text: str) -> None:
    try:
        view = await context.write(composing.take_typed, visitor=visitor_of(update), text=text)
    except SegmentMistake as mistake:
        await _show_mistake(update, context, mistake)
    else:
        await _show(update, context, view)


async def _choose(update: Update, context: Context, broadcast_id: int, *, everybody: bool) -> None:
    chosen = await context.bot_data.store.write(
        partial(composing.choose, visitor=visitor_of(update), broadcast_id=broadcast_id, everybody=everybody)
    )
    if chosen:
        await on_panel(update, context, broadcast_id)
    else:
        await _show_or_gone(update, context, None)


async def _fetch(context: Context, message: Message) -> io.BytesIO:
    """What a document holds, or the lines that were typed."""
    if message.document is None:
        return io.BytesIO((message.text or "").encode())
    if (message.document.file_size or 0) > MOST_BYTES:
        raise BadRequest("file is too big")
    file = await context.bot.get_file(message.document.file_id)
    return io.BytesIO(bytes(await file.download_as_bytearray()))


def _name_list(message: Message) -> str:
    """By its caption, else by the name of its file."""
    document = message.document
    named = (document.file_name or "").rpartition(".")[0] if document is not None else ""
    return parse_label(message.caption or "") or parse_label(named[:32]) or USUAL_LIST


def _read_condition(kind: str, how: str, value: str) -> Condition | None:
    declared, compared = KINDS.get(kind), next((each for each in How if each.name.lower() == how), None)
    if declared is None or compared not in declared.hows:
        return None
    if compared is How.NEVER:
        return Condition(name=kind, how=compared)
    read = declared.read(value)
    return None if read is None else Condition(name=kind, how=compared, value=read)


async def _wait(update: Update, context: Context, view: SegmentView, step: str) -> None:
    await context.write(
        move,
        visitor=visitor_of(update),
        flow=FLOW_NAME,
        step=step,
        data=view.place.write(),
        wait_seconds=WAIT_SECONDS,
    )


async def _show_list(update: Update, context: Context, broadcast_id: int) -> None:
    view = await context.read(composing.list_segments, visitor=visitor_of(update), broadcast_id=broadcast_id)
    await show(update, context, render_segments(Texts(view.member.language), view))


async def _show(update: Update, context: Context, view: SegmentView) -> None:
    await show(update, context, render_segment(Texts(view.member.language), view))


async def _show_or_gone(update: Update, context: Context, view: SegmentView | None) -> None:
    if view is None:
        await show(update, context, render_gone(Texts(await _find_language(update, context))))
    else:
        await _show(update, context, view)


async def _show_mistake(update: Update, context: Context, mistake: SegmentMistake) -> None:
    await show(update, context, render_mistake(Texts(await _find_language(update, context)), mistake))


async def _find_language(update: Update, context: Context) -> str:
    member: MemberView = (await context.read(composing.view_segment, visitor=visitor_of(update))).member
    return member.language


FLOW = Flow(
    name=FLOW_NAME,
    steps=[
        Step(name="draft", on_answer=on_typed),
        Step(name="name", ask=ask_name, on_answer=on_named),
        Step(name="list", takes=TEXT | {Answer.DOCUMENT}, on_answer=on_listed),
    ],
    wait_seconds=WAIT_SECONDS,
)
