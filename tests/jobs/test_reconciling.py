"""Telegram's list of Stars is read to its end, page by page, each entry once; people's payments in it count."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.assets import ASSETS
from bot.campaign_file import load_campaign
from bot.jobs.reconciling import PAGE, reconcile
from bot.services.campaigns.opening import open_shop
from bot.wire.errors import Flooded
from bot.wire.pacing import Priority
from storage import Store, Tx
from storage.schema.conversions import conversion, sale
from tests.wire.asked import Asked, Call
from tests.wire.stage import store_url

__all__ = ["store_url"]

BUYER = {"type": "user", "transaction_type": "invoice_payment", "user": {"id": 77}}


def pay(charge: str, **changes: object) -> dict[str, object]:
    """Somebody pays ten Stars."""
    return {"id": charge, "amount": 10, "date": 1_760_000_000, "source": BUYER} | changes


def tell(*transactions: dict[str, object]) -> dict[str, object]:
    """A page of Telegram's list."""
    return {"transactions": list(transactions)}


def expect(offset: int) -> Call:
    """How it is asked for: behind everybody who waits."""
    parameters = {"offset": offset, "limit": 100}
    return "post_raw", ("getStarTransactions", parameters), {"priority": Priority.ERRAND}


def list_heard(tx: Tx) -> list[tuple[Any, ...]]:
    """What was taken: the order, what it was, how much, of whom, when."""
    said = (conversion.c.type, conversion.c.amount, conversion.c.currency, conversion.c.member)
    joined = conversion.join(sale, sale.c.id == conversion.c.sale_id)
    heard = select(sale.c.order_id, *said, conversion.c.occurred_at).select_from(joined).order_by(conversion.c.id)
    return [tuple(row) for row in tx.rows(heard)]


@pytest.fixture
async def shop(store: Store) -> Store:
    """A shop that people can pay."""
    await store.write(open_shop, load_campaign(ASSETS / "campaigns" / "welcome.toml"))
    return store


async def test_the_list_is_read_on_from_where_it_ended(shop: Store) -> None:
    """A full page may not be the last; the next day begins behind all that was seen, whatever it was."""
    gift = {"id": "g", "amount": 5, "date": 1, "source": {"type": "fragment"}}
    telegram = Asked(tell(*(gift,) * PAGE), tell(gift, gift, pay("a")), tell(pay("b")), tell())
    for _ in range(3):
        await reconcile(telegram.bot, shop)
    assert telegram.calls == [expect(0), expect(100), expect(103), expect(104)]
    assert [order for order, *_ in await shop.read(list_heard)] == ["tg:a", "tg:b"]


async def test_a_list_that_ends_with_a_full_page_is_asked_for_once_more(shop: Store) -> None:
    """And nothing is counted twice for it."""
    telegram = Asked(tell(*(pay(f"c{number}") for number in range(PAGE))), tell())
    await reconcile(telegram.bot, shop)
    assert telegram.calls == [expect(0), expect(100)]
    assert len(await shop.read(list_heard)) == 100


async def test_peoples_payments_and_refunds_count_and_nothing_else(shop: Store) -> None:
    """Gifts, withdrawals and paid media are no purchases, nor is what costs nothing; where an entry stands still counts."""
    other = BUYER | {"transaction_type": "gift_purchase"}
    telegram = Asked(
        tell(
            pay("bought"),
            pay("gift", source=other),
            pay("withdrawn", source=None, receiver={"type": "fragment"}),
            pay("nobody", source=None),
            pay("free", amount=0),
            {"id": "bought", "amount": 10, "date": 1_760_000_900, "receiver": BUYER},
        )
    )
    await reconcile(telegram.bot, shop)
    assert await shop.read(list_heard) == [
        ("tg:bought", "purchase", 10, "XTR", "77", 1_760_000_000_000_000),
        ("tg:bought", "refund", 10, "XTR", "77", 1_760_000_900_000_000),
    ]


async def test_a_page_that_does_not_come_is_asked_for_the_next_time(shop: Store) -> None:
    """What came before it is kept."""
    telegram = Asked(tell(*(pay(f"c{number}") for number in range(PAGE))), Flooded(7), tell(pay("d")))
    with pytest.raises(Flooded):
        await reconcile(telegram.bot, shop)
    await reconcile(telegram.bot, shop)
    assert telegram.calls == [expect(0), expect(100), expect(100)]
    assert len(await shop.read(list_heard)) == 101
