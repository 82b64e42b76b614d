"""The door that Telegram brings updates to: nobody else comes in, and nothing is taken that is not kept."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import aiohttp
import pytest

from bot.updates.webhook import SECRET_HEADER, compute_secret
from storage import Store, open_store
from storage.errors import StoreUnavailable
from storage.records import Seq
from storage.tables import inbox
from tests.storage.clock import Clock
from tests.updates.test_reception import open_reception
from tests.web.house import House, open_house
from tests.wire.server import make_update

SECRET = compute_secret("123:abc")
MEGABYTE = 1 << 20


class Weak:
    """A store that is away for some time."""

    def __init__(self, store: Store) -> None:
        self.store, self.away = store, 0

    async def write(self, unit: Callable[..., Any], *args: Any) -> Any:
        """Write, or say that it is away."""
        if self.away:
            self.away -= 1
            raise StoreUnavailable("away")
        return await self.store.write(unit, *args)


class Street:
    """What stands before the door."""

    def __init__(self, house: House, weak: Weak) -> None:
        self.house, self.weak = house, weak

    async def ring(
        self, said: str | None = SECRET, body: Any = b"{}", *, method: str = "POST", kind: str = "application/json"
    ) -> int:
        """Ring, and hear nothing but the status."""
        headers = {"Content-Type": kind} | ({SECRET_HEADER: said} if said is not None else {})
        sent = io.BytesIO(body) if isinstance(body, bytes) else body
        async with self.house.session.request(
            method, f"{self.house.url}/telegram", data=sent, headers=headers
        ) as heard:
            assert await heard.read() == b""
            return heard.status

    async def list_kept(self) -> list[int]:
        """What lies in the inbox."""
        return [row.update_id for row in await self.house.store.read(inbox.list_open, after=Seq(0), limit=1000)]


@pytest.fixture
async def street(sqlite_url: str, clock: Clock) -> AsyncIterator[Street]:
    """A shop whose updates are brought."""
    async with open_store(sqlite_url, clock=clock) as store:
        weak = Weak(store)
        reception, _ = open_reception(weak, SECRET)
        async with open_house(store, clock=clock, updates=reception) as house:
            yield Street(house, weak)


async def test_nobody_but_telegram_is_heard(street: Street) -> None:
    """A wrong secret is answered before anything is read, however much is sent; one that is nearly right is wrong."""
    for wrong in (None, "", "x", SECRET[:-1], SECRET + "x", SECRET.upper(), "é" * 64):
        assert await street.ring(wrong, json.dumps(make_update(1, 2)).encode()) == 403, wrong
    assert await street.ring("x", b"x" * MEGABYTE) == 403
    assert [await street.ring(method=each) for each in ("GET", "PUT", "DELETE", "PATCH")] == [405] * 4
    assert await street.list_kept() == []


async def test_a_shop_that_fetches_its_updates_has_no_such_door(house: House) -> None:
    """Not even for a secret that is empty or right."""
    for said in ("", SECRET):
        assert (await house.ask("/telegram", method="POST", **{SECRET_HEADER: said})).status == 403


async def test_what_is_too_much_is_not_listened_to(street: Street) -> None:
    """By its own word, or counted as it comes where a balancer hands it on without its length."""

    async def pour(slices: int) -> AsyncIterator[bytes]:
        for _ in range(slices):
            yield b" " * 65_536
        yield b"null"

    assert await street.ring(body=b"x" * (MEGABYTE + 1)) == 413
    assert await street.ring(body=b" " * (MEGABYTE - 4) + b"null") == 200
    assert await street.ring(body=pour(3)) == 200
    with suppress(aiohttp.ClientError):  # hung up on while it was still speaking
        assert await street.ring(body=pour(40)) == 413


async def test_what_telegram_would_never_send_never_comes_twice(street: Street) -> None:
    """What is no JSON is refused; JSON that is no update is taken, since it would be brought for a day."""
    for broken in (b"", b"{", b"\xff\xfe", b"[" * 100_000):
        assert await street.ring(body=broken) == 400, broken[:9]
    assert await street.ring(kind="text/plain") == 415
    for nonsense in (b"{}", b"[]", b"null", b'{"update_id": "x"}', b'{"update_id": 5, "message": 7}'):
        assert await street.ring(body=nonsense) == 200, nonsense


async def test_it_says_yes_only_to_what_is_kept(street: Street) -> None:
    """While the database is away Telegram is asked to come again, and then has it taken."""
    street.weak.away, update = 2, json.dumps(make_update(7, 2)).encode()
    assert [await street.ring(body=update) for _ in range(3)] == [503, 503, 200]
    assert await street.list_kept() == [7]
