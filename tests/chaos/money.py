"""Whatever people do with points, in whatever order: the books stay those of a second ledger that is kept beside them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar

from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from bot.campaign_file import SHIPPED, load_campaign
from bot.core.by_hand import Outcome
from bot.core.campaigns.catalogue import CatalogueItem
from bot.services.campaigns.opening import Source, open_shop
from bot.services.community.membership import come, leave
from bot.services.joining.joining import start
from bot.services.joining.notices import RevokeReason
from bot.services.joining.revoking import revoke
from bot.services.redeeming import redeeming
from bot.services.rewards.by_hand import grant_by_hand, return_given
from storage.checks import find_faults
from storage.engines.postgres_connection import connect
from storage.engines.postgres_session import PostgresSession
from storage.engines.sqlite_lane import SqliteSession
from storage.facts import GrantId, RedemptionId
from storage.records import PersonId, Profile
from storage.role import Role
from storage.tables import ledgers, people, redemptions, referrals, roles
from storage.tx import Session, Tx
from tests.chaos.money_model import Gift, Model, Promise, Ware
from tests.storage.clock import NOON

P = ParamSpec("P")
T = TypeVar("T")

CHAT = -1001000000077
STAFF = Profile(telegram_id=900, first_name="Tono")
PROMISES = (
    Promise(inviter=50, friend=30, in_chat=False),
    Promise(inviter=20, friend=20, in_chat=True, hold_days=3),
    Promise(inviter=7, friend=90, in_chat=True),
)
WARES = {
    "bun": Ware(price=10, stock=None, per_member=None, days=3),
    "latte": Ware(price=30, stock=3, per_member=2, days=1),
    "lamp": Ware(price=130, stock=1, per_member=None, days=30),
}
SECONDS = (1, 50, 119, 121, 599, 601, 3_600, 86_400, 3 * 86_400, 8 * 86_400)
PEOPLE = 9
LIMITS = {Role.OWNER: 120}

Number = st.integers(0, PEOPLE - 1)
Item = st.sampled_from(sorted(WARES))
Place = st.integers(0, 30)
"""Which of the things there are, the latest first."""

Open = Callable[[], "Desk"]


class Desk:
    """Units of work one after the other in one transaction that is never committed, by a clock of its own."""

    def __init__(self, session: Session, execute: Callable[[str], object]) -> None:
        self._session, self._execute = session, execute
        self._kept: dict[str, Any] = {}
        self.now = NOON
        execute("BEGIN")

    def do(self, unit: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a unit."""
        return unit(Tx(self._session, self.now, writable=True, kept=self._kept), *args, **kwargs)

    def clear(self) -> None:
        """Undo everything."""
        self._execute("ROLLBACK")


@cache
def load_shipped() -> Source:
    """The campaign that ships."""
    return load_campaign(SHIPPED, {})


def compose_source(promise: Promise) -> Source:
    """The campaign that promises so, with what there is for points."""
    source = load_shipped()
    catalogue = tuple(
        CatalogueItem(
            key=key,
            price=ware.price,
            name={"en": key},
            stock=ware.stock,
            per_member=ware.per_member,
            valid_days=ware.days,
        )
        for key, ware in WARES.items()
    )
    rules = replace(source.campaign.rules, join_community=promise.in_chat, hold_days=promise.hold_days)
    campaign = replace(
        source.campaign,
        inviter_points=promise.inviter,
        invitee_points=promise.friend,
        catalogue=catalogue,
        rules=rules,
    )
    return replace(source, campaign=campaign)


def compose_visitor(number: int) -> Profile:
    """Who that is."""
    return Profile(telegram_id=10_000 + number, first_name=f"Member {number}")


