"""Broadcast messages on their way to Telegram: started, called back, and told how they ended."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from telegram.error import BadRequest, TelegramError

from bot.broadcasts.flight_recorder import FlightRecorder
from bot.core.broadcasts.content import read_content
from bot.core.broadcasts.counted_links import compose_reader_key
from bot.core.conversions.keys import compute_pepper
from bot.messages.broadcasts.composing import BroadcastComposer, Reader, compose_addresses, read_story
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.services.broadcasts.delivering import Claim, Key
from bot.wire.errors import Failure, FailureKind, classify
from bot.wire.pacing import Priority
from bot.wire.story_cards import Send
from bot.wire.telegram_bot import JSONDict, PassalongBot
from storage.broadcast import Action, Broadcast, Outcome, Recipient
from storage.frozen import frozen
from storage.records import BroadcastId, DeliveryState, PersonId

logger = logging.getLogger(__name__)

SendStory = Callable[[PersonId, OutgoingMessage, Send], Awaitable[JSONDict]]

ALBUM = "sendMediaGroup"
CUT_OFF = "the answer did not come before the stop"

_UNSENT = frozenset({FailureKind.NOT_SENT, FailureKind.FLOOD, FailureKind.TOKEN_BAD, FailureKind.CONFLICT})
"""Telegram certainly did nothing, and may do it another time. An edit or a deletion may be done twice, too."""

_STATES = {FailureKind.BLOCKED: DeliveryState.BLOCKED, FailureKind.UNKNOWN: DeliveryState.UNKNOWN}


@frozen
class Landing:
    """How the way to one recipient ended."""

    recipient: Recipient
    outcome: Outcome | None = None
    """None where surely nothing was sent: the recipient goes back to the queue."""
    failure: Failure | None = None
    """What went wrong; None after a success, or where the message was called back."""
    paid: bool = False
    """Whether it was to be paid for."""


@dataclass(slots=True, eq=False)
class _Flight:
    recipient: Recipient
    broadcast: Broadcast
    weight: int
    """Messages that it is."""
    task: asyncio.Task[JSONDict | None] | None = None
    left: bool = False


class BroadcastSender:
    """All messages on their way.

    Args:
        bot: Who sends.
        note: Told of each landing, on the event loop.
        recorder: Told of each that leaves, before it does.
        get_shop: The shop as it is now; None where there is none.
        stories: Sends a story on its reader's card.
    """

    def __init__(
        self,
        bot: PassalongBot,
        note: Callable[[Landing], None],
        recorder: FlightRecorder,
        get_shop: Callable[[], Shop | None],
        stories: SendStory,
    ) -> None:
        self._bot = bot
        self._note = note
        self._recorder = recorder
        self._get_shop = get_shop
        self._stories = stories
        self._pepper = compute_pepper(bot.token)
        self._flights: dict[Key, _Flight] = {}

    def __len__(self) -> int:
        """How many are on their way, those waiting at the gate included."""
        return len(self._flights)

    def count(self, *, paid: bool) -> tuple[int, int]:
        """How many are on their way free of charge, or paid for; and how many messages of those wait at the gate, or for a connection."""
        flights = [flight for flight in self._flights.values() if flight.broadcast.paid is paid]
        return len(flights), sum(flight.weight for flight in flights if not flight.left)

    def list_keys(self) -> set[Key]:
        """Whose messages are on their way."""
        return set(self._flights)

    def launch(self, claim: Claim) -> None:
        """Write to everybody of a claim."""
        content, shop = read_content(claim.broadcast.content), self._get_shop()
        public_url = shop.public_url if shop is not None else ""
        counted_id = claim.counted_id
        addresses = compose_addresses(content, claim.links, counted_id, public_url)
        composer = BroadcastComposer(content, shop, addresses)
        for recipient in claim.recipients:
            flight = self._flights[_key(recipient)] = _Flight(recipient, claim.broadcast, claim.weight)
            key = compose_reader_key(self._pepper, counted_id, recipient.person_id) if addresses else ""
            number = recipient.person_id
            reader = Reader(language=recipient.language, code=recipient.code, key=key, number=number)
            flight.task = asyncio.create_task(self._request(flight, composer, reader))
            flight.task.add_done_callback(partial(self._land, flight))

    def _request(
        self, flight: _Flight, composer: BroadcastComposer, reader: Reader
    ) -> Coroutine[Any, Any, JSONDict | None]:
        recipient = flight.recipient
        message_ids = [recipient.message_id or 0, *recipient.more_ids]
        if flight.broadcast.action is Action.EDIT:
            return self._edit(flight, composer.compose_edits(reader, message_ids))
        if flight.broadcast.action is Action.DELETE:
            on_leave = partial(self._note_left, flight)
            return self._bot.take_back(recipient.telegram_id, message_ids, on_leave=on_leave)
        return self._send(flight, composer.compose(reader))

    async def _edit(self, flight: _Flight, edits: Mapping[int, OutgoingMessage]) -> None:
        """Show the new form of each message that it is; what looks like that already is as good."""
        for message_id, message in edits.items():
            try:
                await self._bot.edit(
                    flight.recipient.telegram_id,
                    message_id,
                    message,
                    priority=Priority.BROADCAST,
                    on_leave=partial(self._note_left, flight),
                )
            except BadRequest as error:
                if not classify(error).is_unchanged:
                    raise

    async def _send(self, flight: _Flight, messages: Sequence[OutgoingMessage]) -> JSONDict:
        """Write to one; returns the first message. What belongs below an album is left out where it cannot follow."""
        chat, first, *rest = flight.recipient.telegram_id, *messages
        priority = Priority.PAID_BROADCAST if flight.broadcast.paid else Priority.BROADCAST
        send = partial(self._bot.deliver, chat, priority=priority, on_leave=partial(self._note_left, flight))
        sent = await (self._stories(flight.recipient.person_id, first, send) if read_story(first) else send(first))
        more = [*range(sent["message_id"] + 1, sent["message_id"] + _count_pictures(first))]
        for message in rest:
            try:
                more.append((await self._bot.deliver(chat, message, priority=priority))["message_id"])
            except TelegramError as error:
                logger.warning("The buttons of a broadcast's album did not follow it: %s", classify(error, chat).text)
        return {**sent, "more_ids": more} if more else sent

    def recall(self, broadcast_id: BroadcastId | None = None) -> None:
        """Call back what has not left yet, of one broadcast or of all."""
        for flight in self._flights.values():
            if not flight.left and broadcast_id in {None, flight.recipient.broadcast_id} and flight.task:
                flight.task.cancel()

    async def settled(self, limit_seconds: float) -> None:
        """Wait until all have landed; what has not by then is cut off, its outcome unknown."""
        tasks = {flight.task for flight in self._flights.values() if flight.task}
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=limit_seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _note_left(self, flight: _Flight) -> None:
        """From here on it may arrive."""
        flight.left = True
        self._recorder.note_left(_key(flight.recipient))

    def _land(self, flight: _Flight, task: asyncio.Task[JSONDict | None]) -> None:
        key = _key(flight.recipient)
        del self._flights[key]
        landing = replace(_conclude(flight, task), paid=flight.broadcast.paid)
        if landing.outcome is not None and landing.outcome.message_id is not None:
            self._recorder.note_answered(key, landing.outcome.message_id)
        self._note(landing)


def _key(recipient: Recipient) -> Key:
    return recipient.broadcast_id, recipient.person_id


def _conclude(flight: _Flight, task: asyncio.Task[JSONDict | None]) -> Landing:
    recipient, is_echo = flight.recipient, flight.broadcast.action is not Action.SEND
    if task.cancelled():
        outcome = _decide(recipient, DeliveryState.UNKNOWN, error=CUT_OFF) if flight.left and not is_echo else None
        return Landing(recipient=recipient, outcome=outcome)
    error = task.exception()
    if error is None:
        return Landing(recipient=recipient, outcome=_decide_sent(recipient, task.result() or {}))
    failure = classify(error, recipient.telegram_id)
    if (
        failure.kind in _UNSENT
        or failure.is_unpaid
        or not flight.left
        or (is_echo and failure.kind is FailureKind.UNKNOWN)
    ):
        return Landing(recipient=recipient, failure=failure)
    state = _STATES.get(failure.kind, DeliveryState.FAILED)
    return Landing(recipient=recipient, outcome=_decide(recipient, state, error=failure.text), failure=failure)


def _decide_sent(recipient: Recipient, sent: JSONDict) -> Outcome:
    more: Any = sent.get("more_ids", ())
    decided = _decide(recipient, DeliveryState.SENT, message_id=sent.get("message_id"))
    return replace(decided, more_ids=tuple(more)) if more else decided


def _count_pictures(message: OutgoingMessage) -> int:
    """Those of an album have numbers that follow each other."""
    if message.method != ALBUM:
        return 1
    return len(json.loads(str((message.formatting or {})["media"])))


def _decide(recipient: Recipient, state: DeliveryState, *, message_id: int | None = None, error: str = "") -> Outcome:
    return Outcome(
        broadcast_id=recipient.broadcast_id,
        person_id=recipient.person_id,
        state=state,
        message_id=message_id,
        error=error,
    )
