"""What other systems hear: written with what happened, sent in order, never lost by bad days."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.webhooks import Answer
from bot.services.campaigns.opening import Source, open_shop
from bot.services.joining.joining import credit
from bot.services.joining.notices import RevokeReason
from bot.services.joining.revoking import revoke
from bot.services.members import note_owners
from bot.services.privacy import collect, forget
from bot.services.webhooks.delivering import MOST_AT_ONE_ADDRESS, Parcel, Result, find_next, find_parcels, settle
from bot.services.webhooks.managing import (
    TooManyWebhooks,
    add_webhook,
    list_webhooks,
    remove_webhook,
    replay,
    switch_on,
)
from bot.services.webhooks.notices import WebhookOff
from storage import Store, Tx, open_store
from storage.records import NoticeId, PersonId, Profile, Referral
from storage.tables import outbox, people, webhooks
from storage.webhook import HookEventKind, PostState, WebhookId, WebhookState
from tests.owed import pick
from tests.services.test_crediting import ANNA, BUDI, add_pair
from tests.storage.clock import Clock

URL = "https://crm.example/hook"
EVERYTHING = [kind.value for kind in HookEventKind]
DAY_SECONDS = 86_400

Receiver = Callable[[Parcel], Answer]
YES = Answer(status=204)
NO = Answer(status=500, error="500 out of order")


def subscribe(tx: Tx, kinds: list[str], url: str = URL) -> WebhookId:
    """Have an address be told."""
    return add_webhook(tx, url=url, kinds=kinds, random_bytes=lambda count: b"k" * count).id


def join(tx: Tx) -> Referral:
    """Budi comes by Anna."""
    referral = credit(tx, *add_pair(tx), source="qr")
    assert referral is not None
    return referral


async def test_who_was_put_in_before_the_first_start_is_told(store_url: str, clock: Clock, campaign: Campaign) -> None:
    """Its owner may begin with the command line."""
    async with open_store(store_url, clock=clock) as fresh:
        await fresh.write(subscribe, ["joined"])
        await fresh.write(open_shop, Source(campaign=campaign))
        await fresh.write(join)
        assert len(await fresh.read(find_parcels, busy={})) == 1


def owe_some(tx: Tx, count: int, lines: int) -> None:
    """So much happens to some members in turn."""
    ids = [
        people.add(tx, Profile(telegram_id=900 + each, first_name="M"), f"Code{each:06}").id for each in range(lines)
    ]
    for number in range(count):
        person_id = ids[number % lines]
        data = json.dumps({"member": person_id, "number": number})
        webhooks.owe(tx, HookEventKind.USED, person_id=person_id, data=data)


async def list_told(store: Store) -> list[dict[str, object]]:
    """What would be sent now, as it would arrive."""
    parcels = await store.read(find_parcels, busy={})
    return [json.loads(parcel.body) for parcel in parcels]


async def list_switched_off(store: Store) -> list[object]:
    """What owners were told of addresses that do not work: where, whether it is gone, what was said."""
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=100)
    return [pick(row, "url", "gone", "error") for row in owed if row.kind == WebhookOff.kind]


async def go_on(store: Store, receiver: Receiver) -> list[Parcel]:
    """Send what is due once, and write down what came of it."""
    parcels = await store.read(find_parcels, busy={})
    results = [Result(post=parcel.post, answer=receiver(parcel)) for parcel in parcels]
    await store.write(settle, results, random=random.Random(1).random)
    return parcels


async def live(store: Store, clock: Clock, receiver: Receiver, *, until: int) -> None:
    """Let time pass, trying whenever something is due."""
    while clock.now < until:
        await go_on(store, receiver)
        pause = await store.read(find_next)
        if pause is None:
            return
        clock.now += max(pause, 1)


async def test_a_join_is_told_with_all_that_follows(store: Store) -> None:
    """Came, counts, both rewarded: each once, with codes and Telegram's numbers, and no names."""
    await store.write(subscribe, EVERYTHING)
    await store.write(join)
    anna, budi = (
        {"code": code, "telegram_id": each.telegram_id} for code, each in (("Code000001", ANNA), ("Code000002", BUDI))
    )
    heard = []

    def listen(parcel: Parcel) -> Answer:
        heard.append(json.loads(parcel.body))
        return YES

    for _ in range(5):
        await go_on(store, listen)
    friend = [(each["type"], each["data"]) for each in heard if each["data"].get("friend") == budi]
    assert [kind for kind, _ in friend] == ["joined", "qualified"]
    assert all(data["inviter"] == anna and data["source"] == "qr" for _, data in friend)
    rewarded = [each["data"] for each in heard if each["type"] == "rewarded"]
    assert sorted((each["points"], each["member"]["code"]) for each in rewarded) == [
        (25, budi["code"]),
        (50, anna["code"]),
    ]
    assert len(heard) == 4
    assert "Anna" not in str(heard)
    assert "Budi" not in str(heard)


