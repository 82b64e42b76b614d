"""A dumb oracle for segments: members drawn at random, and each condition looked at one member at a time.

`python -m tests.segments 10000 5000` asks both engines the whole of it.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count, islice
from random import Random
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from sqlalchemy import Table, bindparam, insert, select

from bot.core.languages import choose_language
from bot.core.segments.conditions import (
    MOST_CONDITIONS,
    AnyOf,
    Both,
    Condition,
    How,
    Not,
    Segment,
    list_conditions,
    list_steps,
)
from bot.core.segments.resolving import Moment, resolve, resolve_steps
from bot.core.segments.writing import parse_segment, write_segment
from storage import Store, Tx, open_store
from storage.records import PersonId
from storage.schema.campaigns import campaign, campaign_version
from storage.schema.coupons import coupon, pool
from storage.schema.honours import honour
from storage.schema.messages import broadcast, broadcast_open, delivery
from storage.schema.people import label, person, profile
from storage.schema.pulse import asking
from storage.schema.referrals import account, referral
from storage.schema.rewards import event, grant
from storage.schema.segments import listed
from storage.segment import Tree
from storage.tables import traits
from tests.storage.clock import NOON, Clock
from tests.storage.server import migrate, start_server

DAY = 86_400_000_000
JAKARTA = ZoneInfo("Asia/Jakarta")
SHOP = ("id", "en", "pt-br")
MOMENT = Moment(now=NOON, zone=JAKARTA, languages=SHOP)

TAGS = ("", "id", "ID", "in", "en", "en-GB", "zh-hans", "zh", "pt", "pt-br", "ru", "fr_FR", "id-ID", "x-odd")
TIERS, LABELS, SLUGS = ("bronze", "gold"), ("vip", "staff", "press"), ("welcome", "spring")
SOURCES, LISTS, SENT = ("qr", "fwd", ""), ("march", "april"), (1, 2, 3)
BEFORE = tuple(NOON - days * DAY for days in (0, 1, 7, 29, 30, 31, 89, 90, 200, 400))
DAYS = ("1d", "7d", "30d", "90d", "2025-10-09", "2025-10-01", "2025-07-01", "2024-01-01")


@dataclass(slots=True, kw_only=True)
class Facts:
    """All that conditions look at, of one member."""

    id: PersonId
    chosen: str | None
    telegrams: str
    joined: int
    seen: int | None
    shared: int | None
    friends: int
    balance: int | None
    tier: str | None
    labels: frozenset[str]
    lists: frozenset[str]
    came: tuple[str, str] | None
    """Campaign and source of whose link they came by."""
    coupons: tuple[tuple[str, int | None], ...]
    got: frozenset[int]
    answer: int | None
    opened: frozenset[int] = field(default_factory=frozenset)


def draw_facts(random: Random, number: int) -> Facts:
    """Somebody; edges are as likely as everything else."""

    def some(*names: str) -> frozenset[str]:
        return frozenset(name for name in names if random.random() < 0.3)

    def moment() -> int:
        return random.choice(BEFORE) + random.choice((-1, 0, 1, 5 * DAY // 9))

    got = frozenset(each for each in SENT if random.random() < 0.5)
    return Facts(
        id=PersonId(number),
        chosen=random.choice((None, None, "en", "id", "zh", "pt-br", "xx")),
        telegrams=random.choice(TAGS),
        joined=moment(),
        seen=random.choice((None, moment())),
        shared=random.choice((None, moment())),
        friends=random.choice((0, 0, 1, 2, 3, 4, 10)),
        balance=random.choice((None, 0, 1, 50, 51, -20)),
        tier=random.choice((None, "", *TIERS)),
        labels=some(*LABELS),
        lists=some(*LISTS),
        came=random.choice((None, (random.choice(SLUGS), random.choice(SOURCES)))),
        coupons=tuple(
            (
                random.choice(("given", "used", "expired")),
                random.choice((None, NOON - 1, *(NOON + d * DAY for d in (0, 1, 7, 30)))),
            )
            for _ in range(random.choice((0, 0, 1, 2)))
        ),
        got=got,
        answer=random.choice((None, None, 1, 2, 3, 4, 5)),
        opened=frozenset(each for each in got if random.random() < 0.5) | ({1} if random.random() < 0.1 else set()),
    )


def draw_segment(random: Random, depth: int = 3) -> Segment:
    """A tree of any shape."""
    shape = random.choice(("both", "any", "not", "leaf")) if depth else "leaf"
    if shape == "leaf":
        return draw_condition(random)
    if shape == "not":
        return Not(part=draw_segment(random, depth - 1))
    parts = tuple(draw_segment(random, depth - 1) for _ in range(random.choice((2, 2, 3))))
    return Both(parts=parts) if shape == "both" else AnyOf(parts=parts)


def draw_condition(random: Random) -> Condition:
    """A leaf of any kind."""
    named = {
        "language": ("id", "en", "zh", "pt-br", "fr"),
        "tier": (*TIERS, "none"),
        "label": (*LABELS, "none"),
        "campaign": (*SLUGS, "none", "nowhere"),
        "source": ("qr", "fwd", "none"),
        "list": (*LISTS, "none"),
        "mood": ("pleased", "between", "displeased", "none"),
        "opened": ("1", "2", "9"),
        "unopened": ("1", "3"),
    }
    name = random.choice((*named, "joined", "seen", "shared", "friends", "balance", "coupon"))
    if name in named:
        return Condition(name=name, how=How.IS, value=random.choice(named[name]))
    if name in {"friends", "balance"}:
        how = random.choice((How.AT_LEAST, How.BELOW))
        return Condition(name=name, how=how, value=random.choice(("0", "1", "3", "51")))
    if name == "coupon":
        return Condition(name=name, how=How.WITHIN, value=random.choice(("1d", "7d", "30d")))
    if name == "shared" and random.random() < 0.3:
        return Condition(name=name, how=How.NEVER)
    return Condition(name=name, how=random.choice((How.SINCE, How.BEFORE)), value=random.choice(DAYS))


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether a condition is true of somebody, by the words alone."""
    return bool(_LOOKS[condition.name](condition, facts))


