"""Other systems that hear what happens here, as an owner looks after them in the chat."""

from __future__ import annotations

import re

import pytest

from bot.playground.world import Message
from bot.services.notices import owe
from bot.services.webhooks.managing import add_webhook
from bot.services.webhooks.notices import WebhookOff
from storage import Store, Tx
from storage.addresses import MemberAddress
from storage.records import PersonId
from storage.tables import people, webhooks
from storage.webhook import HookEventKind, WebhookId, WebhookState
from tests.handlers.shared_shop import shop, store
from tests.handlers.test_team import tap
from tests.journeys.shop_at_work import ADMIN_ID, ShopAtWork

__all__ = ["shop", "store"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOWHERE = "https://192.0.2.1/hook?key=hush"
"""No machine has this address (RFC 5737); here it stands for one that is out of order."""


def break_down(tx: Tx) -> WebhookId:
    """An address was switched off after bad days; its owner is told."""
    number = webhooks.add(tx, url=NOWHERE, kinds=["used"], secret="whsec_", allow_private=False)
    webhooks.owe(tx, HookEventKind.USED, person_id=PersonId(1), data='{"member": 1}')
    webhooks.switch_off(tx, number, WebhookState.FAILING)
    owner = people.find_by_telegram_id(tx, ADMIN_ID)
    assert owner is not None
    off = WebhookOff(url=NOWHERE, gone=False, error="500 out of order")
    owe(tx, MemberAddress(owner.id), off, key=number)
    return number


async def open_all(shop: ShopAtWork, store: Store) -> tuple[WebhookId, Message]:
    """What an owner sees who was told that something is wrong."""
    number = await store.write(break_down)
    news = await shop.telegram.until_message(shop.admin, "For five days nothing has arrived at https://192.0.2.1")
    assert "hush" not in news.text
    return number, await tap(shop, shop.admin, news, "Other systems")


async def test_an_owner_puts_an_address_right(shop: ShopAtWork, store: Store) -> None:
    """Told what is wrong, sees how it stands, switches it on, has the event sent again, removes it after being asked."""
    number, seen = await open_all(shop, store)
    assert "1. https://192.0.2.1: switched off, because nothing arrived there for five days" in seen.text
    one = await tap(shop, shop.admin, seen, "Open 1")
    assert "arrived yet. It comes by itself" in one.text
    on = await tap(shop, shop.admin, one, "Try now")
    assert "nothing has arrived there yet" in on.text or "the last event" in on.text
    assert (await store.read(webhooks.list_live))[0].state is WebhookState.ON
    again = await tap(shop, shop.admin, on, "Last hour")
    assert "1 event is sent once more" in again.text
    sure = await tap(shop, shop.admin, again, "Remove")
    assert "never tell https://192.0.2.1 anything again" in sure.text
    kept = await tap(shop, shop.admin, sure, "Leave it")
    gone = await tap(shop, shop.admin, await tap(shop, shop.admin, kept, "Remove"), "Yes, remove it")
    assert "No other system hears" in gone.text
    assert await store.read(webhooks.find, number) is None
    assert "no longer has https://192.0.2.1 told" in (await shop.ask(shop.admin, "/audit")).text


async def test_an_owner_adds_an_address(shop: ShopAtWork, store: Store) -> None:
    """What cannot be one is refused in words, and asked for again; the secret is shown once and stands nowhere else."""
    number, seen = await open_all(shop, store)
    await tap(shop, shop.admin, seen, "Tell one more")
    for wrong, word in (("http://crm.example/", "nobody reads along"), ("https://127.0.0.1/", "a network of its own")):
        assert word in (await shop.ask(shop.admin, wrong)).text
    asked = await shop.ask(shop.admin, "https://crm.example/hook?key=hush")
    assert "What shall https://crm.example hear of?" in asked.text
    added = await tap(shop, shop.admin, asked, "Friends who come")
    secret = re.search(r"whsec_[A-Za-z0-9+/=]{32}", added.text)
    assert secret
    row = (await store.read(webhooks.list_live))[-1]
    assert (row.url, list(row.kinds), row.secret) == (
        "https://crm.example/hook?key=hush",
        ["joined", "qualified", "revoked"],
        secret[0],
    )
    look = await tap(shop, shop.admin, added, "Look at it")
    assert secret[0] not in look.text
    assert "hush" not in look.text
    audit = (await shop.ask(shop.admin, "/audit")).text
    assert "has https://crm.example told of what happens here (joined,qualified,revoked)" in audit
    assert secret[0] not in audit
    for each in (row.id, number):
        await store.write(webhooks.remove, each)


async def test_there_is_an_end_to_addresses_in_the_chat(shop: ShopAtWork, store: Store) -> None:
    """Whoever was asked for one more before the tenth came is told so."""

    def fill(tx: Tx, count: int) -> None:
        for number in range(count):
            add_webhook(tx, url=f"https://crm{number}.example/", kinds=["used"], random_bytes=lambda _: b"k" * 24)

    _, seen = await open_all(shop, store)
    await tap(shop, shop.admin, seen, "Tell one more")
    asked = await shop.ask(shop.admin, "https://till.example/")
    await store.write(fill, 9)
    assert "There are 10 already" in (await tap(shop, shop.admin, asked, "Everything")).text
    for row in await store.read(webhooks.list_live):
        await store.write(webhooks.remove, row.id)
