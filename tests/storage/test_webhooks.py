from __future__ import annotations

from dataclasses import replace

from storage import Store
from storage.tables import campaigns, shops, webhooks
from storage.texts import clean_error
from storage.webhook import DuePost, HookEventId, HookEventKind, PostState, WebhookId, WebhookRow, WebhookState
from tests.storage.cast import add_version
from tests.storage.clock import NOON, Clock

JOINED, USED = HookEventKind.JOINED, HookEventKind.USED


async def begin(store: Store) -> tuple[WebhookId, WebhookId]:
    """A shop, and two addresses: one for those who join, one for that and what is handed out."""
    version_id = await store.write(add_version)
    await store.write(
        shops.set_shop,
        version_id=version_id,
        announce_chat=None,
        community_chat=None,
        community_id=None,
        file_digest="",
    )
    first = await store.write(
        webhooks.add, url="https://a.example", kinds=[JOINED], secret="whsec_a", allow_private=True
    )
    second = await store.write(
        webhooks.add, url="https://b.example", kinds=[JOINED, USED], secret="whsec_b", allow_private=False
    )
    return first, second


async def test_an_address_comes_back_as_it_was_put_in(store: Store, clock: Clock) -> None:
    """It is switched off and on by itself, and what it wants to hear of goes with it."""
    first, second = await begin(store)
    put_in = WebhookRow(
        id=first,
        url="https://a.example",
        kinds=["joined"],
        secret="whsec_a",
        allow_private=True,
        state=WebhookState.ON,
        failing_since=None,
        failures=0,
        rests_until=0,
        error="",
        arrived_at=None,
        created_at=NOON,
    )
    other = await store.read(webhooks.find, second)
    assert other == replace(
        put_in, id=second, url="https://b.example", kinds=["joined", "used"], secret="whsec_b", allow_private=False
    )
    assert await store.read(webhooks.list_live) == [put_in, other]
    clock.advance(1)
    for until, error in ((NOON + 5, "500\0"), (NOON + 6, "502")):
        await store.write(webhooks.note_failed, first, until=until, error=error)
    failed = replace(put_in, failing_since=clock.now, failures=2, rests_until=NOON + 6, error="502")
    assert await store.read(webhooks.find, first) == failed
    await store.write(webhooks.switch_off, first, WebhookState.FAILING)
    assert await store.read(webhooks.find, first) == replace(failed, state=WebhookState.FAILING)
    assert [await store.write(webhooks.switch_on, each) for each in (first, WebhookId(99))] == [True, False]
    on = await store.read(webhooks.find, first)
    assert on is not None
    assert (on.state, on.failures, on.rests_until) == (WebhookState.ON, 0, 0)
    assert await store.read(webhooks.find, second) == other
    assert await store.read(shops.is_told, USED) is True
    assert [await store.write(webhooks.remove, second) for _ in range(2)] == [True, False]
    assert await store.read(webhooks.find, second) is None
    assert [await store.read(shops.is_told, each) for each in (JOINED, USED)] == [True, False]
    assert len(await store.read(campaigns.list_all)) == 1


async def test_an_event_is_sent_to_each_address_until_it_arrives(store: Store, clock: Clock) -> None:
    """One of each line at a time, and none of a line that is busy; another address goes its own way."""
    first, second = await begin(store)
    ids = [
        await store.write(webhooks.owe, kind, person_id=None, data=f'{{"n":{number}}}')
        for number, kind in enumerate((JOINED, USED, JOINED))
    ]
    post = DuePost(
        webhook_id=first,
        event_id=ids[0],
        line=0,
        kind="joined",
        data='{"n":0}',
        happened_at=NOON,
        attempts=0,
        first_tried_at=None,
    )
    assert await store.read(webhooks.list_due, first, limit=9) == [post]
    assert await store.read(webhooks.list_due, first, busy=[0], limit=9) == []
    assert [await store.read(webhooks.count_owed, each) for each in (first, second)] == [2, 3]
    clock.advance(1)
    await store.write(webhooks.put_off, post, until=clock.now + 5, error="500\0")
    assert await store.read(webhooks.list_due, first, limit=9) == []
    assert await store.read(webhooks.list_due, second, limit=9) == [replace(post, webhook_id=second)]
    assert await store.read(webhooks.list_last, first, 9) == [
        (ids[2], "joined", NOON, PostState.OWED, ""),
        (ids[0], "joined", NOON, PostState.OWED, clean_error("500\0")),
    ]
    tried, clock.now = clock.now, clock.now + 5
    assert await store.read(webhooks.list_due, first, limit=9) == [replace(post, attempts=1, first_tried_at=tried)]
    await store.write(webhooks.note_arrived, post)
    after = await store.read(webhooks.find, first)
    assert after is not None
    assert after.arrived_at == clock.now
    (last,) = await store.read(webhooks.list_due, first, limit=9)
    assert last.event_id == ids[2]
    await store.write(webhooks.give_up, last, error="410")
    assert [await store.read(webhooks.count_given_up, each) for each in (first, second)] == [1, 0]
    assert await store.read(webhooks.list_last, first, 1) == [(ids[2], "joined", NOON, PostState.GIVEN_UP, "410")]
    assert [await store.read(webhooks.count_owed, each) for each in (first, second)] == [0, 3]
    assert await store.read(webhooks.find_next) == NOON


async def test_what_happened_is_sent_once_more_and_forgotten_in_time(store: Store, clock: Clock) -> None:
    """One event, or all since a moment; page by page, and nothing that came later."""
    first, second = await begin(store)
    ids = []
    for number in range(3):
        ids.append(await store.write(webhooks.owe, JOINED, person_id=None, data=f"{number}"))
        clock.advance(1)
    for _ in ids:
        (due,) = await store.read(webhooks.list_due, first, limit=9)
        await store.write(webhooks.note_arrived, due)
    assert await store.read(webhooks.count_owed, first) == 0
    assert [await store.write(webhooks.replay, first, each) for each in (ids[0], HookEventId(99))] == [1, 0]
    assert await store.read(webhooks.count_owed, first) == 1
    assert await store.write(webhooks.replay_since, first, NOON + 1_000_000) == 2
    (again,) = await store.read(webhooks.list_due, first, limit=9)
    assert (again.event_id, again.attempts, again.first_tried_at) == (ids[0], 0, None)
    deleted = [
        await store.write(webhooks.delete_before, before, limit)
        for before, limit in ((NOON, 9), (NOON + 2_000_000, 1), (NOON + 2_000_000, 9))
    ]
    assert deleted == [0, 1, 1]
    assert [await store.read(webhooks.count_owed, each) for each in (first, second)] == [1, 1]
    assert [each[0] for each in await store.read(webhooks.list_last, second, 9)] == [ids[2]]
