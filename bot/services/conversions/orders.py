"""Orders that wait for something: seen by the team, tied to a buyer, or put aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.core.roles import TEAM
from bot.services.audit import Act
from bot.services.conversions.settling import drop, settle
from bot.services.members import MemberView, compose_name, demand, enter, view_member
from storage.conversion import Sale, SaleId, SaleState
from storage.frozen import frozen
from storage.records import PersonId, Profile
from storage.tables import audit, buyers, conversions, order_claims, people, sales
from storage.tx import Tx

PAGE = 8
FIRST = 2**62
MOST_CLAIMS = 3

MOST_CLAIMED = 20
"""Orders that somebody can say are theirs while none was confirmed."""


@frozen
class OrdersView:
    """A page of orders that wait, the newest first."""

    member: MemberView
    waiting: Sequence[Sale]
    total: int
    next_before: int
    """Where the next page begins; 0 for none."""


@frozen
class OrderView:
    """One order."""

    member: MemberView
    sale: Sale
    buyer: str = ""
    """Whose it is; empty while nobody knows."""
    named: str = ""
    """What its reports say of the buyer."""
    claimed: Mapping[PersonId, str]
    """Who says that it is theirs."""


def view_orders(tx: Tx, *, visitor: Profile, before: int = 0) -> OrdersView:
    """A page of those that wait.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    found = sales.list_waiting(tx, before=before or FIRST, limit=PAGE + 1)
    more = len(found) > PAGE
    return OrdersView(
        member=view_member(tx, enter(tx, visitor)),
        waiting=found[:PAGE],
        total=sales.count_waiting(tx),
        next_before=found[PAGE - 1].id if more else 0,
    )


def view_order(tx: Tx, *, visitor: Profile, sale_id: SaleId) -> OrderView:
    """One of them, or what became of it.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    return _view(tx, view_member(tx, enter(tx, visitor)), sales.get(tx, sale_id))


def tie(tx: Tx, *, visitor: Profile, sale_id: SaleId, person_id: PersonId) -> OrderView:
    """Say whose an order is that waits; it counts where it does, and so do others of the same customer.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    me, sale = enter(tx, visitor), sales.lock(tx, sale_id)
    buyer = people.list_by_ids(tx, [person_id]).get(person_id)
    if sale.person_id is not None or buyer is None or not buyer.is_member or buyer.id == me.id:
        return _view(tx, view_member(tx, me), sale)
    tied = settle(tx, sale, buyer_id=buyer.id)
    audit.add(tx, actor_id=me.id, act=Act.TIED, subject="", person_id=buyer.id, before=sale.order_id)
    for told in conversions.list_of(tx, sale_id):
        for other in conversions.list_named(tx, told.report.member_key, told.report.member, PAGE * PAGE):
            if told.report.member and other != sale_id:
                settle(tx, sales.lock(tx, other))
    return _view(tx, view_member(tx, me), tied)


def put_aside(tx: Tx, *, visitor: Profile, sale_id: SaleId) -> OrderView:
    """Let an order that waits wait no longer, for good.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    me, sale = enter(tx, visitor), sales.lock(tx, sale_id)
    if sale.state is SaleState.WAITING:
        sale = drop(tx, sale)
        audit.add(tx, actor_id=me.id, act=Act.UNSOLD, subject=sale.order_id)
    return _view(tx, view_member(tx, me), sale)


def claim_order(tx: Tx, *, visitor: Profile, order_id: str) -> tuple[MemberView, bool]:
    """A member says that an order is theirs; whether the team will see it: False where they say so of too many."""
    me = enter(tx, visitor)
    if order_claims.count_by(tx, me.id) >= MOST_CLAIMED:
        return view_member(tx, me), False
    order_claims.add(tx, order_id, me.id)
    sale = sales.find_by_order(tx, order_id)
    if sale is not None and sale.state is SaleState.WAITING:
        settle(tx, sales.lock(tx, sale.id))
    return view_member(tx, me), True


def _view(tx: Tx, member: MemberView, sale: Sale) -> OrderView:
    receipt = buyers.find_receipt_of(tx, sale.order_id)
    named = [each.report.member for each in conversions.list_of(tx, sale.id) if each.report.member]
    claimed = order_claims.list_of(tx, sale.order_id, MOST_CLAIMS) if sale.person_id is None else []
    ids = [*claimed, *([sale.person_id] if sale.person_id is not None else [])]
    names = {number: compose_name(person.profile) for number, person in people.list_by_ids(tx, ids).items()}
    return OrderView(
        member=member,
        sale=sale,
        buyer=names.get(sale.person_id, "") if sale.person_id is not None else "",
        named=named[0] if named and receipt is None else "",
        claimed={number: names[number] for number in claimed if number in names},
    )
