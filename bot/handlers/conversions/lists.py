"""A day's orders as a file: its columns are mapped by tapping, once, and the list is taken in."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from telegram import Update

from bot.core.conversions.order_lists import Column, Meaning, list_labels
from bot.core.coupons.lines import FileMistake
from bot.core.languages import get_conventions
from bot.handlers.conversations import begin, begin_at
from bot.handlers.deps import Context
from bot.messages.conversions.lists import (
    ask_amount,
    ask_date,
    ask_file,
    ask_kind,
    ask_member,
    ask_order,
    list_columns,
    list_kinds,
    render_no_list,
    render_taken,
)
from bot.messages.coupons import MOST_FILE_MEGABYTES, render_file_mistake, render_too_large
from bot.messages.texts import Texts
from bot.services.conversations import leave
from bot.services.conversions.importing import Taken, import_orders, read_head, view_list
from bot.services.members import MemberView, open_home
from bot.updates.context import visitor_of
from bot.updates.flows import Answer, Flow, Step
from storage.conversation import Conversation
from storage.conversion import MemberKey
from storage.steps import take_steps

MEGABYTE = 2**20


async def on_lists(update: Update, context: Context) -> None:
    """Ask for the file."""
    await begin(update, context, LISTING)


async def on_file(update: Update, context: Context, _asked: Conversation) -> None:
    """A list whose columns are known is taken in at once; of another it is asked what they mean."""
    message, visitor = update.effective_message, visitor_of(update)
    document = message.document if message is not None else None
    assert document is not None
    member = await context.read(open_home, visitor=visitor)
    texts = Texts(member.language)
    if (document.file_size or 0) > MOST_FILE_MEGABYTES * MEGABYTE:
        await context.deliver(render_too_large(texts))
        return
    try:
        head = read_head(await _fetch(context, document.file_id))
    except FileMistake as mistake:
        await context.deliver(render_file_mistake(texts, mistake))
        return
    if head is None:
        await context.deliver(render_no_list(texts))
        return
    view = await context.read(view_list, visitor=visitor, headings=head)
    if view.meaning is not None:
        await _take(update, context, member, document.file_id, view.meaning)
        return
    data = {"file": document.file_id, "columns": dict(list_labels(head))}
    await begin_at(update, context, LISTING, "order", data)


async def on_mapped(update: Update, context: Context, data: Mapping[str, Any]) -> None:
    """All columns are known."""
    member = await context.read(open_home, visitor=visitor_of(update))
    places = {column: int(data[column]) for column in Column if data.get(column) is not None}
    meaning = Meaning(places=places, member_key=MemberKey(str(data["kind"])))
    await _take(update, context, member, str(data["file"]), meaning)


async def _take(update: Update, context: Context, member: MemberView, file_id: str, meaning: Meaning) -> None:
    """After a death in between it begins anew, and finds what it knows."""
    texts, taken, visitor = Texts(member.language), Taken(), visitor_of(update)
    decimal = get_conventions(texts.locale).decimal
    steps = import_orders(await _fetch(context, file_id), meaning, taken, visitor=visitor, decimal=decimal)
    await take_steps(steps, context.bot_data.store.write)
    await context.deliver(render_taken(texts, taken))
    await context.write(leave, visitor=visitor, flow=LISTING.name)


async def _fetch(context: Context, file_id: str) -> io.BytesIO:
    file = await context.bot.get_file(file_id)
    return io.BytesIO(bytes(await file.download_as_bytearray()))


_TAP: frozenset[Answer] = frozenset()

LISTING = Flow(
    name="lists",
    steps=[
        Step(name="file", ask=ask_file, takes=frozenset({Answer.DOCUMENT}), on_answer=on_file),
        Step(name=Column.ORDER, ask=ask_order, takes=_TAP, choices=list_columns),
        Step(name=Column.AMOUNT, ask=ask_amount, takes=_TAP, choices=list_columns),
        Step(name=Column.MEMBER, ask=ask_member, takes=_TAP, choices=list_columns),
        Step(name="kind", ask=ask_kind, takes=_TAP, choices=list_kinds),
        Step(name=Column.DATE, ask=ask_date, takes=_TAP, choices=list_columns, optional=True),
    ],
    on_done=on_mapped,
)
