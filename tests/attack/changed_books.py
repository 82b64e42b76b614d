"""Somebody with the database in their hands changes the books behind the bot's back: a byte, the tail, or all of it."""

from __future__ import annotations

import random
import sqlite3
import string
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any, Concatenate, ParamSpec, TypeVar

import psycopg
from sqlalchemy import delete, func, select, update

from bot.campaign_file import SHIPPED, load_campaign
from bot.core.campaigns.catalogue import CatalogueItem
from bot.core.campaigns.rewards import Give, Rule
from bot.jobs.proving import Finding, follow, inspect
from bot.services.campaigns.opening import open_shop
from bot.services.coupons.counter import find_coupon, hand_in
from bot.services.joining.joining import start
from bot.services.joining.notices import RevokeReason
from bot.services.joining.revoking import revoke
from bot.services.redeeming import redeeming
from bot.services.redeeming.given import list_given
from bot.services.rewards.by_hand import grant_by_hand, return_given
from bot.services.rewards.giving import free, list_due
from storage import Store, open_store
from storage.engines.postgres_connection import connect
from storage.engines.postgres_session import PostgresSession
from storage.engines.sqlite_lane import SqliteSession
from storage.facts import GrantKind
from storage.records import Profile, ReferralId, Side
from storage.role import Role
from storage.schema.coupons import coupon
from storage.schema.proof import checkpoint
from storage.schema.redeeming import redemption, stock
from storage.schema.referrals import HOUSE_ACCOUNT, account, ledger
from storage.schema.rewards import event, grant
from storage.schema.team import hand_grant
from storage.tables import coupons, people, roles
from storage.tx import Session, Tx
from tests.attack.ground import Ground, Kind, Verdict
from tests.services.selling import sell
from tests.storage.clock import Clock

P = ParamSpec("P")
T = TypeVar("T")

MONEY = (ledger, account, grant, event, redemption, stock, coupon, hand_grant)
MOMENTS = {
    *("grant.changed_at", "grant.reason", "grant.week"),
    *("coupon.given_at", "coupon.shown_at", "coupon.former_grant_id"),
}
"""When something was looked at or changed, words on it, and who had a coupon before: they move neither points nor a coupon."""
STAFF = Profile(telegram_id=900, first_name="Tono")
BUN = CatalogueItem(key="bun", price=10, name={"en": "A bun"}, stock=1000, valid_days=3)
LIMITS = {Role.OWNER: 10**9}
RULES = (
    Rule(key="coffee", when="joined", who=Side.INVITER, give=Give(kind=GrantKind.COUPON, what="coffee")),
    Rule(key="bonus", when="joined", who=Side.INVITEE, give=Give(kind=GrantKind.POINTS, amount=3), hold_days=1),
    Rule(key="mug", when="joined", who=Side.INVITEE, give=Give(kind=GrantKind.BY_HAND, what="a mug")),
    Rule(key="share", when="purchased", who=Side.INVITER, give=Give(kind=GrantKind.PERCENT, amount=10)),
    Rule(key="third", when="milestone", who=Side.INVITER, number=1, give=Give(kind=GrantKind.POINTS, amount=7)),
)
DAY_SECONDS = 24 * 3600


async def change_books(ground: Ground, verdict: Verdict) -> None:
    """Every change is found; what was not changed is in order."""
    chance = random.Random(2026)
    clock = Clock()
    async with open_store(ground.url, clock=clock) as store:
        await fill(store, clock, members=ground.size(16, 40))
        early = await inspect(store)
        await fill(store, clock, members=ground.size(8, 20), first=500)
        await follow(store)
        verdict.expect(not (found := await inspect(store, head=early.head)).faults, f"sound books: {found.faults}")
    counts = {
        "changed bytes": ground.size(60, 10_000),
        "cut tails": ground.size(15, 1_000),
        "rewritten tables": ground.size(5, 100),
    }
    ways: Mapping[str, Callable[[Tx, random.Random], str]] = {
        "changed bytes": change_byte,
        "cut tails": cut_tail,
        "rewritten tables": rewrite,
    }
    with open_hands(ground.url) as hands:
        for name, count in counts.items():
            missed = [
                said for said in [await hands.attempt(ways[name], chance, early.head) for _ in range(count)] if said
            ]
            verdict.figures[name] = count
            verdict.expect(not missed, f"{len(missed)} {name} were not found, such as {missed[:5]}")