async def test_what_nobody_wants_is_not_written(store: Store) -> None:
    """Without an address nothing is; with one, only its kinds; after its removal nothing again."""
    await store.write(join)
    assert await store.read(find_next) is None
    webhook_id = await store.write(subscribe, ["revoked"])
    carla = Profile(telegram_id=104, first_name="Carla")

    def come(tx: Tx, profile: Profile) -> Referral:
        anna = people.find_by_code(tx, "Code000001")
        friend = people.add(tx, profile, f"Code{profile.telegram_id:06}")
        assert anna is not None
        referral = credit(tx, anna, friend, source="chat")
        assert referral is not None
        return referral

    referral = await store.write(come, carla)
    assert await store.read(find_next) is None
    await store.write(revoke, referral.id, reason=RevokeReason.LEFT)
    (told,) = await list_told(store)
    assert (told["type"], told["data"]["reason"]) == ("revoked", "left")  # type: ignore[index]
    assert await store.write(remove_webhook, webhook_id)
    assert await list_told(store) == []
    again = await store.write(come, Profile(telegram_id=105, first_name="Dewi"))
    await store.write(revoke, again.id, reason=RevokeReason.LEFT)
    assert await store.read(find_next) is None


async def test_what_was_rolled_back_was_never_told(store: Store) -> None:
    """The word is part of what happens, or of nothing."""
    await store.write(subscribe, EVERYTHING)

    def fail(tx: Tx) -> None:
        join(tx)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.write(fail)
    assert await store.read(find_next) is None


async def test_one_member_is_told_of_in_order(store: Store) -> None:
    """What comes later of the same member waits for what came before; others go on."""
    await store.write(subscribe, EVERYTHING)
    await store.write(owe_some, 6, 2)
    heard: dict[int, list[int]] = defaultdict(list)

    def listen(parcel: Parcel) -> Answer:
        data = json.loads(parcel.body)["data"]
        if data["number"] == 0 and len(heard[901]) < 3:
            return Answer(status=422, error="422 not this one")
        heard[data["member"]["telegram_id"]].append(data["number"])
        return YES

    for _ in range(4):
        await go_on(store, listen)
    assert heard == {901: [1, 3, 5]}


async def test_bad_days_lose_nothing(store: Store, clock: Clock) -> None:
    """An address that fails in five ways for three days hears everything afterwards, in order, under the ids it was tried by."""
    await store.write(subscribe, EVERYTHING)
    await store.write(owe_some, 60, 7)
    bad = [
        NO,
        Answer(status=302, error="302"),
        Answer(error="it did not answer in time"),
        Answer(error="its answer cannot be read"),
        Answer(status=429, retry_after="7200", error="429"),
    ]
    tried: set[str] = set()
    heard: dict[int, list[int]] = defaultdict(list)
    calls = 0

    def fail(parcel: Parcel) -> Answer:
        nonlocal calls
        calls += 1
        tried.add(parcel.message_id)
        return bad[calls % len(bad)]

    def listen(parcel: Parcel) -> Answer:
        data = json.loads(parcel.body)["data"]
        heard[data["member"]["telegram_id"]].append(data["number"])
        tried.discard(parcel.message_id)
        return YES

    began = clock.now
    await live(store, clock, fail, until=began + 3 * DAY_SECONDS * 1_000_000)
    assert calls < 60, "an address that is not well is left in peace"
    await live(store, clock, listen, until=began + 4 * DAY_SECONDS * 1_000_000)
    assert {line: numbers == sorted(numbers) for line, numbers in heard.items()} == dict.fromkeys(range(900, 907), True)
    assert sorted(number for numbers in heard.values() for number in numbers) == list(range(60))
    assert tried == set()


async def test_one_that_is_refused_for_days_is_set_aside(store: Store, clock: Clock) -> None:
    """While others arrive: then what stands behind it goes on, and it can be sent once more by hand."""
    webhook_id = await store.write(subscribe, EVERYTHING)
    await store.write(owe_some, 4, 2)
    heard: list[int] = []

    def listen(parcel: Parcel) -> Answer:
        number = json.loads(parcel.body)["data"]["number"]
        if number == 0:
            return Answer(status=422, error="422 never this one")
        heard.append(number)
        return YES

    began = clock.now
    await live(store, clock, listen, until=began + 2 * DAY_SECONDS * 1_000_000)
    assert sorted(heard) == [1, 3]
    await live(store, clock, listen, until=began + 4 * DAY_SECONDS * 1_000_000)
    assert sorted(heard) == [1, 2, 3]
    last = await store.read(webhooks.list_last, webhook_id, 9)
    assert [(state, error) for _, _, _, state, error in last][-1] == (PostState.GIVEN_UP, "422 never this one")
    assert await store.write(replay, webhook_id, event_id=last[-1][0]) == 1
    await go_on(store, lambda _: YES)
    assert await store.read(webhooks.count_given_up, webhook_id) == 0


