"""Holding what was heard of payments in Stars against Telegram's own list: refunds and chargebacks come by no message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.core.durations import DAY_SECONDS
from bot.late import late, loaded
from bot.updates.job import Job
from bot.wire.pacing import Priority
from bot.wire.telegram_bot import PassalongBot
from storage.store import Store

if TYPE_CHECKING:
    from bot.services.conversions import payments
else:
    payments = late("bot.services.conversions.payments")

PAGE = 100
"""Telegram tells no more at once."""

USER, INVOICE = "user", "invoice_payment"


async def reconcile(bot: PassalongBot, store: Store) -> None:
    """Read on from where the list was read the last time."""
    while True:
        seen = await store.read(payments.count_seen)
        page = {"offset": seen, "limit": PAGE}
        told = await bot.post_raw("getStarTransactions", page, priority=Priority.ERRAND)
        found = list(told["transactions"])
        if found:
            await store.write(payments.note_transactions, payments=list(list_payments(found)), seen=len(found))
        if len(found) < PAGE:
            return


def list_payments(found: Sequence[Mapping[str, Any]]) -> Iterator[payments.Payment]:
    """What people have paid, and what went back to them; gifts and withdrawals are neither."""
    for each in found:
        partner = each.get("source") or each.get("receiver") or {}
        if partner.get("type") == USER and partner.get("transaction_type") == INVOICE and each["amount"] > 0:
            yield payments.Payment(
                charge_id=each["id"],
                telegram_id=partner["user"]["id"],
                amount=each["amount"],
                currency=loaded(payments.STARS),
                at=each["date"] * 1_000_000,
                refunded="receiver" in each,
            )


def make_reconciling_job(bot: PassalongBot) -> Job:
    """The job, for one bot."""
    return Job(name="reconciling", every_seconds=DAY_SECONDS, run=partial(reconcile, bot))
