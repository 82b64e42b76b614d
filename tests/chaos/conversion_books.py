"""What orders must have come to, held against the tables as they are."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, create_engine, select
from sqlalchemy.pool import NullPool

from bot.services.rewards.notices import RewardGiven
from storage.facts import EventKind, GrantState
from storage.schema.conversions import conversion, sale
from storage.schema.messages import outbox
from storage.schema.people import profile
from storage.schema.referrals import account
from storage.schema.rewards import event, grant
from tests.chaos.findings import Findings

DEAR = 5000
"""From this amount on a friend has points, too; the rules of `conversions.py` say so."""

JOINED = {"inviter": 50, "friend": 25}
"""What the shipped campaign gives for a friend."""

GIVEN = {"each": 5, "first": 20, "dear": 3}

_SALES = select(
    sale.c.id, sale.c.order_id, sale.c.state, sale.c.amount, sale.c.refunded, profile.c.telegram_id
).join_from(sale, profile, profile.c.person_id == sale.c.person_id)
_CONVERSIONS = select(conversion.c.id, conversion.c.type, sale.c.order_id).join_from(conversion, sale)
_EVENTS = select(event.c.kind, event.c.key).where(event.c.kind.in_([EventKind.PURCHASED, EventKind.REFUNDED]))
_GRANTS = (
    select(grant.c.rule, grant.c.points, event.c.key)
    .join_from(grant, event)
    .where(event.c.kind == EventKind.PURCHASED, grant.c.state != GrantState.REVOKED)
)
_NOTICES = select(profile.c.telegram_id, outbox.c.kind, outbox.c.state).join_from(
    outbox, profile, profile.c.person_id == outbox.c.recipient_id
)
_BALANCES = select(profile.c.telegram_id, account.c.balance).join_from(
    profile, account, account.c.owner_id == profile.c.person_id
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """An order as the shop has it."""

    order_id: str
    buyer: int
    """A friend's number."""
    amount: int
    refund: int
    """Given back of it; 0 for nothing."""
    refund_early: bool
    """The refund is reported before the purchase."""

    @property
    def is_dear(self) -> bool:
        """Whether what is left of it brings the friend points."""
        return self.amount - self.refund >= DEAR

    @property
    def was_dear(self) -> bool:
        """Whether it has brought the friend points, which may have been taken back since."""
        return self.is_dear or (self.is_taken_back and self.amount >= DEAR)

    @property
    def is_taken_back(self) -> bool:
        """Whether the books have to know of something given back after it had counted."""
        return bool(self.refund) and not self.refund_early

    @property
    def types(self) -> list[str]:
        """What is reported of it, in this order."""
        if not self.refund:
            return ["purchase"]
        return ["refund", "purchase"] if self.refund_early else ["purchase", "refund"]


@dataclass(frozen=True, slots=True)
class Cast:
    """Telegram ids of who buys, and of who has brought them."""

    friends: Sequence[int]
    hosts: Sequence[int]

    def find_host(self, number: int) -> int:
        """Who has brought the friend of this number."""
        return self.hosts[number % len(self.hosts)]


def connect(url: str) -> Connection:
    """To the tables, past the bot and its store."""
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool).connect()


def judge_books(
    connection: Connection,
    findings: Findings,
    bought: Sequence[Bought],
    cast: Cast,
    answers: Mapping[str, Sequence[tuple[int, str]]],
) -> None:
    """Each order is there and counts once, and everybody has the points that all of them come to.

    Args:
        connection: To the tables.
        findings: Where to write what is wrong.
        bought: All orders.
        cast: Who buys, and who has brought them.
        answers: What was answered to each report, by its name.
    """
    orders = _judge_sales(connection, findings, bought, cast)
    _judge_reports(connection, findings, bought, answers)
    _judge_events(connection, findings, bought, orders)
    _judge_grants(connection, findings, bought, orders)
    _judge_notices(connection, findings, bought, cast)
    balances = {row.telegram_id: row.balance for row in connection.execute(_BALANCES)}
    findings.compare_counts("points of member", expect_points(bought, cast), balances)


