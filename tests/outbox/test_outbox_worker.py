from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import update
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.messages import community
from bot.messages.notices import Reader, Rendered
from bot.messages.outgoing import OutgoingMessage
from bot.outbox.sender import ShopChats
from bot.outbox.worker import OutboxWorker
from bot.services.notices import Owed
from bot.updates.application import PassalongApplication
from bot.wire.gate import Gate
from bot.wire.signal import TaskEnded
from storage import Store, Tx
from storage.addresses import MemberAddress
from storage.beside import open_beside
from storage.records import CommitDoubted, Event, NoticeId, PersonId, Profile
from storage.schema.messages import outbox as outbox_table
from storage.store import Listener
from storage.tables import outbox, people, warnings
from tests.owed import Numbered, owe_numbered
from tests.thinning import BOTH_ENGINES
from tests.wire.server import Call, Server, make_message, refuse, succeed, until
from tests.wire.stage import make_snapshots

Application = PassalongApplication[dict[str, Any]]
CHANNEL = -100200
BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("Share", switch_inline_query="x")]])


@dataclass
class Renderer:
    """One letter for all that is owed, at most `most` notices long, in so many messages."""

    most: int = 100
    messages: int = 1
    silent: bool = False
    broken: set[int] = field(default_factory=set)
    """Numbers of notices that cannot be rendered."""

    def __call__(self, _: Reader, owed: Sequence[Owed[Numbered]]) -> list[Rendered]:
        """Lines of numbers."""
        numbers = [one.notice.n for one in owed]
        if self.broken.intersection(numbers):
            raise ValueError(numbers)
        pieces = [owed[start : start + self.most] for start in range(0, len(owed), self.most)]
        return (
            [] if self.silent else [Rendered(messages=[write(piece)] * self.messages, owed=piece) for piece in pieces]
        )


def write(owed: Sequence[Owed[Numbered]]) -> OutgoingMessage:
    """A number a line."""
    return OutgoingMessage(text="\n".join(f"<b>{one.notice.n}</b> &amp; co" for one in owed), keyboard=BUTTON)


def owe(tx: Tx, recipients: Sequence[PersonId | None], start: int = 0) -> None:
    """One numbered notice each."""
    for number, recipient_id in enumerate(recipients, start):
        owe_numbered(tx, recipient_id, number)


def add_people(tx: Tx, count: int) -> list[PersonId]:
    """Members of the bot."""
    added = [people.add(tx, Profile(telegram_id=1000 + n, first_name="A"), f"{n:010d}").id for n in range(1, count + 1)]
    for person_id in added:
        people.set_started(tx, person_id)
    return added


def make_delivery(application: Application, gate: Gate, renderer: Renderer, **settings: Any) -> OutboxWorker:
    """A delivery that does not wait long."""
    return OutboxWorker(
        store=application.bot_data.store,
        bot=application.bot,
        gate=gate,
        snapshots=make_snapshots(application.bot_data.store),
        renderers={Numbered: renderer, **community.NOTICES},
        **{"chats": ShopChats(application.bot_data.store, CHANNEL), "retry_seconds": (0.02,), **settings},
    )


@asynccontextmanager
async def delivering(
    application: Application, gate: Gate, renderer: Renderer, **settings: Any
) -> AsyncIterator[OutboxWorker]:
    """A delivery at work."""
    delivery = make_delivery(application, gate, renderer, **settings)
    delivery.start()
    try:
        yield delivery
    finally:
        await delivery.stop(1)


def list_texts(server: Server, chat_id: int) -> list[str]:
    """The numbers that a chat was sent, letter by letter."""
    calls = [call for call in server.list_calls("sendMessage") if call.data["chat_id"] == str(chat_id)]
    return [" ".join(re.findall(r"\d+", call.data["text"])) for call in calls]


def _reply(
    *replies: Callable[[Call], Awaitable[web.StreamResponse]],
) -> Callable[[Call], Awaitable[web.StreamResponse]]:
    """These replies in turn, then successes."""
    left = list(replies)

    async def answer(call: Call) -> web.StreamResponse:
        return await left.pop(0)(call) if left else succeed(make_message(call))

    return answer


def _reply_in(
    chat_id: int, *replies: Callable[[Call], Awaitable[web.StreamResponse]]
) -> Callable[[Call], Awaitable[web.StreamResponse]]:
    """These replies in turn where it is about a chat; successes everywhere else."""
    there = _reply(*replies)

    async def answer(call: Call) -> web.StreamResponse:
        return await there(call) if call.data["chat_id"] == str(chat_id) else succeed(make_message(call))

    return answer


