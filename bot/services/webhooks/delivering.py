"""Events on their way to other systems: what is due, and what became of it. Each arrives at least once, in order per member."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence

from bot.core.roles import OWNERS
from bot.core.webhooks import (
    Answer,
    Verdict,
    compose_body,
    compose_message_id,
    compute_retry,
    decide_answer,
    decide_given_up,
    decide_switched_off,
)
from bot.services.members import list_chats
from bot.services.notices import owe
from bot.services.webhooks.notices import WebhookOff
from storage.frozen import frozen
from storage.records import PersonId
from storage.tables import people, webhooks
from storage.tx import Tx
from storage.webhook import DuePost, WebhookId, WebhookRow, WebhookState

MOST_AT_ONE_ADDRESS = 4
"""Events of different members that are on their way to it at once."""

_PEOPLE = ("friend", "inviter", "member")
"""The fields of an event that name somebody."""


@frozen
class Parcel:
    """An event as it is sent to one address."""

    post: DuePost
    url: str
    secret: str
    allow_private: bool
    message_id: str
    body: bytes


@frozen
class Result:
    """What became of one."""

    post: DuePost
    answer: Answer


def find_parcels(tx: Tx, *, busy: Mapping[WebhookId, Collection[int]]) -> list[Parcel]:
    """What can be sent now, beside the lines that are under way; one alone to an address that is not well."""
    parcels: list[Parcel] = []
    for row in webhooks.list_live(tx):
        lines = busy.get(row.id, ())
        room = (1 if row.failures else MOST_AT_ONE_ADDRESS) - len(lines)
        if row.state is WebhookState.ON and row.rests_until <= tx.now and room > 0:
            parcels += _pack(tx, row, webhooks.list_due(tx, row.id, busy=lines, limit=room))
    return parcels


def find_next(tx: Tx) -> int | None:
    """Microseconds until something can be sent next, 0 for now; None where nothing is owed."""
    at = webhooks.find_next(tx)
    return None if at is None else max(0, at - tx.now)


def settle(tx: Tx, results: Sequence[Result], *, random: Callable[[], float]) -> None:
    """Write down what became of events; an address where nothing arrives rests, and at last is switched off: owners are told.

    Args:
        tx: The transaction.
        results: In the order in which they came.
        random: Gives numbers from 0 to 1.
    """
    for each in results:
        row = webhooks.find(tx, each.post.webhook_id)
        if row is not None:
            _settle(tx, row, each, random)


def _settle(tx: Tx, row: WebhookRow, result: Result, random: Callable[[], float]) -> None:
    post, answer, verdict = result.post, result.answer, decide_answer(result.answer)
    if verdict is Verdict.ARRIVED:
        webhooks.note_arrived(tx, post)
        return
    if verdict is Verdict.GONE:
        _switch_off(tx, row, WebhookState.GONE, answer.error)
        return
    about_one = verdict is Verdict.REFUSED
    until = compute_retry(post.attempts + 1 if about_one else row.failures + 1, answer, now=tx.now, random=random)
    webhooks.note_failed(tx, row.id, until=0 if about_one else until, error=answer.error)
    if decide_given_up(post.first_tried_at, row.arrived_at, now=tx.now):
        webhooks.give_up(tx, post, error=answer.error)
    else:
        webhooks.put_off(tx, post, until=until, error=answer.error)
    if decide_switched_off(row.failing_since, now=tx.now):
        _switch_off(tx, row, WebhookState.FAILING, answer.error)


def _switch_off(tx: Tx, row: WebhookRow, state: WebhookState, error: str) -> None:
    if row.state is not WebhookState.ON:
        return
    webhooks.switch_off(tx, row.id, state)
    off = WebhookOff(url=row.url, gone=state is WebhookState.GONE, error=error)
    for address in list_chats(tx, OWNERS):
        owe(tx, address, off, key=f"{row.id}:{address.person_id}:{tx.now}")


def _pack(tx: Tx, row: WebhookRow, due: Sequence[DuePost]) -> list[Parcel]:
    told = [json.loads(post.data) for post in due]
    ids = {PersonId(data[name]) for data in told for name in _PEOPLE if data.get(name) is not None}
    known = {person_id: _show_person(tx, person_id) for person_id in sorted(ids)}
    return [
        Parcel(
            post=post,
            url=row.url,
            secret=row.secret,
            allow_private=row.allow_private,
            message_id=compose_message_id(row.id, post.event_id),
            body=compose_body(post.kind, post.happened_at, _name_people(data, known)),
        )
        for post, data in zip(due, told, strict=True)
    ]


def _name_people(data: Mapping[str, object], known: Mapping[PersonId, object]) -> dict[str, object]:
    return {
        name: known.get(PersonId(int(str(value)))) if name in _PEOPLE and value is not None else value
        for name, value in data.items()
    }


def _show_person(tx: Tx, person_id: PersonId) -> dict[str, object] | None:
    """Whom it is about, by what another system can know them; None for somebody who had themselves forgotten."""
    person = people.get(tx, person_id)
    if person.profile.telegram_id >= people.NOBODYS_TELEGRAM_ID:
        return None
    return {"code": person.code, "telegram_id": person.profile.telegram_id}
