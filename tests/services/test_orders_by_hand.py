"""Orders in the team's hands: typed at the till, looked through, tied to a buyer, taken in as a list; receipts, and keys of other systems."""

from __future__ import annotations

import io
from contextlib import closing
from dataclasses import replace

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.conversions.keys import EVERY_SCOPE, HINT_LETTERS, Scope, Unmade, compute_hash
from bot.core.conversions.order_lists import Column, Fault, Meaning
from bot.core.redeeming import UNDO_SECONDS
from bot.services.audit import list_acts
from bot.services.conversions import keys
from bot.services.conversions.importing import BATCH, MOST_FAULTS, Taken, import_orders, read_head, view_list
from bot.services.conversions.orders import (
    MOST_CLAIMED,
    MOST_CLAIMS,
    PAGE,
    claim_order,
    put_aside,
    tie,
    view_order,
    view_orders,
)
from bot.services.conversions.receipts import Opened, hash_token, make_receipt, open_receipt
from bot.services.conversions.till import Sold, TillView, sell_asked, undo_sale, view_till
from bot.services.joining.joining import start
from bot.services.members import NotAllowed
from storage import Store
from storage.checks import list_faults
from storage.conversion import Channel, ConversionType, MemberKey, Reason, Sale, SaleId, SaleState
from storage.records import Person, PersonId, Profile
from storage.role import Role
from storage.steps import take_steps
from storage.tables import api_keys, conversions, order_claims, people, roles, sales
from tests.services.test_conversions import FIVE, Till, find_sale, open_till
from tests.storage.clock import Clock

WAYAN = Profile(telegram_id=900, first_name="Wayan", telegram_language="en")
MEI = Profile(telegram_id=901, first_name="Mei", telegram_language="en")
MEANING = Meaning(places={Column.ORDER: 0, Column.AMOUNT: 1, Column.MEMBER: 2}, member_key=MemberKey.CODE)


@pytest.fixture
async def shop(store: Store, campaign: Campaign) -> Till:
    """A friend of Anna's who may buy; five points a purchase for Anna; Wayan is of the team, Mei is a member."""
    opened = await open_till(store, replace(campaign, worth_amount=1, worth_currency="EUR"), FIVE)
    for visitor in (WAYAN, MEI):
        await store.write(start, visitor=visitor, payload="")
    await store.write(roles.set, WAYAN.telegram_id, Role.STAFF)
    return opened


async def find_person(store: Store, profile: Profile) -> Person:
    """A member."""
    found = await store.read(people.find_by_telegram_id, profile.telegram_id)
    assert found is not None
    return found


async def type_in(
    shop: Till, amount: int = 1000, order: str = "", person: int | None = None, visitor: Profile = WAYAN
) -> TillView:
    """Somebody of the team types a purchase in."""
    data = {"person": person or shop.friend.id, "order": order, "amount": amount}
    return await shop.store.write(sell_asked, visitor=visitor, data=data)


async def list_written(store: Store) -> list[tuple[str, str, str, str, str]]:
    """What people have done, the latest first."""
    acts = [each for each in await store.read(list_acts, most=99) if not each.by_command]
    return [(each.act, each.actor, each.subject, each.before, each.after) for each in acts]


async def test_only_the_team_handles_orders(shop: Till) -> None:
    """And only owners handle keys; a member is refused whatever they ask for."""
    sale, store = SaleId(1), shop.store
    asked = [
        store.read(view_till, visitor=MEI, person_id=shop.friend.id),
        store.write(sell_asked, visitor=MEI, data={"person": shop.friend.id, "order": "", "amount": 1}),
        store.write(undo_sale, visitor=MEI, sale_id=sale),
        store.read(view_orders, visitor=MEI),
        store.read(view_order, visitor=MEI, sale_id=sale),
        store.write(tie, visitor=MEI, sale_id=sale, person_id=shop.friend.id),
        store.write(put_aside, visitor=MEI, sale_id=sale),
        store.read(view_list, visitor=MEI, headings=["Order"]),
        take_list(shop, "Order,Sum,Who\nA-1,5,\n", visitor=MEI),
        store.read(keys.view_keys, visitor=WAYAN),
        store.write(keys.make_own_key, visitor=WAYAN, name="web"),
        store.write(keys.revoke_key, visitor=WAYAN, key_id=api_keys.KeyId(1)),
    ]
    for each in asked:
        with pytest.raises(NotAllowed):
            await each
    assert (await store.read(sales.list_waiting, before=2**62, limit=9), await store.read(keys.list_live)) == ([], [])


