"""Other systems that hear what happens here: which there are, how each stands, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from bot.core.durations import DAY_SECONDS, HOUR_SECONDS
from bot.core.webhooks import MOST_WEBHOOKS, UrlFault, compose_message_id
from bot.messages.buttons import (
    WEBHOOK,
    WEBHOOK_ADD,
    WEBHOOK_EVENT,
    WEBHOOK_LEAVE,
    WEBHOOK_ON,
    WEBHOOK_REMOVE,
    WEBHOOK_SINCE,
    WEBHOOKS,
)
from bot.messages.keyboards import Row, make_button, stack, tap_row
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import PRIMARY, OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, escape
from bot.services.webhooks.managing import NewWebhook, SentEvent, WebhooksView, WebhookView, name_url
from bot.services.webhooks.notices import WebhookOff
from storage.webhook import HookEventKind, PostState, WebhookRow, WebhookState

_ADDRESS_LIMIT = 60
_SAID_LIMIT = 100

FRIENDS = (HookEventKind.JOINED, HookEventKind.QUALIFIED, HookEventKind.REVOKED)
REWARDS = (
    HookEventKind.REWARDED,
    HookEventKind.WITHDRAWN,
    HookEventKind.REDEEMED,
    HookEventKind.RETURNED,
    HookEventKind.USED,
    HookEventKind.UNUSED,
    HookEventKind.ORDER,
)
CHOICES: Mapping[str, Sequence[HookEventKind]] = MappingProxyType(
    {"all": tuple(HookEventKind), "friends": FRIENDS, "rewards": REWARDS}
)
"""What is offered in the chat; a command can name each kind."""

_CHOICES = {"all": "webhook.choice.all", "friends": "webhook.choice.friends", "rewards": "webhook.choice.rewards"}
_FAULTS: Mapping[UrlFault, str] = MappingProxyType(
    {
        UrlFault.NONE_AT_ALL: "webhook.fault.none",
        UrlFault.LOGIN: "webhook.fault.login",
        UrlFault.FRAGMENT: "webhook.fault.fragment",
        UrlFault.OPEN: "webhook.fault.open",
        UrlFault.PRIVATE: "webhook.fault.private",
    }
)
_EVENT_STATES: Mapping[PostState, str] = MappingProxyType(
    {
        PostState.OWED: "webhook.event.owed",
        PostState.ARRIVED: "webhook.event.arrived",
        PostState.GIVEN_UP: "webhook.event.given_up",
    }
)


def render_webhooks(texts: Texts, view: WebhooksView) -> OutgoingMessage:
    """All of them, and the way to one more."""
    lines = [_say_row(texts, number, row) for number, row in enumerate(view.rows, start=1)]
    blocks = [texts.say("webhook.title"), Html("\n".join(lines))] if lines else [texts.say("webhook.none")]
    taps = [
        make_button(texts, WEBHOOK, row.id, label=texts.plain("webhook.open", number=number))
        for number, row in enumerate(view.rows, start=1)
    ]
    rows = [taps[first : first + 3] for first in range(0, len(taps), 3)]
    if len(view.rows) < MOST_WEBHOOKS:
        rows.append([make_button(texts, WEBHOOK_ADD, style=None if lines else PRIMARY)])
    return OutgoingMessage(text=Html("\n\n".join(blocks)), keyboard=stack(*rows))


def render_webhook(texts: Texts, shop: Shop, view: WebhookView) -> OutgoingMessage:
    """One of them: how it stands, its last events, and what can be done."""
    row = view.row
    if row is None:
        return OutgoingMessage(text=texts.say("webhook.gone"), keyboard=stack(tap_row(texts, WEBHOOKS)))
    blocks = [texts.say("webhook.heading", address=_show(row.url)), _say_state(texts, row)]
    blocks.append(texts.say("webhook.kinds", kinds=", ".join(row.kinds)))
    counts = [
        *([texts.say("webhook.owed", count=view.owed)] if view.owed else []),
        *([texts.say("webhook.given_up", count=view.given_up)] if view.given_up else []),
    ]
    if counts:
        blocks.append(Html("\n".join(counts)))
    if view.last:
        last = [_say_event(texts, shop, row, number, event) for number, event in enumerate(view.last, start=1)]
        blocks.append(Html("\n".join([texts.say("webhook.last"), *last])))
    if view.again is not None:
        blocks.append(texts.say("webhook.again", count=view.again))
    if view.last:
        blocks.append(texts.say("webhook.resend"))
    return OutgoingMessage(text=Html("\n\n".join(blocks)), keyboard=stack(*_list_rows(texts, row, view.last)))


def render_leaving(texts: Texts, view: WebhookView) -> OutgoingMessage:
    """Whether it is to be removed for good."""
    if view.row is None:
        return OutgoingMessage(text=texts.say("webhook.gone"), keyboard=stack(tap_row(texts, WEBHOOKS)))
    number = view.row.id
    keep = make_button(texts, WEBHOOK, number, label=texts.plain("webhook.keep"))
    text = texts.say("webhook.sure", address=_show(view.row.url))
    return OutgoingMessage(text=text, keyboard=stack([make_button(texts, WEBHOOK_REMOVE, number), keep]))


def ask_url(texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> OutgoingMessage:
    """Where to?"""
    return OutgoingMessage(text=texts.say("webhook.ask_url"))


def say_fault(texts: Texts, fault: UrlFault) -> Html:
    """Why this address cannot be told."""
    return texts.say(_FAULTS[fault])


def ask_kinds(texts: Texts, _shop: Shop, data: Mapping[str, Any]) -> OutgoingMessage:
    """Of what?"""
    return OutgoingMessage(text=texts.say("webhook.ask_kinds", address=_show(str(data["url"]))))


def list_kinds(texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> Mapping[str, str]:
    """What can be chosen."""
    return {name: texts.plain(key) for name, key in _CHOICES.items()}


def render_added(texts: Texts, new: NewWebhook | None) -> OutgoingMessage:
    """It is told from now on: its secret, this once; None where there are too many."""
    if new is None:
        return OutgoingMessage(
            text=texts.say("webhook.enough", count=MOST_WEBHOOKS), keyboard=stack(tap_row(texts, WEBHOOKS))
        )
    look = make_button(texts, WEBHOOK, new.id, label=texts.plain("webhook.look"))
    return OutgoingMessage(text=texts.say("webhook.added", secret=new.secret), keyboard=stack([look]))


def _list_rows(texts: Texts, row: WebhookRow, last: Sequence[SentEvent]) -> list[Row]:
    on = (
        []
        if row.state is WebhookState.ON and not row.failures
        else [make_button(texts, WEBHOOK_ON, row.id, style=PRIMARY)]
    )
    again = [
        make_button(texts, WEBHOOK_EVENT, row.id, event.id, label=texts.plain("webhook.event.send", number=number))
        for number, event in enumerate(last, start=1)
        if event.state is not PostState.OWED
    ]
    since = [
        make_button(texts, WEBHOOK_SINCE, row.id, seconds, label=texts.plain(key))
        for seconds, key in (
            (HOUR_SECONDS, "webhook.hour"),
            (DAY_SECONDS, "webhook.day"),
            (7 * DAY_SECONDS, "webhook.week"),
        )
    ]
    leave = make_button(texts, WEBHOOK_LEAVE, row.id)
    return [on, again, since if last else [], [leave, make_button(texts, WEBHOOKS, label=texts.plain("webhook.back"))]]


def _say_row(texts: Texts, number: int, row: WebhookRow) -> Html:
    return texts.say("webhook.line", number=number, address=_show(row.url), state=_say_state(texts, row))


def _say_state(texts: Texts, row: WebhookRow) -> Html:
    said = escape(row.error[:_SAID_LIMIT])
    if row.state is WebhookState.GONE:
        return texts.say("webhook.state.gone")
    if row.state is WebhookState.FAILING:
        return texts.say("webhook.state.failing", said=said)
    if row.failures:
        return texts.say("webhook.state.trouble", said=said)
    return texts.say("webhook.state.well" if row.arrived_at else "webhook.state.new")


def _say_event(texts: Texts, shop: Shop, row: WebhookRow, number: int, event: SentEvent) -> Html:
    return texts.say(
        _EVENT_STATES[event.state],
        number=number,
        event=compose_message_id(row.id, event.id),
        kind=event.kind,
        date=texts.moment(event.happened_at, shop.zone),
    )


def _show(url: str) -> str:
    return name_url(url)[:_ADDRESS_LIMIT]


def _render_off(reader: Reader, notice: WebhookOff) -> OutgoingMessage:
    key = "webhook.off.gone" if notice.gone else "webhook.off.failing"
    text = reader.texts.say(key, address=_show(notice.url), said=notice.error[:_SAID_LIMIT])
    return OutgoingMessage(text=text, keyboard=stack([make_button(reader.texts, WEBHOOKS, style=PRIMARY)]))


NOTICES: Renderers = {WebhookOff: each(_render_off)}
