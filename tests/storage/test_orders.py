from __future__ import annotations

from dataclasses import replace
from functools import partial

from storage import Store
from storage.conversion import Channel, ConversionType, MemberKey, Report, SaleId
from storage.tables import api_keys, buyers, column_maps, conversions, order_claims, sales
from storage.tables.api_keys import ApiKey
from storage.tables.buyers import Receipt
from tests.storage.cast import add_members
from tests.storage.clock import NOON, Clock

REPORT = Report(
    type=ConversionType.PURCHASE,
    order_id="o-1",
    amount=500,
    currency="EUR",
    member_key=MemberKey.CODE,
    member="Code000001",
    occurred_at=NOON - 9,
    fingerprint="f1",
    channel=Channel.TILL,
)


async def report(store: Store, order_id: str, key: MemberKey, member: str) -> SaleId:
    """Note a purchase of an order of its own, whose buyer is named so."""
    sale = await store.write(sales.lock_order, order_id)
    said = replace(REPORT, order_id=order_id, member_key=key, member=member)
    assert await store.write(conversions.add, sale.id, said, actor_id=None) is not None
    return sale.id


async def test_orders_are_found_by_how_their_buyer_was_named(store: Store) -> None:
    """By the key and the word together, in the order in which they were reported, and no more than asked for."""
    first = await report(store, "o-1", MemberKey.CODE, "55")
    await report(store, "o-2", MemberKey.TELEGRAM_ID, "55")
    await report(store, "o-3", MemberKey.CODE, "56")
    last = await report(store, "o-4", MemberKey.CODE, "55")
    assert await store.read(conversions.list_named, MemberKey.CODE, "55", 9) == [first, last]
    assert await store.read(conversions.list_named, MemberKey.CODE, "55", 1) == [first]


async def test_a_report_comes_back_as_it_was_given(store: Store) -> None:
    """With who typed it, its answer and its event; once for each type and part of an order."""
    anna, _ = await store.write(add_members, 2)
    sale = await store.write(sales.lock_order, REPORT.order_id)
    number = await store.write(conversions.add, sale.id, REPORT, actor_id=anna.id)
    assert number is not None
    assert await store.write(conversions.add, sale.id, replace(REPORT, amount=9), actor_id=None) is None
    await store.write(conversions.set_state, number, "counted")
    kept = await store.read(conversions.get, number)
    assert (kept.sale_id, kept.report, kept.state, kept.actor_id) == (sale.id, REPORT, "counted", anna.id)
    assert (kept.received_at, kept.event_id) == (NOON, None)
    assert await store.read(conversions.find, sale.id, ConversionType.PURCHASE, "") == kept
    assert await store.read(conversions.find, sale.id, ConversionType.PURCHASE, "2") is None
    assert await store.read(conversions.find, sale.id, ConversionType.REFUND, "") is None
    assert await store.read(conversions.list_of, sale.id) == [kept]


async def test_a_receipt_is_its_first_openers(store: Store, clock: Clock) -> None:
    """It is found by its link and by its order; another one is not touched, and who is forgotten leaves it used."""
    anna, ben = await store.write(add_members, 2)
    for order_id, token_hash in (("o-1", "t1"), ("o-2", "t2"), ("o-1", "t3")):
        await store.write(buyers.add_receipt, order_id, token_hash)
    made = Receipt(order_id="o-1", person_id=None, made_at=NOON, opened_at=None)
    assert await store.read(buyers.find_receipt, "t1") == made
    assert await store.read(buyers.find_receipt, "t3") is None
    clock.advance(1)
    taken = [await store.write(buyers.take_receipt, "t1", each.id) for each in (anna, ben)]
    assert taken == [True, False]
    opened = replace(made, person_id=anna.id, opened_at=clock.now)
    assert await store.read(buyers.find_receipt, "t1") == opened
    assert await store.read(buyers.find_receipt_of, "o-1") == opened
    assert await store.read(buyers.find_receipt, "t2") == replace(made, order_id="o-2")
    await store.write(buyers.forget_of, anna.id)
    assert await store.read(buyers.find_receipt, "t1") == replace(opened, person_id=None)
    assert await store.write(buyers.take_receipt, "t1", ben.id) is False


