"""What was bought elsewhere, in the chat: entered, seen, tied; keys made and revoked; receipts opened."""

from __future__ import annotations

import asyncio
import re

import pytest
from sqlalchemy import delete, update

from bot.jobs.reconciling import list_payments
from bot.messages.buttons import ORDER, ORDER_ASIDE, ORDER_OF, ORDER_WHOSE, SOLD_UNDO, Button
from bot.playground.world import Person
from bot.services.conversions.payments import count_seen, note_transactions
from bot.services.conversions.receipts import make_receipt
from bot.services.conversions.reporting import report
from storage import Store, Tx
from storage.conversion import MemberKey, SaleState
from storage.role import Role
from storage.schema.conversions import conversion
from storage.schema.conversions import sale as sale_table
from storage.schema.people import person
from storage.tables import api_keys, people, roles, sales
from tests.handlers.shared_shop import shop, store
from tests.handlers.test_team import tap
from tests.journeys.shop_at_work import ShopAtWork
from tests.services.test_conversions import compose_report, read_now

__all__ = ["shop", "store"]

GONE = "isn\u2019t here any more"
YES = "Yes, it\u2019s Dewi\u2019s"

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def read_state(store: Store, order_id: str) -> SaleState | None:
    """Where an order stands."""
    found = await store.read(sales.find_by_order, order_id)
    return found.state if found is not None else None


async def report_unknown(store: Store, order_id: str, member: str = "C-9") -> None:
    """A till knows the buyer by a number of its own."""
    now = await store.read(read_now)
    await store.write(report, compose_report(order_id, member, now, member_key=MemberKey.EXTERNAL_ID))


async def test_a_purchase_is_entered_by_name_and_amount_and_undone(shop: ShopAtWork, store: Store) -> None:
    """Whose, how much, done; what could be two amounts is asked again; the order's number may stand behind it."""
    await shop.add_member("Wulan")
    asked = await shop.ask(shop.admin, "/sold")
    assert asked.text.startswith("Whose purchase is it?")
    assert "For how much did Wulan buy?" in (await shop.ask(shop.admin, "Wulan")).text
    assert "read that as one amount" in (await shop.ask(shop.admin, "50.000")).text
    done = await shop.ask(shop.admin, "€12.50 A-17")
    assert done.text.startswith("✓ Wulan: 12.50, order A-17.")
    assert await read_state(store, "A-17") is SaleState.NOTED
    undone = await tap(shop, shop.admin, done, "It was a mistake, undo")
    assert "Order A-17 is put aside" in undone.text
    assert await read_state(store, "A-17") is SaleState.DROPPED
    assert "already" in (await shop.ask(shop.admin, "/sold Wulan 5 A-17")).text


@pytest.mark.parametrize("button", [ORDER, ORDER_WHOSE, ORDER_ASIDE, ORDER_OF, SOLD_UNDO], ids=str)
async def test_a_button_of_an_order_that_is_gone_says_so(shop: ShopAtWork, button: Button) -> None:
    """An older backup was put back, which does not know it."""
    shown = await shop.ask(shop.admin, "/orders")
    shop.world.forge_tap(shop.admin, shown, button.data(*[987_654] * len(button.arguments)))
    await shop.telegram.until_message(shop.admin, GONE, after=shown)


async def test_a_dialogue_about_an_order_that_is_gone_is_over(shop: ShopAtWork, store: Store) -> None:
    """It says so, and what is written next is an answer to nothing."""
    await shop.add_member("Sekar")
    await report_unknown(store, "B-404")
    sale = await store.read(sales.find_by_order, "B-404")
    assert sale is not None
    shown = await shop.ask(shop.admin, "/orders")
    shop.world.forge_tap(shop.admin, shown, ORDER_WHOSE.data(sale.id))
    await shop.until_edited(shown, "B-404")

    def lose(tx: Tx) -> None:
        tx.run(delete(conversion).where(conversion.c.sale_id == sale.id))
        tx.run(delete(sale_table).where(sale_table.c.id == sale.id))

    await store.write(lose)
    assert GONE in (await shop.ask(shop.admin, "Sekar")).text
    assert GONE not in (await shop.ask(shop.admin, "Sekar")).text


async def test_staff_enters_in_one_line_and_nobody_for_themselves(shop: ShopAtWork, store: Store) -> None:
    """A member of the team has the command; a member has not."""
    tono, rina = await shop.add_member("Tono"), await shop.add_member("Rina")
    await store.write(roles.set, tono.id, Role.STAFF)
    assert "Rina: 8.00" in (await shop.ask(tono, "/sold Rina 8", "Rina: 8.00")).text
    assert "Nobody enters their own" in (await shop.ask(tono, "/sold Tono 8")).text
    assert "know nobody" in (await shop.ask(tono, "/sold Zebedee 8")).text
    assert "Rina" not in (await shop.ask(rina, "/sold Rina 8")).text
    assert "order" not in (await shop.ask(rina, "/orders")).text.lower().replace("in order", "")