async def fill(store: Store, clock: Clock, *, members: int, first: int = 0) -> None:
    """Members who came by one another, some taken back; things put aside, paid, given up, expired, handed out."""
    source = load_campaign(SHIPPED, {})
    campaign = replace(source.campaign, catalogue=(BUN,), rewards=RULES)
    opening = replace(source, campaign=campaign)
    await store.write(open_shop, opening, announce_chat=None, community_chat=None, community_id=None)
    await store.write(start, visitor=STAFF, payload="")
    await store.write(roles.set, STAFF.telegram_id, Role.OWNER)
    await store.write(
        coupons.add, "coffee", [(f"CODE{first + each}", f"code{first + each}", None) for each in range(9)]
    )
    code = ""
    for number in range(first, first + members):
        visitor = Profile(telegram_id=10_000 + number, first_name=f"Member {number}")
        arrival = await store.write(start, visitor=visitor, payload=code if number % 3 else "")
        code = arrival.member.code
        clock.advance(61)
    for number in range(first, first + members):
        await _redeem(store, clock, Profile(telegram_id=10_000 + number, first_name=f"Member {number}"), number % 7)
        await _give(store, number)
        await _sell(store, number)
    await _go_to_the_counter(store, first)
    await store.write(free, await store.read(list_due, limit=members))
    for number in range(1, members, 5):
        await store.write(revoke, ReferralId(number), reason=RevokeReason.LEFT)


async def _give(store: Store, number: int) -> None:
    """Points by hand, some of them a mistake; codes of a pool, some of them given."""
    person = await store.read(people.find_by_telegram_id, 10_000 + number)
    assert person is not None
    given = await store.write(
        grant_by_hand, visitor=STAFF, person_id=person.id, points=number % 9 + 1, reason="Thanks", limits=LIMITS
    )
    if number % 5 == 0 and given.grant_id is not None:
        await store.write(return_given, visitor=STAFF, grant_id=given.grant_id)


async def _sell(store: Store, number: int) -> None:
    """Orders of friends, some of which are given back in part or whole."""
    person = await store.read(people.find_by_telegram_id, 10_000 + number)
    assert person is not None
    order = f"order {number}"
    await store.write(sell, person.id, amount=500 + number, order_id=order)
    if number % 4 == 0:
        await store.write(sell, person.id, amount=200 + 300 * (number % 8 == 0), order_id=order, refund="one")


async def _go_to_the_counter(store: Store, first: int) -> None:
    """Every second coupon, and every third thing of a rule's, is handed out."""
    for each in range(0, 9, 2):
        row = await store.read(find_coupon, f"CODE{first + each}")
        if row is not None:
            await store.write(hand_in, visitor=STAFF, coupon_id=row.id)
    given = await store.read(list_given, visitor=STAFF)
    for thing, _ in given.given[::3]:
        await store.write(redeeming.hand_out, visitor=STAFF, redemption_id=thing.id)


async def _redeem(store: Store, clock: Clock, visitor: Profile, way: int) -> None:
    clock.advance(7)
    view = await store.write(redeeming.reserve, visitor=visitor, item=BUN.key)
    if view.row is None or way == 0:
        return
    if way == 1:
        await store.write(redeeming.decline, visitor=visitor, redemption_id=view.row.id)
        return
    await store.write(redeeming.confirm, visitor=visitor, redemption_id=view.row.id)
    if way == 2:
        clock.advance(4 * DAY_SECONDS)
        await store.write(redeeming.expire, [view.row.id])
    elif way > 3:
        await store.write(redeeming.hand_out, visitor=STAFF, redemption_id=view.row.id)


