"""What segments look at, of each member: one condition over `person`, for counting members and for going through them page by page.

Every condition is true or false of everybody, never unknown, so that `not` means everybody else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Executable, and_, case, exists, false, func, literal, not_, or_, select, true

from storage.facts import CouponState
from storage.records import DeliveryState
from storage.schema.campaigns import campaign, campaign_version
from storage.schema.coupons import coupon
from storage.schema.honours import honour
from storage.schema.messages import broadcast_open, delivery
from storage.schema.people import label, person, profile
from storage.schema.pulse import asking
from storage.schema.referrals import account, referral
from storage.schema.rewards import grant
from storage.schema.segments import listed
from storage.segment import NEVER, Either, Every, Is, Leaf, Opening, Other, Reading, Speaks, Trait, Tree, Within
from storage.tx import Tx

Condition = ColumnElement[bool]

REACHABLE: tuple[Condition, Condition] = (person.c.started_at.is_not(None), person.c.blocked_at.is_(None))
"""Members who have not blocked the bot."""

STATEMENTS_KEPT = 64
"""A segment's statement is made once, however many pages are read by it."""


def count_left(tx: Tx, steps: Sequence[Tree]) -> list[int]:
    """Count the members who can be written to, and who of them is left after each step; reads all people, once."""
    fallen = {place: int(number) for place, number in tx.rows(_compose_fallen(tuple(steps)))}
    left, counts = sum(fallen.values()), []
    for place in range(len(steps) + 1):
        counts.append(left)
        left -= fallen.get(place, 0)
    return counts


def count(tx: Tx, trees: Sequence[Tree]) -> list[int]:
    """Count the members who can be written to for each of some segments; reads all people, once."""
    if not trees:
        return []
    (row,) = tx.rows(_compose_count(tuple(trees)))
    return [int(number or 0) for number in row]


def build(tree: Tree) -> Condition:
    """Return a segment as a condition over `person`."""
    match tree:
        case Every(parts=parts):
            return and_(true(), *map(build, parts))
        case Either(parts=parts):
            return or_(false(), *map(build, parts))
        case Other(part=part):
            return not_(build(part))
        case _:
            return _build_leaf(tree)


def _build_leaf(tree: Leaf) -> Condition:
    match tree:
        case Speaks(reading=reading):
            return _read(reading)
        case Opening(trait=trait, broadcast_id=number):
            return _OPENINGS[trait](number)
        case Is(trait=trait, name=name):
            return _NAMES[trait](name) if name else not_(_HAS_ANY[trait]())
        case Within():
            return _AMOUNTS[tree.trait](tree)


@lru_cache(maxsize=STATEMENTS_KEPT)
def _compose_count(trees: tuple[Tree, ...]) -> Executable:
    counted = [func.sum(case((build(tree), 1), else_=0)) for tree in trees]
    return select(*counted).select_from(person).where(*REACHABLE)


@lru_cache(maxsize=STATEMENTS_KEPT)
def _compose_fallen(steps: tuple[Tree, ...]) -> Executable:
    """How many leave with each step; each is looked at once, and only for whoever is left."""
    place = case(*((not_(build(step)), number) for number, step in enumerate(steps)), else_=len(steps))
    fallen = select(place.label("place")).select_from(person).where(*REACHABLE).subquery()
    return select(fallen.c.place, func.count()).group_by(fallen.c.place)


def _between(column: ColumnElement[Any], within: Within) -> Condition:
    bounds: list[Condition] = [column.is_not(None)]
    bounds += [column >= within.low] if within.low > -NEVER else []
    return and_(*bounds, column < within.high) if within.high < NEVER else and_(*bounds)


def _has_balance(within: Within) -> Condition:
    """Whoever was never given anything has no account, and a balance of nothing."""
    own = account.c.owner_id == person.c.id
    if not within.low <= 0 < within.high:
        return exists().where(own, _between(account.c.balance, within)).correlate(person)
    beyond = account.c.balance < within.low
    if within.high < NEVER:
        beyond = or_(beyond, account.c.balance >= within.high)
    return not_(exists().where(own, beyond).correlate(person))


def _has_coupon(within: Within) -> Condition:
    return (
        exists()
        .where(
            grant.c.person_id == person.c.id,
            coupon.c.grant_id == grant.c.id,
            coupon.c.state == CouponState.GIVEN.value,
            _between(coupon.c.expires_at, within),
        )
        .correlate(person)
    )


