from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, text

from storage import Store, Tx
from storage.addresses import ANNOUNCE, Address, MemberAddress
from storage.handout import Handout, HandoutId, HandoutKind, HandoutState
from storage.records import Event, HandoutOwed, NoticeId, NoticeOwed, NoticeState
from storage.schema.sharing import handout
from storage.tables import outbox
from storage.texts import clean_error
from tests.storage.cast import add_member, add_members
from tests.storage.clock import NOON, Clock

FIRST = NoticeId(0)
_ERROR = text("SELECT error FROM outbox")


def owe(tx: Tx, key: str, address: Address = ANNOUNCE) -> NoticeId | None:
    """Owe a notice with a payload of both sorts of values."""
    payload: dict[str, int | str] = {"points": 50, "name": 'Zoë "<b>" 雪'}
    return outbox.add(tx, address=address, kind="friend_joined", payload=payload, key=key)


async def test_a_notice_comes_back_as_owed(store: Store) -> None:
    """Recipient, kind, payload and moment are kept as given."""
    anna = await store.write(add_member, 1)
    notice_id = await store.write(owe, "k1", MemberAddress(anna.id))
    (notice,) = await store.read(outbox.list_owed, after=FIRST, limit=5)
    assert (notice.id, notice.address, notice.kind) == (notice_id, MemberAddress(anna.id), "friend_joined")
    assert notice.payload == {"points": 50, "name": 'Zoë "<b>" 雪'}
    assert (notice.attempts, notice.created_at) == (0, NOON)


async def test_a_key_is_owed_once(store: Store) -> None:
    """The second notice of a key is not written and not told."""
    heard: list[Event] = []
    store.subscribe(heard.extend)
    assert await store.write(owe, "k1") is not None
    assert await store.write(owe, "k1") is None
    assert len(heard) == 1
    assert await store.read(outbox.count_owed) == 1


async def test_owing_is_told_with_its_recipient(store: Store) -> None:
    """Listeners hear of each notice after its commit."""
    heard: list[Sequence[Event]] = []
    store.subscribe(heard.append)
    anna = await store.write(add_member, 1)
    notice_id = await store.write(owe, "k1", MemberAddress(anna.id))
    assert notice_id is not None
    assert heard == [[NoticeOwed(notice_id=notice_id, address=MemberAddress(anna.id))]]


async def test_owed_notices_are_paged_and_found_by_id(store: Store) -> None:
    """`after` and `limit` cut the list; ids find notices in any state, in order."""
    ids = [await store.write(owe, f"k{number}") for number in range(4)]
    known = [each for each in ids if each is not None]
    await store.write(outbox.settle, known[1:2], NoticeState.SENT)
    assert [each.id for each in await store.read(outbox.list_owed, after=known[0], limit=1)] == [known[2]]
    found = await store.read(outbox.list_by_ids, [known[3], known[1], NoticeId(999)])
    assert [each.id for each in found] == [known[1], known[3]]
    assert await store.read(outbox.list_by_ids, []) == []


async def test_a_notice_is_settled_once(store: Store) -> None:
    """The first outcome stands; the rest count nothing."""
    ids = [each for each in [await store.write(owe, f"k{number}") for number in range(3)] if each is not None]
    assert await store.write(outbox.settle, ids[:2], NoticeState.SENT) == 2
    assert await store.write(outbox.settle, ids, NoticeState.FAILED, "blocked") == 1
    assert await store.write(outbox.settle, [], NoticeState.SENT) == 0
    assert await store.read(outbox.count_owed) == 0


async def test_attempts_add_up_while_owed(store: Store) -> None:
    """An attempt that did not settle a notice is counted, and why is kept for whoever looks into the table."""
    notice_id = await store.write(owe, "k1")
    assert notice_id is not None
    for error, kept in (("500", "500"), ("timed out\0", clean_error("timed out\0"))):
        await store.write(outbox.note_attempt, [notice_id], error)
        assert await store.read(lambda tx: tx.scalar(_ERROR)) == kept
    (notice,) = await store.read(outbox.list_owed, after=FIRST, limit=5)
    assert notice.attempts == 2


async def test_only_settled_and_old_notices_are_forgotten(store: Store, clock: Clock) -> None:
    """Cleaning takes notices settled before the moment and leaves those owed."""
    first = await store.write(owe, "k1")
    await store.write(owe, "k2")
    assert first is not None
    await store.write(outbox.settle, [first], NoticeState.SENT)
    assert await store.write(outbox.delete_settled, before=clock.now, limit=5) == 0
    clock.advance(1)
    assert await store.write(outbox.delete_settled, before=clock.now, limit=5) == 1
    assert await store.read(outbox.count_owed) == 1


async def test_owed_notices_move_into_a_topic(store: Store) -> None:
    """Those that are named and owed still, and no other."""
    ids = [each for each in [await store.write(owe, f"k{number}") for number in range(3)] if each is not None]
    await store.write(outbox.settle, ids[:1], NoticeState.SENT)
    await store.write(outbox.set_topic, ids[:2], 77)
    await store.write(outbox.set_topic, [], 78)
    assert [each.topic_id for each in await store.read(outbox.list_by_ids, ids)] == [None, 77, None]