def _look_at_moment(at: int | None, condition: Condition) -> bool:
    if condition.how is How.NEVER or at is None:
        return condition.how is How.NEVER and at is None
    value = condition.value
    if value.endswith("d"):
        bound = NOON - int(value[:-1]) * DAY
    else:
        day = date.fromisoformat(value)
        bound = int(datetime(day.year, day.month, day.day, tzinfo=JAKARTA).timestamp()) * 1_000_000
    return at >= bound if condition.how is How.SINCE else at < bound


def _look_at_number(number: int, condition: Condition) -> bool:
    return number >= int(condition.value) if condition.how is How.AT_LEAST else number < int(condition.value)


def _look_at_coupon(condition: Condition, facts: Facts) -> bool:
    ends = NOON + int(condition.value[:-1]) * DAY
    return any(state == "given" and at is not None and NOON <= at < ends for state, at in facts.coupons)


def _is_name(own: str | None, condition: Condition) -> bool:
    return (own or "none") == condition.value


def _is_among(own: frozenset[str], condition: Condition) -> bool:
    return not own if condition.value == "none" else condition.value in own


_MOODS = {None: None, 1: "displeased", 2: "displeased", 3: "between", 4: "pleased", 5: "pleased"}
_LOOKS: Mapping[str, Callable[[Condition, Facts], bool]] = {
    "language": lambda c, f: choose_language(f.chosen, f.telegrams, SHOP) == c.value,
    "tier": lambda c, f: _is_name(f.tier, c),
    "label": lambda c, f: _is_among(f.labels, c),
    "list": lambda c, f: _is_among(f.lists, c),
    "campaign": lambda c, f: _is_name(f.came and f.came[0], c),
    "source": lambda c, f: _is_name(f.came and f.came[1], c),
    "joined": lambda c, f: _look_at_moment(f.joined, c),
    "seen": lambda c, f: _look_at_moment(f.seen, c),
    "shared": lambda c, f: _look_at_moment(f.shared, c),
    "friends": lambda c, f: _look_at_number(f.friends, c),
    "balance": lambda c, f: _look_at_number(f.balance or 0, c),
    "coupon": _look_at_coupon,
    "mood": lambda c, f: _is_name(_MOODS[f.answer], c),
    "opened": lambda c, f: int(c.value) in f.opened,
    "unopened": lambda c, f: int(c.value) in f.got - f.opened,
}