async def test_it_is_shown_whose_purchase_it_would_be(shop: Till) -> None:
    """By name, in the shop's currency; not one's own, and nobody's who is no member."""
    wayan = await find_person(shop.store, WAYAN)
    stranger = await shop.store.write(people.add, Profile(telegram_id=44, first_name="Never"), "Code000044")
    for person_id, sold, name in (
        (shop.friend.id, Sold.READY, shop.friend.profile.first_name),
        (wayan.id, Sold.ONESELF, ""),
        (stranger.id, Sold.NOBODY, ""),
        (PersonId(99), Sold.NOBODY, ""),
    ):
        seen = await shop.store.read(view_till, visitor=WAYAN, person_id=person_id)
        assert (seen.sold, seen.name, seen.currency, seen.sale, seen.member.id) == (sold, name, "EUR", None, wayan.id)
        if sold is not Sold.READY:
            assert await type_in(shop, person=person_id) == seen, "nothing can be typed in either"


async def test_a_purchase_is_typed_in_and_counts(shop: Till, clock: Clock) -> None:
    """Under its number or one that is made up; what is known under a number is not taken again; it is written down."""
    before = (await shop.balances())[0]
    done = await type_in(shop, 1000, "A-1")
    assert (done.sold, done.name, done.currency) == (Sold.DONE, shop.friend.profile.first_name, "EUR")
    assert done.sale == await find_sale(shop.store, "A-1")
    assert (done.sale.person_id, done.sale.state, done.sale.amount) == (shop.friend.id, SaleState.COUNTED, 1000)
    assert (await shop.balances())[0] == before + 5
    (told,) = await shop.store.read(conversions.list_of, done.sale.id)
    said, wayan = told.report, await find_person(shop.store, WAYAN)
    assert (said.type, said.order_id, said.amount, said.currency) == (ConversionType.PURCHASE, "A-1", 1000, "EUR")
    assert (said.member_key, said.member, said.occurred_at) == (MemberKey.CODE, shop.friend.code, clock.now)
    assert (said.channel, told.actor_id) == (Channel.TILL, wayan.id)
    known = await type_in(shop, 1000, "A-1")
    assert (known.sold, known.sale, known.name, known.member.id) == (Sold.KNOWN, done.sale, "", wayan.id)
    made_up = await type_in(shop, 2000)
    assert made_up.sale is not None
    assert made_up.sale.order_id.startswith("T-")
    assert len(made_up.sale.order_id) == len("T-") + 7
    assert (await list_written(shop.store))[1] == ("sold", "Wayan", shop.friend.profile.first_name, "", "1000")
    assert await list_faults(shop.store) == []


