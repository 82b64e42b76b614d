"""What holds in a campaign, looked at as a whole: changed one by one, then kept in its draft or dropped."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from telegram import Update

from bot.core.campaigns.part_answers import KEEP
from bot.core.campaigns.terms_answers import order_terms
from bot.handlers.campaigns.steps import make_step
from bot.handlers.deps import Context
from bot.messages.outgoing import OutgoingMessage
from bot.messages.questions import Question
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.conversations import find_conversation, finish, leave
from bot.updates.context import visitor_of
from bot.updates.flows import Flow, Step

WAIT_SECONDS = 3600


def make_terms_flow(
    name: str,
    *,
    questions: Mapping[str, Question],
    render: Callable[[Texts, Shop, Mapping[str, Any]], OutgoingMessage],
    list_changes: Callable[[Texts, Mapping[str, Any]], Mapping[str, str]],
    take: Callable[[Mapping[str, Any], str, Any], Mapping[str, Any]],
    keep: Callable[..., object],
    show: Callable[[Update, Context, int], Awaitable[None]],
) -> Flow:
    """A flow whose data names its campaign; `keep` is the service that writes it, `show` what is shown of the campaign then."""

    async def on_kept(update: Update, context: Context, data: Mapping[str, Any]) -> None:
        await context.write(finish, keep, visitor=visitor_of(update), flow=name, data=data)
        await show(update, context, data["campaign"])

    async def on_dropped(update: Update, context: Context) -> None:
        visitor = visitor_of(update)
        place = await context.read(find_conversation, visitor=visitor)
        await context.write(leave, visitor=visitor, flow=name)
        await show(update, context, place.data["campaign"] if place is not None and place.flow == name else 0)

    def list_choices(texts: Texts, _shop: Shop, data: Mapping[str, Any]) -> Mapping[str, str]:
        return {KEEP: texts.plain("part.keep"), **list_changes(texts, data)}

    return Flow(
        name=name,
        steps=[
            *(make_step(each, question) for each, question in questions.items()),
            Step(name=KEEP, ask=render, takes=frozenset(), choices=list_choices),
        ],
        wait_seconds=WAIT_SECONDS,
        on_done=on_kept,
        on_cancel=on_dropped,
        order=order_terms,
        take=take,
    )
