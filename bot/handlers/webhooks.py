"""Other systems that hear what happens here, for owners."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any

from telegram import Message, Update

from bot.core.webhooks import LONGEST_URL, find_url_fault
from bot.handlers.conversations import begin
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.texts import Html, Texts
from bot.messages.webhooks import (
    CHOICES,
    ask_kinds,
    ask_url,
    list_kinds,
    render_added,
    render_leaving,
    render_webhook,
    render_webhooks,
    say_fault,
)
from bot.services.conversations import finish
from bot.services.webhooks import managing
from bot.services.webhooks.managing import WebhookView
from bot.updates.context import visitor_of
from bot.updates.flows import Flow, Step
from storage.webhook import HookEventId, WebhookId


async def on_webhooks(update: Update, context: Context) -> None:
    """Which there are."""
    view = await context.read(managing.view_webhooks, visitor=visitor_of(update))
    await show(update, context, render_webhooks(Texts(view.member.language), view))


async def on_webhook(update: Update, context: Context, webhook_id: int) -> None:
    """How one stands."""
    visitor = visitor_of(update)
    await _show(
        update, context, await context.read(managing.view_webhook, visitor=visitor, webhook_id=WebhookId(webhook_id))
    )


async def on_switch_on(update: Update, context: Context, webhook_id: int) -> None:
    """It works again: try at once."""
    visitor = visitor_of(update)
    unit = partial(managing.switch_on_by_owner, visitor=visitor, webhook_id=WebhookId(webhook_id))
    await _show(update, context, await context.write(unit))


async def on_event(update: Update, context: Context, webhook_id: int, event_id: int) -> None:
    """An event once more."""
    unit = partial(managing.replay_by_owner, visitor=visitor_of(update), webhook_id=WebhookId(webhook_id))
    await _show(update, context, await context.write(unit, event_id=HookEventId(event_id)))


async def on_since(update: Update, context: Context, webhook_id: int, seconds: int) -> None:
    """All of the last hours once more."""
    unit = partial(managing.replay_by_owner, visitor=visitor_of(update), webhook_id=WebhookId(webhook_id))
    await _show(update, context, await context.write(unit, seconds=seconds))


async def on_leave(update: Update, context: Context, webhook_id: int) -> None:
    """Whether it is to be removed."""
    visitor = visitor_of(update)
    view = await context.read(managing.view_webhook, visitor=visitor, webhook_id=WebhookId(webhook_id))
    await show(update, context, render_leaving(Texts(view.member.language), view))


async def on_remove(update: Update, context: Context, webhook_id: int) -> None:
    """For good."""
    visitor = visitor_of(update)
    view = await context.write(managing.remove_by_owner, visitor=visitor, webhook_id=WebhookId(webhook_id))
    await show(update, context, render_webhooks(Texts(view.member.language), view))


async def on_add(update: Update, context: Context) -> None:
    """One more."""
    await begin(update, context, ADDING)


async def on_kinds(update: Update, context: Context, data: Mapping[str, Any]) -> None:
    """Tell it from now on."""
    kinds = [kind.value for kind in CHOICES[str(data["kinds"])]]
    add = partial(managing.add_asked, kinds=kinds, random_bytes=secrets.token_bytes)
    added = await context.write(finish, add, visitor=visitor_of(update), flow=ADDING.name, data=data)
    if added is not None:
        member, new = added
        await show(update, context, render_added(Texts(member.language), new))


def read_url(message: Message) -> str:
    """As somebody wrote it, without what a chat adds around it."""
    return (message.text or "").strip().strip("<>")[: LONGEST_URL + 1]


def refuse_url(texts: Texts, _data: Mapping[str, Any], message: Message) -> Html | None:
    """Why it cannot be told."""
    fault = find_url_fault(read_url(message), allow_private=False)
    return None if fault is None else say_fault(texts, fault)


async def _show(update: Update, context: Context, view: WebhookView) -> None:
    await show(update, context, render_webhook(Texts(view.member.language), context.deps.shop, view))


ADDING = Flow(
    name="webhook",
    steps=[
        Step(name="url", ask=ask_url, read=read_url, refuse=refuse_url),
        Step(name="kinds", ask=ask_kinds, takes=frozenset(), choices=list_kinds),
    ],
    on_done=on_kinds,
)