async def test_what_was_typed_in_is_undone_within_two_minutes(shop: Till, clock: Clock) -> None:
    """By whoever has typed it, once, with what it brought; written down as well."""
    before = await shop.balances()
    done = (await type_in(shop, 1000, "A-1")).sale
    assert done is not None
    await shop.store.write(roles.set, MEI.telegram_id, Role.STAFF)
    late = await shop.store.write(undo_sale, visitor=MEI, sale_id=done.id)
    assert (late.sold, late.sale, late.member.name) == (Sold.LATE, done, "Mei"), "it is not hers"
    clock.advance(UNDO_SECONDS - 1)
    undone = await shop.store.write(undo_sale, visitor=WAYAN, sale_id=done.id)
    assert (undone.sold, undone.member.name) == (Sold.UNDONE, "Wayan")
    assert undone.sale is not None
    assert (undone.sale.id, undone.sale.state) == (done.id, SaleState.DROPPED)
    assert await shop.balances() == before
    assert (await list_written(shop.store))[0] == ("unsold", "Wayan", shop.friend.profile.first_name, "", "")
    again = await shop.store.write(undo_sale, visitor=WAYAN, sale_id=done.id)
    assert (again.sold, again.sale) == (Sold.LATE, await find_sale(shop.store, "A-1"))
    other = (await type_in(shop, 1000, "A-2")).sale
    assert other is not None
    clock.advance(UNDO_SECONDS)
    assert (await shop.store.write(undo_sale, visitor=WAYAN, sale_id=other.id)).sold is Sold.LATE
    assert (await find_sale(shop.store, "A-2")).state is SaleState.COUNTED
    assert await list_faults(shop.store) == []


async def wait(shop: Till, order: str, **said: object) -> Sale:
    """An order that nobody knows the buyer of."""
    await shop.tell(order, **{"member_key": MemberKey.NOBODY, "member": "", **said})
    return await find_sale(shop.store, order)


async def test_what_waits_is_looked_through_page_by_page(shop: Till) -> None:
    """The newest first, each once; and how many there are in all."""
    waiting = [await wait(shop, f"A-{number}") for number in range(PAGE + 1)]
    first = await shop.store.read(view_orders, visitor=WAYAN)
    assert list(first.waiting) == list(reversed(waiting))[:PAGE]
    assert (first.total, first.next_before, first.member.name) == (PAGE + 1, waiting[1].id, "Wayan")
    rest = await shop.store.read(view_orders, visitor=WAYAN, before=first.next_before)
    assert (list(rest.waiting), rest.total, rest.next_before) == ([waiting[0]], PAGE + 1, 0)
    await shop.store.write(put_aside, visitor=WAYAN, sale_id=waiting[0].id)
    exact = await shop.store.read(view_orders, visitor=WAYAN)
    assert (len(exact.waiting), exact.next_before) == (PAGE, 0)


async def test_the_team_says_whose_an_order_is(shop: Till) -> None:
    """Then it counts, and so do others that name the same customer; nobody's own, and none that is somebody's already."""
    store, wayan = shop.store, await find_person(shop.store, WAYAN)
    customer = {"member_key": MemberKey.EXTERNAL_ID, "member": "customer-7"}
    one, other, stranger = [
        await wait(shop, "A-1", **customer),
        await wait(shop, "A-2", **customer),
        await wait(shop, "A-3", member_key=MemberKey.EXTERNAL_ID, member="customer-8"),
    ]
    never = await store.write(people.add, Profile(telegram_id=44, first_name="Never"), "Code000044")
    for person_id in (wayan.id, never.id, PersonId(99)):
        refused = await store.write(tie, visitor=WAYAN, sale_id=one.id, person_id=person_id)
        assert (refused.sale, refused.buyer, refused.named, refused.member.name) == (one, "", "customer-7", "Wayan")
    assert await list_written(store) == []
    tied = await store.write(tie, visitor=WAYAN, sale_id=one.id, person_id=shop.friend.id)
    name = shop.friend.profile.first_name
    assert (tied.sale, tied.buyer, tied.member.name) == (await find_sale(store, "A-1"), name, "Wayan")
    assert [(await find_sale(store, order)).state for order in ("A-1", "A-2", "A-3")] == [
        SaleState.COUNTED,
        SaleState.COUNTED,
        SaleState.WAITING,
    ]
    assert (await find_sale(store, "A-2")).person_id == shop.friend.id
    assert await list_written(store) == [("tied", "Wayan", name, "A-1", "")]
    mei = await find_person(store, MEI)
    again = await store.write(tie, visitor=WAYAN, sale_id=other.id, person_id=mei.id)
    assert (again.sale.person_id, again.buyer) == (shop.friend.id, name)
    assert await store.read(view_order, visitor=WAYAN, sale_id=other.id) == again
    assert (await store.read(view_order, visitor=WAYAN, sale_id=stranger.id)).sale == stranger
    assert await list_faults(store) == []