def _refuse(code: int, words: str, **parameters: int) -> Callable[[Call], Awaitable[web.StreamResponse]]:
    async def answer(_call: Call) -> web.StreamResponse:
        return refuse(code, words, **parameters)

    return answer


@BOTH_ENGINES
async def test_what_is_owed_is_sent_and_settled(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """Notices from before the start and from after it reach their chats, as HTML with buttons, and are owed no more."""
    ada, bob = await store.write(add_people, 2)
    await store.write(owe, [ada, None])
    async with delivering(application, gate, Renderer()) as delivery:
        await store.write(owe, [bob], 2)
        await delivery.settled()
    assert await store.read(outbox.count_owed) == 0
    calls = {call.data["chat_id"]: call.data for call in server.list_calls("sendMessage")}
    assert {chat: data["text"] for chat, data in calls.items()} == {
        "1001": "<b>0</b> &amp; co",
        str(CHANNEL): "<b>1</b> &amp; co",
        "1002": "<b>2</b> &amp; co",
    }
    assert calls["1001"]["parse_mode"] == "HTML"
    assert "switch_inline_query" in calls["1001"]["reply_markup"]


@BOTH_ENGINES
async def test_what_a_command_owes_beside_the_bot_is_sent_soon(
    server: Server, application: Application, gate: Gate, store: Store, store_url: str
) -> None:
    """Nobody tells this process of it, nor need it start anew."""
    ada, bob = await store.write(add_people, 2)
    async with delivering(application, gate, Renderer()) as delivery:
        await store.write(owe, [ada])
        await delivery.settled()
        with open_beside(store_url) as beside:
            await beside.write(owe, [bob], 1)
        await until(lambda: list_texts(server, 1002) == ["1"])
        await delivery.settled()
    assert list_texts(server, 1001) == ["0"]
    assert await store.read(outbox.count_owed) == 0


async def test_the_first_leaves_at_once_and_the_rest_merges(
    server: Server, application: Application, store: Store
) -> None:
    """What comes before the chat's pace allows the next letter becomes one letter; other chats do not wait."""
    gate = Gate(send_rate=1000, chat_rate=5, cold_seconds=0)
    ada, bob = await store.write(add_people, 2)
    renderer = Renderer()
    async with delivering(application, gate, renderer) as delivery:
        await store.write(owe, [ada])
        await until(lambda: list_texts(server, 1001))
        for number in range(1, 51):
            await store.write(owe, [ada], number)
        await store.write(owe, [bob], 51)
        await delivery.settled()
    sent = list_texts(server, 1001)
    assert sent[0] == "0"
    assert 2 <= len(sent) <= 4
    assert " ".join(sent).split() == [str(number) for number in range(51)]
    assert list_texts(server, 1002) == ["51"]


async def test_letters_become_rarer_while_notices_keep_coming(
    server: Server, application: Application, store: Store
) -> None:
    """Each gap is twice the last one; after a quiet time the first leaves at once again."""
    gate = Gate(send_rate=1000, chat_rate=40, cold_seconds=0)
    [ada] = await store.write(add_people, 1)
    async with delivering(application, gate, Renderer()) as delivery:
        for number in range(70):
            await store.write(owe, [ada], number)
            await asyncio.sleep(0.01)
        await delivery.settled()
        moments = [call.at for call in server.list_calls("sendMessage")]
        assert len(moments) <= 20
        assert max(later - earlier for earlier, later in pairwise(moments)) > 4 / 40
        await asyncio.sleep(0.5)
        await store.write(owe, [ada], 70)
        await until(lambda: list_texts(server, 1001)[-1] == "70")


async def test_a_long_letter_is_several(server: Server, application: Application, gate: Gate, store: Store) -> None:
    """Where the renderer splits, all pieces leave in order, each settling its own."""
    [ada] = await store.write(add_people, 1)
    await store.write(owe, [ada] * 10)
    async with delivering(application, gate, Renderer(most=4)) as delivery:
        await delivery.settled()
    assert list_texts(server, 1001) == ["0 1 2 3", "4 5 6 7", "8 9"]


async def test_a_notice_of_several_messages_goes_on_where_it_broke_off(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """What has arrived is not sent again, and the notice is settled with the last."""
    [ada] = await store.write(add_people, 1)
    broken = _refuse(500, "Internal Server Error")
    sent = _reply(broken)

    async def answer(call: Call) -> web.StreamResponse:
        return await sent(call) if len(server.list_calls("sendMessage")) > 1 else succeed(make_message(call))

    server.replies["sendMessage"] = answer
    await store.write(owe, [ada])
    async with delivering(application, gate, Renderer(messages=3)) as delivery:
        await delivery.settled()
    assert len(server.list_calls("sendMessage")) == 4
    assert await store.read(outbox.count_owed) == 0


async def test_more_than_memory_holds_is_delivered_too(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """Beyond the capacity notices are read from the outbox later, each once."""
    members = await store.write(add_people, 40)
    await store.write(owe, [*members, *members])
    async with delivering(application, gate, Renderer(), capacity=10) as delivery:
        await store.write(owe, members, 80)
        await delivery.settled()
        await delivery.settled()
    assert await store.read(outbox.count_owed) == 0
    sent = " ".join(text for chat in range(1001, 1041) for text in list_texts(server, chat)).split()
    assert sorted(map(int, sent)) == list(range(120))


class LateStore(Store):
    """The store, with a page of the outbox arriving late."""

    def __init__(self, store: Store) -> None:
        self.__dict__.update(store.__dict__)

    async def read(self, unit: Any, /, *args: Any, **kwargs: Any) -> Any:
        """As ever, but slow before and after reading what is owed."""
        paged = unit is outbox.list_owed
        await asyncio.sleep(0.1 if paged else 0)
        result = await super().read(unit, *args, **kwargs)
        await asyncio.sleep(0.3 if paged else 0)
        return result


async def test_a_page_read_before_a_notice_was_settled_does_not_repeat_it(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """What was sent and settled while the page was on its way is not sent again."""

    async def take_time(call: Call) -> web.StreamResponse:
        await asyncio.sleep(0.2)
        return succeed(make_message(call))

    [ada] = await store.write(add_people, 1)
    server.replies["sendMessage"] = take_time
    application.bot_data.store = LateStore(store)
    async with delivering(application, gate, Renderer()) as delivery:
        await store.write(owe, [ada])
        await delivery.settled()
        await asyncio.sleep(0.05)
    assert list_texts(server, 1001) == ["0"]


class DeafStore(Store):
    """The store, telling its listeners of doubtful commits alone."""

    def __init__(self, store: Store) -> None:
        self.__dict__.update(store.__dict__)

    def subscribe(self, listener: Listener, *_: type[Event]) -> None:
        """Leave everything else out."""
        super().subscribe(listener, CommitDoubted)


async def test_a_notice_of_a_commit_in_doubt_is_sent(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """Nobody told of it: the outbox is looked through again, and what is known already is not sent twice."""
    [ada] = await store.write(add_people, 1)
    application.bot_data.store = DeafStore(store)
    async with delivering(application, gate, Renderer()) as delivery:
        await delivery.settled()
        await store.write(owe, [ada])
        await asyncio.sleep(0.05)
        assert list_texts(server, 1001) == []
        for _ in range(3):
            store._listeners.announce([CommitDoubted()])
        await delivery.settled()
    assert list_texts(server, 1001) == ["0"]


@BOTH_ENGINES
async def test_somebody_who_blocked_the_bot_is_marked(
    server: Server, application: Application, gate: Gate, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """403 fails all that is owed to them, and is remembered with it; the log says of how many letters, and why."""
    ada, bob = await store.write(add_people, 2)
    server.replies["sendMessage"] = _reply(_refuse(403, "Forbidden: bot was blocked by the user"))
    await store.write(owe, [ada] * 6)
    async with delivering(application, gate, Renderer(most=2)) as delivery:
        await delivery.settled()
    assert len(server.list_calls("sendMessage")) == 1
    assert [each.args for each in caplog.records] == [(3, "Forbidden: bot was blocked by the user")]
    assert await store.read(outbox.count_owed) == 0
    found = await store.read(people.list_by_ids, [ada, bob])
    assert found[ada].blocked_at is not None
    assert found[bob].blocked_at is None


async def test_a_refused_letter_is_given_up(
    server: Server, application: Application, gate: Gate, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """400 is never tried again; the letters behind it are sent."""
    [ada] = await store.write(add_people, 1)
    server.replies["sendMessage"] = _reply(_refuse(400, "Bad Request: message is too long"))
    await store.write(owe, [ada] * 4)
    async with delivering(application, gate, Renderer(most=2)) as delivery:
        await delivery.settled()
    assert list_texts(server, 1001) == ["0 1", "2 3"]
    assert [each.args for each in caplog.records] == [(1, "Message is too long")]
    assert await store.read(outbox.count_owed) == 0


async def test_formatting_that_telegram_cannot_read_is_left_out(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """The plain text is sent instead, once."""
    [ada] = await store.write(add_people, 1)
    server.replies["sendMessage"] = _reply(_refuse(400, "Bad Request: can't parse entities: Unsupported start tag"))
    await store.write(owe, [ada])
    async with delivering(application, gate, Renderer()) as delivery:
        await delivery.settled()
    first, second = server.list_calls("sendMessage")
    assert (first.data["text"], first.data["parse_mode"]) == ("<b>0</b> &amp; co", "HTML")
    assert second.data["text"] == "0 & co"
    assert "parse_mode" not in second.data


def test_plain_text_keeps_what_is_no_tag() -> None:
    """Only tags go, and entities become characters."""
    message = OutgoingMessage(text='<b>A</b> &lt; B < 3 <a href="https://t.me/x?a=1&amp;b=2">link</a>')
    assert message.to_plain().text == "A < B < 3 link"


@pytest.mark.parametrize("drop", [True, False])
async def test_what_may_not_have_arrived_is_sent_again(
    *,
    drop: bool,
    server: Server,
    application: Application,
    gate: Gate,
    store: Store,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A lost answer and a pushed-back request are both tried again until one succeeds; only the first counts."""

    async def lose(call: Call) -> web.StreamResponse:
        if drop:
            assert call.request.transport is not None
            call.request.transport.abort()
            return web.Response()
        return refuse(429, "Too Many Requests")

    [ada] = await store.write(add_people, 1)
    server.replies["sendMessage"] = _reply(lose, lose, lose)
    await store.write(owe, [ada, ada])
    async with delivering(application, gate, Renderer()) as delivery:
        await delivery.settled()
    assert list_texts(server, 1001) == ["0 1"] * 4
    assert gate.metrics.read()["notices_retried"] == (3 * 2 if drop else 0)
    retried = [each.args for each in caplog.records if each.name == "bot.outbox.sender"]
    assert [args[0] for args in retried if isinstance(args, tuple)] == ["unknown"] * (3 if drop else 0)
    assert caplog.text.count("Connection lost") == len(retried)
    [first, _] = await store.read(outbox.list_by_ids, [NoticeId(1), NoticeId(2)])
    assert first.attempts == (3 if drop else 0)


async def test_too_many_unknown_ends_are_too_many(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """Who knows how often it arrived: after so many attempts a notice is given up, and newer ones go on."""
    [ada] = await store.write(add_people, 1)
    broken = _refuse(500, "Internal Server Error")
    server.replies["sendMessage"] = _reply(broken, broken, broken)
    await store.write(owe, [ada])
    async with delivering(application, gate, Renderer(), attempts=3) as delivery:
        await delivery.settled()
        await store.write(owe, [ada], 1)
        await delivery.settled()
    assert list_texts(server, 1001) == ["0", "0", "0", "1"]
    assert await store.read(outbox.count_owed) == 0


async def test_a_group_that_moved_is_followed(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """The letter goes to the new id, and so do all after it."""
    renderer = Renderer()
    server.replies["sendMessage"] = _reply(_refuse(400, "Bad Request: upgraded", migrate_to_chat_id=-100999))
    async with delivering(application, gate, renderer) as delivery:
        await store.write(owe, [None])
        await delivery.settled()
        await store.write(owe, [None], 1)
        await delivery.settled()
    assert list_texts(server, CHANNEL) == ["0"]
    assert list_texts(server, -100999) == ["0", "1"]


@pytest.mark.parametrize(
    "words", ["chat not found", "not enough rights to send text messages to the chat", "TOPIC_CLOSED"]
)
async def test_posts_wait_for_a_chat_that_can_be_put_right(
    words: str, server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """The admins are told once; what piled up is posted as one when it works, and a later trouble is told again."""
    await store.write(add_people, 1)
    refused = [_refuse(400, f"Bad Request: {words}")] * 3
    server.replies["sendMessage"] = _reply_in(CHANNEL, *refused)
    chats = ShopChats(store, CHANNEL, admin_ids=[1001])
    async with delivering(application, gate, Renderer(), chats=chats) as delivery:
        await store.write(owe, [None, None])
        await delivery.settled()
        assert await store.read(warnings.list_told) == []
    assert list_texts(server, CHANNEL)[-1] == "0 1"
    assert list_texts(server, 1001) == [str(CHANNEL).lstrip("-")]


async def test_posts_of_more_than_a_day_ago_are_given_up(
    server: Server, application: Application, gate: Gate, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """What is older tells nobody anything new; the log says how many posts that were, and why they waited."""
    await store.write(owe, [None, None])
    await store.write(lambda tx: tx.run(update(outbox_table).values(created_at=1)))
    server.replies["sendMessage"] = _refuse(400, "Bad Request: chat not found")
    async with delivering(application, gate, Renderer()) as delivery:
        await delivery.settled()
    assert len(list_texts(server, CHANNEL)) == 1
    assert caplog.records[-1].args == (2, "Chat not found")
    assert await store.read(outbox.count_owed) == 0


async def test_a_flood_delays_and_loses_nothing(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """After 429s to different people nothing leaves until they are over, then everything, once."""
    members = await store.write(add_people, 10)
    flood = _refuse(429, "Too Many Requests: retry after 1", retry_after=1)
    server.replies["sendMessage"] = _reply(flood, flood)
    async with delivering(application, gate, Renderer()) as delivery:
        await store.write(owe, members[:2])
        await until(lambda: server.list_calls("sendMessage"))
        await until(gate.ban_left)
        await store.write(owe, members[2:], 2)
        await delivery.settled()
    first, _, *rest = server.list_calls("sendMessage")
    assert len(rest) == 10
    assert min(call.at for call in rest) - first.at >= 1


@BOTH_ENGINES
async def test_after_a_crash_every_notice_is_sent_at_least_once(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """A process that dies between sending and settling leaves notices that the next one sends again."""
    members = await store.write(add_people, 6)
    await store.write(owe, members)
    arrived = asyncio.Event()

    async def arrive_and_hang(call: Call) -> web.StreamResponse:
        arrived.set()
        await asyncio.sleep(0.3)
        return succeed(make_message(call))

    server.replies["sendMessage"] = arrive_and_hang
    first = make_delivery(application, gate, Renderer())
    first.start()
    await arrived.wait()
    await first.stop(0.01)
    assert await store.read(outbox.count_owed) == 6
    del server.replies["sendMessage"]
    async with delivering(application, gate, Renderer()) as delivery:
        await delivery.settled()
    assert await store.read(outbox.count_owed) == 0
    for number in range(6):
        assert list_texts(server, 1001 + number)[-1] == str(number)


async def test_one_notice_that_cannot_be_rendered_spares_the_others(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """It is tried again, and in the end given up, alone."""
    [ada] = await store.write(add_people, 1)
    await store.write(owe, [ada] * 5)
    async with delivering(application, gate, Renderer(broken={2}), attempts=3) as delivery:
        await delivery.settled()
    assert " ".join(list_texts(server, 1001)).split() == ["0", "1", "3", "4"]
    [notice] = await store.read(outbox.list_by_ids, [NoticeId(3)])
    assert notice.attempts == 3
    assert await store.read(outbox.count_owed) == 0


async def test_a_notice_that_says_nothing_is_given_up(application: Application, gate: Gate, store: Store) -> None:
    """It would be owed for ever."""
    await store.write(owe, [None])
    async with delivering(application, gate, Renderer(silent=True)) as delivery:
        await delivery.settled()
    assert await store.read(outbox.count_owed) == 0


async def test_stopping_keeps_what_is_not_sent(server: Server, application: Application, store: Store) -> None:
    """What the pace holds back stays owed, and stopping does not wait for it."""
    gate = Gate(send_rate=1000, chat_rate=0.1, cold_seconds=0)
    [ada] = await store.write(add_people, 1)
    delivery = make_delivery(application, gate, Renderer())
    delivery.start()
    await store.write(owe, [ada])
    await until(lambda: server.list_calls("sendMessage"))
    await store.write(owe, [ada], 1)
    await delivery.stop(0.5)
    await store.write(owe, [ada], 2)
    assert await store.read(outbox.count_owed) == 2
    assert list_texts(server, 1001) == ["0"]


async def test_it_is_noticed_when_nobody_looks_beside_any_more(
    application: Application, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However quietly that ends: what other processes owe would never leave."""

    async def end_quietly(_worker: OutboxWorker) -> None:
        return

    monkeypatch.setattr(OutboxWorker, "_look_beside", end_quietly)
    async with delivering(application, gate, Renderer()) as delivery:
        with pytest.raises(TaskEnded, match="looking for what is owed beside"):
            await delivery.watch.wait_failed()


async def test_what_is_not_owed_any_more_is_not_remembered(application: Application, gate: Gate, store: Store) -> None:
    """Somebody else has settled it, or the member is gone: the report says so, and what is still owed goes out."""
    [ada] = await store.write(add_people, 1)
    await store.write(owe, [ada])
    delivery = make_delivery(application, gate, Renderer())
    report = await delivery._sender.deliver(MemberAddress(ada), [NoticeId(1), NoticeId(99)])
    assert report.vanished == [NoticeId(99)]
    assert (report.left, dict(report.held)) == ([], {})