async def test_what_did_not_reach_somebody_is_owed_again(store: Store) -> None:
    """What failed, of that kind and to that person alone; it is told, and counts as never tried."""
    anna, ben = await store.write(add_members, 2)
    to_anna, to_ben = [await store.write(owe, f"k{each.id}", MemberAddress(each.id)) for each in (anna, ben)]
    assert to_anna is not None
    assert to_ben is not None
    assert await store.read(outbox.find_oldest_untried) == NOON
    await store.write(outbox.note_attempt, [to_anna, to_ben], "500")
    assert await store.read(outbox.find_oldest_untried) is None
    await store.write(outbox.settle, [to_anna, to_ben], NoticeState.FAILED, "blocked")
    heard: list[Event] = []
    store.subscribe(heard.extend)
    await store.write(outbox.reopen, anna.id, "another_kind")
    assert heard == []
    await store.write(outbox.reopen, anna.id, "friend_joined")
    assert heard == [NoticeOwed(notice_id=to_anna, address=MemberAddress(anna.id))]
    (again,) = await store.read(outbox.list_owed, after=FIRST, limit=5)
    assert (again.id, again.attempts) == (to_anna, 0)
    await store.write(outbox.delete_of, anna.id)
    assert [each.id for each in await store.read(outbox.list_by_ids, [to_anna, to_ben])] == [to_ben]
    assert [await store.read(outbox.knows, f"k{each.id}") for each in (anna, ben)] == [False, True]


async def test_a_card_is_owed_once_and_comes_behind_its_notice(store: Store) -> None:
    """With all that was said of it; what is owed once more is not told."""
    heard: list[Event] = []
    anna, ben = await store.write(add_members, 2)
    notice_id = await store.write(owe, "k1", MemberAddress(anna.id))
    assert notice_id is not None
    store.subscribe(heard.extend)
    values: dict[str, Any] = {"person_id": anna.id, "kind": HandoutKind.STEP, "version": "3", "story": "rye"}
    for _ in range(2):
        await store.write(outbox.add_card, **values, after_id=notice_id)
    await store.write(outbox.add_card, person_id=ben.id, kind=HandoutKind.STEP, version="4")
    assert heard == [HandoutOwed()] * 2
    assert [each.person_id for each in await store.read(outbox.list_due_cards, HandoutKind.STEP, 9)] == [ben.id]
    await store.write(outbox.set_topic, [notice_id], 77)
    await store.write(outbox.settle, [notice_id], NoticeState.SENT)
    due = await store.read(outbox.list_due_cards, HandoutKind.STEP, 9)
    assert due[0] == Handout(id=due[0].id, **values, topic_id=77)
    assert await store.read(outbox.list_due_cards, HandoutKind.STEP, 1) == due[:1]
    assert await store.read(outbox.list_due_cards, HandoutKind.FIRST, 9) == []


async def test_each_card_goes_its_own_way(store: Store) -> None:
    """One that is being sent is due again, unknown for ever, or gone; the one beside it stays as it is."""
    anna, ben, cleo = await store.write(add_members, 3)
    for each in (anna, ben, cleo):
        await store.write(outbox.add_card, person_id=each.id, kind=HandoutKind.FIRST)
    a, b, c = [each.id for each in await store.read(outbox.list_due_cards, HandoutKind.FIRST, 9)]
    assert [await store.write(outbox.claim_card, each) for each in (a, b, a)] == [True, True, False]
    assert await read_cards(store) == {a: ("sending", ""), b: ("sending", ""), c: ("due", "")}
    await store.write(outbox.put_off_card, a, "429\0")
    await store.write(outbox.note_card_unknown, b, "timed out\0")
    await store.write(outbox.note_card_unknown, c, "never sent")
    kept = {a: ("due", clean_error("429\0")), b: ("unknown", clean_error("timed out\0")), c: ("due", "")}
    assert await read_cards(store) == kept
    await store.write(outbox.put_off_card, b, "too late")
    assert await read_cards(store) == kept
    assert await store.read(outbox.list_card_states, ben.id) == {(HandoutKind.FIRST, ""): HandoutState.UNKNOWN}
    await store.write(outbox.claim_card, c)
    assert await store.write(outbox.mark_cards_unknown) == 1
    assert await read_cards(store) == kept | {c: ("unknown", "")}
    assert [await store.write(outbox.delete_card, a) for _ in range(2)] == [True, False]
    await store.write(outbox.delete_cards_of, ben.id)
    assert list(await read_cards(store)) == [c]


async def read_cards(store: Store) -> dict[HandoutId, tuple[str, str]]:
    """Return how each card stands, and what its last failure said."""
    statement = select(handout.c.id, handout.c.state, handout.c.error).order_by(handout.c.id)
    return {number: (state, error) for number, state, error in await store.read(lambda tx: tx.rows(statement))}


async def test_cards_that_were_wanted_long_ago_are_forgotten(store: Store, clock: Clock) -> None:
    """Before a moment, and no more at once than is asked for."""
    anna, ben = await store.write(add_members, 2)
    assert await store.read(outbox.is_card_due) is False
    for each in (anna, ben):
        await store.write(outbox.add_card, person_id=each.id, kind=HandoutKind.FIRST)
    clock.advance(1)
    await store.write(outbox.add_card, person_id=anna.id, kind=HandoutKind.VAULT)
    found = [
        await store.write(outbox.delete_cards_before, before=before, limit=limit)
        for before, limit in ((NOON, 9), (clock.now, 1), (clock.now, 9))
    ]
    assert found == [0, 1, 1]
    assert await store.read(outbox.is_card_due) is True