class Hands:
    """A connection on which no constraint and no trigger is in the way, and nothing lasts."""

    def __init__(self, session: Session, execute: Callable[[str], object]) -> None:
        self._session = session
        self._execute = execute

    async def write(self, unit: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a unit within the transaction that is open."""
        return unit(Tx(self._session, 0, writable=True), *args, **kwargs)

    read = write

    async def attempt(self, change: Callable[[Tx, random.Random], str], chance: random.Random, head: str) -> str:
        """Change something, look for it, and undo it; what was changed, where that was not found."""
        while True:
            self._execute("BEGIN")
            try:
                changed = await self.write(change, chance)
            except (sqlite3.IntegrityError, psycopg.IntegrityError, psycopg.DataError):
                changed = ""  # no database would have it
            if changed:
                finding = await self._look(head)
                self._execute("ROLLBACK")
                return "" if finding.faults else changed
            self._execute("ROLLBACK")

    async def _look(self, head: str) -> Finding:
        return await inspect(self, head=head)


@contextmanager
def open_hands(url: str) -> Iterator[Hands]:
    """The database of a bot that does not run."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as raw:
            raw.execute("PRAGMA ignore_check_constraints=ON")
            for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                raw.execute(f"DROP TRIGGER {name}")
            yield Hands(SqliteSession(raw), raw.execute)
        return
    with closing(connect(url)) as connection:
        execute: Callable[[Any], object] = connection.execute
        execute("SET session_replication_role = replica")
        yield Hands(PostgresSession(connection), execute)


def change_byte(tx: Tx, chance: random.Random) -> str:
    """One byte of one value of one row; empty where it came out as it was."""
    table = chance.choice(MONEY)
    keys = list(table.primary_key.columns)
    rows = tx.rows(select(table).order_by(*keys))
    row, column = chance.choice(rows), chance.choice([each for each in table.c if str(each) not in MOMENTS])
    old = row[list(table.c).index(column)]
    new = _touch(old, chance)
    if new == old:
        return ""
    where = [key == row[list(table.c).index(key)] for key in keys]
    tx.run(update(table).where(*where).values({column: new}))
    return f"{table.name} {row}: {column.name} {old!r} -> {new!r}"


def _touch(value: object, chance: random.Random) -> object:
    if isinstance(value, str) and value:
        at = chance.randrange(len(value))
        return value[:at] + chance.choice(string.ascii_letters + string.digits) + value[at + 1 :]
    if isinstance(value, int):
        if chance.random() < 0.5:
            changed = value ^ (1 << chance.randrange(0, max(8, value.bit_length())))
        else:
            digits = str(value)
            at = chance.randrange(len(digits))
            changed = int(digits[:at] + chance.choice(string.digits) + digits[at + 1 :])
        return changed
    return value


def cut_tail(tx: Tx, chance: random.Random) -> str:
    """The last rows of the ledger and all that hangs on them, with balances that fit what is left."""
    last = int(tx.scalar(select(func.max(ledger.c.id))))
    kept = last - chance.randint(1, last // 2)
    gone = select(ledger.c.id).where(ledger.c.id > kept)
    given = select(grant.c.id).where(grant.c.ledger_id.in_(gone))
    tx.run(delete(hand_grant).where(hand_grant.c.grant_id.in_(given)))
    tx.run(delete(grant).where(grant.c.ledger_id.in_(gone)))
    tx.run(update(grant).where(grant.c.state == "revoked").values(state="available"))
    tx.run(delete(redemption).where(redemption.c.paid_id.in_(gone) | redemption.c.returned_id.in_(gone)))
    tx.run(delete(ledger).where(ledger.c.id > kept))
    _mend(tx)
    return f"all after {kept} of {last}"


def rewrite(tx: Tx, chance: random.Random) -> str:
    """Every transfer is another, and all that belongs to it; what was noted of the former ones is gone."""
    factor = chance.randint(2, 9)
    tx.run(update(ledger).values(amount=ledger.c.amount * factor))
    tx.run(update(grant).values(points=grant.c.points * factor))
    tx.run(update(redemption).values(price=redemption.c.price * factor))
    tx.run(delete(checkpoint))
    _mend(tx)
    return f"{factor} times as much"


def _mend(tx: Tx) -> None:
    """Let balances and counters fit what is there."""
    came = select(func.coalesce(func.sum(ledger.c.amount), 0)).where(ledger.c.credit_id == account.c.id)
    left = select(func.coalesce(func.sum(ledger.c.amount), 0)).where(ledger.c.debit_id == account.c.id)
    balance = came.scalar_subquery() - left.scalar_subquery()
    tx.run(update(account).where(account.c.id != HOUSE_ACCOUNT).values(balance=balance))


KINDS = [Kind(number=17, name="the books are changed behind the bot's back", run=change_books)]