class Money(RuleBasedStateMachine):
    """Everything that moves points; after each step whoever was touched has what the model says."""

    open_desk: ClassVar[Open]
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.desk = type(self).open_desk()
        self.model = Model(now=self.desk.now, promise=PROMISES[0], wares=WARES)
        self.codes: dict[int, str] = {}
        self._promise(PROMISES[0])
        self.desk.do(start, visitor=STAFF, payload="")
        for each in (STAFF, compose_visitor(0)):
            self.desk.do(roles.set, each.telegram_id, Role.OWNER)

    def teardown(self) -> None:
        """In the end nothing is wrong anywhere."""
        try:
            self._compare_all()
            assert self.desk.do(find_faults) == []
        finally:
            self.desk.clear()

    @initialize()
    def begin(self) -> None:
        """Two members who came by each other."""
        self.join(0, 0)
        self.join(1, 0)

    @rule(number=Number, by=Number)
    def join(self, number: int, by: int) -> None:
        """START, perhaps by a friend's link, perhaps once more."""
        newcomer = number not in self.codes
        payload = self.codes.get(by, "") if newcomer and by != number else ""
        arrival = self.desk.do(start, visitor=compose_visitor(number), payload=payload)
        self.codes[number] = arrival.member.code
        self.model.join(number, by)
        self._end_step(number, by)

    @rule(number=Number)
    def come(self, number: int) -> None:
        """Into the community chat."""
        self.desk.do(come, chat_id=CHAT, newcomer=compose_visitor(number), link="")
        self.model.come(number)
        self._end_step(number)

    @rule(number=Number)
    def leave(self, number: int) -> None:
        """Out of it."""
        self.desk.do(leave, chat_id=CHAT, telegram_id=compose_visitor(number).telegram_id)
        self.model.leave(number)
        self._end_step(number)

    @rule(number=Number)
    def revoke(self, number: int) -> None:
        """By whatever reason."""
        person_id = self._find_person(number)
        referral = self.desk.do(referrals.find_by_invitee, person_id) if person_id else None
        if referral is not None:
            self.desk.do(revoke, referral.id, reason=RevokeReason.LEFT)
        self.model.revoke(number)
        self._end_step(number)

    @rule(number=Number, item=Item)
    def reserve(self, number: int, item: str) -> None:
        """Put something aside."""
        self.join(number, number)
        expected = self.model.reserve(number, item)
        view = self.desk.do(redeeming.reserve, visitor=compose_visitor(number), item=item)
        assert (view.row is not None) == expected, (number, item, view)
        if view.row is not None:
            self.model.put_aside(number, item, view.row.id)
        self._end_step(number)

    @rule(place=Place)
    def confirm(self, place: int) -> None:
        """Yes."""
        self._touch(place, redeeming.confirm, self.model.confirm)

    @rule(place=Place)
    def decline(self, place: int) -> None:
        """No."""
        self._touch(place, redeeming.decline, self.model.decline)

    @rule(place=Place)
    def hand_out(self, place: int) -> None:
        """At the counter."""
        thing_id = self._find_thing(place)
        if thing_id is not None:
            view = self.desk.do(redeeming.hand_out, visitor=STAFF, redemption_id=RedemptionId(thing_id))
            assert view.done == self.model.hand_out(thing_id)
            self._compare_thing(thing_id)
        self._end_step()

    @rule(place=Place)
    def take_back(self, place: int) -> None:
        """A slip at the counter."""
        thing_id = self._find_thing(place)
        if thing_id is not None:
            self.desk.do(redeeming.take_back, visitor=STAFF, redemption_id=RedemptionId(thing_id))
            self.model.take_back(thing_id)
            self._compare_thing(thing_id)
        self._end_step()

    @rule(number=Number, by=st.integers(0, 1), points=st.sampled_from((1, 20, 33, 100)))
    def give(self, number: int, by: int, points: int) -> None:
        """Points by hand, from one of the team or the first member, who is one of it too."""
        giver = (STAFF, compose_visitor(0))[by]
        person_id = self._find_person(number) or PersonId(10**9)
        view = self.desk.do(
            grant_by_hand, visitor=giver, person_id=person_id, points=points, reason="Thanks", limits=LIMITS
        )
        given = self.model.give(by - 1, number, points, limit=LIMITS[Role.OWNER])
        assert (view.outcome is Outcome.GIVEN) == given, (number, by, points, view)
        if view.grant_id is not None:
            self.model.gifts[view.grant_id] = Gift(giver=by - 1, to=number, points=points, at=self.desk.now)
        self._end_step(number)

    @rule(place=Place)
    def return_gift(self, place: int) -> None:
        """A mistake is taken back."""
        known = sorted(self.model.gifts, reverse=True)
        if known:
            gift_id = known[place % len(known)]
            _, row = self.desk.do(return_given, visitor=STAFF, grant_id=GrantId(gift_id))
            assert (row is not None) == self.model.return_gift(gift_id)
            self._end_step(self.model.gifts[gift_id].to)

    @rule()
    def expire(self) -> None:
        """What is due."""
        self.desk.do(redeeming.expire, self.desk.do(redeeming.list_due, limit=1000))
        self.model.expire()
        self._end_step()

    @rule(seconds=st.sampled_from(SECONDS))
    def wait(self, seconds: int) -> None:
        """Time goes by."""
        self.desk.now += seconds * 1_000_000
        self.model.now = self.desk.now
        self._end_step()

    @rule(promise=st.sampled_from(PROMISES))
    def promise(self, promise: Promise) -> None:
        """The owner says something else from now on."""
        self._promise(promise)
        self.model.promise = promise
        self._end_step()

    @rule()
    def compare(self) -> None:
        """Everything, not only who was touched."""
        self._compare_all()
        self._end_step()

    def _promise(self, promise: Promise) -> None:
        self.desk.do(
            open_shop, compose_source(promise), announce_chat=None, community_chat=str(CHAT), community_id=CHAT
        )

    def _touch(self, place: int, unit: Callable[..., Any], change: Callable[[int], None]) -> None:
        thing_id = self._find_thing(place)
        if thing_id is None:
            return self._end_step()
        owner = self.model.things[thing_id].owner
        self.desk.do(unit, visitor=compose_visitor(owner), redemption_id=RedemptionId(thing_id))
        change(thing_id)
        self._compare_thing(thing_id)
        return self._end_step(owner)

    def _find_thing(self, place: int) -> int | None:
        known = sorted(self.model.things, reverse=True)
        return known[place % len(known)] if known else None

    def _find_person(self, number: int) -> Any:
        person = self.desk.do(people.find_by_telegram_id, compose_visitor(number).telegram_id)
        return person.id if person is not None else None

    def _compare_thing(self, thing_id: int) -> None:
        assert self.desk.do(redemptions.get, RedemptionId(thing_id)).state == self.model.things[thing_id].state

    def _compare_all(self) -> None:
        for number in self.codes:
            person = self.desk.do(people.find_by_telegram_id, compose_visitor(number).telegram_id)
            assert person is not None
            assert (person.balance, person.score) == (self.model.points[number], self.model.count_friends(number)), (
                number
            )
        for thing_id in self.model.things:
            self._compare_thing(thing_id)

    def _end_step(self, *touched: int) -> None:
        type(self).steps += 1
        for number in touched:
            person_id = self._find_person(number)
            if person_id is not None:
                assert self.desk.do(ledgers.get_balance, person_id) == self.model.points[number], number


def play(open_desk: Open, *, examples: int, steps: int, number: int = 0) -> int:
    """Play so many games of so many steps, drawn from a seed; how many steps that were.

    Raises:
        AssertionError: the books and the model differ; hypothesis says by which shortest way.
    """
    machine: type[Money] = type("Money", (Money,), {"open_desk": staticmethod(open_desk), "steps": 0})
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(machine), settings=chosen)
    return machine.steps


@contextmanager
def open_sqlite_desks(migrated: Path) -> Iterator[Open]:
    """Desks on a copy of a migrated file, in memory."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as raw:
        with closing(sqlite3.connect(migrated)) as file:
            file.backup(raw)
        raw.execute("PRAGMA foreign_keys=ON")
        yield lambda: Desk(SqliteSession(raw), raw.execute)


@contextmanager
def open_postgres_desks(url: str) -> Iterator[Open]:
    """Desks on a migrated database."""
    with closing(connect(url)) as connection:
        execute: Callable[[Any], object] = connection.execute
        yield lambda: Desk(PostgresSession(connection), execute)


GAMES, STEPS = 40, 500
"""Of one seed: about as many steps as hypothesis plays before it repeats itself."""
