"""Coupons: lists that whoever runs the shop sends as a document, the counter, and what is done at the bot's own pace."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from telegram import Message, Update
from telegram.error import BadRequest

from bot.core.coupons.lines import FileMistake
from bot.core.coupons.pools import parse_pool
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.conversations import compose_question
from bot.messages.coupons import (
    MOST_FILE_MEGABYTES,
    render_coupon_check,
    render_file_gone,
    render_file_mistake,
    render_imported,
    render_pool_question,
    render_pools,
    render_too_large,
)
from bot.messages.outgoing import OutgoingMessage
from bot.messages.texts import Texts
from bot.services.conversations import leave, move
from bot.services.coupons import counter
from bot.services.coupons.importing import Imported, import_coupons, view_pools
from bot.services.members import MemberView, open_home
from bot.updates.context import visitor_of
from bot.updates.flows import Flow, Step
from storage.conversation import Conversation
from storage.facts import CouponId
from storage.steps import take_steps

MEGABYTE = 2**20
FIELD, POOL = "coupons", "pool"
MOST_OFFERED = 8
LABEL_LIMIT = 20
"""Characters of a pool that a button can name."""

Data = Mapping[str, Any]


async def on_coupons(update: Update, context: Context) -> None:
    """What is left of each pool, and how to bring more."""
    view = await context.read(view_pools, visitor=visitor_of(update))
    await show(update, context, render_pools(Texts(view.member.language), view))


async def on_document(update: Update, context: Context) -> None:
    """A list: taken where its caption names a pool, else it is asked into which."""
    message = update.effective_message
    assert message is not None
    assert message.document is not None
    visitor = visitor_of(update)
    view = await context.read(view_pools, visitor=visitor)
    texts = Texts(view.member.language)
    if (message.document.file_size or 0) > MOST_FILE_MEGABYTES * MEGABYTE:
        await context.deliver(render_too_large(texts))
        return
    pool = parse_pool(message.caption or "")
    data: Data = {
        "file": message.document.file_id,
        "pools": [each.name for each in view.pools if len(each.name) <= LABEL_LIMIT],
    }
    if pool is not None:
        await _take(update, context, view.member, str(data["file"]), pool)
        return
    await context.deliver(_compose_question(texts, data, wrong=bool(message.caption)))
    await context.write(move, visitor=visitor, flow=FIELD, step=POOL, data=data, wait_seconds=FLOW.wait_seconds)


async def on_pool_typed(update: Update, context: Context, asked: Conversation) -> None:
    """A pool by its name, which may be a new one."""
    message = update.effective_message
    assert message is not None
    member = await context.read(open_home, visitor=visitor_of(update))
    pool = _read_pool(message)
    if pool is None:
        await context.deliver(_compose_question(Texts(member.language), asked.data, wrong=True))
        return
    await _take(update, context, member, str(asked.data["file"]), pool)


async def on_pool_tapped(update: Update, context: Context, data: Data) -> None:
    """A pool by its button."""
    member = await context.read(open_home, visitor=visitor_of(update))
    await _take(update, context, member, str(data["file"]), str(data[POOL]))


async def on_hand_in(update: Update, context: Context, coupon_id: int) -> None:
    """The counter has taken it."""
    number, visitor = CouponId(coupon_id), visitor_of(update)
    view = await context.write(counter.hand_in, visitor=visitor, coupon_id=number)
    await show(update, context, render_coupon_check(Texts(view.member.language), context.deps.shop, view))


async def on_hand_again(update: Update, context: Context, coupon_id: int) -> None:
    """It has not, after all."""
    number, visitor = CouponId(coupon_id), visitor_of(update)
    view = await context.write(counter.hand_again, visitor=visitor, coupon_id=number)
    await show(update, context, render_coupon_check(Texts(view.member.language), context.deps.shop, view))


async def _take(update: Update, context: Context, member: MemberView, file_id: str, pool: str) -> None:
    """Fetch a list and take it in, batch by batch. After a death in between it begins anew, and finds what it knows."""
    texts, imported = Texts(member.language), Imported()
    try:
        file = await context.bot.get_file(file_id)
        content = io.BytesIO(bytes(await file.download_as_bytearray()))
        steps = import_coupons(content, pool, imported, by=visitor_of(update))
        await take_steps(steps, context.bot_data.store.write)
        screen = render_imported(texts, pool, imported)
    except FileMistake as mistake:
        screen = render_file_mistake(texts, mistake)
    except BadRequest as error:
        screen = render_too_large(texts) if "too big" in str(error) else render_file_gone(texts)
    await context.deliver(screen)
    await context.write(leave, visitor=visitor_of(update), flow=FIELD)


def _compose_question(texts: Texts, data: Data, *, wrong: bool = False) -> OutgoingMessage:
    question, choices = render_pool_question(texts, wrong=wrong), _list_choices(texts, None, data)
    return compose_question(texts, question, FIELD, POOL, choices=choices, can_go_back=False, can_skip=False)


def _list_choices(_texts: Texts, _shop: object, data: Data) -> dict[str, str]:
    return {name: name for name in list(data["pools"])[:MOST_OFFERED]}


def _read_pool(message: Message) -> str | None:
    return parse_pool(message.text or "")


def _ask_pool(texts: Texts, _shop: object, _data: Data) -> OutgoingMessage:
    return render_pool_question(texts)


FLOW = Flow(
    name=FIELD,
    steps=[Step(name=POOL, ask=_ask_pool, choices=_list_choices, on_answer=on_pool_typed)],
    on_done=on_pool_tapped,
)