async def test_a_customers_number_means_whom_it_meant_first(store: Store) -> None:
    """Until that one is forgotten."""
    anna, ben = await store.write(add_members, 2)
    tied = [
        await store.write(buyers.tie_customer, number, each.id)
        for number, each in (("c1", anna), ("c1", ben), ("c2", ben))
    ]
    assert tied == [True, False, True]
    assert [await store.read(buyers.find_customer, each) for each in ("c1", "c2", "c3")] == [anna.id, ben.id, None]
    await store.write(buyers.forget_of, anna.id)
    assert [await store.read(buyers.find_customer, each) for each in ("c1", "c2")] == [None, ben.id]


async def test_what_columns_mean_is_the_last_word_on_them(store: Store) -> None:
    """Other headings mean what they meant."""
    assert await store.read(column_maps.find_meaning, "order;sum") is None
    for headings, meaning in (("order;sum", "a"), ("nr;total", "b"), ("order;sum", "c")):
        await store.write(column_maps.set_meaning, headings, meaning)
    assert [await store.read(column_maps.find_meaning, each) for each in ("order;sum", "nr;total")] == ["c", "b"]


async def test_who_says_that_an_order_is_theirs_is_known_until_it_is_settled(store: Store, clock: Clock) -> None:
    """Each once, the first of them first; what was never confirmed is forgotten in time, and with who said it."""
    anna, ben = await store.write(add_members, 2)
    for each, order_id in ((ben, "o-1"), (anna, "o-1"), (anna, "o-2"), (anna, "o-1"), (anna, "o-3")):
        await store.write(order_claims.add, order_id, each.id)
        clock.advance(1)
    assert await store.read(order_claims.list_of, "o-1", 9) == [ben.id, anna.id]
    assert await store.read(order_claims.list_of, "o-1", 1) == [ben.id]
    assert [await store.read(order_claims.count_by, each.id) for each in (anna, ben)] == [3, 1]
    await store.write(order_claims.settle, "o-1")
    assert [await store.read(order_claims.count_by, each.id) for each in (anna, ben)] == [2, 0]
    assert await store.write(order_claims.delete_before, NOON + 3_000_000) == 1
    await store.write(order_claims.add, "o-4", ben.id)
    await store.write(order_claims.delete_of, anna.id)
    assert [await store.read(order_claims.count_by, each.id) for each in (anna, ben)] == [0, 1]


async def test_a_key_opens_until_it_is_revoked(store: Store, clock: Clock) -> None:
    """Once, at that moment, and no other; who made it is forgotten apart."""
    anna, _ = await store.write(add_members, 2)
    ids = [
        await store.write(
            api_keys.add, name=f"n{number}", key_hash=f"h{number}", hint=f"i{number}", scopes="a b", made_by_id=anna.id
        )
        for number in (1, 2)
    ]
    made = [
        ApiKey(
            id=each,
            name=f"n{number}",
            key_hash=f"h{number}",
            hint=f"i{number}",
            scopes="a b",
            made_at=NOON,
            revoked_at=None,
        )
        for number, each in enumerate(ids, 1)
    ]
    assert await store.read(api_keys.list_all) == made
    clock.advance(1)
    assert [await store.write(api_keys.revoke, ids[0]) for _ in range(2)] == [True, False]
    await store.write(api_keys.forget_maker, anna.id)
    assert await store.read(api_keys.list_all) == [replace(made[0], revoked_at=clock.now), made[1]]


async def test_a_request_is_known_by_its_id_for_a_while(store: Store, clock: Clock) -> None:
    """With what it said and what it was answered with: the first of an id alone."""
    ids = []
    for order_id in ("o-1", "o-2"):
        sale = await store.write(sales.lock_order, order_id)
        ids.append(await store.write(conversions.add, sale.id, replace(REPORT, order_id=order_id), actor_id=None))
    first, second = ids
    assert first is not None
    assert second is not None
    noted = []
    for digest, fingerprint, number in (("a", "f", first), ("a", "g", second), ("b", "h", second), ("c", "i", first)):
        note = partial(api_keys.note_request, fingerprint=fingerprint, conversion_id=number)
        noted.append(await store.write(note, digest))
        clock.advance(1)
    assert noted == [True, False, True, True]
    found = [await store.read(api_keys.find_request, each) for each in ("a", "b", "d")]
    assert found == [("f", first), ("h", second), None]
    deleted = [
        await store.write(api_keys.delete_requests, before=NOON + late, limit=limit)
        for late, limit in ((0, 9), (3_000_000, 1), (3_000_000, 9))
    ]
    assert deleted == [0, 1, 1]
    assert [await store.read(api_keys.find_request, each) for each in ("a", "b", "c")] == [None, None, ("i", first)]
