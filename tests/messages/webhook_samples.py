"""Every screen of webhooks, filled with an address of one's choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.webhooks import UrlFault
from bot.messages import webhooks
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.webhooks.managing import NewWebhook, SentEvent, WebhooksView, WebhookView
from storage.webhook import HookEventId, HookEventKind, PostState, WebhookId, WebhookRow, WebhookState

if TYPE_CHECKING:
    from bot.services.members import MemberView

MARCH = 1_773_273_600_000_000
URL = "https://" + "w" * 200 + ".example:8443/<hook>?key=hush"


def make_webhook(
    number: int, state: WebhookState = WebhookState.ON, *, failures: int = 0, arrived: bool = True
) -> WebhookRow:
    """One that hears of everything, at the longest address."""
    return WebhookRow(
        id=WebhookId(2**62 + number),
        url=URL,
        kinds=[kind.value for kind in HookEventKind],
        secret="",
        allow_private=False,
        state=state,
        failing_since=MARCH if failures else None,
        failures=failures,
        rests_until=0,
        error="500 <b>out of order</b> " * 20 if failures else "",
        arrived_at=MARCH if arrived else None,
        created_at=MARCH,
    )


def render_webhooks(texts: Texts, shop: Shop, member: MemberView) -> dict[str, OutgoingMessage]:
    """What an owner sees."""
    rows = [
        make_webhook(1),
        make_webhook(2, arrived=False),
        make_webhook(3, failures=9),
        make_webhook(4, WebhookState.FAILING, failures=99),
        make_webhook(5, WebhookState.GONE, failures=1),
        *(make_webhook(number) for number in range(6, 11)),
    ]
    last = [
        SentEvent(id=HookEventId(2**62 + number), kind=kind, happened_at=MARCH, state=state, error="")
        for number, (kind, state) in enumerate(
            zip(("joined", "broadcast_finished", "rewarded"), PostState, strict=True)
        )
    ]
    views = {
        f"webhook, {row.state}, {row.failures}": WebhookView(
            member=member, row=row, owed=1_000_000, given_up=1, last=last, again=1_000
        )
        for row in rows[:5]
    }
    return {
        "webhooks": webhooks.render_webhooks(texts, WebhooksView(member=member, rows=rows)),
        "webhooks, one": webhooks.render_webhooks(texts, WebhooksView(member=member, rows=rows[:1])),
        "webhooks, none": webhooks.render_webhooks(texts, WebhooksView(member=member, rows=[])),
        **{name: webhooks.render_webhook(texts, shop, view) for name, view in views.items()},
        "webhook, gone": webhooks.render_webhook(texts, shop, WebhookView(member=member, row=None)),
        "webhook, leaving": webhooks.render_leaving(texts, WebhookView(member=member, row=rows[0])),
        "webhook, address": webhooks.ask_url(texts, shop, {}),
        "webhook, kinds": webhooks.ask_kinds(texts, shop, {"url": URL}),
        **{f"webhook, {fault}": OutgoingMessage(text=webhooks.say_fault(texts, fault)) for fault in UrlFault},
        "webhook, added": webhooks.render_added(texts, NewWebhook(id=WebhookId(2**62), secret="whsec_" + "w" * 32)),
        "webhook, enough": webhooks.render_added(texts, None),
    }
