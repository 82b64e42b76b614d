"""What each event tells other systems, field by field, and what an owner sees and does in the chat about who is told."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence

import pytest

from bot.core.webhooks import MOST_WEBHOOKS, Answer, UrlMistake
from bot.services.audit import list_acts
from bot.services.members import NotAllowed
from bot.services.webhooks.delivering import Result, find_parcels, settle
from bot.services.webhooks.managing import (
    MOST_SHOWN,
    add_asked,
    add_webhook,
    name_url,
    remove_by_owner,
    remove_webhook,
    replay_by_owner,
    show_moment,
    switch_on_by_owner,
    view_webhook,
    view_webhooks,
)
from bot.services.webhooks.publishing import (
    publish_broadcast,
    publish_coupon,
    publish_grant,
    publish_points,
    publish_redemption,
    publish_referral,
    publish_sale,
    publish_ticket,
)
from storage import Store, Tx
from storage.conversion import Reason, Sale, SaleId, SaleState
from storage.facts import (
    EventId,
    GrantId,
    GrantKind,
    GrantRow,
    GrantState,
    RedemptionId,
    RedemptionRow,
    RedemptionState,
)
from storage.records import DeliveryState, Person, Referral, ReferralId, ReferralState, VersionId
from storage.role import Role
from storage.tables import broadcasts, deliveries, roles, webhooks
from storage.ticket import About, TicketId, TicketRow, TicketState
from storage.webhook import HookEventKind, PostState, WebhookId, WebhookState
from tests.storage.cast import add_members, make_profile
from tests.storage.clock import Clock

SARI = make_profile(1)
TONO = make_profile(2)
URL = "https://crm.example:8443/hook?key=secret"
DAY_SECONDS = 86_400


@pytest.fixture
async def cast(store: Store) -> list[Person]:
    """Sari owns the shop, Tono manages it; a friend is a member."""
    members = await store.write(add_members, 3)
    await store.write(roles.set, SARI.telegram_id, Role.OWNER)
    await store.write(roles.set, TONO.telegram_id, Role.MANAGER)
    return members


def count_up(count: int) -> bytes:
    """So many bytes, the same each time."""
    return b"k" * count


def subscribe(tx: Tx, *kinds: str) -> WebhookId:
    """Have an address be told."""
    return add_webhook(tx, url=URL, kinds=kinds, random_bytes=count_up).id


async def deliver(store: Store, answer: Answer, *, most: int = 9) -> list[dict[str, object]]:
    """Everything that is due goes out; what was told."""
    heard = []
    for parcel in (await store.read(find_parcels, busy={}))[:most]:
        heard.append(json.loads(parcel.body))
        await store.write(settle, [Result(post=parcel.post, answer=answer)], random=random.Random(1).random)
    return heard


def make_referral(inviter: Person, friend: Person, now: int) -> Referral:
    """A friend who counts."""
    return Referral(
        id=ReferralId(5),
        inviter_id=inviter.id,
        invitee_id=friend.id,
        campaign_version_id=VersionId(1),
        source="qr",
        state=ReferralState.QUALIFIED,
        joined_at=now,
    )


def make_grant(owner: Person) -> GrantRow:
    """What a rule gave for that friend."""
    return GrantRow(
        id=GrantId(6),
        rule="third",
        campaign_version_id=VersionId(1),
        person_id=owner.id,
        event_id=EventId(1),
        referral_id=ReferralId(5),
        side=None,
        state=GrantState.AVAILABLE,
        kind=GrantKind.BY_HAND,
        what="a coffee",
        points=0,
        ledger_id=None,
    )


def make_redemption(owner: Person, now: int) -> RedemptionRow:
    """What was had for points."""
    return RedemptionRow(
        id=RedemptionId(7),
        reference="TEST2345",
        person_id=owner.id,
        campaign_version_id=VersionId(1),
        item="bread",
        price=40,
        state=RedemptionState.REDEEMED,
        reserved_at=now,
        expires_at=now,
        used_at=None,
        used_by_id=None,
    )


def make_sale(buyer: Person, now: int) -> Sale:
    """An order, of which a part was given back."""
    return Sale(
        id=SaleId(8),
        order_id="A-1",
        person_id=buyer.id,
        state=SaleState.REDUCED,
        reason=Reason.NONE,
        amount=1000,
        currency="EUR",
        occurred_at=now,
        refunded=400,
        event_id=None,
        share_id=None,
        due_at=None,
        changed_at=now,
    )


def list_expected(shown: Sequence[Mapping[str, object]]) -> Mapping[str, Mapping[str, object]]:
    """What other systems are told of all that, by its kind."""
    return {
        "joined": {"referral": 5, "friend": shown[2], "inviter": shown[0], "source": "qr", "reason": "x"},
        "withdrawn": {
            "member": shown[0],
            "reward": 6,
            "rule": "third",
            "give": "by_hand",
            "what": "a coffee",
            "points": 0,
            "referral": 5,
        },
        "rewarded": {
            "member": shown[2],
            "reward": None,
            "rule": "join",
            "give": "points",
            "what": "",
            "points": 25,
            "referral": 5,
        },
        "redeemed": {"member": shown[1], "redemption": 7, "item": "bread", "points": 40, "reference": "TEST2345"},
        "unused": {"member": shown[1], "pool": "spring", "coupon": "AB-12"},
        "order": {
            "order_id": "A-1",
            "state": "reduced",
            "reason": "",
            "member": shown[2],
            "amount": 1000,
            "refunded": 400,
            "currency": "EUR",
        },
        "broadcast_finished": {"broadcast": 2, "recipients": {DeliveryState.QUEUED.value: 2}},
        "ticket_opened": {"member": shown[1], "ticket": 9, "about": "complaint"},
    }


async def test_each_event_says_what_it_is_about(store: Store, cast: list[Person], clock: Clock) -> None:
    """Who by code and number, what of it by numbers that stay, money in minor units: what other systems are written for."""
    anna, budi, friend = cast
    referral = make_referral(anna, friend, clock.now)
    grant = make_grant(anna)
    redemption = make_redemption(budi, clock.now)
    sale = make_sale(friend, clock.now)
    ticket = TicketRow(
        id=TicketId(9), person_id=budi.id, about=About.COMPLAINT, state=TicketState.OPEN, opened_at=clock.now
    )

    def publish(tx: Tx) -> None:
        sent = broadcasts.add(tx, anna.id)
        deliveries.queue(tx, sent.id, [budi.id, friend.id])
        publish_referral(tx, HookEventKind.JOINED, referral, reason="x")
        publish_grant(tx, HookEventKind.WITHDRAWN, grant)
        publish_points(tx, friend.id, rule="join", points=25, referral=referral)
        publish_redemption(tx, HookEventKind.REDEEMED, redemption)
        publish_coupon(tx, HookEventKind.UNUSED, budi.id, pool="spring", code="AB-12")
        publish_sale(tx, sale)
        publish_broadcast(tx, sent.id)
        publish_ticket(tx, ticket)

    await store.write(publish)
    number = await store.write(subscribe, *(kind.value for kind in HookEventKind))
    assert await store.read(webhooks.list_last, number, 99) == [], "nobody was told before"
    await store.write(publish)
    heard = []
    while more := await deliver(store, Answer(status=204), most=1):
        heard += more
    shown = [{"code": each.code, "telegram_id": each.profile.telegram_id} for each in (anna, budi, friend)]
    told = {each["type"]: each["data"] for each in heard}
    assert told == list_expected(shown)


async def test_only_owners_see_who_is_told(store: Store, cast: list[Person]) -> None:
    """A manager is refused whatever they ask for."""
    number = await store.write(subscribe, "joined")
    for asked in (
        store.read(view_webhooks, visitor=TONO),
        store.read(view_webhook, visitor=TONO, webhook_id=number),
        store.write(add_asked, visitor=TONO, data={"url": URL}, kinds=["joined"], random_bytes=count_up),
        store.write(remove_by_owner, visitor=TONO, webhook_id=number),
        store.write(switch_on_by_owner, visitor=TONO, webhook_id=number),
        store.write(replay_by_owner, visitor=TONO, webhook_id=number),
    ):
        with pytest.raises(NotAllowed):
            await asked
    assert [row.id for row in await store.read(webhooks.list_live)] == [number]


async def test_an_owner_adds_and_removes_addresses(store: Store, cast: list[Person]) -> None:
    """Its secret is shown once; written down without what may be somebody's key; up to as many as there may be."""
    sari = cast[0]
    member, new = await store.write(
        add_asked, visitor=SARI, data={"url": URL}, kinds=["joined", "used"], random_bytes=count_up
    )
    assert new is not None
    assert (member.id, new.secret) == (sari.id, "whsec_" + "a2tr" * 8)
    seen = await store.read(view_webhooks, visitor=SARI)
    (row,) = seen.rows
    assert (seen.member.id, row.id, row.url, list(row.kinds), row.secret) == (
        sari.id,
        new.id,
        URL,
        ["joined", "used"],
        new.secret,
    )
    assert not row.allow_private
    with pytest.raises(UrlMistake):
        await store.write(
            add_asked, visitor=SARI, data={"url": "https://localhost/"}, kinds=["used"], random_bytes=count_up
        )
    left = await store.write(remove_by_owner, visitor=SARI, webhook_id=new.id)
    assert (left.member.id, list(left.rows)) == (sari.id, [])
    await store.write(remove_by_owner, visitor=SARI, webhook_id=new.id)
    assert not await store.write(remove_webhook, new.id)
    acts = [each for each in await store.read(list_acts, most=9) if not each.by_command]
    assert [(each.act, each.actor, each.subject, each.after) for each in acts] == [
        ("webhook_removed", "Member 1", "https://crm.example:8443", ""),
        ("webhook_added", "Member 1", "https://crm.example:8443", "joined,used"),
    ]
    for _ in range(MOST_WEBHOOKS):
        await store.write(subscribe, "joined")
    member, new = await store.write(add_asked, visitor=SARI, data={"url": URL}, kinds=["used"], random_bytes=count_up)
    assert (member.id, new) == (sari.id, None)