def expect_points(bought: Iterable[Bought], cast: Cast) -> Counter[int]:
    """By Telegram id: for each friend, for each order, for each friend's first, and for those that are dear."""
    points, first = Counter[int](), set[int]()
    for number, friend in enumerate(cast.friends):
        points[friend] += JOINED["friend"]
        points[cast.find_host(number)] += JOINED["inviter"]
    for order in bought:
        points[cast.find_host(order.buyer)] += GIVEN["each"] + (order.buyer not in first) * GIVEN["first"]
        points[cast.friends[order.buyer]] += order.is_dear * GIVEN["dear"]
        first.add(order.buyer)
    return points


def _judge_sales(connection: Connection, findings: Findings, bought: Iterable[Bought], cast: Cast) -> dict[int, str]:
    """Returns the orders' numbers by the ids of their rows."""
    rows = connection.execute(_SALES).all()
    wanted = {
        each.order_id: ("reduced" if each.refund else "counted", each.amount, each.refund, cast.friends[each.buyer])
        for each in bought
    }
    findings.compare("order", wanted, {row.order_id: tuple(row[2:]) for row in rows})
    findings.compare_counts("rows", Counter(wanted.keys()), Counter(row.order_id for row in rows))
    return {row.id: row.order_id for row in rows}


def _judge_reports(
    connection: Connection,
    findings: Findings,
    bought: Iterable[Bought],
    answers: Mapping[str, Sequence[tuple[int, str]]],
) -> None:
    """Every report is there once, under the number that it was answered with."""
    rows = {f"{type_} of {order_id}": number for number, type_, order_id in connection.execute(_CONVERSIONS)}
    told = {name: json.loads(each[0][1]).get("id") for name, each in answers.items()}
    findings.compare("report", told, rows)
    wanted = Counter(f"{type_} of {each.order_id}" for each in bought for type_ in each.types)
    kept = connection.execute(_CONVERSIONS)
    findings.compare_counts("reports", wanted, Counter(f"{type_} of {order_id}" for _, type_, order_id in kept))


def _judge_events(
    connection: Connection, findings: Findings, bought: Sequence[Bought], orders: Mapping[int, str]
) -> None:
    """Each order has counted once; of one given back after that, once."""
    wanted = Counter((EventKind.PURCHASED.value, each.order_id) for each in bought)
    wanted.update((EventKind.REFUNDED.value, each.order_id) for each in bought if each.is_taken_back)
    found = Counter((kind, _find_order(key, orders)) for kind, key in connection.execute(_EVENTS))
    findings.compare_counts("event", wanted, found)


def _judge_grants(
    connection: Connection, findings: Findings, bought: Sequence[Bought], orders: Mapping[int, str]
) -> None:
    """By each rule, what each order brings; of a friend's first one, whichever it was."""
    buyers = {each.order_id: each.buyer for each in bought}
    wanted = Counter(("each", each.order_id, GIVEN["each"]) for each in bought)
    wanted.update(("dear", each.order_id, GIVEN["dear"]) for each in bought if each.is_dear)
    wanted.update(("first", str(buyer), GIVEN["first"]) for buyer in {each.buyer for each in bought})
    found = Counter[tuple[str, str, int]]()
    for rule, points, key in connection.execute(_GRANTS):
        order_id = _find_order(key, orders)
        found[rule, str(buyers.get(order_id, "?")) if rule == "first" else order_id, points] += 1
    findings.compare_counts("grant", wanted, found)


def _judge_notices(connection: Connection, findings: Findings, bought: Iterable[Bought], cast: Cast) -> None:
    """Everybody was told of each thing that they were given, also of what was taken back since."""
    wanted, first = Counter[int](), set[int]()
    for order in bought:
        wanted[cast.find_host(order.buyer)] += 2 if order.buyer not in first else 1
        wanted[cast.friends[order.buyer]] += order.was_dear
        first.add(order.buyer)
    rows = connection.execute(_NOTICES).all()
    findings.compare_counts(
        "words of a gift", wanted, Counter(row.telegram_id for row in rows if row.kind == RewardGiven.kind)
    )
    findings.notices_lost += [f"{row}" for row in rows if row.state != "sent"]


def _find_order(key: str, orders: Mapping[int, str]) -> str:
    """The order of an event's key: its kind, `sale`, the row, and what was left, with colons between."""
    return orders.get(int(key.split(":")[2]), "?") if key.count(":") >= 2 else key
