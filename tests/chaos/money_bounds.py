"""What must hold of the shop's books whatever sixteen have done at once: no bound is passed, and what is kept is what is counted."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select

from storage.facts import BY_HAND
from storage.role import Role
from storage.schema.boards import board, standing
from storage.schema.contests import placing
from storage.schema.referrals import account, ledger, referral
from storage.schema.rewards import event, grant
from storage.schema.team import hand_grant
from storage.tx import Tx
from tests.chaos.money_shop import LIMITS, PROMISES

DAY = 86_400_000_000
GONE = ("pending", "declined", "revoked")
"""What takes no room."""

_GIVEN = select(grant.c.rule, grant.c.person_id, grant.c.points, grant.c.week, event.c.kind).join(
    event, event.c.id == grant.c.event_id
)
_STANDING = _GIVEN.where(grant.c.state.not_in(GONE), grant.c.rule.not_in(["join", BY_HAND]))
_UNFOUNDED = (
    select(grant.c.rule, func.count())
    .join(event, event.c.id == grant.c.event_id)
    .join(referral, referral.c.id == event.c.referral_id)
    .where(
        referral.c.state == "revoked",
        grant.c.threshold.is_(None),
        grant.c.state.in_(["held", "available", "reserved"]),
    )
    .group_by(grant.c.rule)
)
_COUNTED = (
    select(referral.c.inviter_id, event.c.happened_at)
    .join(event, event.c.referral_id == referral.c.id)
    .where(event.c.kind == "qualified", referral.c.state == "qualified")
)
_BOARDS = select(board.c.id, board.c.period, board.c.starts_at, board.c.ends_at)
_STANDS = select(standing.c.board_id, standing.c.person_id, standing.c.score).where(standing.c.score > 0)
_PRIZES = select(placing.c.contest_id, func.count()).group_by(placing.c.contest_id)
_WON = select(func.count()).select_from(event).where(event.c.kind == "placed")
_BY_HAND = (
    select(hand_grant.c.actor_id, hand_grant.c.given_at, grant.c.points)
    .join(grant, grant.c.id == hand_grant.c.grant_id)
    .where(grant.c.state != "revoked")
)
_BELOW = select(account.c.id).where(account.c.balance < 0)
_CHARGED = select(ledger.c.debit_id).where(ledger.c.key.startswith("revoke:", autoescape=True))


def list_broken(tx: Tx) -> list[str]:
    """What does not hold, in words."""
    return [
        *_list_passed(tx),
        *_list_unfounded(tx),
        *_list_boards(tx),
        *_list_prizes(tx),
        *_list_by_hand(tx),
        *_list_below(tx),
    ]


def _list_passed(tx: Tx) -> list[str]:
    """Bounds of rules, the widest that any version names."""
    standing_now = [row[:4] for row in tx.rows(_STANDING)]
    found = []
    for key in {says.key for promise in PROMISES for says in promise.rules}:
        mine = [each for each in standing_now if each[0] == key]
        said = [says for promise in PROMISES for says in promise.rules if says.key == key]
        in_points = said[0].kind == "points" or said[0].when == "purchased"
        gone = {
            "first": len(mine),
            "budget": sum((points or 0) if in_points else 1 for _, _, points, _ in mine),
            "member": max(Counter(person for _, person, _, _ in mine).values(), default=0),
            "week": max(Counter((person, week) for _, person, _, week in mine).values(), default=0),
        }
        for limit, count in gone.items():
            bounds = [says.find_most(limit) for says in said]
            most = None if None in bounds else max(bound for bound in bounds if bound is not None)
            if most is not None and count > most:
                found.append(f"{count} of {key!r} beyond its limit {limit} of {most}")
    return found


def _list_unfounded(tx: Tx) -> list[str]:
    return [f"{count} of {rule!r} stand without their referral" for rule, count in tx.rows(_UNFOUNDED)]


def _list_boards(tx: Tx) -> list[str]:
    """Rankings against who has come to count within their time."""
    counted, stands = tx.rows(_COUNTED), tx.rows(_STANDS)
    found = []
    for number, period, since, until in tx.rows(_BOARDS):
        kept = {person: score for on, person, score in stands if on == number}
        if kept != Counter(inviter for inviter, at in counted if since <= at < until):
            found.append(f"ranking {period} is not what is counted")
    return found


def _list_prizes(tx: Tx) -> list[str]:
    """Each place has one event of its own; a place without a prize has none."""
    placed, won = sum(count for _, count in tx.rows(_PRIZES)), int(tx.scalar(_WON))
    return [f"{placed} places were won, and {won} prizes given"] if placed != won else []


def _list_by_hand(tx: Tx) -> list[str]:
    given: Counter[tuple[int, int]] = Counter()
    for actor, at, points in tx.rows(_BY_HAND):
        given[actor, at // DAY] += points
    over = [points for points in given.values() if points > LIMITS[Role.OWNER]]
    return [f"{points} points were given by hand in a day" for points in over]


def _list_below(tx: Tx) -> list[str]:
    """Below zero is only from whom something was taken back."""
    charged = {number for (number,) in tx.rows(_CHARGED)}
    return [f"account {number} owes what nothing took back" for (number,) in tx.rows(_BELOW) if number not in charged]
