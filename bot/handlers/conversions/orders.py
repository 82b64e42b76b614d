"""`/orders`: what waits for a buyer; `/order`: a member says that one is theirs; receipts."""

from __future__ import annotations

from telegram import Update

from bot.core.conversions.bodies import is_order_id
from bot.handlers.conversations import begin, begin_at
from bot.handlers.deps import Context
from bot.handlers.looking_up import find_number
from bot.handlers.reply import show
from bot.messages.buttons import ORDER_OF
from bot.messages.conversions.orders import (
    ask_buyer,
    ask_number,
    render_claimed,
    render_order,
    render_orders,
    render_receipt,
)
from bot.messages.conversions.till import render_buyers
from bot.messages.texts import Texts
from bot.services import looking_up
from bot.services.conversations import leave
from bot.services.conversions import orders, receipts
from bot.services.conversions.orders import OrderView
from bot.services.members import open_home
from bot.updates.context import visitor_of
from bot.updates.flows import ANYTHING, Flow, Step
from storage.conversation import Conversation
from storage.conversion import SaleId
from storage.records import PersonId


async def on_orders(update: Update, context: Context, before: int = 0) -> None:
    """Those that wait."""
    view = await context.read(orders.view_orders, visitor=visitor_of(update), before=before)
    await show(update, context, render_orders(Texts(view.member.language), context.deps.shop, view))


async def on_order(update: Update, context: Context, sale_id: int) -> None:
    """One of them."""
    view = await context.read(orders.view_order, visitor=visitor_of(update), sale_id=SaleId(sale_id))
    await _show(update, context, view)


async def on_order_of(update: Update, context: Context, sale_id: int, person_id: int) -> None:
    """It is somebody's who said so."""
    visitor = visitor_of(update)
    view = await context.write(orders.tie, visitor=visitor, sale_id=SaleId(sale_id), person_id=PersonId(person_id))
    await _show(update, context, view)


async def on_aside(update: Update, context: Context, sale_id: int) -> None:
    """It waits no longer."""
    view = await context.write(orders.put_aside, visitor=visitor_of(update), sale_id=SaleId(sale_id))
    await _show(update, context, view)


async def on_whose(update: Update, context: Context, sale_id: int) -> None:
    """Ask whose it is."""
    view = await context.read(orders.view_order, visitor=visitor_of(update), sale_id=SaleId(sale_id))
    await begin_at(update, context, TYING, "buyer", {"sale": sale_id, "order": view.sale.order_id})


async def on_buyer(update: Update, context: Context, asked: Conversation) -> None:
    """Whoever is meant."""
    message = update.effective_message
    assert message is not None
    visitor = visitor_of(update)
    found = await context.read(
        looking_up.find_meant,
        visitor=visitor,
        text=message.text or message.caption or "",
        telegram_id=find_number(message),
        addresses=context.deps.shop.addresses,
    )
    if len(found.offered) != 1:
        several = render_buyers(Texts(found.member.language), found, ORDER_OF, int(asked.data["sale"]))
        await show(update, context, several)
        return
    await on_order_of(update, context, int(asked.data["sale"]), next(iter(found.offered)))
    await context.write(leave, visitor=visitor, flow=TYING.name)


async def on_own_order(update: Update, context: Context) -> None:
    """A member's order, by its number."""
    typed = " ".join(context.args or ())
    if typed:
        await _claim(update, context, typed)
    else:
        await begin(update, context, TELLING)


async def on_number(update: Update, context: Context, _asked: Conversation) -> None:
    """The number."""
    message = update.effective_message
    await _claim(update, context, (message.text or "") if message is not None else "")


async def on_receipt(update: Update, context: Context, token: str) -> None:
    """A receipt's link was opened."""
    view = await context.write(receipts.open_receipt, visitor=visitor_of(update), token=token)
    await context.deliver(render_receipt(Texts(view.member.language), view))


async def _claim(update: Update, context: Context, said: str) -> None:
    visitor, number = visitor_of(update), said.strip().lstrip("#")
    if not is_order_id(number):
        member = await context.read(open_home, visitor=visitor)
        await show(update, context, render_claimed(Texts(member.language), taken=False, number=False))
        return
    member, taken = await context.write(orders.claim_order, visitor=visitor, order_id=number)
    await context.write(leave, visitor=visitor, flow=TELLING.name)
    await show(update, context, render_claimed(Texts(member.language), taken=taken, number=True))


async def _show(update: Update, context: Context, view: OrderView) -> None:
    await show(update, context, render_order(Texts(view.member.language), context.deps.shop, view))


TYING = Flow(
    name="tie",
    steps=[Step(name="buyer", ask=ask_buyer, takes=ANYTHING, takes_passed=True, on_answer=on_buyer)],
)
TELLING = Flow(name="order", steps=[Step(name="number", ask=ask_number, on_answer=on_number)])