async def test_an_owner_sees_how_an_address_stands(store: Store, cast: list[Person], clock: Clock) -> None:
    """How much waits, what was given up, the last events with what was answered; and where it is gone, that it is gone."""
    sari = cast[0]
    gone = await store.read(view_webhook, visitor=SARI, webhook_id=WebhookId(9), again=3)
    assert (gone.member.id, gone.row, gone.owed, gone.given_up, list(gone.last), gone.again) == (
        sari.id,
        None,
        0,
        0,
        [],
        None,
    )
    number = await store.write(subscribe, "used")
    began = clock.now
    for _ in range(MOST_SHOWN + 1):
        await store.write(webhooks.owe, HookEventKind.USED, person_id=None, data="{}")
        clock.advance(1)
    await deliver(store, Answer(status=500, error="500 out of order"), most=1)
    seen = await store.read(view_webhook, visitor=SARI, webhook_id=number)
    assert seen.row == await store.read(webhooks.find, number)
    assert (seen.member.id, seen.owed, seen.given_up, seen.again) == (sari.id, MOST_SHOWN + 1, 0, None)
    assert [(each.kind, each.happened_at, each.state, each.error) for each in seen.last] == [
        ("used", began + place * 1_000_000, PostState.OWED, "") for place in range(MOST_SHOWN, 0, -1)
    ]
    assert [each.id for each in seen.last] == sorted((each.id for each in seen.last), reverse=True)


