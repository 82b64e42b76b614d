"""`/api`: keys of other systems, made and revoked by owners."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from telegram import Message, Update

from bot.core.conversions.keys import compute_key_secret, compute_pepper, decide_makeable
from bot.handlers.conversations import begin_at
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.conversions.keys import ask_name, render_keys, render_made, render_sure, say_unmade
from bot.messages.texts import Html, Texts
from bot.services.conversations import finish
from bot.services.conversions import keys
from bot.updates.context import visitor_of
from bot.updates.flows import Flow, Step, read_text
from storage.tables.api_keys import KeyId


async def on_api(update: Update, context: Context) -> None:
    """Which keys there are."""
    view = await context.read(keys.view_keys, visitor=visitor_of(update))
    await show(update, context, render_keys(Texts(view.member.language), context.deps.shop, view))


async def on_new(update: Update, context: Context) -> None:
    """One more."""
    view = await context.read(keys.view_keys, visitor=visitor_of(update))
    await begin_at(update, context, NAMING, "name", {"live": dict(Counter(each.name for each in view.live))})


async def on_named(update: Update, context: Context, data: Mapping[str, Any]) -> None:
    """Make it, and show it this once."""
    visitor = visitor_of(update)
    view = await context.write(finish, keys.make_asked, visitor=visitor, flow=NAMING.name, data=data)
    if view is not None:
        pepper = compute_pepper(context.bot.token)
        secret = compute_key_secret(pepper, view.made.key_hash) if view.made is not None else ""
        await context.deliver(render_made(Texts(view.member.language), view, secret))


async def on_revoke(update: Update, context: Context, key_id: int) -> None:
    """Shall it?"""
    view = await context.read(keys.view_keys, visitor=visitor_of(update))
    await show(update, context, render_sure(Texts(view.member.language), view, key_id))


async def on_revoke_sure(update: Update, context: Context, key_id: int) -> None:
    """It opens nothing any more."""
    view = await context.write(keys.revoke_key, visitor=visitor_of(update), key_id=KeyId(key_id))
    await show(update, context, render_keys(Texts(view.member.language), context.deps.shop, view))


def refuse_name(texts: Texts, data: Mapping[str, Any], message: Message) -> Html | None:
    """Why no key can be called so."""
    unmade = decide_makeable(read_text(message) or "", data.get("live", {}))
    return None if unmade is None else say_unmade(texts, unmade)


NAMING = Flow(name="api", steps=[Step(name="name", ask=ask_name, refuse=refuse_name)], on_done=on_named)
