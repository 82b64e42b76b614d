from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from storage import Store, Tx
from storage.addresses import ANNOUNCE, Address, MemberAddress
from storage.records import Event, NoticeId, NoticeOwed, NoticeState
from storage.tables import outbox
from storage.texts import clean_error
from tests.storage.cast import add_member
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
