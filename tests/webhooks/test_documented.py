"""Every event is what the description of the web side says: whoever builds on it finds what is written there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest

from bot.assets import ASSETS
from bot.core.webhooks import VERSION
from bot.services.joining.joining import credit
from bot.services.joining.notices import RevokeReason
from bot.services.joining.revoking import revoke
from bot.services.tickets import tickets
from bot.services.webhooks import publishing
from bot.services.webhooks.delivering import find_parcels
from bot.services.webhooks.managing import add_webhook
from storage import Store, Tx
from storage.conversion import Reason, Sale, SaleId, SaleState
from storage.facts import RedemptionId, RedemptionRow, RedemptionState
from storage.records import BroadcastId, PersonId, VersionId
from storage.tables import webhooks
from storage.ticket import About, Said
from storage.webhook import HookEventKind
from tests.services.conftest import campaign, store
from tests.services.test_crediting import add_pair

__all__ = ["campaign", "store"]

DESCRIPTION: dict[str, Any] = json.loads((ASSETS / "web" / "openapi.json").read_text("utf-8"))
ANNA = PersonId(1)


def hear_all(tx: Tx) -> None:
    """Have an address be told of everything."""
    kinds = [kind.value for kind in HookEventKind]
    add_webhook(tx, url="https://crm.example/", kinds=kinds, random_bytes=lambda count: b"k" * count)


def come_and_go(tx: Tx) -> None:
    """A friend comes, counts, and does not any more."""
    referral = credit(tx, *add_pair(tx), source="qr")
    assert referral is not None
    revoke(tx, referral.id, reason=RevokeReason.LEFT)


def redeem(tx: Tx) -> None:
    """Something is paid, handed out, handed back, and returned; a coupon is taken."""
    row = RedemptionRow(
        id=RedemptionId(1),
        reference="ABCD2345",
        person_id=ANNA,
        campaign_version_id=VersionId(1),
        item="croissant",
        price=40,
        state=RedemptionState.REDEEMED,
        reserved_at=0,
        expires_at=0,
        used_at=None,
        used_by_id=None,
    )
    kinds = (HookEventKind.REDEEMED, HookEventKind.USED, HookEventKind.UNUSED, HookEventKind.RETURNED)
    for kind in kinds:
        publishing.publish_redemption(tx, kind, row)
    publishing.publish_coupon(tx, HookEventKind.USED, ANNA, pool="coffee", code="C-1")


def sell(tx: Tx) -> None:
    """An order waits, then counts."""
    for person_id, amount in ((None, None), (ANNA, 1250)):
        sale = Sale(
            id=SaleId(1),
            order_id="A-1",
            person_id=person_id,
            state=SaleState.WAITING if person_id is None else SaleState.COUNTED,
            reason=Reason.NO_PURCHASE if person_id is None else Reason.NONE,
            amount=amount,
            currency="EUR",
            occurred_at=0,
            refunded=0,
            event_id=None,
            share_id=None,
            due_at=None,
            changed_at=0,
        )
        publishing.publish_sale(tx, sale)


def broadcast(tx: Tx) -> None:
    """A message to all is done."""
    publishing.publish_broadcast(tx, BroadcastId(1))


def complain(tx: Tx) -> None:
    """A member asks a person of the shop, twice: it is one ticket."""
    for words in ("Cold bread", "And late"):
        tickets.open(tx, PersonId(1), about=About.COMPLAINT, said=Said(words=words))


async def list_told(store: Store) -> list[dict[str, Any]]:
    """Everything that was owed, as it is sent."""
    told = []
    while parcels := await store.read(find_parcels, busy={}):
        told += [json.loads(parcel.body) for parcel in parcels]
        for parcel in parcels:
            await store.write(webhooks.note_arrived, parcel.post)
    return told


def compose_schema(kind: str) -> dict[str, Any]:
    """What the description says of a kind's body, with all it refers to."""
    body = DESCRIPTION["webhooks"][kind]["post"]["requestBody"]["content"]["application/json"]["schema"]
    return {**body, "components": DESCRIPTION["components"]}


async def test_every_kind_is_described_and_kept_to(store: Store) -> None:
    """One of each, made by what really makes it, against the schema; a field of another kind is noticed."""
    await store.write(hear_all)
    units: list[Callable[[Tx], None]] = [come_and_go, redeem, sell, broadcast, complain]
    for unit in units:
        await store.write(unit)
    told = await list_told(store)
    assert {each["type"] for each in told} == {kind.value for kind in HookEventKind} == DESCRIPTION["webhooks"].keys()
    for each in told:
        jsonschema_rs.validate(compose_schema(each["type"]), each)
        assert each["version"] == VERSION
        with pytest.raises(jsonschema_rs.ValidationError):
            jsonschema_rs.validate(compose_schema(each["type"]), {**each, "data": {}})
