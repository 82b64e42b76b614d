"""What a card waits for before it leaves, and what of it is written down where it does not."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, cast

import pytest

from bot.outbox.handouts import TURN_SECONDS, HandoutWorker
from bot.outbox.sender import ShopChats
from bot.outbox.worker import OutboxWorker
from bot.services.members import MemberView
from bot.services.sharing.handouts import begin, claim_card, settle_cards
from bot.wire.gate import Gate
from bot.wire.pictures import Pictures
from bot.wire.signal import TaskEnded
from storage import Store
from storage.errors import StoreUnavailable
from storage.handout import HandoutKind, HandoutState
from storage.records import CommitDoubted, Event, HandoutOwed
from storage.store import Listener
from storage.tables import outbox
from tests.messages.samples import CAMPAIGN, RENDERERS
from tests.outbox.test_handouts import (
    FIRST,
    Application,
    answer_photo,
    handing_out,
    join,
    list_errors,
    list_photos,
    shop,
    wish_stories,
)
from tests.wire.server import Server, until
from tests.wire.stage import make_snapshots

__all__ = ["shop"]


class Stumbling(Store):
    """A store in which units fail a few times."""

    def __init__(self, store: Store, unit: object, *errors: Exception) -> None:
        self.__dict__.update(store.__dict__)
        self.unit, self.errors = unit, list(errors)

    async def write(self, unit: Any, /, *args: Any, **kwargs: Any) -> Any:
        """As ever, later."""
        if unit is self.unit and self.errors:
            raise self.errors.pop(0)
        return await super().write(unit, *args, **kwargs)


@pytest.mark.parametrize("unit", [begin, claim_card, settle_cards], ids=["begin", "claim", "settle"])
async def test_a_store_that_is_away_loses_and_doubles_no_card(
    unit: object, server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """Whichever step it fails at: that is done again after a rest, and the card arrives once."""
    server.replies["sendPhoto"] = answer_photo
    application.bot_data.store = Stumbling(store, unit, StoreUnavailable("away"))
    async with handing_out(application, gate) as worker:
        ada = await store.write(join)
        await until(lambda: list_photos(server))
        await worker.settled()
    assert len(list_photos(server)) == 1
    assert await store.read(outbox.list_card_states, ada) == {}
    assert gate.metrics.read()["handouts_sent"] == 1


class Clumsy:
    """Pictures of which the first of somebody cannot be drawn."""

    def __init__(self, pictures: Pictures, telegram_id: int) -> None:
        self._pictures = pictures
        self._of = {telegram_id}

    def __getattr__(self, name: str) -> Any:
        """All else is as ever."""
        return getattr(self._pictures, name)

    async def draw_card(self, member: MemberView, story: str, *, friends: int) -> bytes:
        """Fail once."""
        if member.telegram_id in self._of:
            self._of.clear()
            raise OSError("no typeface")
        return await self._pictures.draw_card(member, story, friends=friends)


@pytest.mark.parametrize("step", ["draw", "claim"])
async def test_what_goes_wrong_before_a_card_leaves_is_in_its_row(
    step: str, server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """Which step it was, and why: a card that cannot be drawn, or not be claimed, is found by whoever looks for it."""
    snapshots = make_snapshots(store)
    if step == "draw":
        pictures = cast("Pictures", Clumsy(snapshots.current.pictures, 1001))
        snapshots.current, error = replace(snapshots.current, pictures=pictures), "OSError('no typeface')"
    else:
        error = "StoreUnavailable('away')"
        application.bot_data.store = Stumbling(store, claim_card, *[StoreUnavailable("away")] * 99)
    async with handing_out(application, gate, snapshots=snapshots, look_seconds=3600.0, retry_seconds=3600.0):
        await store.write(join)
        async with asyncio.timeout(60):
            while await list_errors(store) != [f"{step}: {error}"]:  # noqa: ASYNC110 -- a table tells nobody
                await asyncio.sleep(0.01)
    assert list_photos(server) == []


async def test_a_card_that_cannot_be_drawn_is_tried_again(
    server: Server, application: Application, gate: Gate, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """After the time between two looks; another one's card does not wait for it."""
    server.replies["sendPhoto"] = answer_photo
    snapshots = make_snapshots(store)
    pictures = cast("Pictures", Clumsy(snapshots.current.pictures, 1001))
    snapshots.current = replace(snapshots.current, pictures=pictures)
    async with handing_out(application, gate, snapshots=snapshots, look_seconds=0.2) as worker:
        await store.write(join)
        await store.write(join, 2)
        await until(lambda: list_photos(server, 1002))
        await until(lambda: list_photos(server, 1001))
        await worker.settled()
    (failed,) = [each for each in caplog.records if each.exc_info]
    assert failed.exc_info is not None
    assert str(failed.exc_info[1]) == "no typeface"