def write_facts(tx: Tx, everybody: list[Facts]) -> None:
    """Put members into an empty store, row by row as the program would have left them."""
    _write(tx, person, [_write_person(each) for each in everybody])
    _write(tx, profile, [_write_profile(each) for each in everybody])
    _write(tx, campaign, [{"id": n, "slug": slug, "created_at": 1} for n, slug in enumerate(SLUGS, 101)])
    _write(
        tx,
        campaign_version,
        [{"id": n, "campaign_id": n, "number": 1, "content": "{}", "digest": "d", "created_at": 1} for n in (101, 102)],
    )
    _write(tx, account, [{"owner_id": f.id, "balance": f.balance} for f in everybody if f.balance is not None])
    _write(tx, honour, [{"person_id": f.id, "tier": f.tier, "reached_at": 1} for f in everybody if f.tier is not None])
    _write(tx, label, [{"person_id": f.id, "label": each, "given_at": 1} for f in everybody for each in f.labels])
    _write(tx, listed, [{"list": each, "person_id": f.id, "listed_at": 1} for f in everybody for each in f.lists])
    _write(tx, referral, [_write_referral(f, f.came) for f in everybody if f.came])
    _write_coupons(tx, everybody)
    _write(tx, asking, [{"person_id": f.id, "answer": f.answer} for f in everybody if f.answer or f.id % 2])
    sent = {"author_id": 1, "state": "done", "created_at": 1}
    _write(tx, broadcast, [{"id": number, **sent} for number in SENT])
    got = {"state": "sent"}
    _write(tx, delivery, [{"broadcast_id": n, "person_id": f.id, **got} for f in everybody for n in f.got])
    opened = [{"broadcast_id": n, "person_id": f.id, "opened_at": 1} for f in everybody for n in f.opened]
    _write(tx, broadcast_open, opened)


