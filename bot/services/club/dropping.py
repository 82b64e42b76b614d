"""Coupons for whoever comes first: exactly so many, one for each, in the order in which they came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.club import DROPS_SHOWN, RIVALS_LIMIT, Claiming, Dropping, decide_opened, list_rivals
from bot.core.roles import MANAGERS
from bot.services.audit import Act
from bot.services.campaigns import get_terms
from bot.services.club.notices import DropAnnounced, DropMissed
from bot.services.coupons.giving import give_coupon
from bot.services.members import MemberView, demand, enter, view_member
from bot.services.notices import owe
from bot.services.webhooks.publishing import publish_grant
from storage.addresses import ANNOUNCE, MemberAddress
from storage.drop import DropId, DropRow
from storage.facts import FOR_DROP, EventKind, GrantId, GrantKind, GrantState
from storage.frozen import frozen
from storage.records import PersonId, Profile, Seq
from storage.tables import audit, coupons, drops, events, grants, inbox, people, shops
from storage.tx import Tx
from storage.webhook import HookEventKind


@frozen
class ClaimView:
    """What came of somebody's coming."""

    member: MemberView
    claiming: Claiming
    place: int | None = None
    quantity: int = 0


@frozen
class OpeningView:
    """What came of opening a drop."""

    member: MemberView
    dropping: Dropping
    name: str
    quantity: int
    ready: int
    """How many coupons the pool has."""
    announced: bool = False


def open_drop(tx: Tx, *, visitor: Profile, data: Mapping[str, Any]) -> OpeningView:
    """Open what a dialogue has come to; the announce chat hears of it.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    me, name, quantity = enter(tx, visitor), str(data["name"]), int(data["quantity"])
    pool = coupons.open_pool(tx, str(data["pool"]))  # its row is locked: of two who open at once one sees the other's
    others = len(drops.list_open(tx, limit=DROPS_SHOWN))
    dropping = decide_opened(quantity, ready=pool.ready, others=others)
    announced = dropping is Dropping.OPENED and shops.get(tx).announce_chat is not None
    if dropping is Dropping.OPENED:
        number = drops.add(tx, pool=pool.name, name=name, quantity=quantity)
        audit.add(tx, actor_id=me.id, act=Act.DROP, subject=name, after=str(quantity))
        if announced:
            owe(tx, ANNOUNCE, DropAnnounced(drop_name=name, quantity=quantity), key=number)
    return OpeningView(
        member=view_member(tx, me),
        dropping=dropping,
        name=name,
        quantity=quantity,
        ready=pool.ready,
        announced=announced,
    )


def end_drop(tx: Tx, *, visitor: Profile, drop_id: DropId) -> None:
    """Let nobody take of it any more.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    row = drops.lock(tx, drop_id)
    if row is not None and drops.end(tx, drop_id):
        audit.add(tx, actor_id=enter(tx, visitor).id, act=Act.DROP_ENDED, subject=row.name, after=str(row.taken))


def claim(tx: Tx, *, visitor: Profile, drop_id: DropId, tap: str, seq: Seq | None) -> ClaimView:
    """Take one of a drop, once; whoever has tapped before, and is not handled yet, takes theirs first.

    Members are handled side by side, so that one who came later may be here sooner.

    Args:
        tx: The transaction.
        visitor: Who taps.
        drop_id: Of which drop.
        tap: The data of the button.
        seq: Where the tap stands in the inbox; None where it never was there.
    """
    person, row = enter(tx, visitor), drops.lock(tx, drop_id)
    member = view_member(tx, person)
    if row is None:
        return ClaimView(member=member, claiming=Claiming.OVER)
    known = drops.find_claim(tx, drop_id, person.id)
    if known is not None:
        claiming = Claiming.KNOWN if known.place is not None else Claiming.LATE
        return ClaimView(member=member, claiming=claiming, place=known.place, quantity=row.quantity)
    if row.left and seq is not None:
        _let_before(tx, row, tap, seq)
    place = _claim(tx, row, person.id)
    claiming = Claiming.WON if place is not None else Claiming.LATE
    return ClaimView(member=member, claiming=claiming, place=place, quantity=row.quantity)


def _let_before(tx: Tx, row: DropRow, tap: str, seq: Seq) -> None:
    updates = inbox.list_open_before(tx, seq, limit=RIVALS_LIMIT)
    for telegram_id in list_rivals(((each.sender_id, each.raw) for each in updates), tap):
        person = people.find_member(tx, telegram_id)
        if person is not None and drops.find_claim(tx, row.id, person.id) is None:
            _claim(tx, row, person.id)


def _claim(tx: Tx, row: DropRow, person_id: PersonId) -> int | None:
    """One for somebody who comes for the first time; the place, None where it was too late. Told either way."""
    place = drops.take(tx, row.id)
    grant_id = _give(tx, row, person_id) if place is not None else None
    drops.add_claim(tx, row.id, person_id, place=place, grant_id=grant_id)
    if grant_id is None:
        ended = drops.find(tx, row.id)
        all_taken = ended is not None and ended.taken == ended.quantity
        notice = DropMissed(drop_name=row.name, quantity=row.quantity, all_taken=all_taken)
        owe(tx, MemberAddress(person_id), notice, key=f"{row.id}:{person_id}")
    else:
        give_coupon(tx, grant_id, row.pool)
        publish_grant(tx, HookEventKind.REWARDED, grants.get(tx, grant_id))
    return place


def _give(tx: Tx, row: DropRow, person_id: PersonId) -> GrantId:
    key, version_id = f"{EventKind.DROPPED}:{row.id}:{person_id}", get_terms(tx).version_id
    event_id = events.add_fact(tx, EventKind.DROPPED, person_id, key=key, version_id=version_id)
    assert event_id is not None, "who came is asked for while the drop is locked"
    grant_id = grants.add(
        tx,
        rule=f"{FOR_DROP}{row.name}",
        person_id=person_id,
        event_id=event_id,
        side=None,
        state=GrantState.WAITING,
        kind=GrantKind.COUPON,
        what=row.pool,
    )
    assert grant_id is not None, "the event is new"
    return grant_id
