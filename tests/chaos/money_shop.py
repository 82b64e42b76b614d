"""The shop in which points are played for: what its versions promise, in both ledgers' words, and how units are run in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.campaign_file import SHIPPED, load_campaign
from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.catalogue import CatalogueItem
from bot.core.campaigns.contests import Contest, ContestBy, Prize
from bot.core.campaigns.rewards import SIDES, Condition, Give, Limit, Rule
from bot.core.campaigns.tiers import Tier as CampaignTier
from bot.services.campaigns.opening import Source, open_shop
from storage.engines.postgres_connection import connect
from storage.engines.postgres_session import PostgresSession
from storage.engines.sqlite_lane import SqliteSession
from storage.facts import GrantKind
from storage.records import Profile
from storage.role import Role
from storage.tx import Session, Tx
from tests.chaos.money_words import Plan, Promise, Says, Tier, Ware
from tests.storage.clock import NOON

P = ParamSpec("P")
T = TypeVar("T")

CHAT = -1001000000077
STAFF = Profile(telegram_id=900, first_name="Tono")
LIMITS = {Role.OWNER: 120}
POOL = "coffee"
LABEL = "partner"
WARES = {
    "bun": Ware(price=10, stock=None, per_member=None, days=3),
    "latte": Ware(price=30, stock=3, per_member=2, days=1),
    "lamp": Ware(price=130, stock=1, per_member=None, days=30),
}


def _say_race(until: str, key: str = "race", since: str = "2025-10-09T10:00") -> Plan:
    prizes = (
        (1, Says(key=f"prize-{key}-1", when="prize", who="inviter", kind="points", amount=100)),
        (2, Says(key=f"prize-{key}-2", when="prize", who="inviter", kind="coupon", what=POOL)),
        (3, Says(key=f"prize-{key}-3", when="prize", who="inviter", kind="by_hand", what="A mug")),
    )
    return _plan(key, since, until, "friends", prizes)


def _say_lots(since: str, until: str, key: str = "lots") -> Plan:
    prizes = ((1, Says(key=f"prize-{key}-1", when="prize", who="inviter", kind="gift", what="5170")),)
    return _plan(key, since, until, "draw", prizes)


def _plan(key: str, since: str, until: str, by: str, prizes: tuple[tuple[int, Says], ...]) -> Plan:
    starts_at, ends_at = (
        int(datetime.fromisoformat(f"{each}+00:00").timestamp()) * 1_000_000 for each in (since, until)
    )
    return Plan(key=key, begins=since, ends=until, starts_at=starts_at, ends_at=ends_at, by=by, prizes=prizes)


_COFFEE = Says(key="coffee", when="joined", who="inviter", kind="coupon", what=POOL, first=4, at_limit="queue")
_LATE = Says(key="late", when="joined", who="friend", kind="points", amount=3, hold_days=1, budget=9, at_limit="tell")
_PAIR = Says(key="pair", when="milestone", who="inviter", kind="by_hand", what="A cake", number=2, valid_days=5)
_LOTS, _LATER = (
    _say_lots("2025-10-10T00:00", "2025-10-13T12:00"),
    _say_race("2025-11-03T00:00", "later", "2025-10-20T00:00"),
)

PROMISES = (
    Promise(
        inviter=50,
        friend=30,
        in_chat=False,
        rules=(
            _COFFEE,
            _LATE,
            Says(key="star", when="joined", who="inviter", kind="points", amount=2, tier="star"),
            Says(key="share", when="joined", who="friend", kind="percent", amount=10),
            Says(key="gift", when="milestone", who="inviter", kind="gift", what="5170", number=1),
            Says(key="bought", when="purchased", who="inviter", kind="percent", amount=5, budget=60, at_limit="queue"),
            Says(key="partner", when="joined", who="inviter", kind="points", amount=70, label=LABEL, instead="join"),
            Says(key="busy", when="cards_given", who="inviter", kind="points", number=2, amount=6),
        ),
        tiers=(Tier(key="friend", friends=1), Tier(key="star", friends=2, days=5)),
        contests=(_say_race("2025-10-12T00:00"),),
    ),
    Promise(
        inviter=20,
        friend=20,
        in_chat=True,
        hold_days=3,
        credit_days=5,
        rules=(
            Says(key="stayed", when="stayed", who="inviter", kind="points", number=3, amount=11, first=3),
            Says(key="hello", when="stayed", who="friend", kind="code", number=3, what="HELLO", valid_days=2),
            Says(key="gift", when="milestone", who="inviter", kind="gift", what="5170", number=1),
            Says(key="lively", when="active", who="friend", kind="points", number=2, amount=8),
            Says(key="partner", when="joined", who="inviter", kind="points", amount=9, label=LABEL, per_member=2),
            Says(key="weekly", when="joined", who="inviter", kind="points", amount=5, per_week=1, at_limit="queue"),
            replace(_PAIR, hold_days=1),
        ),
        tiers=(Tier(key="friend", friends=1), Tier(key="house", friends=3)),
        contests=(_say_race("2025-10-14T00:00"), _LOTS, _LATER),
    ),
    Promise(
        inviter=7,
        friend=90,
        in_chat=True,
        rules=(
            replace(_COFFEE, first=6, per_member=1, on_expiry="tell"),
            replace(_LATE, amount=2, budget=12, at_limit="queue"),
            Says(key="first-buy", when="purchased", who="friend", kind="coupon", what=POOL, nth=1, number=100),
            Says(key="bought", when="purchased", who="inviter", kind="percent", amount=8, budget=90, at_limit="queue"),
            Says(
                key="table",
                when="joined",
                who="friend",
                kind="privilege",
                what="A table",
                hold_days=2,
                valid_days=2,
                per_week=1,
                first=2,
                at_limit="queue",
            ),
            _PAIR,
            Says(key="lively", when="active", who="inviter", kind="points", number=1, amount=5, first=3),
            Says(key="busy", when="cards_given", who="inviter", kind="coupon", what=POOL, number=3, per_week=1),
            Says(key="pair-friend", when="milestone", who="friend", kind="points", amount=4, number=2),
        ),
        contests=(_LOTS,),
    ),
)


def _say_end(number: int) -> str:
    """When the contest of a number ends: each a quarter of a day after the last."""
    return (
        datetime.fromtimestamp(NOON / 1e6 + (number + 1) * 6 * 3600, UTC)
        .replace(tzinfo=None)
        .isoformat(timespec="minutes")
    )


RACES = Promise(
    inviter=5,
    friend=5,
    in_chat=False,
    contests=tuple(
        _say_race(_say_end(number), f"race-{number}")
        if number % 3
        else _say_lots("2025-10-09T10:00", _say_end(number), f"lots-{number}")
        for number in range(60)
    ),
)
"""More contests than a file may name, one after the other."""


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


Open = Callable[[], Desk]


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


def promise(tx: Tx, said: Promise) -> None:
    """From now on the shop promises this."""
    open_shop(tx, compose_source(said), announce_chat=None, community_chat=str(CHAT), community_id=CHAT)


@cache
def load_shipped() -> Source:
    """The campaign that ships."""
    return load_campaign(SHIPPED, {})


@cache
def compose_source(said: Promise) -> Source:
    """The campaign that promises so, with what there is for points."""
    source = load_shipped()
    rules = replace(
        source.campaign.rules, join_community=said.in_chat, hold_days=said.hold_days, credit_days=said.credit_days
    )
    campaign: Campaign = replace(
        source.campaign,
        inviter_points=said.inviter,
        invitee_points=said.friend,
        catalogue=_compose_catalogue(),
        rewards=tuple(_compose_rule(says) for says in said.rules),
        tiers=tuple(
            CampaignTier(key=tier.key, friends=tier.friends, name={"en": tier.key}, period_days=tier.days)
            for tier in said.tiers
        ),
        contests=tuple(_compose_contest(plan) for plan in said.contests),
        rules=rules,
    )
    return replace(source, campaign=campaign)


def compose_visitor(number: int) -> Profile:
    """Who that is."""
    return Profile(telegram_id=10_000 + number, first_name=f"Member {number}")


def say_day(at: int) -> str:
    """The day of a moment, as a list of coupons has it."""
    return datetime.fromtimestamp(at / 1e6, UTC).date().isoformat()


def _compose_catalogue() -> tuple[CatalogueItem, ...]:
    return tuple(
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


def _compose_rule(says: Says) -> Rule:
    return Rule(
        key=says.key,
        when=says.when,
        who=SIDES[says.who],
        give=_compose_give(says),
        number=says.number,
        condition=Condition(
            nth=says.nth, tier=(says.tier,) if says.tier else (), label=(says.label,) if says.label else ()
        ),
        instead_of=says.instead,
        limit=Limit(per_member=says.per_member, per_week=says.per_week, budget=says.budget, first=says.first),
        at_limit=says.at_limit,
        hold_days=says.hold_days,
        valid_days=says.valid_days,
        on_expiry=says.on_expiry,
    )


def _compose_give(says: Says) -> Give:
    return Give(kind=GrantKind(says.kind), amount=says.amount, what=says.what)


def _compose_contest(plan: Plan) -> Contest:
    prizes = tuple(Prize(place=place, give=_compose_give(says)) for place, says in plan.prizes)
    return Contest(
        key=plan.key, name={"en": plan.key}, begins=plan.begins, ends=plan.ends, prizes=prizes, by=ContestBy(plan.by)
    )