def _write(tx: Tx, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        tx.run_each(insert(table).values({name: bindparam(name) for name in rows[0]}), rows)


def _write_person(facts: Facts) -> dict[str, object]:
    moments = {"started_at": facts.joined, "seen_at": facts.seen, "shared_at": facts.shared}
    own = {"id": facts.id, "code": f"Code{facts.id:06}", "language": facts.chosen, "score": facts.friends}
    return {**own, **moments, "created_at": 1}


def _write_profile(facts: Facts) -> dict[str, object]:
    said = {"telegram_language": facts.telegrams, "first_name": f"M{facts.id}"}
    return {"person_id": facts.id, "telegram_id": 7_000_000_000 + facts.id, **said}


def _write_referral(facts: Facts, came: tuple[str, str]) -> dict[str, object]:
    inviter = 2 if facts.id == 1 else 1
    by = {"inviter_id": inviter, "invitee_id": facts.id, "source": came[1], "state": "qualified"}
    return {**by, "joined_at": 1, "campaign_version_id": 101 + SLUGS.index(came[0])}


def _write_coupons(tx: Tx, everybody: list[Facts]) -> None:
    _write(tx, pool, [{"name": "cake", "ready": 0, "stocked": 0, "warned": "full", "stocked_at": 1}])
    number = 0
    for facts in everybody:
        for state, ends in facts.coupons:
            number += 1
            happened = {"kind": "qualified", "campaign_version_id": 101, "happened_at": 1}
            _write(tx, event, [{"id": number, "person_id": facts.id, "key": f"e{number}", **happened}])
            given = {"rule": "r", "state": "available", "kind": "coupon", "granted_at": 1}
            _write(tx, grant, [{"id": number, "person_id": facts.id, "event_id": number, **given}])
            own = {"pool": "cake", "code": f"C{number}", "folded": f"c{number}", "state": state, "expires_at": ends}
            holder = number if state in {"given", "used"} else None
            ends_up = {"grant_id": holder, "used_at": 1 if state == "used" else None, "imported_at": 1}
            _write(tx, coupon, [{**own, **ends_up}])


class Oracle:
    """Who is meant; a condition is looked at of every member once, however many segments have it."""

    def __init__(self, everybody: Sequence[Facts]) -> None:
        self._everybody = everybody
        self._all = frozenset(each.id for each in everybody)
        self._known: dict[Condition, frozenset[PersonId]] = {}

    def list_meant(self, segment: Segment) -> frozenset[PersonId]:
        """The members of a segment, by the words alone."""
        match segment:
            case Both(parts=parts):
                return self._all.intersection(*map(self.list_meant, parts))
            case AnyOf(parts=parts):
                return frozenset().union(*map(self.list_meant, parts))
            case Not(part=part):
                return self._all - self.list_meant(part)
            case Condition():
                if segment not in self._known:
                    self._known[segment] = frozenset(each.id for each in self._everybody if holds(segment, each))
                return self._known[segment]

    def count_left(self, steps: Sequence[Segment]) -> list[int]:
        """Everybody, and who is left after each step."""
        left, counts = self._all, [len(self._all)]
        for step in steps:
            left &= self.list_meant(step)
            counts.append(len(left))
        return counts


async def find_differences(store: Store, everybody: list[Facts], segments: list[Segment]) -> list[str]:
    """What the store says otherwise than the oracle; each segment is written and read once more on its way."""
    differences, oracle = [], Oracle(everybody)
    for segment in segments:
        read = parse_segment(write_segment(segment))
        answer = await store.read(_list_answers, resolve(read, MOMENT), resolve_steps(read, MOMENT))
        meant = sorted(oracle.list_meant(segment))
        if read != segment or answer != (meant, [len(meant)], oracle.count_left(list_steps(read))):
            differences.append(write_segment(segment))
    return differences


def _list_answers(tx: Tx, tree: Tree, steps: Sequence[Tree]) -> tuple[list[PersonId], list[int], list[int]]:
    statement = select(person.c.id).where(traits.build(tree)).order_by(person.c.id)
    return [number for (number,) in tx.rows(statement)], traits.count(tx, [tree]), traits.count_left(tx, steps)


async def _ask(url: str, trees: int, members: int, seed: int) -> list[str]:
    random = Random(seed)
    everybody = [draw_facts(random, number) for number in range(1, members + 1)]
    async with open_store(url, clock=Clock()) as store:
        await store.write(write_facts, everybody)
        drawn = (draw_segment(random, 4) for _ in count())
        fit = (each for each in drawn if sum(1 for _ in list_conditions(each)) <= MOST_CONDITIONS)
        return await find_differences(store, everybody, list(islice(fit, trees)))


def main(trees: int, members: int, seed: int = 1) -> None:
    """Ask both engines, and say where they differ from the oracle."""
    server = start_server()
    with TemporaryDirectory() as folder, server.lend_migrated() as postgres:
        migrate(f"sqlite:///{folder}/segments.db")
        for url in (f"sqlite:///{folder}/segments.db", postgres):
            differences = asyncio.run(_ask(url, trees, members, seed))
            engine = url.partition(":")[0]
            said = f"{engine}: {trees:,} segments over {members:,} members: {len(differences)} differences"
            sys.stdout.write("\n".join([said, *differences[:10], ""]))
            sys.stdout.flush()
    server.stop()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