_AMOUNTS: Mapping[Trait, Callable[[Within], Condition]] = {
    Trait.JOINED: lambda within: _between(person.c.started_at, within),
    Trait.SEEN: lambda within: _between(person.c.seen_at, within),
    Trait.SHARED: lambda within: _between(person.c.shared_at, within),
    Trait.FRIENDS: lambda within: _between(person.c.score, within),
    Trait.BALANCE: _has_balance,
    Trait.COUPON: _has_coupon,
}


def _came(*conditions: Condition) -> Condition:
    return exists().where(referral.c.invitee_id == person.c.id, *conditions).correlate(person)


_ANSWERS = {"pleased": (4, 5), "between": (3, 3), "displeased": (1, 2)}
"""As `bot.core.pulse` tells moods apart."""


def _said(condition: Condition) -> Condition:
    return exists().where(asking.c.person_id == person.c.id, condition).correlate(person)


def _came_by(slug: str) -> Condition:
    versions = (
        select(campaign_version.c.id)
        .join(campaign, campaign.c.id == campaign_version.c.campaign_id)
        .where(campaign.c.slug == slug)
    )
    return _came(referral.c.campaign_version_id.in_(versions))


_NAMES: Mapping[Trait, Callable[[str], Condition]] = {
    Trait.TIER: lambda name: exists().where(honour.c.person_id == person.c.id, honour.c.tier == name).correlate(person),
    Trait.LABEL: lambda name: exists().where(label.c.person_id == person.c.id, label.c.label == name).correlate(person),
    Trait.LISTED: lambda name: (
        exists().where(listed.c.list == name, listed.c.person_id == person.c.id).correlate(person)
    ),
    Trait.MOOD: lambda name: _said(asking.c.answer.between(*_ANSWERS[name])),
    Trait.CAMPAIGN: _came_by,
    Trait.SOURCE: lambda name: _came(referral.c.source == name),
}
_HAS_ANY: Mapping[Trait, Callable[[], Condition]] = {
    Trait.TIER: lambda: exists().where(honour.c.person_id == person.c.id, honour.c.tier != "").correlate(person),
    Trait.LABEL: lambda: exists().where(label.c.person_id == person.c.id).correlate(person),
    Trait.LISTED: lambda: exists().where(listed.c.person_id == person.c.id).correlate(person),
    Trait.MOOD: lambda: _said(asking.c.answer.is_not(None)),
    Trait.CAMPAIGN: _came,
    Trait.SOURCE: lambda: _came(referral.c.source != ""),
}


def _has_opened(broadcast_id: int) -> Condition:
    return (
        exists()
        .where(broadcast_open.c.broadcast_id == broadcast_id, broadcast_open.c.person_id == person.c.id)
        .correlate(person)
    )


def _has_got(broadcast_id: int) -> Condition:
    return (
        exists()
        .where(
            delivery.c.broadcast_id == broadcast_id,
            delivery.c.person_id == person.c.id,
            delivery.c.state == DeliveryState.SENT.value,
        )
        .correlate(person)
    )


_OPENINGS: Mapping[Trait, Callable[[int], Condition]] = {
    Trait.OPENED: _has_opened,
    Trait.UNOPENED: lambda number: and_(_has_got(number), not_(_has_opened(number))),
}


def _read(reading: Reading) -> Condition:
    """What was chosen decides where it names a language that is read here, else what Telegram says, else the shop."""
    said = select(profile.c.telegram_language).where(profile.c.person_id == person.c.id).scalar_subquery()
    chosen, telegrams = _find_language(person.c.language, reading), _find_language(said.correlate(person), reading)
    return func.coalesce(chosen, telegrams, reading.otherwise) == reading.language


def _find_language(column: ColumnElement[Any], reading: Reading) -> ColumnElement[Any]:
    """The language that serves a tag, null for none; looks at the tag once where it is as plain as most are."""
    tag = func.lower(func.replace(func.trim(column), "_", "-"))
    plain = dict(reading.primary) | dict(reading.exact)
    regional = [(tag.like(literal(f"{name}-%")), literal(language)) for name, language in reading.primary]
    return case({name: literal(language) for name, language in plain.items()}, value=tag, else_=case(*regional))