async def test_a_card_that_is_scanned_at_the_till_names_its_member(shop: ShopAtWork, store: Store) -> None:
    """The camera opens the member's link: while the till asks whose purchase it is, that is the answer."""
    guest, till = await shop.add_member("Laras"), await shop.add_member("Galih")
    await store.write(roles.set, till.id, Role.STAFF)
    code = (await store.read(people.find_by_telegram_id, guest.id)).code  # type: ignore[union-attr]
    await store.write(close_window, till.id)
    assert "how much" not in (await shop.ask(till, f"/start {code}-qr")).text
    await shop.ask(till, "/sold", "Whose purchase")
    assert "For how much did Laras buy?" in (await shop.ask(till, f"/start {code}-qr", "how much")).text
    assert "Laras: 7.50" in (await shop.ask(till, "7.50", "Laras: 7.50")).text


def close_window(tx: Tx, telegram_id: int) -> None:
    """Somebody has been here for long."""
    tx.run(update(person).where(person.c.id == person_of(tx, telegram_id)).values(started_at=1))


def person_of(tx: Tx, telegram_id: int) -> int:
    """Our own number of somebody."""
    found = people.find_by_telegram_id(tx, telegram_id)
    assert found is not None
    return found.id


async def test_what_waits_is_seen_with_its_reason_and_tied_to_its_buyer(shop: ShopAtWork, store: Store) -> None:
    """With it are tied the other orders of the same customer; what nobody wants is put aside."""
    await shop.add_member("Wignyo")
    for number in ("B-1", "B-2"):
        await report_unknown(store, number)
    await report_unknown(store, "B-3", "C-10")
    waiting = await shop.ask(shop.admin, "/orders")
    assert "3 orders wait" in waiting.text
    assert "B-1 · 10.00\u00a0EUR" in waiting.text
    assert "know the buyer" in waiting.text
    order = await tap(shop, shop.admin, waiting, "B-1")
    asked = await tap(shop, shop.admin, order, "Say whose it is")
    assert "Whose is the order B-1?" in asked.text
    assert "Bought by Wignyo" in (await shop.ask(shop.admin, "Wignyo")).text
    assert [await read_state(store, each) for each in ("B-1", "B-2", "B-3")] == ["noted", "noted", "waiting"]
    last = await tap(shop, shop.admin, await shop.ask(shop.admin, "/orders"), "B-3")
    assert "put aside" in (await tap(shop, shop.admin, last, "Put it aside")).text
    assert "No order waits" in (await shop.ask(shop.admin, "/orders")).text


async def test_a_member_tells_an_order_and_the_team_confirms_it(shop: ShopAtWork, store: Store) -> None:
    """Whatever the member says, nothing counts before."""
    dewi = await shop.add_member("Dewi")
    await report_unknown(store, "D-1", "C-20")
    assert "number of your order" in (await shop.ask(dewi, "/order")).text
    assert "no" not in (await shop.ask(dewi, "D-1")).text.split()
    waiting = await shop.ask(shop.admin, "/orders")
    assert "A member says it is theirs" in waiting.text
    order = await tap(shop, shop.admin, waiting, "D-1")
    assert "Bought by Dewi" in (await tap(shop, shop.admin, order, YES)).text
    assert "look like an order" in (await shop.ask(dewi, "/order what is this")).text


async def test_whoever_opens_a_receipts_link_first_is_its_buyer(shop: ShopAtWork, store: Store) -> None:
    """A newcomer becomes a member by it; nobody else has it after that."""
    await report_unknown(store, "E-1", "C-30")
    token = await store.write(make_receipt, order_id="E-1")
    putri, other = shop.add_person("Putri"), await shop.add_member("Joko")
    told = await shop.ask(putri, f"/start buy_{token}", "10.00\u00a0EUR is yours")
    assert told.text.startswith("✓ Thank you.")
    await shop.telegram.until_message(putri, "Did somebody recommend us?")
    assert await read_state(store, "E-1") is SaleState.NOTED
    assert "somebody else already" in (await shop.ask(other, f"/start buy_{token}")).text
    assert "yours already" in (await shop.ask(putri, f"/start buy_{token}")).text
    assert "know this receipt" in (await shop.ask(other, "/start buy_nothing")).text


