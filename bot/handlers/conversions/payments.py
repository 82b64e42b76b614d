"""A payment in Telegram, or its refund, as the chat tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import Update

from bot.handlers.deps import Context
from bot.late import late
from bot.updates.context import visitor_of

if TYPE_CHECKING:
    from bot.services.conversions import payments
else:
    payments = late("bot.services.conversions.payments")


async def take_payment(update: Update, context: Context) -> bool:
    """Whether this message tells of a payment, which is written down then."""
    message = update.effective_message
    paid = (message.successful_payment or message.refunded_payment) if message is not None else None
    if message is None or paid is None:
        return False
    payment = payments.Payment(
        charge_id=paid.telegram_payment_charge_id,
        telegram_id=visitor_of(update).telegram_id,
        amount=paid.total_amount,
        currency=paid.currency,
        at=int(message.date.timestamp()) * 1_000_000,
        refunded=message.refunded_payment is not None,
    )
    await context.write(payments.note_payment, payment)
    return True
