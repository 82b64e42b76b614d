"""`/sold`: whose purchase, for how much, done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telegram import Update

from bot.core.conversions.money import parse_typed
from bot.core.languages import get_conventions
from bot.core.liability import count_digits
from bot.handlers.conversations import begin, begin_at, find_place
from bot.handlers.deps import Context
from bot.handlers.looking_up import find_number
from bot.handlers.reply import show
from bot.messages.conversions.till import ask_amount, ask_whose, render_buyers, render_no_amount, render_sold
from bot.messages.texts import Texts
from bot.services import looking_up
from bot.services.conversations import finish
from bot.services.conversions import till
from bot.services.conversions.till import Sold
from bot.services.members import open_home
from bot.updates.context import visitor_of
from bot.updates.flows import ANYTHING, Flow, Step
from storage.conversation import Conversation
from storage.conversion import SaleId
from storage.records import PersonId


async def on_sold(update: Update, context: Context) -> None:
    """`/sold CODE 12.50 A-17`; whatever is missing is asked for."""
    typed = list(context.args or ())
    if not typed:
        await begin(update, context, SELLING)
        return
    await find_buyer(update, context, typed[0], rest=" ".join(typed[1:]))


async def on_whose(update: Update, context: Context, _asked: Conversation) -> None:
    """What was typed, picked, scanned or passed on."""
    message = update.effective_message
    assert message is not None
    await find_buyer(update, context, message.text or message.caption or "", number=find_number(message))


async def on_scanned(update: Update, context: Context, payload: str) -> bool:
    """Whether a card that somebody of the team has scanned was waited for: its member is the buyer then."""
    place = await find_place(update, context)
    if place is None or place.flow is not SELLING or place.step.name != "whose":
        return False
    await find_buyer(update, context, payload)
    return True


async def find_buyer(update: Update, context: Context, text: str, *, number: int | None = None, rest: str = "") -> None:
    """Whoever is meant, and then the amount, which may have been typed along."""
    view = await context.read(
        looking_up.find_meant,
        visitor=visitor_of(update),
        text=text,
        telegram_id=number,
        addresses=context.deps.shop.addresses,
    )
    if len(view.offered) == 1:
        await ask_how_much(update, context, next(iter(view.offered)), rest=rest)
    else:
        await show(update, context, render_buyers(Texts(view.member.language), view))


async def on_sold_to(update: Update, context: Context, person_id: int) -> None:
    """To somebody who was found."""
    await ask_how_much(update, context, PersonId(person_id))


async def ask_how_much(update: Update, context: Context, person_id: PersonId, *, rest: str = "") -> None:
    """The amount; what was typed already is taken."""
    view = await context.read(till.view_till, visitor=visitor_of(update), person_id=person_id)
    if view.sold is not Sold.READY:
        await show(update, context, render_sold(Texts(view.member.language), view))
        return
    data = {"person": person_id, "name": view.name, "currency": view.currency}
    done = _read(Texts(view.member.language), data, rest)
    if done is None:
        await begin_at(update, context, SELLING, "amount", data)
        return
    sold = await context.write(till.sell_asked, visitor=visitor_of(update), data=done)
    await show(update, context, render_sold(Texts(view.member.language), sold))


async def on_amount(update: Update, context: Context, asked: Conversation) -> None:
    """So much, and perhaps the order's number."""
    message, visitor = update.effective_message, visitor_of(update)
    texts = Texts((await context.read(open_home, visitor=visitor)).language)
    done = _read(texts, asked.data, (message.text or "") if message is not None else "")
    if done is None:
        await context.deliver(render_no_amount(texts, str(asked.data["currency"])))
        return
    view = await context.write(finish, till.sell_asked, visitor=visitor, flow=SELLING.name, data=done)
    if view is not None:
        await context.deliver(render_sold(texts, view))


async def on_undo(update: Update, context: Context, sale_id: int) -> None:
    """It was a mistake."""
    view = await context.write(till.undo_sale, visitor=visitor_of(update), sale_id=SaleId(sale_id))
    await show(update, context, render_sold(Texts(view.member.language), view))


def _read(texts: Texts, data: Mapping[str, Any], said: str) -> Mapping[str, Any] | None:
    """The amount, and perhaps the order's number behind it, as this person writes them."""
    decimal = get_conventions(texts.locale).decimal
    typed = parse_typed(said, digits=count_digits(str(data["currency"])), decimal=decimal)
    return {**data, "amount": typed.amount, "order": typed.order_id} if typed is not None else None


SELLING = Flow(
    name="sold",
    steps=[
        Step(name="whose", ask=ask_whose, takes=ANYTHING, takes_passed=True, on_answer=on_whose),
        Step(name="amount", ask=ask_amount, on_answer=on_amount),
    ],
)