async def test_an_order_that_waits_can_be_put_aside(shop: Till) -> None:
    """For good, once, and written down; one that counts is not."""
    waiting = await wait(shop, "A-1")
    for _ in range(2):
        gone = await shop.store.write(put_aside, visitor=WAYAN, sale_id=waiting.id)
        assert (gone.sale.state, gone.member.name) == (SaleState.DROPPED, "Wayan")
    assert await list_written(shop.store) == [("unsold", "Wayan", "A-1", "", "")]
    await shop.tell("A-2")
    counted = await find_sale(shop.store, "A-2")
    assert (await shop.store.write(put_aside, visitor=WAYAN, sale_id=counted.id)).sale == counted


async def test_a_member_says_that_an_order_is_theirs(shop: Till) -> None:
    """Before it was reported or after; the team sees the first who say so, until it is somebody's; of too many none."""
    store, friend = shop.store, shop.friend.profile
    waiting = await wait(shop, "A-1")
    member, heard = await store.write(claim_order, visitor=friend, order_id="A-1")
    assert (member.id, heard) == (shop.friend.id, True)
    assert (await find_sale(store, "A-1")).reason is Reason.UNCONFIRMED
    seen = await store.read(view_order, visitor=WAYAN, sale_id=waiting.id)
    assert (dict(seen.claimed), seen.buyer, seen.named) == ({shop.friend.id: friend.first_name}, "", "")
    guests = [Profile(telegram_id=500 + number, first_name=f"Guest {number}") for number in range(MOST_CLAIMS)]
    for guest in guests:
        await store.write(claim_order, visitor=guest, order_id="A-1")
    seen = await store.read(view_order, visitor=WAYAN, sale_id=waiting.id)
    assert [*seen.claimed.values()] == [friend.first_name, "Guest 0", "Guest 1"]
    await store.write(tie, visitor=WAYAN, sale_id=waiting.id, person_id=shop.friend.id)
    assert (await store.read(view_order, visitor=WAYAN, sale_id=waiting.id)).claimed == {}
    for number in range(MOST_CLAIMED):
        assert (await store.write(claim_order, visitor=MEI, order_id=f"B-{number}"))[1]
    member, heard = await store.write(claim_order, visitor=MEI, order_id="B-99")
    assert (member.name, heard) == ("Mei", False)
    assert await store.read(order_claims.list_of, "B-99", 9) == []
    assert (await wait(shop, "B-0")).reason is Reason.UNCONFIRMED, "said before it was reported"


