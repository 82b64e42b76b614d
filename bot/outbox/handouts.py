"""Cards that nobody asked for, on their way: behind everything else under the gate, each claimed before it is sent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.messages.outgoing import OutgoingMessage, Photo
from bot.messages.sharing.screens import render_share, render_step
from bot.messages.texts import Texts
from bot.outbox.sender import ShopChats
from bot.outbox.worker import OutboxWorker
from bot.services.sharing.handouts import (
    DueCard,
    HandoutEnd,
    HandoutResult,
    begin,
    claim_card,
    drop,
    find_due_cards,
    settle_cards,
)
from bot.wire.errors import Failure, FailureKind, classify
from bot.wire.gate import Gate
from bot.wire.pacing import Priority
from bot.wire.signal import Batches, Signal, Watch
from bot.wire.snapshot import Snapshot, Snapshots
from bot.wire.telegram_bot import PassalongBot, find_file_id
from storage.addresses import ChatRole
from storage.handout import HandoutId, HandoutKind
from storage.records import CommitDoubted, HandoutOwed
from storage.store import Store

logger = logging.getLogger(__name__)

MOST_IN_FLIGHT = 8
"""What is in flight when the process dies is unknown for ever; so many fill thirty a second over a slow way."""

PATIENCE_SECONDS = 1.0
"""While notices leave without a pause, one card goes in this time."""

LOOK_SECONDS = 5.0
"""So often a look is taken at what is owed and not due yet."""

MIN_DELAY_SECONDS = 0.02
MIN_PAUSE_SECONDS = 0.002
"""A clock may wake a little early: then the gate is asked again."""

TURN_SECONDS = 0.2
"""Until a card is tried again whose member is being handed a picture."""

RETRY_SECONDS = 5.0
VAULT_REST_SECONDS = 300.0
"""A vault that is gone or forbids is tried again after so long: somebody has to put it right first."""

_UNSENT = frozenset({FailureKind.NOT_SENT, FailureKind.FLOOD, FailureKind.TOKEN_BAD, FailureKind.CONFLICT})
"""Telegram certainly did nothing, and may do it another time."""

_COUNTERS = {
    HandoutEnd.SENT: "handouts_sent",
    HandoutEnd.DROPPED: "handouts_failed",
    HandoutEnd.UNKNOWN: "handouts_unknown",
}


@dataclass(slots=True, eq=False)
class _Flight:
    """A card that is claimed."""

    card: DueCard
    message: OutgoingMessage
    chat_id: int | str
    left: bool = False

    def note_leave(self) -> None:
        """From here on it may arrive."""
        self.left = True


class HandoutWorker:
    """Draws and sends each card that is owed, once; newcomers' own before those for the vault.

    Greetings never wait for it: it draws and sends while no notice is on its way, and one a second while they never
    stop. A card is drawn before it is claimed, so that what is claimed leaves at once.

    Args:
        store: Where handouts lie.
        bot: Who sends.
        gate: Whose pace it asks.
        snapshots: The shop and what draws its cards, as of each card.
        chats: Where the vault is, if there is one.
        notices: What goes first.
        look_seconds: Between two looks at what is not due yet.
        retry_seconds: How long to wait after what surely was not sent, and after a failed write.
        vault_rest_seconds: Between two tries of a vault that takes nothing.
    """

    def __init__(
        self,
        *,
        store: Store,
        bot: PassalongBot,
        gate: Gate,
        snapshots: Snapshots,
        chats: ShopChats,
        notices: OutboxWorker,
        look_seconds: float = LOOK_SECONDS,
        retry_seconds: float = RETRY_SECONDS,
        vault_rest_seconds: float = VAULT_REST_SECONDS,
    ) -> None:
        self._store = store
        self._bot = bot
        self._gate = gate
        self._snapshots = snapshots
        self._chats = chats
        self._notices = notices
        self._look_seconds = look_seconds
        self._retry_seconds = retry_seconds
        self._vault_rest_seconds = vault_rest_seconds
        self._vault_rests = False
        self._results: Batches[HandoutResult] = Batches("ends of handouts", self._settle)
        self._flights: set[asyncio.Task[None]] = set()
        self._held: set[HandoutId] = set()
        """Claimed, until the end is written down; or put off, until it is tried again."""
        self._turns: set[HandoutId] = set()
        """Handouts whose member's turn is ours."""
        self._fresh = True
        self._owing = self._idle = False
        self._signal = Signal()
        self.watch = Watch()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Listen to the store, and go on with what an earlier process left; in the event loop."""
        self._store.subscribe(lambda _: self._wake(), HandoutOwed, CommitDoubted)
        self._notices.subscribe(self._wake)
        self._task = self.watch.start(self._run(), name="handing out cards", for_ever=True)

    async def settled(self) -> None:
        """Return when nothing is owed that can be handed out now."""
        await self._signal.wait_for(lambda: self._idle and not self._fresh and not self._flights and not self._results)

    async def stop(self, limit_seconds: float = 5.0) -> None:
        """Hand out nothing more, give what is on its way some time; the rest goes on at the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        if self._flights:
            _, late = await asyncio.wait(self._flights, timeout=limit_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._results.drain(max(0.5, limit_seconds))

    def _wake(self) -> None:
        self._fresh = True
        self._signal.tell()

    async def _run(self) -> None:
        begun = False
        while True:
            try:
                if not begun:
                    await self._store.write(begin)
                    begun = True
                await self._hand_out_some()
            except Exception:
                logger.exception("Cards cannot be handed out; trying again")
                await asyncio.sleep(self._retry_seconds)

    async def _hand_out_some(self) -> None:
        await self._notices.wait_quiet(PATIENCE_SECONDS)
        self._fresh = self._idle = False
        due = await self._find_due()
        for card in due:
            await self._hand_out(card)
        if due or self._fresh:
            return
        self._idle = True
        self._signal.tell()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._look_seconds if self._owing else None):
                await self._signal.wait_for(lambda: self._fresh)

    async def _find_due(self) -> Sequence[DueCard]:
        vault = await self._chats.find(ChatRole.VAULT)
        ready = vault is not None and not self._vault_rests and self._gate.delay_for(vault) <= MIN_DELAY_SECONDS
        versions = self._snapshots.current.pictures.versions
        found = await self._store.read(
            find_due_cards, versions=versions, limit=2 * MOST_IN_FLIGHT, vault=ready, held=frozenset(self._held)
        )
        if found.useless:
            await self._store.write(drop, found.useless)
        self._owing = found.rest
        return found.cards

    async def _hand_out(self, card: DueCard) -> None:
        """Draw what Telegram does not have, claim the card once it can leave, and let it go."""
        snapshot, chat_id = self._snapshots.current, await self._find_chat(card)
        if chat_id is None:
            return
        try:
            image = None if card.file_id else await _draw(snapshot, card)
        except Exception as error:
            logger.exception("A card cannot be drawn; it is tried again")
            self._put_off(card, self._look_seconds, f"draw: {error!r}")
            return
        if (delay := self._gate.delay_for(chat_id)) > PATIENCE_SECONDS:
            self._put_off(card, delay)
            return
        await self._wait_for_room()
        if not snapshot.pictures.turns.take(card.member.telegram_id):
            self._hold(card, TURN_SECONDS)  # the member is being handed a picture, perhaps this one
            return
        self._turns.add(card.handout.id)
        self._held.add(card.handout.id)
        try:
            claimed = await self._store.write(claim_card, card)
        except Exception as error:  # noqa: BLE001 -- a claim whose commit was in doubt is given back
            self._put_off(card, self._retry_seconds, f"claim: {error!r}")
            return
        if claimed is None:
            self._release(card)
            return
        photo = Photo(file_id=claimed.file_id, image=None if claimed.file_id else image)
        self._launch(_Flight(claimed, _render(snapshot, claimed, photo), chat_id))

    async def _find_chat(self, card: DueCard) -> int | str | None:
        vault = card.handout.kind is HandoutKind.VAULT
        return card.member.telegram_id if not vault else await self._chats.find(ChatRole.VAULT)

    async def _wait_for_room(self) -> None:
        """Return when a request would leave at once, and holds up nothing that somebody waits for."""
        await self._notices.wait_quiet(PATIENCE_SECONDS)
        while not self._has_room():
            opens = self._gate.startable_in()
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_SECONDS if opens is None else max(opens, MIN_PAUSE_SECONDS)):
                    await self._signal.wait_for(self._has_room)

    def _has_room(self) -> bool:
        return len(self._flights) < MOST_IN_FLIGHT and self._gate.count_startable() > 0

    def _launch(self, flight: _Flight) -> None:
        task = self.watch.start(self._send(flight))
        self._flights.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._flights.discard(task)
        self._signal.tell()

    async def _send(self, flight: _Flight) -> None:
        vault = flight.card.handout.kind is HandoutKind.VAULT
        priority = Priority.ERRAND if vault else Priority.BROADCAST
        try:
            sent = await self._bot.deliver(
                flight.chat_id,
                flight.message,
                thread_id=flight.card.handout.topic_id,
                priority=priority,
                on_leave=flight.note_leave,
            )
        except asyncio.CancelledError:
            end = HandoutEnd.UNKNOWN if flight.left else HandoutEnd.UNSENT
            self._results.add(HandoutResult(card=flight.card, end=end, error="the answer did not come before the stop"))
            raise
        except Exception as error:  # noqa: BLE001 -- every error is classified
            await self._face(flight, classify(error, flight.chat_id))
        else:
            uploaded = find_file_id(sent) if flight.card.file_id is None else None
            self._results.add(HandoutResult(card=flight.card, end=HandoutEnd.SENT, file_id=uploaded))
            if vault:
                await self._chats.note(ChatRole.VAULT, works=True)

    async def _face(self, flight: _Flight, failure: Failure) -> None:
        """Draw the conclusion from a failure."""
        card, vault = flight.card, flight.card.handout.kind is HandoutKind.VAULT
        logger.warning("A card could not be handed out (%s): %s", failure.kind, failure.text)
        if failure.kind in _UNSENT or not flight.left:
            self._put_off(card, failure.retry_after or self._retry_seconds, failure.text)
        elif failure.is_lost_file and card.file_id is not None:
            self._results.add(HandoutResult(card=card, end=HandoutEnd.UNSENT, error=failure.text, lost=True))
        elif failure.kind is FailureKind.MIGRATED and vault:
            await self._chats.move(ChatRole.VAULT, failure.new_chat_id)
            self._put_off(card, 0.0, failure.text)
        elif failure.kind is FailureKind.CURABLE:
            await self._rest_vault()
            self._put_off(card, 0.0, failure.text)
        else:
            unknown, blocked = failure.kind is FailureKind.UNKNOWN, failure.kind is FailureKind.BLOCKED
            end = HandoutEnd.UNKNOWN if unknown else HandoutEnd.DROPPED
            self._results.add(HandoutResult(card=card, end=end, error=failure.text, blocked=blocked and not vault))

    async def _rest_vault(self) -> None:
        """Tell the admins, once, and try again after a while."""
        self._vault_rests = True
        asyncio.get_running_loop().call_later(self._vault_rest_seconds, self._open_vault)
        await self._chats.note(ChatRole.VAULT, works=False)

    def _open_vault(self) -> None:
        self._vault_rests = False
        self._wake()

    def _put_off(self, card: DueCard, seconds: float, error: str = "") -> None:
        self._held.add(card.handout.id)
        self._results.add(HandoutResult(card=card, end=HandoutEnd.UNSENT, wait_seconds=seconds, error=error))

    async def _settle(self, results: Sequence[HandoutResult]) -> None:
        await self._store.write(settle_cards, results)
        for each in results:
            self._release(each.card, each.wait_seconds)
            if each.end in _COUNTERS:
                self._gate.metrics.count(_COUNTERS[each.end])
        self._wake()

    def _release(self, card: DueCard, wait_seconds: float = 0.0) -> None:
        if card.handout.id in self._turns:
            self._turns.discard(card.handout.id)
            self._snapshots.current.pictures.turns.give_back(card.member.telegram_id)
        if wait_seconds:
            self._hold(card, wait_seconds)
        else:
            self._held.discard(card.handout.id)

    def _hold(self, card: DueCard, seconds: float) -> None:
        self._held.add(card.handout.id)
        asyncio.get_running_loop().call_later(seconds, self._try_again, card.handout.id)

    def _try_again(self, handout_id: HandoutId) -> None:
        self._held.discard(handout_id)
        self._wake()


async def _draw(snapshot: Snapshot, card: DueCard) -> bytes:
    return await snapshot.pictures.draw_card(card.member, card.handout.story, friends=card.handout.friends)


def _render(snapshot: Snapshot, card: DueCard, photo: Photo) -> OutgoingMessage:
    """As on asking; for the vault the picture alone. It sounds for a newcomer only."""
    if card.handout.kind is HandoutKind.VAULT:
        return OutgoingMessage(photo=photo, silent=True)
    if card.handout.friends:
        return render_step(Texts(card.member.language), snapshot.shop, card.member, photo, card.handout.friends)
    screen = render_share(Texts(card.member.language), snapshot.shop, card.member, photo, card.handout.story)
    return replace(screen, silent=bool(card.handout.version))