async def test_an_owner_switches_on_and_sends_once_more(store: Store, cast: list[Person], clock: Clock) -> None:
    """One event, or all of some time; what is not there is said to be gone."""
    number = await store.write(subscribe, "used")
    for _ in range(3):
        await store.write(webhooks.owe, HookEventKind.USED, person_id=None, data="{}")
        await deliver(store, Answer(status=204))
        clock.advance(60)
    seen = await store.write(replay_by_owner, visitor=SARI, webhook_id=number, seconds=130)
    assert (seen.again, seen.owed, seen.row is not None) == (2, 2, True)
    await deliver(store, Answer(status=204))
    await deliver(store, Answer(status=204))
    one = await store.write(replay_by_owner, visitor=SARI, webhook_id=number, event_id=seen.last[0].id)
    assert (one.again, one.owed) == (1, 1)
    none = await store.write(replay_by_owner, visitor=SARI, webhook_id=number)
    assert none.again == 0, "nothing has happened in no time at all"
    gone = await store.write(replay_by_owner, visitor=SARI, webhook_id=WebhookId(9), seconds=9)
    assert (gone.again, gone.row) == (None, None)
    await store.write(webhooks.switch_off, number, WebhookState.FAILING)
    on = await store.write(switch_on_by_owner, visitor=SARI, webhook_id=number)
    assert on.row is not None
    assert (on.row.state, on.owed, on.again) == (WebhookState.ON, 1, None)
    assert (await store.write(switch_on_by_owner, visitor=SARI, webhook_id=WebhookId(9))).row is None


def test_an_address_is_shown_without_what_may_be_a_key() -> None:
    """Scheme, host and port; and moments as programs read them."""
    assert name_url(URL) == "https://crm.example:8443"
    assert name_url("https://crm.example/a?b#c") == "https://crm.example"
    assert show_moment(None) is None
    assert show_moment(1_760_000_000_999_999) == "2025-10-09T08:53:20+00:00"