async def test_a_receipt_is_the_first_members_who_opens_it(shop: Till) -> None:
    """The same link whenever it is asked for; before its order is reported or after; a newcomer is greeted and has it."""
    store = shop.store
    token = await store.write(make_receipt, order_id="A-1")
    assert (await store.write(make_receipt, order_id="A-1"), len(token)) == (token, 20)
    assert await store.write(make_receipt, order_id="A-2") != token
    assert hash_token("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    unknown = await store.write(open_receipt, visitor=MEI, token="none")
    assert (unknown.opened, unknown.sale, unknown.member.name) == (Opened.UNKNOWN, None, "Mei")
    friend = shop.friend.profile
    first = await store.write(open_receipt, visitor=friend, token=token)
    assert (first.opened, first.sale, first.member.id) == (Opened.TIED, None, shop.friend.id), "it was not reported yet"
    taken = await store.write(open_receipt, visitor=MEI, token=token)
    assert (taken.opened, taken.sale, taken.member.name) == (Opened.TAKEN, None, "Mei")
    await wait(shop, "A-1")
    counted = await find_sale(store, "A-1")
    assert (counted.person_id, counted.state) == (shop.friend.id, SaleState.COUNTED)
    again = await store.write(open_receipt, visitor=friend, token=token)
    assert (again.opened, again.sale) == (Opened.OWN, counted)
    assert (await store.read(view_order, visitor=WAYAN, sale_id=counted.id)).named == ""
    assert (await wait(shop, "A-2")).reason is Reason.UNOPENED
    guest = Profile(telegram_id=700, first_name="Guest", telegram_language="en")
    opened = await store.write(open_receipt, visitor=guest, token=await store.write(make_receipt, order_id="A-2"))
    found = await find_sale(store, "A-2")
    assert (opened.opened, opened.sale, opened.member.name) == (Opened.TIED, found, "Guest")
    assert found.state is SaleState.NOTED, "who came by nobody"


async def test_a_receipt_of_an_order_that_is_somebodys_is_nobody_elses(shop: Till) -> None:
    """The team, or the report, has said whose it is."""
    token = await shop.store.write(make_receipt, order_id="A-1")
    await shop.tell("A-1")
    opened = await shop.store.write(open_receipt, visitor=MEI, token=token)
    assert (opened.opened, opened.sale) == (Opened.TAKEN, None)


async def take_list(shop: Till, text: str, meaning: Meaning = MEANING, visitor: Profile = WAYAN) -> Taken:
    """Somebody sends a list of orders."""
    taken = Taken()
    file = io.BytesIO(text.encode("utf-8", "surrogateescape"))
    with closing(import_orders(file, meaning, taken, visitor=visitor, decimal=".")) as steps:
        await take_steps(steps, shop.store.write)
    return taken


async def test_a_list_of_orders_is_taken_in_row_by_row(shop: Till) -> None:
    """Each order once; what was reported otherwise before is told, and rows that are none by their line; written down once."""
    store, code = shop.store, shop.friend.code
    await shop.tell("A-0", amount=700)
    await shop.tell("A-9", amount=900)
    rows = [
        f"A-0,7.00,{code}",
        f"A-1,10.50,{code}",
        f"A-2,3,{code}",
        f"A-9,9.99,{code}",
        f"A-2,-1,{code}",
        "?,,",
        f"A-4,x,{code}",
        "A-5,1,",
    ]
    taken = await take_list(shop, "\n".join(["Order,Sum,Who", *rows]))
    assert (taken.new, taken.known, taken.differs, taken.refused) == (4, 1, ["A-9"], 2)
    assert taken.faults == [(7, Fault.ORDER), (8, Fault.AMOUNT)]
    sale = await find_sale(store, "A-2")
    assert (sale.state, sale.amount, sale.refunded, sale.currency) == (SaleState.REDUCED, 300, 100, "EUR")
    assert (await find_sale(store, "A-1")).amount == 1050
    assert (await find_sale(store, "A-5")).state is SaleState.WAITING
    (told,) = await store.read(conversions.list_of, (await find_sale(store, "A-1")).id)
    assert (told.report.channel, told.actor_id) == (Channel.FILE, (await find_person(store, WAYAN)).id)
    assert await list_written(store) == [("orders", "Wayan", "", "", "4")]
    again = await take_list(shop, "\n".join(["Order,Sum,Who", *rows[:3]]))
    assert (again.new, again.known, again.differs, again.refused, again.faults) == (0, 3, [], 0, [])
    assert len(await list_written(store)) == 1, "nothing was new"
    assert await list_faults(store) == []


async def test_of_a_long_list_the_first_faults_are_told(shop: Till) -> None:
    """Over all its transactions; the others are counted."""
    rows = ["?,1,"] * (BATCH - 2) + ["A-1,1,", '"A-2,1,'] + ["?,1,"] * 3
    taken = await take_list(shop, "\n".join(["Order,Sum,Who", *rows]))
    assert (taken.new, taken.refused, len(taken.faults)) == (1, BATCH + 2, MOST_FAULTS)
    assert taken.faults == [(number, Fault.ORDER) for number in range(2, 2 + MOST_FAULTS)]
    short = await take_list(shop, "\n".join(["Order,Sum,Who", *["?,1,"] * 4, *["A-9,1,"] * BATCH, *["?,1,"] * 9]))
    assert (short.refused, short.faults[3], short.faults[4]) == (13, (5, Fault.ORDER), (6 + BATCH, Fault.ORDER))
    assert len(short.faults) == MOST_FAULTS


async def test_what_columns_mean_is_remembered(shop: Till) -> None:
    """For lists of the same columns, however they are spaced; a list without a heading has nothing to be taken in."""
    store = shop.store
    headings = ["Who", "Order no.", "Sum", "Day"]
    unknown = await store.read(view_list, visitor=WAYAN, headings=headings)
    assert (unknown.meaning, unknown.member.name) == (None, "Wayan")
    places = {Column.ORDER: 1, Column.AMOUNT: 2, Column.MEMBER: 0, Column.DATE: 3}
    meaning = Meaning(places=places, member_key=MemberKey.EXTERNAL_ID)
    await take_list(shop, "Who;Order no.;Sum;Day\n7;A-1;3;2025-10-01\n", meaning)
    known = await store.read(view_list, visitor=WAYAN, headings=[" who", *headings[1:]])
    assert known.meaning == meaning
    sale = await find_sale(store, "A-1")
    assert (sale.reason, sale.occurred_at) == (Reason.UNKNOWN_MEMBER, 1_759_276_800_000_000)
    assert (await store.read(view_list, visitor=WAYAN, headings=["Order"])).meaning is None
    for text, head in (("Order,Sum\n1,2\n", ["Order", "Sum"]), ("", None), (" , \n", None), ("\n\nA,B\n", ["A", "B"])):
        file = io.BytesIO(text.encode())
        assert (read_head(file), file.tell()) == (head, 0)
    assert await take_list(shop, "") == Taken()


async def test_keys_are_made_shown_once_and_revoked(shop: Till) -> None:
    """Two of a name at most; by name or by last letters; only what is live is shown, and each act is written down."""
    store, mei = shop.store, await find_person(shop.store, MEI)
    await store.write(roles.set, MEI.telegram_id, Role.OWNER)
    made = [await store.write(keys.make_asked, visitor=MEI, data={"name": "web"}) for _ in range(2)]
    for view in made:
        assert view.made is not None
        assert view.unmade is None
        assert (view.made.name, view.made.key_hash) == ("web", compute_hash(view.made.key))
        assert (view.live[-1].name, view.live[-1].hint) == ("web", view.made.key[-HINT_LETTERS:])
        assert view.live[-1].scopes == " ".join(EVERY_SCOPE)
        assert view.member.id == mei.id
    full = await store.write(keys.make_asked, visitor=MEI, data={"name": "web"})
    assert (full.made, full.unmade, len(full.live)) == (None, Unmade.TWO_LIVE, 2)
    by_command = await store.write(keys.make_key, name="till", scopes=[Scope.RECEIPTS])
    assert not isinstance(by_command, Unmade)
    seen = await store.read(keys.view_keys, visitor=MEI)
    assert ([each.name for each in seen.live], seen.made, seen.unmade, seen.member.id) == (
        ["web", "web", "till"],
        None,
        None,
        mei.id,
    )
    assert seen.live[2].scopes == "receipts"
    left = await store.write(keys.revoke_key, visitor=MEI, key_id=seen.live[0].id)
    assert [each.id for each in left.live] == [seen.live[1].id, seen.live[2].id]
    again = await store.write(keys.revoke_key, visitor=MEI, key_id=seen.live[0].id)
    assert list(again.live) == list(left.live)
    assert await list_written(store) == [
        ("key_revoked", "Mei", "web", "", ""),
        ("key_made", "Mei", "web", "", ""),
        ("key_made", "Mei", "web", "", ""),
    ]
    assert await store.write(keys.revoke_named, "none") == 0
    assert await store.write(keys.revoke_named, seen.live[2].hint) == 1
    await store.write(keys.make_key, name="web")
    assert await store.write(keys.revoke_named, "web") == 2
    assert await store.read(keys.list_live) == []