async def test_an_address_that_is_dead_is_switched_off_and_its_owner_told(store: Store, clock: Clock) -> None:
    """After five days, once; what has waited is sent when somebody switches it on again."""
    await store.write(note_owners, telegram_ids=frozenset({ANNA.telegram_id}))
    webhook_id = await store.write(subscribe, EVERYTHING)
    await store.write(join)
    began = clock.now
    await live(store, clock, lambda _: NO, until=began + 9 * DAY_SECONDS * 1_000_000)
    ((row, owed),) = await store.read(list_webhooks)
    assert (row.state, owed, row.error) == (WebhookState.FAILING, 4, "500 out of order")
    assert 5 * DAY_SECONDS <= (clock.now - began) / 1_000_000 <= 5.5 * DAY_SECONDS
    assert await list_switched_off(store) == [{"url": URL, "gone": False, "error": "500 out of order"}]
    assert await store.read(find_parcels, busy={}) == []
    assert await store.write(switch_on, webhook_id)
    await live(store, clock, lambda _: YES, until=clock.now + 1_000_000)
    assert await store.read(webhooks.count_owed, webhook_id) == 0


async def test_an_address_that_says_it_is_gone_is_left_alone_at_once(store: Store) -> None:
    """410 means it; every owner hears of it."""
    await store.write(note_owners, telegram_ids=frozenset({ANNA.telegram_id, BUDI.telegram_id}))
    await store.write(subscribe, EVERYTHING)
    await store.write(join)
    await go_on(store, lambda _: Answer(status=410, error="410 Gone"))
    ((row, _),) = await store.read(list_webhooks)
    assert row.state is WebhookState.GONE
    assert await list_switched_off(store) == [{"url": URL, "gone": True, "error": "410 Gone"}] * 2


async def test_one_slow_address_holds_up_no_other(store: Store) -> None:
    """Each has its own room; what is under way is not begun again."""
    slow = await store.write(subscribe, EVERYTHING)
    await store.write(subscribe, EVERYTHING, "https://till.example/hook")
    await store.write(owe_some, 20, 20)
    first = await store.read(find_parcels, busy={})
    assert len(first) == 2 * MOST_AT_ONE_ADDRESS
    busy = {slow: [parcel.post.line for parcel in first if parcel.post.webhook_id == slow]}
    assert {parcel.post.webhook_id for parcel in await store.read(find_parcels, busy=busy)} == {WebhookId(slow + 1)}


async def test_all_since_a_moment_is_sent_once_more(store: Store, clock: Clock) -> None:
    """What came before it is not; an address that is not there is said to be none."""
    webhook_id = await store.write(subscribe, EVERYTHING)
    await store.write(owe_some, 2, 1)
    await live(store, clock, lambda _: YES, until=clock.now + 1_000_000)
    clock.advance(60)
    await store.write(lambda tx: webhooks.owe(tx, HookEventKind.USED, person_id=PersonId(1), data="{}"))
    await live(store, clock, lambda _: YES, until=clock.now + 1_000_000)
    assert await store.write(replay, webhook_id, since=clock.now - 30_000_000) == 1
    assert await store.write(replay, webhook_id, since=0) == 3
    assert await store.write(replay, WebhookId(99), since=0) is None


async def test_there_is_an_end_to_addresses(store: Store) -> None:
    """Ten are more than any shop has."""
    for number in range(10):
        await store.write(subscribe, ["joined"], f"https://crm{number}.example/")
    with pytest.raises(TooManyWebhooks):
        await store.write(subscribe, ["joined"])


async def test_whoever_is_forgotten_is_named_no_more(store: Store) -> None:
    """Also in what is still on its way; and what is kept about somebody else is not shown to whoever asks."""
    await store.write(subscribe, ["joined"])
    await store.write(join)
    mine = await store.write(collect, visitor=BUDI)
    assert [sorted(row) for row in mine.rows["hook_event"]] == [["happened_at", "id", "kind", "person_id"]]
    await store.write(forget, telegram_id=BUDI.telegram_id)
    (told,) = await list_told(store)
    assert told["data"]["friend"] is None  # type: ignore[index]
    assert told["data"]["inviter"] == {"code": "Code000001", "telegram_id": ANNA.telegram_id}  # type: ignore[index]
