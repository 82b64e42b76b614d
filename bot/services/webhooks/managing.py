"""Addresses of other systems: added, looked at, switched on, removed; and what they missed, sent once more."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from bot.core.durations import SECOND
from bot.core.roles import OWNERS
from bot.core.signing import SECRET_BYTES, compose_secret
from bot.core.webhooks import MOST_WEBHOOKS, check_url
from bot.services.audit import Act
from bot.services.members import MemberView, demand, enter, view_member
from storage.frozen import frozen
from storage.records import PersonId, Profile
from storage.tables import audit, webhooks
from storage.tx import Tx
from storage.webhook import HookEventId, PostState, WebhookId, WebhookRow

MOST_SHOWN = 3

RandomBytes = Callable[[int], bytes]


class TooManyWebhooks(Exception):
    """There are as many as there may be."""


@frozen
class NewWebhook:
    """An address that is told from now on; its secret is shown once."""

    id: WebhookId
    secret: str


@frozen
class SentEvent:
    """An event as it stands at one address."""

    id: HookEventId
    kind: str
    happened_at: int
    state: PostState
    error: str


@frozen
class WebhookView:
    """One address, and how it stands."""

    member: MemberView
    row: WebhookRow | None
    """None where it is not there any more."""
    owed: int = 0
    given_up: int = 0
    last: Sequence[SentEvent] = ()
    again: int | None = None
    """How many events this tap has owed anew."""


@frozen
class WebhooksView:
    """All addresses."""

    member: MemberView
    rows: Sequence[WebhookRow]


def add_webhook(
    tx: Tx,
    *,
    url: str,
    kinds: Collection[str],
    random_bytes: RandomBytes,
    allow_private: bool = False,
    actor_id: PersonId | None = None,
) -> NewWebhook:
    """Tell an address from now on.

    Raises:
        UrlMistake: it cannot be told anything.
        TooManyWebhooks: there are as many as there may be.
    """
    check_url(url, allow_private=allow_private)
    if len(webhooks.list_live(tx)) >= MOST_WEBHOOKS:
        raise TooManyWebhooks
    secret = compose_secret(random_bytes(SECRET_BYTES))
    number = webhooks.add(tx, url=url, kinds=kinds, secret=secret, allow_private=allow_private)
    audit.add(tx, actor_id=actor_id, act=Act.WEBHOOK_ADDED, subject=name_url(url), after=",".join(kinds))
    return NewWebhook(id=number, secret=secret)


def remove_webhook(tx: Tx, webhook_id: WebhookId, *, actor_id: PersonId | None = None) -> bool:
    """Never tell it anything again; False where it is not there."""
    row = webhooks.find(tx, webhook_id)
    if row is None or not webhooks.remove(tx, webhook_id):
        return False
    audit.add(tx, actor_id=actor_id, act=Act.WEBHOOK_REMOVED, subject=name_url(row.url))
    return True


def list_webhooks(tx: Tx) -> list[tuple[WebhookRow, int]]:
    """All addresses, each with how much has not arrived yet."""
    return [(row, webhooks.count_owed(tx, row.id)) for row in webhooks.list_live(tx)]


def switch_on(tx: Tx, webhook_id: WebhookId) -> bool:
    """Send what has waited, and go on; False where it is not there."""
    return webhooks.find(tx, webhook_id) is not None and webhooks.switch_on(tx, webhook_id)


def replay(
    tx: Tx, webhook_id: WebhookId, *, event_id: HookEventId | None = None, since: int | None = None
) -> int | None:
    """Send an event, or all since a moment, once more; returns how many. None where there is no such address."""
    if webhooks.find(tx, webhook_id) is None:
        return None
    if event_id is not None:
        return webhooks.replay(tx, webhook_id, event_id)
    return webhooks.replay_since(tx, webhook_id, since or 0)


def view_webhooks(tx: Tx, *, visitor: Profile) -> WebhooksView:
    """All of them.

    Raises:
        NotAllowed: this is no owner.
    """
    demand(tx, visitor, OWNERS)
    return WebhooksView(member=view_member(tx, enter(tx, visitor)), rows=webhooks.list_live(tx))


def view_webhook(tx: Tx, *, visitor: Profile, webhook_id: WebhookId, again: int | None = None) -> WebhookView:
    """One of them, and how its last events stand.

    Raises:
        NotAllowed: this is no owner.
    """
    demand(tx, visitor, OWNERS)
    member, row = view_member(tx, enter(tx, visitor)), webhooks.find(tx, webhook_id)
    if row is None:
        return WebhookView(member=member, row=None)
    last = [
        SentEvent(id=number, kind=kind, happened_at=at, state=state, error=error)
        for number, kind, at, state, error in webhooks.list_last(tx, webhook_id, MOST_SHOWN)
    ]
    owed, given_up = webhooks.count_owed(tx, webhook_id), webhooks.count_given_up(tx, webhook_id)
    return WebhookView(member=member, row=row, owed=owed, given_up=given_up, last=last, again=again)


def add_asked(
    tx: Tx, *, visitor: Profile, data: Mapping[str, Any], kinds: Collection[str], random_bytes: RandomBytes
) -> tuple[MemberView, NewWebhook | None]:
    """The same in the chat, where only addresses on the internet can be named; None where there are too many.

    Raises:
        NotAllowed: this is no owner.
    """
    demand(tx, visitor, OWNERS)
    me = enter(tx, visitor)
    try:
        new = add_webhook(tx, url=str(data["url"]), kinds=kinds, random_bytes=random_bytes, actor_id=me.id)
    except TooManyWebhooks:
        return view_member(tx, me), None
    return view_member(tx, me), new


def remove_by_owner(tx: Tx, *, visitor: Profile, webhook_id: WebhookId) -> WebhooksView:
    """The same in the chat.

    Raises:
        NotAllowed: this is no owner.
    """
    demand(tx, visitor, OWNERS)
    remove_webhook(tx, webhook_id, actor_id=enter(tx, visitor).id)
    return view_webhooks(tx, visitor=visitor)


def switch_on_by_owner(tx: Tx, *, visitor: Profile, webhook_id: WebhookId) -> WebhookView:
    """The same in the chat.

    Raises:
        NotAllowed: this is no owner.
    """
    demand(tx, visitor, OWNERS)
    switch_on(tx, webhook_id)
    return view_webhook(tx, visitor=visitor, webhook_id=webhook_id)


def replay_by_owner(
    tx: Tx, *, visitor: Profile, webhook_id: WebhookId, event_id: HookEventId | None = None, seconds: int = 0
) -> WebhookView:
    """An event, or what has happened in the last so many seconds, once more.

    Raises:
        NotAllowed: this is no owner.
    """
    demand(tx, visitor, OWNERS)
    again = replay(tx, webhook_id, event_id=event_id, since=tx.now - seconds * SECOND)
    return view_webhook(tx, visitor=visitor, webhook_id=webhook_id, again=again)


def name_url(url: str) -> str:
    """An address as it is shown and written down: its path and query may hold somebody's key."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"


def show_moment(at: int | None) -> str | None:
    """A moment as programs read it."""
    return None if at is None else datetime.fromtimestamp(at / SECOND, UTC).isoformat(timespec="seconds")
