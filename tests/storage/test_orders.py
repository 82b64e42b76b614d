from __future__ import annotations

from dataclasses import replace
from functools import partial

from sqlalchemy import select

from storage import Store
from storage.conversion import Channel, ConversionType, MemberKey, Reason, Report, SaleId, SaleState
from storage.schema.conversions import api_key, conversion
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
    anna, ben = await store.write(add_members, 2)
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
    assert await store.read(api_keys.list_all) == [replace(made[0], revoked_at=clock.now), made[1]]
    makers = select(api_key.c.made_by_id).order_by(api_key.c.id)
    for forgotten, left in ((ben, anna.id), (anna, None)):
        await store.write(api_keys.forget_maker, forgotten.id)
        assert await store.read(lambda tx: tx.rows(makers)) == [(left,)] * 2


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


async def test_an_order_comes_back_as_it_stands(store: Store, clock: Clock) -> None:
    """Opened once, and written over as a whole; the one beside it stays as it was opened."""
    anna, _ = await store.write(add_members, 2)
    first, second = [await store.write(sales.lock_order, order_id) for order_id in ("o-1", "o-2")]
    assert await store.write(sales.lock_order, "o-1") == first
    assert (first.order_id, first.state, first.occurred_at, first.changed_at) == ("o-1", SaleState.OPEN, NOON, NOON)
    clock.advance(1)
    waiting = replace(
        first,
        person_id=anna.id,
        state=SaleState.WAITING,
        reason=Reason.FUTURE,
        amount=700,
        currency="EUR",
        occurred_at=NOON - 4,
        refunded=20,
        due_at=NOON + 9,
    )
    await store.write(sales.set_all, waiting)
    kept = replace(waiting, changed_at=clock.now)
    assert await store.read(sales.get, first.id) == kept
    assert await store.write(sales.lock, first.id) == kept
    assert [await store.read(sales.find_by_order, each) for each in ("o-1", "o-2", "o-3")] == [kept, second, None]


async def test_orders_are_counted_and_listed_by_where_they_stand(store: Store, clock: Clock) -> None:
    """What counts is one person's; what waits is paged newest first, and what is due is looked at in its turn."""
    anna, ben = await store.write(add_members, 2)
    opened = [await store.write(sales.lock_order, f"o-{number}") for number in range(7)]
    states = (
        *(SaleState.COUNTED, SaleState.REDUCED, SaleState.NOTED, SaleState.COUNTED),
        *(SaleState.WAITING, SaleState.WAITING, SaleState.EARLY),
    )
    for row, state, owner in zip(opened, states, (anna, anna, anna, ben, anna, ben, anna), strict=True):
        due_at = {4: NOON + 2, 5: NOON + 1, 6: NOON + 3}.get(opened.index(row))
        reason = Reason.FUTURE if state is SaleState.WAITING else Reason.NONE
        changed = replace(row, state=state, reason=reason, person_id=owner.id, due_at=due_at)
        await store.write(sales.set_all, changed)
    ids = [each.id for each in opened]
    assert [await store.read(sales.count_counted, each.id) for each in (anna, ben)] == [2, 1]
    assert await store.read(sales.count_waiting) == 2
    pages = [
        [each.id for each in await store.read(sales.list_waiting, before=before, limit=limit)]
        for before, limit in ((99, 9), (ids[5], 9), (99, 1))
    ]
    assert pages == [[ids[5], ids[4]], [ids[4]], [ids[5]]]
    assert await store.read(sales.find_currency) == ""
    clock.now = NOON + 2
    assert await store.read(sales.list_due, 9) == [ids[5], ids[4]]
    assert await store.read(sales.list_due, 1) == [ids[5]]
    assert await store.write(sales.end_of, anna.id) == 4
    ended = [await store.read(sales.get, each) for each in ids]
    assert [each.state is SaleState.ENDED for each in ended] == [True, True, True, False, False, False, True]
    assert [(each.due_at, each.changed_at) for each in ended if each.state is SaleState.ENDED] == [(None, NOON + 2)] * 4


async def test_by_what_somebodys_orders_named_them_is_forgotten(store: Store) -> None:
    """Of their own orders, and their number at Telegram wherever it stands; what named others stays."""
    anna, ben = await store.write(add_members, 2)
    named = (MemberKey.CODE, "a"), (MemberKey.CODE, "b"), (MemberKey.TELEGRAM_ID, "7"), (MemberKey.CODE, "7")
    for number, (key, member) in enumerate(named):
        sale_id = await report(store, f"o-{number}", key, member)
        sale = await store.read(sales.get, sale_id)
        owner = {0: anna.id, 1: ben.id}.get(number)
        await store.write(sales.set_all, replace(sale, state=SaleState.NOTED, person_id=owner))
    rows = select(conversion.c.member_key, conversion.c.member, conversion.c.fingerprint).order_by(conversion.c.id)
    for forget, left in (
        (
            partial(conversions.forget_member, person_id=anna.id),
            [(), ("code", "b"), ("telegram_id", "7"), ("code", "7")],
        ),
        (partial(conversions.forget_number, telegram_id=7), [(), ("code", "b"), (), ("code", "7")]),
        (partial(conversions.forget_member, person_id=ben.id), [(), (), (), ("code", "7")]),
    ):
        await store.write(forget)
        found = await store.read(lambda tx: tx.rows(rows))
        assert found == [(*each, "f1") if each else ("", "", "") for each in left]