async def test_a_card_for_a_chat_that_is_closed_waits_and_no_other(
    server: Server, application: Application, store: Store
) -> None:
    """It is not even claimed: whoever dies meanwhile leaves nothing in doubt."""
    server.replies["sendPhoto"] = answer_photo
    snapshots, other = make_snapshots(store), [CAMPAIGN.stories[1].key]
    gate = Gate(send_rate=1000, chat_rate=1000, cold_seconds=0, clock=lambda: 1000.0)
    ada, bob = await store.write(join), await store.write(join, 2)
    async with handing_out(application, gate) as worker:
        await until(lambda: len(server.list_calls("sendPhoto")) == 2)
        await worker.settled()
        gate._pacing.ban_chat(1001, 5000.0, 1000.0)
        for person_id in (ada, bob):
            await store.write(wish_stories, person_id, snapshots, other, HandoutKind.FIRST)
        await until(lambda: len(list_photos(server, 1002)) == 2)
    assert len(list_photos(server, 1001)) == 1
    assert list((await store.read(outbox.list_card_states, ada)).values()) == [HandoutState.DUE]
    assert await store.read(outbox.list_card_states, bob) == {}


async def test_a_member_who_is_being_handed_a_picture_gets_no_other_beside_it(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """It may be the same one: theirs waits for its turn, and gives it back; another one's does not wait."""
    server.replies["sendPhoto"] = answer_photo
    snapshots = make_snapshots(store)
    turns = snapshots.current.pictures.turns
    assert turns.take(1001)
    async with handing_out(application, gate, snapshots=snapshots) as worker:
        ada = await store.write(join)
        await store.write(join, 2)
        await until(lambda: list_photos(server, 1002))
        await asyncio.sleep(2 * TURN_SECONDS)
        assert list_photos(server, 1001) == []
        assert await store.read(outbox.list_card_states, ada) == {FIRST: HandoutState.DUE}
        turns.give_back(1001)
        await until(lambda: list_photos(server, 1001))
        await worker.settled()
        assert turns.take(1001)
        assert turns.take(1002)


async def test_a_card_waits_for_room_at_the_gate(server: Server, application: Application, store: Store) -> None:
    """It is claimed once it can leave at once, and takes nothing from what somebody waits for."""
    server.replies["sendPhoto"] = answer_photo
    began, full = asyncio.get_running_loop().time(), Gate(send_rate=1000, chat_rate=1000, cold_seconds=0.5)
    async with handing_out(application, full) as worker:
        await store.write(join)
        await until(lambda: list_photos(server))
        await worker.settled()
    assert list_photos(server)[0].at - began >= 0.5


class Listed(Store):
    """The store, which notes of what it is to tell."""

    def __init__(self, store: Store) -> None:
        self.__dict__.update(store.__dict__)
        self.kinds: list[tuple[type[Event], ...]] = []

    def subscribe(self, listener: Listener, *kinds: type[Event]) -> None:
        """As ever."""
        self.kinds.append(kinds)
        super().subscribe(listener, *kinds)


class Quiet(HandoutWorker):
    """One whose loop ends in peace."""

    async def _run(self) -> None:
        return


async def test_a_worker_is_told_what_is_owed_and_missed_when_it_ends(
    application: Application, gate: Gate, store: Store
) -> None:
    """Also of what may be owed: a commit in doubt. Without it nobody would be handed a card any more."""
    listed, snapshots = Listed(store), make_snapshots(store)
    common: dict[str, Any] = {"store": listed, "bot": application.bot, "gate": gate, "snapshots": snapshots}
    notices = OutboxWorker(**common, renderers=RENDERERS)
    worker = Quiet(**common, chats=ShopChats(store), notices=notices)
    worker.start()
    assert listed.kinds == [(HandoutOwed, CommitDoubted)]
    async with asyncio.timeout(60):
        with pytest.raises(TaskEnded, match=r"^handing out cards has ended by itself$"):
            await worker.watch.wait_failed()
    await worker.stop(0.05)
