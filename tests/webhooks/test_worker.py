"""Events on their way over real connections: to a receiver that is well, and to those that are not."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import socket
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import pytest
from aiohttp import web

from bot.services.webhooks.delivering import Parcel
from bot.services.webhooks.managing import NewWebhook, add_webhook
from bot.telemetry import Metrics
from bot.webhooks.posting import Poster, PrivateAddress, PublicResolver
from bot.webhooks.worker import HookWorker
from storage import Store, Tx, open_store
from storage.records import Profile
from storage.tables import people, webhooks
from storage.webhook import DuePost, HookEventId, HookEventKind, WebhookId, WebhookRow
from tests.webhooks.receiver import Receiver, Reply, open_receiver
from tests.wire.server import until

LIMIT_SECONDS = 0.5


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver that is well."""
    async with open_receiver() as heard:
        yield heard


@asynccontextmanager
async def at_work(store: Store) -> AsyncIterator[HookWorker]:
    """The worker, as `app` runs it."""
    worker = HookWorker(store=store, poster=Poster(limit_seconds=LIMIT_SECONDS), metrics=Metrics())
    worker.start()
    try:
        yield worker
    finally:
        await worker.stop(limit_seconds=1.0)


def subscribe(tx: Tx, url: str, *, allow_private: bool = True) -> NewWebhook:
    """Have it be told."""
    return add_webhook(
        tx, url=url, kinds=["used"], random_bytes=lambda count: b"k" * count, allow_private=allow_private
    )


def happen(tx: Tx, numbers: Sequence[int], lines: int = 1) -> None:
    """So much happens to members number 0, 1 and so on."""
    for number in numbers:
        telegram_id = 900 + number % lines
        person = people.find_by_telegram_id(tx, telegram_id) or people.add(
            tx, Profile(telegram_id=telegram_id, first_name="M"), f"Code{telegram_id:06}"
        )
        data = json.dumps({"member": person.id, "number": number})
        webhooks.owe(tx, HookEventKind.USED, person_id=person.id, data=data)


def make_parcel(url: str) -> Parcel:
    """An event for an address."""
    post = DuePost(
        webhook_id=WebhookId(1),
        event_id=HookEventId(1),
        line=1,
        kind="used",
        data="{}",
        happened_at=0,
        attempts=0,
        first_tried_at=None,
    )
    return Parcel(post=post, url=url, secret="whsec_", allow_private=True, message_id="evt_1_1", body=b"{}")


def list_numbers(receiver: Receiver) -> dict[int, list[int]]:
    """What it heard of each member."""
    heard: dict[int, list[int]] = defaultdict(list)
    for _, body in receiver.calls:
        data = json.loads(body)["data"]
        heard[data["member"]["telegram_id"]].append(data["number"])
    return dict(heard)


def sign_by_the_book(secret: str, headers: dict[str, str], body: bytes) -> str:
    """What whoever receives computes from the headers and the secret, as the scheme describes it."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    return f"v1,{b64encode(digest).decode()}"


async def until_failed(store: Store) -> WebhookRow:
    """The address as it is once something did not arrive."""
    async with asyncio.timeout(60):
        while True:
            (row,) = await store.read(webhooks.list_live)
            if row.failures:
                return row
            await asyncio.sleep(0.02)


async def test_events_arrive_signed_and_in_order(store: Store, receiver: Receiver) -> None:
    """Each signature is right, and each is sent once."""
    new = await store.write(subscribe, receiver.url)
    async with at_work(store) as worker:
        await store.write(happen, range(30), 3)
        await until(lambda: len(receiver.calls) >= 30)
        await worker.settled()
    assert list_numbers(receiver) == {900 + line: list(range(line, 30, 3)) for line in range(3)}
    for headers, body in receiver.calls:
        told = {name.lower(): value for name, value in headers.items()}
        assert told["webhook-signature"] == sign_by_the_book(new.secret, told, body)
        assert told["content-type"] == "application/json"
    assert len({headers["webhook-id"] for headers, _ in receiver.calls}) == 30


async def test_what_an_earlier_process_left_is_sent(store: Store, receiver: Receiver) -> None:
    """Owed before the start, told after it."""
    await store.write(subscribe, receiver.url)
    await store.write(happen, range(3))
    async with at_work(store):
        await until(lambda: len(receiver.calls) >= 3)
    assert list_numbers(receiver) == {900: [0, 1, 2]}


async def say_no(_request: web.Request) -> web.StreamResponse:
    """It is out of order."""
    return web.Response(status=500, text="out of order")


async def hang(_request: web.Request) -> web.StreamResponse:
    """It never says anything."""
    await asyncio.sleep(30)
    return web.Response()


async def redirect(_request: web.Request) -> web.StreamResponse:
    """It wants the event to be sent elsewhere."""
    raise web.HTTPTemporaryRedirect("/elsewhere")


async def drip(request: web.Request) -> web.StreamResponse:
    """It says no, a byte at a time, without an end."""
    response = web.StreamResponse(status=500)
    await response.prepare(request)
    for _ in range(1000):
        await response.write(b"x")
        await asyncio.sleep(0.05)
    return response


async def pour(request: web.Request) -> web.StreamResponse:
    """It says no in a hundred megabytes."""
    response = web.StreamResponse(status=500)
    await response.prepare(request)
    with suppress(ConnectionError):
        for _ in range(1_600):
            await response.write(b"x" * 65_536)
    return response


async def gabble(request: web.Request) -> web.StreamResponse:
    """It says something that is not HTTP."""
    assert request.transport is not None
    request.transport.write(b"\x00\xff220 mail.example ESMTP\r\n\r\n")
    request.transport.close()
    return web.Response()


@pytest.mark.parametrize("reply", [say_no, hang, redirect, drip, pour, gabble])
async def test_a_receiver_that_is_not_well_gets_it_later(sqlite_url: str, receiver: Receiver, reply: Reply) -> None:
    """Whatever it does: the event waits, a word says why, and it arrives once the receiver is well."""
    async with open_store(sqlite_url) as store:
        receiver.reply = reply
        await store.write(subscribe, receiver.url)
        async with at_work(store) as worker:
            await store.write(happen, range(2))
            row = await until_failed(store)
            assert row.error
            assert receiver.calls == []
            receiver.reply = None
            assert await store.write(webhooks.switch_on, row.id)
            await until(lambda: len(receiver.calls) >= 2)
            await worker.settled()
        assert list_numbers(receiver) == {900: [0, 1]}
        assert all(headers["webhook-id"] for headers, _ in receiver.calls)


async def test_names_are_looked_at_where_they_lead() -> None:
    """A name that leads into somebody's own network is told nothing, whatever it looks like."""
    resolver = PublicResolver()
    with pytest.raises(PrivateAddress):
        await resolver.resolve("localhost", 80, socket.AF_INET)


@pytest.mark.parametrize("url", ["https://localhost.localdomain/", "https://127.0.0.1/", "https://[::ffff:10.0.0.1]/"])
async def test_nothing_leaves_for_a_private_network(store: Store, url: str) -> None:
    """Also where an address was written down before it was known to be one: the last look is at the sending."""
    await store.write(lambda tx: webhooks.add(tx, url=url, kinds=["used"], secret="whsec_", allow_private=False))
    async with at_work(store):
        await store.write(happen, range(1))
        row = await until_failed(store)
    assert row.error in {
        "its name leads into a private network",
        "This address lies within a network of its own; only addresses on the internet are told.",
        "its name is not known",
    }
