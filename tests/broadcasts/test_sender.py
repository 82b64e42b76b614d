"""One message of a broadcast on its way: what leaves, and what its end says of the recipient."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
from telegram.error import BadRequest, Forbidden

from bot.broadcasts.flight_recorder import FlightRecorder
from bot.broadcasts.sender import BroadcastSender, Landing
from bot.core.broadcasts.counted_links import compose_link_key, compose_reader_key
from bot.core.conversions.keys import compute_pepper
from bot.core.trials import is_held_out
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.services.broadcasts.delivering import Claim, FormerRun
from bot.wire.errors import FailureKind, Flooded, LostAnswer, NotSent
from bot.wire.pacing import Priority
from bot.wire.telegram_bot import JSONDict, PassalongBot
from storage.broadcast import Action, Broadcast, Outcome, Recipient
from storage.records import BroadcastId, BroadcastState, DeliveryState, PersonId
from tests.broadcasts.test_flight_recorder import key, kill, reopen
from tests.messages.samples import make_shop

FIRST = BroadcastId(1)
ADA, CHAT, MESSAGE = PersonId(2), 7_000_000_002, 50
TEXT: Mapping[str, object] = {"kind": "text", "text": "Fresh bread"}
ALBUM: Mapping[str, object] = {"kind": "album", "items": [{"type": "photo", "media": name} for name in "AB"]}


class Telegram:
    """Gives out its answers one by one, errors by raising them, once each request has left, or before it does."""

    token = "123456:of-nobody"

    def __init__(self, *answers: Exception | JSONDict, leaves: bool = True) -> None:
        self.answers = list(answers)
        self.leaves = leaves
        self.calls: list[tuple[str, int, Any, Priority | None]] = []
        """What was asked, of which chat, about what, and who goes first."""

    async def _answer(self, on_leave: Callable[[], None] | None) -> JSONDict:
        if self.leaves and on_leave is not None:
            on_leave()
        said = self.answers.pop(0)
        if isinstance(said, Exception):
            raise said
        return said

    async def deliver(
        self, chat: int, message: OutgoingMessage, *, priority: Priority, on_leave: Callable[[], None] | None = None
    ) -> JSONDict:
        """Send one."""
        self.calls.append((message.method, chat, message, priority))
        return await self._answer(on_leave)

    async def edit(
        self, chat: int, number: int, _message: OutgoingMessage, *, priority: Priority, on_leave: Callable[[], None]
    ) -> JSONDict:
        """Show one anew."""
        self.calls.append(("edit", chat, number, priority))
        return await self._answer(on_leave)

    async def take_back(self, chat: int, numbers: list[int], *, on_leave: Callable[[], None]) -> JSONDict:
        """Delete all that it is."""
        self.calls.append(("delete", chat, numbers, None))
        return await self._answer(on_leave)


class Silent(Telegram):
    """Never says what became of it."""

    async def _answer(self, on_leave: Callable[[], None] | None) -> JSONDict:
        if self.leaves and on_leave is not None:
            on_leave()
        await asyncio.Event().wait()
        return {}


def claim(version: Mapping[str, object], *, buttons: bool = False, **changes: Any) -> Claim:
    """One recipient of a broadcast."""
    content = {"versions": {"": version}, "buttons": [["Menu", "https://e.org"]] if buttons else [], "share": False}
    broadcast = Broadcast(
        id=BroadcastId(1),
        author_id=PersonId(1),
        state=BroadcastState.RUNNING,
        content=content,
        progress_message_id=None,
        audience_upto=PersonId(9),
        filled_upto=PersonId(9),
        created_at=0,
        started_at=0,
        finished_at=None,
        **changes,
    )
    recipient = Recipient(broadcast_id=broadcast.id, person_id=ADA, telegram_id=CHAT)
    if broadcast.action is not Action.SEND:
        recipient = replace(recipient, message_id=MESSAGE, more_ids=(MESSAGE + 1, MESSAGE + 2))
    return Claim(broadcast=broadcast, recipients=[recipient], counted_id=broadcast.id)


async def send(telegram: Telegram, claimed: Claim, recorder: FlightRecorder | None = None) -> Landing:
    """How it ends."""
    landings: list[Landing] = []

    async def tell_story(_person: PersonId, _message: object, _send: object) -> JSONDict:
        raise AssertionError("there is none")

    sender = BroadcastSender(
        cast("PassalongBot", telegram), landings.append, recorder or FlightRecorder(None), make_shop, tell_story
    )
    sender.launch(claimed)
    assert (len(sender), sender.count(paid=claimed.broadcast.paid)) == (1, (1, claimed.weight))
    assert sender.count(paid=not claimed.broadcast.paid) == (0, 0)
    async with asyncio.timeout(60):
        await sender.settled(60)
    assert len(sender) == 0
    (landing,) = landings
    assert landing.recipient == claimed.recipients[0]
    return landing


def end(state: DeliveryState, error: str = "", message_id: int | None = None, more: tuple[int, ...] = ()) -> Outcome:
    """What is written down."""
    return Outcome(
        broadcast_id=BroadcastId(1), person_id=ADA, state=state, message_id=message_id, error=error, more_ids=more
    )


@pytest.mark.parametrize("paid", [False, True])
async def test_what_was_sent_is_known_by_its_number(tmp_path: Path, *, paid: bool) -> None:
    """It waits behind people who wait for an answer, unless it is paid for; its leaving and its answer are on record."""
    telegram, recorder = Telegram({"message_id": 5}), FlightRecorder(tmp_path / "flights")
    recorder.open()
    landing = await send(telegram, claim(TEXT, paid=paid), recorder)
    assert landing == Landing(recipient=landing.recipient, outcome=end(DeliveryState.SENT, message_id=5), paid=paid)
    priority = Priority.PAID_BROADCAST if paid else Priority.BROADCAST
    assert [(method, chat, asked) for method, chat, _, asked in telegram.calls] == [("sendMessage", CHAT, priority)]
    run = kill(recorder)
    assert reopen(tmp_path / "flights") == FormerRun(run=run, left=set(), answered={key(ADA): 5})


async def test_the_pictures_of_an_album_follow_each_other_and_its_buttons_come_below(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """All its numbers are known, to edit or delete it; where the buttons cannot follow, the log says why, and it was sent all the same."""
    fine, bare = Telegram({"message_id": 5}, {"message_id": 9}), Telegram({"message_id": 5}, BadRequest("Not now"))
    landing = await send(fine, claim(ALBUM, buttons=True, paid=True))
    assert landing.outcome == end(DeliveryState.SENT, message_id=5, more=(6, 9))
    assert [(method, asked) for method, _, _, asked in fine.calls] == [
        ("sendMediaGroup", Priority.PAID_BROADCAST),
        ("sendMessage", Priority.PAID_BROADCAST),
    ]
    assert caplog.records == []
    landing = await send(bare, claim(ALBUM, buttons=True))
    assert landing.outcome == end(DeliveryState.SENT, message_id=5, more=(6,))
    assert [each.args for each in caplog.records] == [("Not now",)]


BLOCKED = Forbidden("Forbidden: bot was blocked by the user")
TOO_LONG, POOR = BadRequest("Bad Request: message is too long"), BadRequest("Bad Request: BALANCE_TOO_LOW")
LOST = LostAnswer("Connection lost")
SENT_FOR_GOOD = [
    (BLOCKED, FailureKind.BLOCKED, DeliveryState.BLOCKED),
    (BadRequest("Bad Request: chat not found"), FailureKind.BLOCKED, DeliveryState.BLOCKED),
    (TOO_LONG, FailureKind.REFUSED, DeliveryState.FAILED),
    (LOST, FailureKind.UNKNOWN, DeliveryState.UNKNOWN),
]
SURELY_NOT = [(NotSent("No connection"), FailureKind.NOT_SENT), (Flooded(7), FailureKind.FLOOD)]


async def test_what_goes_wrong_says_what_became_of_the_recipient() -> None:
    """Whoever surely got nothing goes back to the queue; nobody is written to twice."""
    for error, kind, state in SENT_FOR_GOOD:
        landing = await send(Telegram(error), claim(TEXT))
        assert landing.failure is not None
        assert (landing.failure.kind, landing.outcome) == (kind, end(state, landing.failure.text))
        assert landing.failure.text.lower() in str(error).lower()
    surely_not: list[tuple[Exception, FailureKind, bool]] = [
        *((error, kind, True) for error, kind in SURELY_NOT),
        *((error, kind, False) for error, kind, _ in SENT_FOR_GOOD),
        (POOR, FailureKind.REFUSED, True),
    ]
    for failed, kind, leaves in surely_not:
        landing = await send(Telegram(failed, leaves=leaves), claim(TEXT))
        assert landing.failure is not None
        assert (landing.failure.kind, landing.outcome) == (kind, None)


async def test_an_edit_shows_each_message_anew_and_a_deletion_takes_all_back() -> None:
    """Behind people who wait for an answer; what looks like that already is as good."""
    told = {"kind": "album", "items": [{"type": "photo", "media": name, "caption": "Fresh"} for name in "AB"]}
    same = BadRequest("Bad Request: message is not modified")
    telegram = Telegram(same, {}, same)
    landing = await send(telegram, claim(told, buttons=True, action=Action.EDIT))
    assert landing.outcome == end(DeliveryState.SENT)
    assert telegram.calls == [("edit", CHAT, number, Priority.BROADCAST) for number in (50, 51, 52)]
    telegram = Telegram({})
    landing = await send(telegram, claim(TEXT, action=Action.DELETE))
    assert landing.outcome == end(DeliveryState.SENT)
    assert telegram.calls == [("delete", CHAT, [50, 51, 52], None)]


async def test_an_edit_or_a_deletion_of_unknown_end_is_tried_again() -> None:
    """Done twice it harms nobody; what Telegram refuses is over for this one as well."""
    for action in (Action.EDIT, Action.DELETE):
        landing = await send(Telegram(LOST), claim(TEXT, action=action))
        assert (landing.outcome, landing.failure and landing.failure.kind) == (None, FailureKind.UNKNOWN)
        landing = await send(Telegram(BadRequest("Bad Request: message can't be edited")), claim(TEXT, action=action))
        assert landing.outcome is not None
        assert landing.outcome.state is DeliveryState.FAILED


async def test_what_is_called_back_or_cut_off_was_not_sent_unless_it_had_left() -> None:
    """Then nobody knows; of an edit or a deletion it does not matter."""
    for action, leaves, outcome in (
        (Action.SEND, False, None),
        (Action.SEND, True, end(DeliveryState.UNKNOWN, "the answer did not come before the stop")),
        (Action.EDIT, True, None),
        (Action.DELETE, True, None),
    ):
        landings: list[Landing] = []
        telegram = Silent(leaves=leaves)
        sender = BroadcastSender(
            cast("PassalongBot", telegram), landings.append, FlightRecorder(None), lambda: None, cast("Any", None)
        )
        claimed = claim(TEXT, action=action)
        sender.launch(claimed)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert sender.count(paid=False) == (1, 0 if leaves else 1)
        sender.recall(BroadcastId(99))
        sender.recall()
        await sender.settled(0.01)
        assert [(each.outcome, each.failure) for each in landings] == [(outcome, None)]


async def test_only_what_has_not_left_is_called_back() -> None:
    """Of one broadcast, or of all; what has left may arrive, and is waited for."""
    for leaves, kept in ((False, [1, 0]), (True, [1, 1])):
        telegram = Silent(leaves=leaves)
        sender = BroadcastSender(
            cast("PassalongBot", telegram), lambda _: None, FlightRecorder(None), lambda: None, cast("Any", None)
        )
        for called_back in (FIRST, None):
            sender.launch(claim(TEXT))
            found: list[int] = []
            for broadcast_id in (BroadcastId(99), called_back):
                await asyncio.sleep(0)
                sender.recall(broadcast_id)
                for _ in range(3):
                    await asyncio.sleep(0)
                found.append(len(sender))
            assert found == kept
        await sender.settled(0.001)


async def test_who_is_never_asked_to_share_has_no_button_for_it() -> None:
    """By their number, as everywhere else."""
    shop = make_shop()
    shop = replace(shop, campaign=replace(shop.campaign, rules=replace(shop.campaign.rules, hold_out_percent=50)))
    held, asked = (next(n for n in range(1, 99) if is_held_out(n, 50) is out) for out in (True, False))
    content = {"versions": {"": TEXT}, "buttons": [], "share": True}
    for number, rows in ((held, 0), (asked, 1)):
        one, telegram = claim(TEXT), Telegram({"message_id": 5})
        reader = replace(one.recipients[0], person_id=PersonId(number))
        sender = BroadcastSender(
            cast("PassalongBot", telegram), lambda _: None, FlightRecorder(None), partial(_get, shop), cast("Any", None)
        )
        sender.launch(replace(one, broadcast=replace(one.broadcast, content=content), recipients=[reader]))
        async with asyncio.timeout(60):
            await sender.settled(60)
        ((_, _, message, _),) = telegram.calls
        below = (message.formatting or {}).get("reply_markup")
        assert len(json.loads(str(below))["inline_keyboard"] if below else []) == rows


async def test_each_reader_has_their_own_message() -> None:
    """In their language, with their code below it, and links that count who opens them."""
    link = "https://menu.example"
    versions = {
        language: {
            "kind": "text",
            "text": f"{word} {link}",
            "entities": [{"type": "url", "offset": 5, "length": len(link)}],
        }
        for language, word in (("", "Warm"), ("id", "Baru"))
    }
    content = {"versions": versions, "buttons": [["Menu", link]], "share": True}
    one = claim(TEXT)
    readers = [
        Recipient(broadcast_id=FIRST, person_id=PersonId(n), telegram_id=n, code=f"Code{n}", language=language)
        for n, language in ((2, "en"), (3, "id"))
    ]
    claimed = replace(
        one,
        broadcast=replace(one.broadcast, content=content),
        recipients=readers,
        counted_id=BroadcastId(9),
        links={link: 4},
    )
    telegram, shop = (
        Telegram({"message_id": 5}, {"message_id": 6}),
        replace(make_shop(), public_url="https://s.example", inline_mode=False),
    )
    landings: list[Landing] = []
    sender = BroadcastSender(
        cast("PassalongBot", telegram), landings.append, FlightRecorder(None), lambda: shop, cast("Any", None)
    )
    sender.launch(claimed)
    assert sender.list_keys() == {(FIRST, PersonId(2)), (FIRST, PersonId(3))}
    async with asyncio.timeout(60):
        await sender.settled(60)
    pepper, key = compute_pepper(telegram.token), compose_link_key(9, 4)
    for (_, chat, message, _), number, word in zip(telegram.calls, (2, 3), ("Warm", "Baru"), strict=True):
        said = json.dumps(message.formatting)
        assert chat == number
        assert word in said
        assert f"https://s.example/l/{key}.{compose_reader_key(pepper, 9, number)}" in said
        assert f"Code{number}" in said
    assert len(landings) == 2


async def test_without_a_shop_or_links_that_count_nobody_is_known_by_a_link() -> None:
    """An address stays what its author wrote, and there is no button to share."""
    one = claim({"kind": "text", "text": "Warm"}, buttons=True)
    content = {**(one.broadcast.content or {}), "share": True}
    shops: list[tuple[Shop | None, dict[str, int]]] = [
        (None, {"https://e.org": 4}),
        (make_shop(), {}),
        (replace(make_shop(), public_url=""), {"https://e.org": 4}),
    ]
    for shop, links in shops:
        telegram = Telegram({"message_id": 5})
        sender = BroadcastSender(
            cast("PassalongBot", telegram),
            lambda _: None,
            FlightRecorder(None),
            partial(_get, shop),
            cast("Any", None),
        )
        sender.launch(replace(one, broadcast=replace(one.broadcast, content=content), links=links))
        async with asyncio.timeout(60):
            await sender.settled(60)
        ((_, _, message, _),) = telegram.calls
        rows = json.loads(message.formatting["reply_markup"])["inline_keyboard"]
        assert rows[0][0]["url"] == "https://e.org"
        assert len(rows) == (1 if shop is None else 2)


def _get(shop: Shop | None) -> Shop | None:
    return shop