async def test_an_owner_makes_a_key_that_is_shown_once_and_revokes_it(shop: ShopAtWork, store: Store) -> None:
    """By name; the list says no more of it than how it ends. Nobody else has the command."""
    none = await shop.ask(shop.admin, "/api")
    assert "There is none yet" in none.text
    asked = await tap(shop, shop.admin, none, "Make a key")
    assert "What is the key for?" in asked.text
    again = await shop.ask(shop.admin, "a till?", "letters")
    assert "What is the key for?" in again.text
    made = await shop.ask(shop.admin, "till")
    key = re.search(r"psk_[\w-]+", made.text)
    assert key is not None
    assert "whsec_" in made.text
    assert key[0] not in repr(await store.read(api_keys.list_all))
    listed = await shop.ask(shop.admin, "/api")
    assert f"till (ends in {key[0][-4:]})" in listed.text
    sure = await tap(shop, shop.admin, listed, f"Revoke till ({key[0][-4:]})")
    assert "There is none yet" in (await tap(shop, shop.admin, sure, "Yes, revoke it")).text
    staff: Person = await shop.add_member("Nina")
    await store.write(roles.set, staff.id, Role.MANAGER)
    assert "key" not in (await shop.ask(staff, "/api")).text.lower()


LIST = b"Number;Total;Guest;Day\r\nL-1;12,50;C-70;2026-11-27\r\nL-2;8.00;C-70;27.11.2026\r\nL-1;-2,50;C-70;\r\n;1;;\r\nL-3;x;;\r\n"


def send_list(shop: ShopAtWork) -> None:
    """The owner sends it."""
    shop.world.send_document(shop.admin, shop.world.open_chat(shop.admin), LIST, "orders.csv", "")


async def test_a_days_orders_are_taken_in_and_their_columns_remembered(shop: ShopAtWork, store: Store) -> None:
    """Mapped by tapping; the second list of such columns is taken at once, and nothing twice."""
    waiting = await shop.ask(shop.admin, "/orders")
    asked = await tap(shop, shop.admin, waiting, "Take in a list")
    assert "CSV file" in asked.text
    send_list(shop)
    question = await shop.telegram.until_message(shop.admin, "Which column is the order")
    for label, following in (
        ("Number", "the amount"),
        ("Total", "who has bought"),
        ("Guest", "say of the buyer"),
        ("Our own customer number", "Which column is the day"),
    ):
        question = await tap(shop, shop.admin, question, label)
        assert following in question.text
    await shop.tap(shop.admin, question, "Day")
    taken = await shop.telegram.until_message(shop.admin, "3 new, 0 known")
    assert "Line 5: no order number" in taken.text
    assert "Line 6: no amount" in taken.text
    sale = await store.read(sales.find_by_order, "L-1")
    assert sale is not None
    assert (sale.amount, sale.refunded, sale.state) == (1250, 250, SaleState.WAITING)
    await tap(shop, shop.admin, await shop.ask(shop.admin, "/orders"), "Take in a list")
    send_list(shop)
    await shop.telegram.until_message(shop.admin, "0 new, 3 known")


def compose_transaction(person: Person, charge: str, *, back: bool = False) -> dict[str, object]:
    """Fifty Stars, paid or given back."""
    partner = {
        "type": "user",
        "transaction_type": "invoice_payment",
        "user": {"id": person.id, "is_bot": False, "first_name": person.first_name},
    }
    side = {"receiver" if back else "source": partner}
    return {"id": charge, "amount": 50, "date": 1_760_000_000, **side}


async def test_payments_in_telegram_count_as_its_list_says(shop: ShopAtWork, store: Store) -> None:
    """Each once, by whichever way it was heard of first; a chargeback takes it back."""
    bagus = await shop.add_member("Bagus")
    paid = {
        "currency": "XTR",
        "total_amount": 50,
        "invoice_payload": "coffee",
        "telegram_payment_charge_id": "stx1",
        "provider_payment_charge_id": "0",
    }
    shop.world.push_raw(
        "message",
        {
            "message_id": 900_001,
            "date": 1_760_000_000,
            "chat": {"id": bagus.id, "type": "private", "first_name": "Bagus"},
            "from": {"id": bagus.id, "is_bot": False, "first_name": "Bagus", "language_code": "en"},
            "successful_payment": paid,
        },
    )
    async with asyncio.timeout(60):
        while await read_state(store, "tg:stx1") is None:  # noqa: ASYNC110 -- a row tells nobody that it is there
            await asyncio.sleep(0.05)
    told = [
        compose_transaction(bagus, "stx1"),
        compose_transaction(bagus, "stx2"),
        compose_transaction(bagus, "stx1", back=True),
    ]
    payments = list(list_payments(told))
    await store.write(note_transactions, payments=payments, seen=len(told))
    assert await read_state(store, "tg:stx1") is SaleState.REFUNDED
    assert await store.read(count_seen) == 3
    second = await store.read(sales.find_by_order, "tg:stx2")
    assert second is not None
    assert (second.amount, second.currency) == (50, "XTR")
